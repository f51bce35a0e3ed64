"""Parameters: the tensors of a module that are trained."""

from __future__ import annotations

from typing import Any

from engine import views
from engine.tensor import Tensor


class Parameter(Tensor):
    """A leaf tensor that a module registers when it is assigned to an attribute."""

    __module__ = "torch.nn.parameter"

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        source = Tensor() if data is None else data.detach()
        self._data = views.storage(source)
        self._counter = source._counter
        if requires_grad and self._data.dtype.kind not in "fc":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        self._req = bool(requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that a module keeps and saves but does not train."""

    __module__ = "torch.nn.parameter"

    def __init__(self, data: Any = None, *, persistent: bool = True) -> None:
        source = Tensor() if data is None else data.detach()
        self._data = views.storage(source)
        self._counter = source._counter
        self._persistent = persistent
