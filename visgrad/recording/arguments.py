"""The arguments of an operation as the recording tells them: by parameter name, inputs by number, constants as text.

Owns how a constant is written: short, and never by asking the program's own objects.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.backends import device
from engine.dtypes import dtype
from engine.registry import Op
from engine.tensor import Tensor
from visgrad.recording.model import Argument

LONGEST = 60
FEW = 6
STOPS = frozenset({int, type(None)})
PLAIN = frozenset({bool, int, float, complex, str, type(None), slice, device, dtype, type(Ellipsis)})
CONSTANTS = frozenset({int, float, bool, str, type(None), dtype})


def key_of(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...] | None:
    """What tells calls of an operator apart that are written differently; None where that would take long to say."""
    key: list[Any] = []
    for value in args:
        kind = type(value)
        if kind in CONSTANTS:
            key += (kind, value or repr(value))  # 0.0 and -0.0 are equal
        elif isinstance(value, Tensor):
            key.append(Tensor)
        elif kind is slice and type(value.start) in STOPS and type(value.stop) in STOPS and type(value.step) in STOPS:
            key += (slice, value.start, value.stop, value.step)
        elif kind is tuple and len(value) <= FEW and all(type(item) is int for item in value):
            key.append(value)
        elif kind is tuple and len(value) <= FEW and (parts := key_of(op, value, {})) is not None:
            key.append(parts)
        else:
            return None
    for name, value in kwargs.items():
        kind = type(value)
        if isinstance(value, Tensor):
            key += (name, Tensor)
        elif kind in CONSTANTS:
            key += (name, kind, value or repr(value))
        else:
            return None
    return tuple(key)


def arguments(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Argument, ...]:
    """The call's arguments, tensors numbered in the order in which they come."""
    found: list[Argument] = []
    count = 0
    parameters = op.parameters
    variadic = op.variadic
    if 0 <= variadic < len(args) - 1 and not isinstance(args[variadic], tuple | list):
        args = (*args[:variadic], args[variadic:])  # x.view(2, 3) is x.view((2, 3))
    named = [(parameters[i] if i < len(parameters) else "", value) for i, value in enumerate(args)]
    named += kwargs.items()
    for name, value in named:
        if isinstance(value, Tensor):
            found.append(Argument(name, count))
            count += 1
        elif isinstance(value, tuple | list) and (tensors := _tensors(value)):
            found += [Argument(name, count + i) for i in range(tensors)]
            count += tensors
        else:
            found.append(Argument(name, -1, written(value)))
    return tuple(found)


def _tensors(values: Any) -> int:
    """How many tensors there are in nested sequences."""
    return sum(
        1 if isinstance(value, Tensor) else _tensors(value) if isinstance(value, tuple | list) else 0
        for value in values[:1000]
    )


def written(value: Any, depth: int = 0) -> str:
    """A constant as text: as Python writes it where that is short and harmless, else what kind of thing it is."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str) and len(value) > LONGEST:
        value = f"{value[: LONGEST - 1]}…"
    if type(value) in PLAIN:
        return repr(value)
    if isinstance(value, Tensor):
        return f"tensor{tuple(value._data.shape)}"
    if isinstance(value, np.ndarray):
        return f"array{value.shape}"
    if type(value) in (list, tuple):
        opening, closing = "[]" if type(value) is list else "()"
        if depth > 2:
            return f"{opening}…{closing}"
        items = [written(item, depth + 1) for item in value[:FEW]] + (["…"] if len(value) > FEW else [])
        comma = "," if len(items) == 1 and opening == "(" else ""
        return _cut(f"{opening}{', '.join(items)}{comma}{closing}")
    return f"<{type(value).__name__}>"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
