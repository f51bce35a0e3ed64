"""The Tensor: an array, whether gradients are wanted, and how it was made.

Owns the object itself and its part in differentiation; what describes it is metadata.py's, Python's protocols are
protocols.py's.  Operators come from the table (registry.py) and are attached by methods.py; running them is
apply.py's, sharing storage is views.py's.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from engine import dtypes, errors, views
from engine.clearing import forget
from engine.grad_mode import state
from engine.metadata import Metadata, Size
from engine.node import AccumulateGrad, Handle, Node, Slot, know_attributes, use_hooks
from engine.protocols import Protocols

NUMBERS = (int, float, complex, np.generic)

__all__ = ["AccumulateGrad", "Node", "Size", "Tensor"]


class Tensor(Metadata, Protocols):
    """An n-dimensional array that can remember how it was computed."""

    __module__ = "torch"
    # Class-level defaults keep a new tensor to one attribute; most tensors never set the others.
    _data: Any
    _req: bool = False
    _fn: Any = None
    _grad: Tensor | None = None
    _base: Tensor | None = None
    _steps: tuple[Any, ...] = ()
    _views: list[Any] | None = None
    _creation: str | None = None
    _counter: views.Counter | None = None
    _hooks: dict[int, Any] | None = None
    _post_hooks: dict[int, Any] | None = None
    _seq: None = None
    _inference: bool = False
    _alias: Any = None
    _note: Any = None  # an observer's, as the next
    _seen: Any = None
    _g: Any = None
    _first: int | None = None
    __array_priority__ = 1000

    __hash__ = object.__hash__

    @property
    def T(self) -> Tensor:
        return self.permute(tuple(range(self._data.ndim))[::-1])  # type: ignore[no-any-return]

    @property
    def mT(self) -> Tensor:
        if self._data.ndim < 2:
            raise RuntimeError(
                f"tensor.mT is only supported on matrices or batches of matrices. Got {self._data.ndim}-D tensor."
            )
        return self.transpose(-2, -1)  # type: ignore[no-any-return]

    @property
    def H(self) -> Tensor:
        if self._data.ndim not in (0, 2):
            raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {self._data.ndim}-D tensor.")
        return self.t()  # type: ignore[no-any-return]

    mH = mT

    def where(self, condition: Any, other: Any) -> Tensor:
        """The elements where `condition` holds, elsewhere those of `other`."""
        from engine.sweep import TENSORS

        return TENSORS.where(condition, self, other)  # type: ignore[no-any-return]

    def __rsub__(self, other: Any) -> Any:
        return self.rsub(_number(other)) if isinstance(other, (*NUMBERS, Tensor)) else NotImplemented

    def __rtruediv__(self, other: Any) -> Any:
        return self.reciprocal() * _number(other) if isinstance(other, (*NUMBERS, Tensor)) else NotImplemented

    __rdiv__ = __rtruediv__

    def __invert__(self) -> Any:
        if self._data.dtype.kind not in "iub":
            raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
        return self.bitwise_not()

    # differentiation

    @property
    def requires_grad(self) -> bool:
        return self._req

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if value and self._inference and not state.inference:
            raise RuntimeError(errors.INFERENCE_REQUIRES)
        if self._fn is not None and not value:
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in "
                "a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
            )
        if value and self._data.dtype.kind not in "fcV":
            raise RuntimeError("only Tensors of floating point and complex dtype can require gradients")
        self._req = bool(value)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Ask for gradients of this leaf, or stop asking."""
        if requires_grad and self._data.dtype.kind not in "fcV":
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        self.requires_grad = requires_grad
        return self

    @property
    def grad_fn(self) -> Any:
        fn = self._fn
        return fn._node if isinstance(fn, Slot) else fn

    @property
    def output_nr(self) -> int:
        return self._fn._number if isinstance(self._fn, Slot) else 0

    @property
    def is_leaf(self) -> bool:
        return self._fn is None

    @property
    def _version(self) -> int:
        if self._inference:
            raise RuntimeError(errors.INFERENCE_VERSION)
        return 0 if self._counter is None else len(self._counter.stamps)

    @property
    def retains_grad(self) -> bool:
        return self._fn is not None and self._fn._retained is not None and self._fn._retained() is self

    @property
    def grad(self) -> Tensor | None:
        if self._grad is None and self._fn is not None and self._req and not self.retains_grad:
            warnings.warn(errors.NOT_A_LEAF, UserWarning, stacklevel=2)
        return self._grad

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                kind = type(value).__name__
                raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {kind}")
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad")
            if value.dtype is not self.dtype:
                raise RuntimeError(
                    f"attempting to assign a gradient with dtype '{dtypes.C_NAMES.get(value.dtype, value.dtype.name)}' "
                    f"to a tensor with grad_dtype '{dtypes.SCALAR_NAMES[self.dtype]}'. The gradient must match the "
                    "tensor's grad_dtype (defaults to the tensor's dtype). You can set the tensor's grad_dtype "
                    "attribute with a specific dtype, or None to allow any dtype. Set grad_dtype with caution. "
                    "Diverging the dtypes of a tensor and its gradient may break downstream systems that assume they "
                    "match."
                )
            if value._data.shape != self._data.shape:
                raise RuntimeError(
                    f"attempting to assign a gradient of size '{list(value.shape)}' to a tensor of size "
                    f"'{list(self.shape)}'. Please ensure that the gradient and the tensor are the same size"
                )
        if value is None:
            forget((self,))
        else:
            self._grad = value

    @grad.deleter
    def grad(self) -> None:
        forget((self,))

    @property
    def data(self) -> Tensor:
        other = Tensor.__new__(Tensor)
        other._data = views.storage(self)
        other._alias = views.alias_of(self)
        return other

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if self._req and value._data.dtype.kind not in "fcV":
            raise RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype")
        self._data = views.storage(value)
        self._alias = views.alias_of(value)

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Add the gradients of this tensor to the `.grad` of the leaves it was computed from."""
        from engine import backward

        backward.backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    def retain_grad(self) -> None:
        """Keep the gradient of this intermediate tensor in `.grad`."""
        from engine import backward

        backward.retain_grad(self)

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> Handle:
        """Call `hook` with the gradient of this tensor, once it is complete; it may return another."""
        if not self._req:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        use_hooks()
        if self._fn is not None:
            hooks = self._fn._hooks = self._fn._hooks or {}
            return Handle(hooks.setdefault("tensor", {}), hook)
        self._hooks = self._hooks if self._hooks is not None else {}
        return Handle(self._hooks, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> Handle:
        """Call `hook` with this leaf after its `.grad` changed."""
        if not self._req:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if self._fn is not None:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        use_hooks()
        self._post_hooks = self._post_hooks if self._post_hooks is not None else {}
        return Handle(self._post_hooks, hook)

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Tensor:
        return wrap(array)

    def __repr__(self) -> str:
        from engine import printing

        return str(printing.tensor_str(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if self._fn is not None:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
                "moment.  If you were attempting to deepcopy a module, this may be because of a "
                "torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"
            )
        other: Tensor = type(self).__new__(type(self))
        other._data = np.copy(self._data)[()] if isinstance(self._data, np.generic) else self._data.copy()
        other._req = self._req
        if self._grad is not None:
            other._grad = self._grad.__deepcopy__(memo)
        memo[id(self)] = other
        return other

    def __copy__(self) -> Tensor:
        other: Tensor = type(self).__new__(type(self))
        other._data, other._req, other._counter = views.storage(self), self._req, views.counter_of(self)
        return other

    def __reduce__(self) -> NoReturn:
        raise TypeError("tensors are not pickled here: save the values of `tensor.detach().numpy()`")


def _number(x: Any) -> Any:
    return x.item() if isinstance(x, np.generic) else x


def wrap(data: Any) -> Tensor:
    """A tensor around an array, without history."""
    t = Tensor.__new__(Tensor)
    t._data = data
    return t


know_attributes(Tensor, ("_data", "_fn", "_req", "_note", "_seen", "_first", "_g", "_counter", "_base", "_grad"))
