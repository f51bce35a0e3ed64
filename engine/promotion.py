"""Type promotion: the operands of a call brought to one type, by torch's rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes
from engine.arguments import must_be_tensor
from engine.registry import Op

_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)


def promote(op: Op, raw: list[Any]) -> None:
    """Bring the operands of `op.promote` to one type."""
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


def _alike(places: tuple[int, ...], raw: list[Any]) -> bool:
    """Whether all operands are of one floating type already, or plain numbers beside such."""
    first = raw[places[0]]
    several = first.__class__ is list and len(first) > 0
    kind = getattr(first[0] if several else first, "dtype", None)
    if kind is not _F32 and kind is not _F64:
        return False
    if several:
        return len(places) == 1 and all(getattr(x, "dtype", None) is kind for x in first)
    for i in places[1:]:
        x = raw[i]
        if x.__class__ is not float and x.__class__ is not int and getattr(x, "dtype", None) is not kind:
            return False
    return True


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
