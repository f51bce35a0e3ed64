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
from engine.node import NUMBERS_SAVED, clock, node_class
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
    call = dict(zip(op.parameters, op.defaults, strict=True))
    call |= {p: wrap(np.float32(1)) if i in layout else 1.0 for i, p in enumerate(op.parameters[:2])}
    return op.backward(call)


NUMBER = """
def method(self, other):
    kind = other.__class__
    if kind is float or kind is int:
        x = self._data
        if x.dtype is not F32 and x.dtype is not F64:
            return run(op, {call}, NO_KWARGS)
        out = new(Tensor)
        out._data = data = {number}
        if self._req and state.grad:
            out._fn = fn = new(one)
            out._req = True
            fn._seq = seq = next(clock)
            edge = self._fn
            fn._edges = (leaf(self, seq) if edge is None else edge,)
            fn._dtype = data.dtype
            if data.__class__ is not float32:
                fn._shape = data.shape
            fn.{number_name} = other
{save_one}
        elif state.inference:
            out._inference = True
        observer = observe._observer
        if observer is not None:
            observer.operation(op, (self,), {call}, NO_KWARGS, out)
        return out
"""
TENSOR = """
    if not isinstance(other, Tensor):
        return other_kind(op, self, other, right)
    x = self._data
    y = other._data
    if x.__class__ is y.__class__ is float32:
        dtype = F32
        shape = ()
    else:
        dtype = x.dtype
        shape = x.shape
        if dtype is not y.dtype or shape != y.shape or (dtype is not F32 and dtype is not F64):
            return run(op, (self, other), NO_KWARGS)
    if state.inference_seen and (self._inference or other._inference):
        return run(op, (self, other), NO_KWARGS)
    out = new(Tensor)
    out._data = data = {tensor}
    wants = self._req
    other_wants = other._req
    if (wants or other_wants) and state.grad:
        out._fn = fn = new(both)
        out._req = True
        fn._seq = seq = next(clock)
        fn._dtype = dtype
        fn._shape = shape
        if not wants:
            edge = other._fn
            fn._edges = (None, leaf(other, seq) if edge is None else edge)
{save_second}
        elif not other_wants:
            edge = self._fn
            fn._edges = (leaf(self, seq) if edge is None else edge, None)
{save_first}
        else:
            edge = self._fn
            edge2 = other._fn
            fn._edges = (leaf(self, seq) if edge is None else edge, leaf(other, seq) if edge2 is None else edge2)
{save_both}
    elif state.inference:
        out._inference = True
    observer = observe._observer
    if observer is not None:
        observer.operation(op, (self, other), (self, other), NO_KWARGS, out)
    return out
"""


def saving(reads: frozenset[str], first: str, second: str, single: str = "", number: bool = False) -> str:
    """The lines that put on the node what the rules read; `single` is the one tensor of a call with a number.

    `number` says that the number counts as saved too.
    """
    lines = []
    kept = []
    for name, array, owner in ((first, "x", "self"), (second, "y", "other")):
        if single and name != single:
            continue
        array, owner = ("x", "self") if single else (array, owner)
        if name in reads:
            lines.append(f"fn.{name} = {array}")
        kept.append(owner if name in reads else "None")
    if "result" in reads:
        lines.append("fn.result = data")
    if lines or number:
        lines.append(f"fn._tensors = ({', '.join(kept)},)")
    return "\n".join(" " * 12 + line for line in lines) or " " * 12 + "pass"


def binary(op: Op, expression: str, right: bool = False) -> Method:
    """The special method of an operator, for numbers and tensors: written out from its row.

    `expression` says how arrays compute it, such as "{} * {}"; with `right` the number is the first operand.
    Each method holds only the lines its own rules need: a generic one would take half as long again.
    """
    first, second = op.parameters[:2]
    own = second if right else first
    layout = (1,) if right else (0,)
    source = (NUMBER + TENSOR[1:]).format(
        call="(other, self)" if right else "(self, other)",
        number=expression.format("other", "x") if right else expression.format("x", "other"),
        number_name=first if right else second,
        save_one=saving(op.saves[own], first, second, own, op.name in NUMBERS_SAVED),
        tensor=expression.format("x", "y"),
        save_first=saving(op.saves[first], first, second),
        save_second=saving(op.saves[second], first, second),
        save_both=saving(op.saves[first] | op.saves[second], first, second),
    )
    names: dict[str, Any] = {
        "op": op,
        "right": right,
        "run": run,
        "state": state,
        "observe": observe,
        "clock": clock,
        "leaf": leaf,
        "Tensor": Tensor,
        "new": _new,
        "float32": _float32,
        "F32": _F32,
        "F64": _F64,
        "NO_KWARGS": NO_KWARGS,
        "other_kind": other_kind,
        "compute": op.forward,
        "one": node_class(op, name_of(op, layout), layout),
        "both": node_class(op, name_of(op, (0, 1)), (0, 1)),
    }
    exec(compile(source, f"<engine {op.name}>", "exec"), names)
    method: Method = names["method"]
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

    def method(self: Any = NO_KWARGS, *args: Any, **kwargs: Any) -> Any:
        if args or kwargs or not isinstance(self, Tensor):
            return general(*args, **kwargs) if self is NO_KWARGS else general(self, *args, **kwargs)
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
            if data.__class__ is not _float32:
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


def matrices(op: Op, general: Method) -> Method:
    """`a @ b` for two matrices of one floating type; any other product goes to `general`."""
    cls = node_class(op, op.backward_name, (0, 1))
    first, second = op.parameters[:2]

    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, Tensor) or state.inference_seen:
            return general(self, other)
        x, y = self._data, other._data
        kind = x.dtype
        if kind is not y.dtype or (kind is not _F32 and kind is not _F64) or x.__class__ is not y.__class__:
            return general(self, other)
        if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[0]:
            return general(self, other)
        out = _new(Tensor)
        out._data = data = x @ y
        wants, other_wants = self._req, other._req
        if (wants or other_wants) and state.grad:
            fn: Any = _new(cls)
            out._fn = fn
            out._req = True
            fn._seq = seq = next(clock)
            fn._edges = (
                (self._fn or leaf(self, seq)) if wants else None,
                (other._fn or leaf(other, seq)) if other_wants else None,
            )
            fn._shape, fn._dtype = data.shape, kind
            if other_wants:
                setattr(fn, first, x)
            if wants:
                setattr(fn, second, y)
            fn._tensors = (self if other_wants else None, other if wants else None)
        observer = observe._observer
        if observer is not None:
            observer.operation(op, (self, other), (self, other), NO_KWARGS, out)
        return out

    return method
