"""The operands of a call: which arguments are tensors, their arrays, and what torch does not take.

What depends only on the classes of the arguments is worked out at the first such call and kept as the call's `Kind`.
"""

from __future__ import annotations

from typing import Any

from engine import backends, errors, signatures, views
from engine.arguments import must_be_tensor
from engine.registry import Op
from engine.tensor import Tensor

PAIR = (0, 1)
NUMBERS = (int, float, complex)
_numbers: dict[tuple[str, tuple[int, ...]], bool] = {}


class Kind:
    """What calls of one operator with arguments of the same classes have in common.

    `layout`: the parameters that tensors are given for, in order.  `sequences`: those given a list or tuple, which may
    hold tensors.  `lists`: some do.  `checked`: the operands passed `check`.  `plans`: how to record such calls, by
    which tensors want gradients (history.py).
    """

    __slots__ = ("checked", "layout", "lists", "plans", "sequences")

    def __init__(self, layout: tuple[int, ...], lists: bool, sequences: tuple[int, ...], plans: dict[Any, Any]) -> None:
        self.layout = layout
        self.lists = lists
        self.sequences = sequences
        self.checked = False
        self.plans = plans


def unpack(op: Op, values: list[Any]) -> tuple[list[Any], list[Tensor], Kind]:
    """The values with arrays in the tensors' places, the tensors in order, the kind of the call."""
    kind = op.kinds.get(tuple([v.__class__ for v in values]))
    if kind is None or (kind.sequences and _hold_tensors(values, kind.sequences)):
        return _unpack_new(op, values)
    raw = values.copy()
    inputs: list[Tensor] = []
    for i in kind.layout:
        t = values[i]
        inputs.append(t)
        raw[i] = views.storage(t) if op.view else t._data
    if backends.gpu_in_use and len(inputs) > 1:
        check_devices(inputs)
    return raw, inputs, kind


def _hold_tensors(values: list[Any], sequences: tuple[int, ...]) -> bool:
    return any(isinstance(x, Tensor) for i in sequences for x in values[i])


def _unpack_new(op: Op, values: list[Any]) -> tuple[list[Any], list[Tensor], Kind]:
    """`unpack` for a kind of call that was not seen before, and for those with lists of tensors."""
    raw = values.copy()
    inputs: list[Tensor] = []
    layout: list[int] = []
    sequences: list[int] = []
    lists = False
    for i, v in enumerate(values):
        if isinstance(v, Tensor):
            inputs.append(v)
            layout.append(i)
            raw[i] = views.storage(v) if op.view else v._data
        elif v.__class__ is list or v.__class__ is tuple:
            sequences.append(i)
            found = [x for x in v if isinstance(x, Tensor)]
            if found:
                lists = True
                inputs += found
                layout += [i] * len(found)
                raw[i] = [x._data if isinstance(x, Tensor) else x for x in v]
    if backends.gpu_in_use and len(inputs) > 1:
        check_devices(inputs)
    if lists:  # of any length: such calls share their plans only
        plans = op.kinds.setdefault(("plans", *dict.fromkeys(layout)), {})
        return raw, inputs, Kind(tuple(layout), lists, tuple(sequences), plans)
    kind = op.kinds[tuple([v.__class__ for v in values])] = Kind(tuple(layout), lists, tuple(sequences), {})
    return raw, inputs, kind


def check(op: Op, values: list[Any], kind: Kind) -> None:
    """Refuse what is no tensor where torch wants one; two operands that are promoted may hold a number."""
    layout = kind.layout
    name = op.parameters[0] if op.parameters else ""
    if name == "input" and 0 not in layout:
        beside = isinstance(values[0], NUMBERS) and (op.promoted == PAIR or op.name == "bucketize")
        if not beside or not _numbers_fit(op, layout, values):
            raise must_be_tensor(op.name, name, 0, values[0])
    if len(layout) < 2 and op.promoted == PAIR and not _numbers_fit(op, layout, values):
        raise must_be_tensor(op.name, op.parameters[len(layout)], len(layout), values[len(layout)])
    for i in op.tensors:
        if i not in layout:
            raise must_be_tensor(op.name, op.parameters[i], i, values[i])
    kind.checked = not kind.lists


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
