"""The one place where an operator runs: bind, promote, compute, record for differentiation, tell the observer.

`run` is the general way for every row of the table, `run_in_place` its writing twin.  The quick ways for arithmetic
on equal types are in methods.py and fall back to these.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from engine import backends, dtypes, errors, node, observe, signatures, views
from engine.arguments import must_be_tensor
from engine.grad_mode import state
from engine.history import record
from engine.node import Slot, clock
from engine.registry import Op
from engine.tensor import Tensor, wrap

_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)
_named_tuples: dict[str, Any] = {}
_numbers: dict[tuple[str, tuple[int, ...]], bool] = {}
PAIR = (0, 1)
NUMBERS = (int, float, complex)


def run(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The result of `op` on these arguments, recorded and observed."""
    values = op.bind(args, kwargs)
    raw, inputs, layout, lists = unpack(op, values)
    if not layout or layout[0] or op.tensors or (len(layout) < 2 and op.promoted == PAIR):
        check_operands(op, values, layout)
    data = compute(op, raw)
    out: Any
    if data.__class__ is tuple:
        out = _several(op, data, values, inputs, layout, lists)
    else:
        if not op.view and data.__class__ is np.ndarray and not data.ndim:
            data = data[()]
        out = wrap(data)
        if op.view:
            step = _step(op, raw, layout[0]) if layout else None
            if step is not None and shares(inputs[0], data):
                _share(op, out, inputs[0], step)
        if state.grad:
            if op.rules:
                record(op, values, inputs, layout, lists, out, data)
        elif state.inference:
            out._inference = True
    if "requires_grad" in op.index and values[op.index["requires_grad"]]:
        if data.dtype.kind not in "fc":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        out._req = True
    observer = observe._observer
    if observer is not None:
        observer.operation(op, tuple(inputs), args, kwargs, out)
    return out


def unpack(op: Op, values: list[Any]) -> tuple[list[Any], list[Tensor], tuple[int, ...], bool]:
    """The values with arrays in the tensors' places, the tensors in order, their parameters, whether lists occur."""
    raw = list(values)
    inputs: list[Tensor] = []
    layout: list[int] = []
    lists = False
    for i, v in enumerate(values):
        if isinstance(v, Tensor):
            inputs.append(v)
            layout.append(i)
            raw[i] = views.storage(v) if op.view else v._data
        elif (v.__class__ is list or v.__class__ is tuple) and any(isinstance(x, Tensor) for x in v):
            lists = True
            found = [x for x in v if isinstance(x, Tensor)]
            inputs += found
            layout += [i] * len(found)
            raw[i] = [x._data if isinstance(x, Tensor) else x for x in v]
    if backends.gpu_in_use and len(inputs) > 1:
        check_devices(inputs)
    return raw, inputs, tuple(layout), lists


def check_operands(op: Op, values: list[Any], layout: tuple[int, ...]) -> None:
    """Refuse what is no tensor where torch wants one; two operands that are promoted may hold a number."""
    name = op.parameters[0]
    if name == "input" and 0 not in layout:
        beside = isinstance(values[0], NUMBERS) and (layout or op.promoted == PAIR)
        if not beside or not _numbers_fit(op, layout, values):
            raise must_be_tensor(op.name, name, 0, values[0])
    if len(layout) < 2 and op.promoted == PAIR and not _numbers_fit(op, layout, values):
        raise must_be_tensor(op.name, op.parameters[len(layout)], len(layout), values[len(layout)])
    for i in op.tensors:
        if i not in layout:
            raise must_be_tensor(op.name, op.parameters[i], i, values[i])


def _numbers_fit(op: Op, layout: tuple[int, ...], values: list[Any]) -> bool:
    """Whether torch takes numbers where this call of an operator of two operands has them."""
    if not all(isinstance(value, NUMBERS) for i, value in enumerate(values[:2]) if i not in layout):
        return False
    found = _numbers.get((op.name, layout))
    if found is None:
        named = op.name in signatures.NUMBERS_AS_TENSORS
        found = named or signatures.refusal(op.name, tuple(values[: max(op.required, 2)]), {}) is None
        _numbers[op.name, layout] = found
    return found


def check_devices(inputs: list[Tensor]) -> None:
    """All tensors on one device, but that 0-d ones on the CPU go anywhere."""
    places = {str(t.device): None for t in inputs if t._data.ndim or t.is_cuda}
    if len(places) > 1:
        raise RuntimeError(errors.TWO_DEVICES.format(*list(places)[:2]))


def compute(op: Op, raw: list[Any]) -> Any:
    """The forward on arrays, its operands promoted; errors in torch's words."""
    if op.promote:
        promote(op, raw)
    try:
        if op.positional == len(raw):
            return op.forward(*raw)
        if all(map(operator.is_, raw[op.positional :], op.named_defaults)):
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


def _alike(places: tuple[int, ...], raw: list[Any]) -> bool:
    """Whether all operands are of one floating type already, or plain numbers beside such."""
    kind = getattr(raw[places[0]], "dtype", None)
    if kind is not _F32 and kind is not _F64:
        return False
    for i in places[1:]:
        x = raw[i]
        if x.__class__ is not float and x.__class__ is not int and getattr(x, "dtype", None) is not kind:
            return False
    return True


def promote(op: Op, raw: list[Any]) -> None:
    """Bring the operands of `op.promote` to one type, by torch's rules."""
    if _alike(op.promoted, raw):
        return
    if op.check is not None:
        op.check(*[raw[i] for i in op.promoted])
    places = [i for i in op.promoted if raw[i] is not None]
    if not places:
        return
    operands: list[Any] = []
    for i in places:
        if isinstance(raw[i], list):
            operands += raw[i]
        else:
            operands.append(raw[i])
    for i in places:
        if not isinstance(raw[i], int | float | complex | list) and not hasattr(raw[i], "dtype"):
            raise must_be_tensor(op.name, op.parameters[i], i, raw[i])
    target = dtypes.result_type(operands)
    if target.category < dtypes.FLOATING and _wants_float(op, raw):
        target = dtypes.get_default_dtype()
    if not any(hasattr(x, "dtype") for x in operands):
        raw[places[0]] = target.np.type(raw[places[0]])
    for i in places:
        raw[i] = [cast(x, target) for x in raw[i]] if isinstance(raw[i], list) else cast(raw[i], target)


def _wants_float(op: Op, raw: list[Any]) -> bool:
    wants = op.to_float
    return wants if isinstance(wants, bool) else wants(dict(zip(op.parameters, raw, strict=True)))


def cast(x: Any, target: dtypes.dtype) -> Any:
    """`x` in another type; a Python number stays one where NumPy would take it for that type anyway."""
    kind = getattr(x, "dtype", None)
    if kind is not None:
        if kind == target.np:
            return x
        return x.astype(target.np)
    if target.category >= dtypes.FLOATING:
        return x if target.np.itemsize > 2 else target.np.type(x)
    return np.array(x).astype(target.np)[()]


def shares(of: Tensor, data: Any) -> bool:
    """Whether `data`, made from `of` by a view operator, lies in its storage (some may have had to copy)."""
    return data is of._data or data.base is not None


def _step(op: Op, raw: list[Any], at: int) -> views.Step:
    """The view operator as a function of the array alone, to be replayed on other arrays of the same shape."""
    named = {p: raw[op.index[p]] for p in op.parameters[op.positional :]}
    rest = raw[: op.positional]

    def step(array: Any) -> Any:
        return op.forward(*rest[:at], array, *rest[at + 1 :], **named)

    return step


def _share(op: Op, out: Tensor, of: Tensor, step: views.Step) -> None:
    if op.rules:
        views.make_view(out, of, step)
    else:
        out._counter = views.counter_of(of)


def _several(
    op: Op, data: tuple[Any, ...], values: list[Any], inputs: list[Tensor], layout: tuple[int, ...], lists: bool
) -> Any:
    """The outputs of an operator that has several, as a tuple or as torch's named tuple."""
    outs = tuple([wrap(d) for d in data]) if op.view else tuple([wrap(d[()] if not d.ndim else d) for d in data])
    if op.view:
        for i, t in enumerate(outs):
            whole = _step(op, values, layout[0])
            views.make_view(t, inputs[0], _part(whole, i), multiple=True)
    if state.grad and op.rules:
        fn = record(op, values, inputs, layout, lists, outs, data)
        if fn is not None:
            for i, (t, d) in enumerate(zip(outs, data, strict=True)):
                if d.dtype.kind in "fc" and not (op.constant and op.returns[i] in op.constant):
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


def run_in_place(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    """`op` with its result written into its first argument, which is returned."""
    values = op.bind(args, kwargs)
    target: Tensor = values[0]
    views.check_writable(target)
    raw, inputs, layout, lists = unpack(op, values)
    data = compute(op, raw)
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
        fn = record(op, values, inputs, layout, lists, None, data, edges)
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


__all__ = ["node", "run", "run_in_place"]
