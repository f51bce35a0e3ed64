"""What plotting calls are given: arrays, format strings, colours and limits; and what they return.

Owns reading the values; what they draw is `axes`'s and `fields`'s.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from visgrad.recording.chart import MOST_POINTS, Series

Floats = NDArray[np.float64]

COLOURS = {"b": "blue", "g": "green", "r": "red", "c": "cyan", "m": "magenta", "y": "gold", "k": "black", "w": "white"}
MARKERS = frozenset("ov^<>sp*h+xDd|.,PX128")


def numbers(data: Any) -> Floats:
    """Anything array-like as float64; a Tensor that requires grad refuses here in PyTorch's words."""
    if isinstance(data, list | tuple):
        data = [item.item() if hasattr(item, "item") else item for item in data]
    elif hasattr(data, "numpy"):
        data = data.numpy()
    return np.asarray(data, dtype=np.float64)


def thinned(array: Floats) -> Floats:
    """At most `MOST_POINTS` of a long array, evenly spaced."""
    step = -(-len(array) // MOST_POINTS)
    return array[::step] if step > 1 else array


def packed(array: Floats) -> bytes:
    """The bytes a Series holds."""
    return np.ascontiguousarray(array, dtype="<f8").tobytes()


class Handle:
    """Stands for what matplotlib returns for a thing drawn; everything can be asked of it, and nothing happens."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)
        return quiet

    def __repr__(self) -> str:
        return "<drawn>"


def quiet(*_: Any, **__: Any) -> None:
    """Accepts a call that only polishes."""


def groups_of(args: tuple[Any, ...]) -> Iterator[tuple[Floats, Floats, str]]:
    """The (x, y, style) groups of `plot`'s arguments."""
    rest = list(args)
    while rest:
        first = np.atleast_1d(numbers(rest.pop(0)))
        if rest and not isinstance(rest[0], str):
            x, y = first, np.atleast_1d(numbers(rest.pop(0)))
        else:
            x, y = np.arange(len(first), dtype=np.float64), first
        style = rest.pop(0) if rest and isinstance(rest[0], str) else ""
        yield x, y, style


def style_of(style: str) -> tuple[str, bool, bool, bool]:
    """(colour, dashed, marked, has a line) of a format string such as "ro--"."""
    dashed = "--" in style or ":" in style or "-." in style
    line = dashed or "-" in style
    marker = any(c in MARKERS for c in style.replace("-.", ""))
    colour = next((COLOURS[c] for c in style if c in COLOURS), "")
    if style.startswith(("C", "#", "tab:")):
        return style, False, False, True
    return colour, dashed, marker, line or not marker


def colour_of(written: Any) -> str:
    """A colour as it is kept: a name, or "#rrggbb" for three or four numbers from 0 to 1; "" for anything else."""
    if isinstance(written, str):
        return COLOURS.get(written, written)
    if isinstance(written, list | tuple) and len(written) in (3, 4) and not has_names(written):
        return "#" + "".join(f"{round(255 * min(max(float(part), 0.0), 1.0)):02x}" for part in written[:3])
    return ""


def has_names(values: Any) -> bool:
    """Whether a list holds texts."""
    return isinstance(values, list | tuple) and any(isinstance(value, str) for value in values)


def ends_of(low: Any, high: Any) -> tuple[float, ...]:
    """The two ends of an axis, none if one of them is left open."""
    if isinstance(low, list | tuple):
        low, high = low
    ends = () if low is None or high is None else (float(low), float(high))
    if not all(map(math.isfinite, ends)):
        raise ValueError("Axis limits cannot be NaN or Inf")
    return ends


def renamed(series: Series, label: str) -> Series:
    """A series under another name."""
    return msgspec.structs.replace(series, label=label)
