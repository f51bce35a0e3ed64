"""The one place where an operator runs: bind, promote, compute, record for differentiation, tell the observer.

`run` is the general way for every row of the table, `run_in_place` its writing twin.  The quick ways for arithmetic
on equal types are in quick.py and fall back to these.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from engine import dtypes, errors, halves, observe, views
from engine.grad_mode import state
from engine.halves_rows import ROWS
from engine.history import record
from engine.node import Slot, clock
from engine.operands import Kind, check, unpack
from engine.promotion import promote
from engine.registry import Op
from engine.tensor import Tensor, wrap

_named_tuples: dict[str, Any] = {}


def run(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The result of `op` on these arguments, recorded and observed."""
    values = op.bind(args, kwargs)
    raw, inputs, kind = unpack(op, values)
    if not kind.checked:
        check(op, values, kind)
    data = compute(op, raw, not kwargs)
    out: Any
    if data.__class__ is tuple:
        out = _several(op, data, kind, values, inputs)
    else:
        if not op.view and data.__class__ is np.ndarray and not data.ndim:
            data = data[()]
        out = wrap(data)
        if op.view and inputs and shares(inputs[0], data):
            if op.rules:
                views.make_view(out, inputs[0], Step(op, raw, kind.layout[0]))
            else:
                out._counter = views.counter_of(inputs[0])
        if state.grad:
            if op.rules:
                record(op, kind, values, inputs, out, data)
        elif state.inference:
            out._inference = True
    if "requires_grad" in op.index and values[op.index["requires_grad"]]:
        if data.dtype.kind not in "fcV":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        out._req = True
    observer = observe._observer
    if observer is not None:
        observer.operation(op, tuple(inputs), args, kwargs, out)
    return out


def compute(op: Op, raw: list[Any], plain: bool = False) -> Any:
    """The forward on arrays, its operands promoted; errors in torch's words.

    `plain`: no parameter that must be named was given.
    """
    if dtypes.half_seen and halves.concerns(op, raw):
        return _compute_half(op, raw)
    if op.promote:
        promote(op, raw)
    try:
        if op.positional == len(raw):
            return op.forward(*raw)
        if plain or all(map(operator.is_, raw[op.positional :], op.named_defaults)):
            return op.forward(*raw[: op.positional])
        named = zip(op.parameters[op.positional :], raw[op.positional :], strict=True)
        return op.forward(*raw[: op.positional], **dict(named))
    except ValueError as error:
        if isinstance(error, np.exceptions.AxisError) and error.axis is not None and error.ndim is not None:
            errors.dimension(error.axis, error.ndim)
        broadcasting = op.promote or "broadcast" in str(error)
        shapes = [x.shape for x in raw if hasattr(x, "shape")] if broadcasting else []
        message = errors.broadcast(shapes) if len(shapes) > 1 else None
        if message is None:
            raise
        raise RuntimeError(message) from error


def _compute_half(op: Op, raw: list[Any]) -> Any:
    """The forward on float32 in place of two-byte numbers, the result rounded."""
    values, kind = halves.prepared(op, raw)
    if values is raw:
        return op.forward(*raw)
    own = ROWS.get(op.name)
    data = compute(op, values) if own is None or kind is None else own(halves.rounding(kind), *values)
    if op.family == "optimizer":
        halves.write_back(values, raw)
    return data if kind is None else halves.narrow(data, kind)


def shares(of: Tensor, data: Any) -> bool:
    """Whether `data`, made from `of` by a view operator, lies in its storage (some may have had to copy)."""
    return data is of._data or data.base is not None


class Step:
    """A view operator as a function of the array alone, to be replayed on other arrays of the same shape."""

    __slots__ = ("at", "op", "raw")

    def __init__(self, op: Op, raw: list[Any], at: int) -> None:
        self.op, self.raw, self.at = op, raw, at

    def __call__(self, array: Any) -> Any:
        raw = self.raw.copy()
        raw[self.at] = array
        return compute(self.op, raw)


def _several(op: Op, data: tuple[Any, ...], kind: Kind, values: list[Any], inputs: list[Tensor]) -> Any:
    """The outputs of an operator that has several, as a tuple or as torch's named tuple."""
    outs = tuple([wrap(d) for d in data]) if op.view else tuple([wrap(d[()] if not d.ndim else d) for d in data])
    if op.view:
        for i, t in enumerate(outs):
            whole = Step(op, values, kind.layout[0])
            views.make_view(t, inputs[0], _part(whole, i), multiple=True)
    if state.grad and op.rules:
        fn = record(op, kind, values, inputs, outs, data)
        if fn is not None:
            for i, (t, d) in enumerate(zip(outs, data, strict=True)):
                if d.dtype.kind in "fcV" and not (op.constant and op.returns[i] in op.constant):
                    t._fn, t._req = Slot(fn, i), True
    elif state.inference:
        for t in outs:
            t._inference = True
    return named_tuple(op)(outs) if op.returns else outs


def _part(whole: views.Step, number: int) -> views.Step:
    """One output of a view operator that has several."""
    return lambda array: whole(array)[number]


def named_tuple(op: Op) -> Any:
    """The class `torch.return_types.<op>`."""
    kind = _named_tuples.get(op.name)
    if kind is None:
        fields: dict[str, Any] = {name: property(operator.itemgetter(i)) for i, name in enumerate(op.returns)}
        fields |= {"_fields": op.returns, "__module__": "torch.return_types"}
        kind = _named_tuples[op.name] = type(op.name, (_Returned,), fields)
    return kind


class _Returned(tuple[Any, ...]):
    """Base of `torch.return_types.*`: a tuple that prints a line for each field."""

    _fields: tuple[str, ...] = ()

    def __repr__(self) -> str:
        lines = ",\n".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"torch.return_types.{type(self).__name__}(\n{lines})"


FILLING = ("fill", "zero", "index_put")
"""Operators that write a tensor whose elements share a place, as an expanded one's do."""


def run_in_place(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    """`op` with its result written into its first argument, which is returned."""
    values = op.bind(args, kwargs)
    target: Tensor = values[0]
    views.check_writable(target, repeats=op.name in FILLING)
    raw, inputs, kind = unpack(op, values)
    layout = kind.layout
    data = compute(op, raw, not kwargs)
    check_result(target, data)
    needs = state.grad and op.rules and any(t._req for t in inputs)
    if needs:
        pairs = zip(inputs, layout, strict=True)
        edges = tuple([views.edge_of(t) if op.parameters[i] in op.rules else None for t, i in pairs])
        if any("input" in names for names in op.saves.values()):
            before = wrap(np.copy(target._data) if target._data.ndim else target._data)
            before._req, before._fn = target._req, target._fn
            if op.parameters[layout[0]] == "input":
                values[0] = inputs[0] = before
        fn = record(op, kind, values, inputs, None, data, edges)
        views.write(target, data)
        if fn is not None:
            if "result" in op.saves.get("input", ()):
                fn._seq = next(clock)
                fn.result = target._data  # type: ignore[attr-defined]
            fn._dtype = target._data.dtype
            views.rebase(target, fn)
        if inputs[0] is not target:
            inputs[0] = target
    else:
        views.write(target, data)
    observer = observe._observer
    if observer is not None:
        observer.operation(op, tuple(inputs), args, kwargs, target)
    return target


def check_result(target: Tensor, data: Any) -> None:
    """Refuse a result that does not fit the tensor it is written to."""
    old = target._data
    if data.shape != old.shape:
        raise RuntimeError(f"output with shape {list(old.shape)} doesn't match the broadcast shape {list(data.shape)}")
    if data.dtype != old.dtype:
        from_, to = dtypes.FROM_NUMPY[data.dtype], dtypes.FROM_NUMPY[old.dtype]
        if not dtypes.can_cast(from_, to):
            raise RuntimeError(
                f"result type {dtypes.SCALAR_NAMES[from_]} can't be cast to the desired output type "
                f"{dtypes.SCALAR_NAMES[to]}"
            )
