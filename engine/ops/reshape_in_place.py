"""`t_`, `unsqueeze_`, `detach_` and their kin: a tensor that changes its shape or its history in place."""

from __future__ import annotations

from typing import Any

from engine import views
from engine.errors import LEAF_IN_PLACE
from engine.grad_mode import state
from engine.node import node_class
from engine.tensor import Tensor


def _change_in_place(name: str) -> None:
    """Declare `t_`, `unsqueeze_` and their kin: the tensor becomes a view of what it was."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if state.grad and self._req and self._fn is None:
            raise RuntimeError(LEAF_IN_PLACE)
        before = Tensor.__new__(Tensor)
        before.__dict__.update(self.__dict__)
        out = getattr(before, name)(*args, **kwargs)
        self._data, self._fn = out._data, out._fn
        if out._fn is not None:
            op_of = out._fn.op
            number = ("4" if args else "3") if name == "squeeze" else "1"
            out._fn.__class__ = node_class(op_of, out._fn.name()[:-1] + number, (0,))
        views.counter_of(self).bump()
        return self

    setattr(Tensor, name + "_", method)


for _name in ("t", "transpose", "unsqueeze", "squeeze", "swapaxes", "swapdims", "as_strided"):
    _change_in_place(_name)


def detach_(self: Tensor) -> Tensor:
    """Forget how this tensor was made."""
    if self._base is not None:
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for "
            "training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence "
            "detach_() cannot be called on these gradients. To fix this error, please refer to the "
            "Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution."
        )
    self._fn, self._req = None, False
    return self


setattr(Tensor, "detach_", detach_)  # noqa: B010 - mypy knows no such attribute
