"""The quick ways: arithmetic between tensors of one floating type and shape, or with a Python number.

They do what apply.run does, for the calls that small programs make most, and hand everything else on to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import observe
from engine.apply import run
from engine.grad_mode import state
from engine.node import clock, node_class
from engine.registry import Op
from engine.tensor import Tensor, wrap

Method = Callable[[Any, Any], Any]

_new = object.__new__
_float32 = np.float32
_ndarray = np.ndarray
_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)
NO_KWARGS: dict[str, Any] = {}


def leaf(t: Tensor, seq: int) -> Tensor:
    """A leaf as an edge; notes the first node that used it."""
    if t._first is None:
        t._first = seq
    return t


def name_of(op: Op, layout: tuple[int, ...]) -> str:
    """The backward name of a call with tensors at these places and numbers elsewhere."""
    if isinstance(op.backward, str):
        return op.backward
    example = wrap(np.float32(1))
    return op.backward({p: example if i in layout else 1.0 for i, p in enumerate(op.parameters)})


def with_number(op: Op, compute: Method, right: bool) -> Method:
    """`a ∘ 2`, or `2 ∘ a` with `right`."""
    own, other_name = op.parameters[:2] if not right else op.parameters[1::-1]
    reads = op.saves[own]
    reads_self, reads_result = own in reads, "result" in reads
    layout = (1,) if right else (0,)
    cls = node_class(op, name_of(op, layout), layout)

    def method(self: Any, other: Any) -> Any:
        x = self._data
        if x.dtype is not _F32 and x.dtype is not _F64:
            return run(op, (other, self) if right else (self, other), NO_KWARGS)
        out = _new(Tensor)
        out._data = data = compute(other, x) if right else compute(x, other)
        if self._req and state.grad:
            fn: Any = _new(cls)
            out._fn = fn
            out._req = True
            fn._seq = seq = next(clock)
            fn._edges = (self._fn or leaf(self, seq),)
            fn._dtype = data.dtype
            if data.__class__ is _ndarray:
                fn._shape = data.shape
            setattr(fn, other_name, other)
            if reads_self:
                setattr(fn, own, x)
                fn._tensors = (self,)
            if reads_result:
                fn.result = data
                fn._tensors = fn._tensors or (None,)
        elif state.inference:
            out._inference = True
        observer = observe._observer
        if observer is not None:
            observer.operation(op, (self,), (other, self) if right else (self, other), NO_KWARGS, out)
        return out

    return method


def saved_by(op: Op) -> list[tuple[bool, bool, bool]]:
    """Whether the first operand, the second and the result are saved, by who wants a gradient (1: first, 2: second)."""
    first, second = op.parameters[:2]
    plans = []
    for wanted in range(4):
        reads: frozenset[str] = frozenset()
        if wanted & 1:
            reads |= op.saves[first]
        if wanted & 2:
            reads |= op.saves[second]
        plans.append((first in reads, second in reads, "result" in reads))
    return plans


def with_tensor(op: Op, compute: Method) -> Method:
    """`a ∘ b` for tensors of one type and shape."""
    first, second = op.parameters[:2]
    plans = saved_by(op)
    cls = node_class(op, name_of(op, (0, 1)), (0, 1))

    def save(fn: Any, a: Tensor, b: Tensor, plan: tuple[bool, bool, bool], data: Any) -> None:
        save_a, save_b, save_result = plan
        fn._tensors = (a if save_a else None, b if save_b else None)
        if save_a:
            setattr(fn, first, a._data)
        if save_b:
            setattr(fn, second, b._data)
        if save_result:
            fn.result = data

    def method(self: Any, other: Any) -> Any:
        x, y = self._data, other._data
        dtype: Any
        shape: Any
        if x.__class__ is y.__class__ is _float32:
            dtype, shape = _F32, ()
        else:
            dtype, shape = x.dtype, x.shape
            if dtype is not y.dtype or shape != y.shape or (dtype is not _F32 and dtype is not _F64):
                return run(op, (self, other), NO_KWARGS)
        wanted = self._req + 2 * other._req
        if wanted and state.inference_seen and (self._inference or other._inference):
            return run(op, (self, other), NO_KWARGS)
        out = _new(Tensor)
        out._data = data = compute(x, y)
        if wanted and state.grad:
            fn: Any = _new(cls)
            out._fn = fn
            out._req = True
            fn._seq = seq = next(clock)
            fn._edges = (
                (self._fn or leaf(self, seq)) if self._req else None,
                (other._fn or leaf(other, seq)) if other._req else None,
            )
            fn._dtype = dtype
            fn._shape = shape
            plan = plans[wanted]
            if plan is not NOTHING:
                save(fn, self, other, plan, data)
        elif state.inference:
            out._inference = True
        observer = observe._observer
        if observer is not None:
            observer.operation(op, (self, other), (self, other), NO_KWARGS, out)
        return out

    plans[:] = [plan if any(plan) else NOTHING for plan in plans]
    return method


NOTHING = (False, False, False)


def binary(op: Op, compute: Method, right: bool = False) -> Method:
    """The special method of an operator: for numbers, tensors, and whatever else may stand beside a tensor."""
    number = with_number(op, compute, right)
    tensor = with_tensor(op, compute)

    def method(self: Any, other: Any) -> Any:
        kind = other.__class__
        if kind is float or kind is int:
            return number(self, other)
        if isinstance(other, Tensor):
            return tensor(self, other)
        return other_kind(op, self, other, right)

    method.__doc__ = op.doc
    return method


def other_kind(op: Op, self: Tensor, other: Any, right: bool) -> Any:
    """An operand that is neither tensor nor plain number."""
    if isinstance(other, np.generic):
        other = other.item()
    if isinstance(other, int | float | complex):
        return run(op, (other, self) if right else (self, other), NO_KWARGS)
    if isinstance(other, np.ndarray) and not right:
        return run(op, (self, wrap(other)), NO_KWARGS)
    return NotImplemented


def unary(op: Op, general: Callable[..., Any]) -> Callable[..., Any]:
    """`f(a)` for a floating-point tensor; any other call goes to `general`."""
    reads = op.saves["input"]
    reads_input, reads_result = "input" in reads, "result" in reads
    cls = node_class(op, op.backward_name, (0,))
    compute = op.forward

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if args or kwargs or not isinstance(self, Tensor):
            return general(self, *args, **kwargs)
        x = self._data
        if (x.dtype is not _F32 and x.dtype is not _F64) or state.inference_seen:
            return general(self)
        out = _new(Tensor)
        out._data = data = compute(x)
        if self._req and state.grad:
            fn: Any = _new(cls)
            out._fn = fn
            out._req = True
            fn._seq = seq = next(clock)
            fn._edges = (self._fn or leaf(self, seq),)
            fn._dtype = data.dtype
            if data.__class__ is _ndarray:
                fn._shape = data.shape
            if reads_input or reads_result:
                fn._tensors = (self if reads_input else None,)
            if reads_input:
                fn.input = x
            if reads_result:
                fn.result = data
        observer = observe._observer
        if observer is not None:
            observer.operation(op, (self,), (self,), NO_KWARGS, out)
        return out

    method.__name__ = method.__qualname__ = op.name
    method.__doc__ = op.doc
    return method
