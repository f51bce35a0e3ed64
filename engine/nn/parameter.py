"""Parameters: the tensors of a module that are trained."""

from __future__ import annotations

from typing import Any

from engine import views
from engine.apply import run
from engine.registry import OPS
from engine.tensor import Tensor


class Parameter(Tensor):
    """A leaf tensor that a module registers when it is assigned to an attribute."""

    __module__ = "torch.nn.parameter"

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        source = Tensor() if data is None else data.detach()
        self._data = views.storage(source)
        self._counter = source._counter
        self._alias = views.alias_of(source if data is None else data)
        if requires_grad and self._data.dtype.kind not in "fcV":
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
        self._alias = views.alias_of(source if data is None else data)
        self._persistent = persistent


KNOWN = (
    "requires_grad",
    "requires_grad_",
    "is_leaf",
    "grad",
    "grad_fn",
    "device",
    "dtype",
    "data",
    "detach",
    "size",
    "to",
)
"""What can be asked of a tensor that has no shape yet."""


class _Uninitialized(Tensor):
    """A tensor of a lazy module, which gets its shape from the first input."""

    becomes: type[Tensor]

    def __getattribute__(self, name: str) -> Any:
        if name == "shape":
            raise RuntimeError(
                "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
                "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call "
                "`forward` to initialize the parameters before accessing their attributes."
            )
        if not name.startswith("_") and name not in KNOWN and hasattr(Tensor, name):
            raise ValueError(
                f"Attempted to use an uninitialized parameter in <method '{name}' of 'torch._C.TensorBase' objects>. "
                "This error happens when you are using a `LazyModule` or explicitly manipulating "
                "`torch.nn.parameter.UninitializedParameter` objects. When using LazyModules Call `forward` with a "
                "dummy batch to initialize the parameters before calling torch functions"
            )
        return super().__getattribute__(name)

    def materialize(self, shape: tuple[int, ...]) -> None:
        """Become a plain tensor of this shape, its values yet to be set."""
        made = run(OPS["empty"], (shape,), {"device": self.device, "dtype": self.dtype})
        self._data = views.storage(made)
        self.__class__ = type(self).becomes  # type: ignore[assignment]

    def detach(self) -> Any:
        """Nothing to take out of a graph yet."""
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class UninitializedParameter(_Uninitialized, Parameter):
    """A parameter that has no shape yet."""

    __module__ = "torch.nn.parameter"

    becomes = Parameter

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        Parameter.__init__(self, run(OPS["empty"], ((0,),), {"device": device, "dtype": dtype}), requires_grad)


class UninitializedBuffer(_Uninitialized):
    """A buffer that has no shape yet."""

    __module__ = "torch.nn.parameter"

    becomes = Tensor

    def __init__(self, requires_grad: bool = False, device: Any = None, dtype: Any = None) -> None:
        source = run(OPS["empty"], ((0,),), {"device": device, "dtype": dtype})
        self._data = views.storage(source)
        self._counter = source._counter
