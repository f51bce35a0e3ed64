"""Turns arrays into summaries, and summaries into short text.

Owns what is measured of an array and how a number is written for people.  The struct itself is `model`'s; which
arrays are summarised, and when, is `recorder`'s.
"""

from __future__ import annotations

import struct
import sys
from functools import lru_cache
from math import isfinite, isnan, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visgrad.recording.forms import Layout
from visgrad.recording.model import WHOLE, Summary
from visgrad.recording.statistics import decoded

SIDE = 16
"""A thumbnail has at most this many rows and columns, and a sample as many elements as such a thumbnail."""

LITTLE = sys.byteorder == "little"

Array = NDArray[Any]

PACK = struct.Struct("<f").pack
"""The bytes of a float32, quickly."""

REMEMBERED = 4096


def summarise(array: Any, device: str = "cpu") -> Summary:
    """The summary of an array (NumPy, a NumPy scalar, or CuPy: then only what is looked at crosses to the host)."""
    plan = plan_of(array, device)
    return plan.layout.summary(plan.pick(array), 0)


class Plan:
    """How arrays of one shape and type on one device are summarised: by `layout`, with the bytes that `pick` gives.

    `whole`: all of it.  `flat`: `index` picks the sample as a matrix from the array itself, else from it in the shape
    `matrix`.  `little`, `single`: its bytes are little-endian already, and float32 besides.  `bytes`: the array's.
    `plain`: nothing has to be done but to pick.
    """

    __slots__ = ("bytes", "flat", "index", "layout", "little", "matrix", "plain", "single", "whole")

    def __init__(self, shape: tuple[int, ...], dtype: Any, device: str) -> None:
        count = prod(shape)
        self.bytes = count * dtype.itemsize
        self.whole = count <= WHOLE
        self.little = LITTLE and dtype.byteorder != ">"
        self.single = self.little and dtype == np.float32
        self.flat = len(shape) <= 2
        self.index: tuple[Any, ...] = ()
        self.matrix = 0, 0
        self.layout = Layout(shape, dtype.name, device, self.bytes)
        if not self.whole:
            rows, columns, down, across = sampling(shape)
            self.matrix = rows, columns
            self.index = (None if len(shape) == 1 else slice(None, None, down), slice(None, None, across))
            sampled = -(-rows // down), -(-columns // across)
            self.layout = Layout(shape, dtype.name, device, 0, 4 * sampled[0] * sampled[1], sampled)
        self.plain = self.flat and self.single and not self.whole and device == "cpu"

    def pick(self, array: Any) -> bytes:
        """What is told of the elements of an array."""
        told: bytes
        if self.plain:
            told = array[self.index].tobytes()
            return told
        if self.whole:
            told = array.tobytes() if self.little else _little_endian(_host(array)).tobytes()
            return told
        if self.flat:
            sample = array[self.index]
        elif array.flags.c_contiguous:
            sample = array.reshape(self.matrix)[self.index]
        else:  # a reshape would copy all of it
            down, across = self.index
            sample = array[np.unravel_index(np.arange(0, self.matrix[0], down.step), array.shape[:-1])][:, across]
        if not self.single or type(sample) is not np.ndarray:
            sample = _host(sample)
            sample = _little_endian(sample if array.dtype == np.float32 else _as_float32(sample))
        told = sample.tobytes()
        return told


_plans: dict[tuple[Any, ...], Plan] = {}


def plan_of(array: Any, device: str = "cpu") -> Plan:
    """How an array is summarised."""
    key = array.shape, array.dtype, device
    plan = _plans.get(key)
    if plan is None:
        if len(_plans) >= REMEMBERED:
            _plans.clear()
        plan = _plans[key] = Plan(*key)
    return plan


def _host(array: Any) -> Array:
    """The array in NumPy's memory: CuPy's arrays are told by their `get`."""
    host: Array = array.get() if hasattr(array, "get") else array
    return host


def _as_float32(array: Array) -> NDArray[np.float32]:
    """Numbers as float32; what is too large for it becomes its largest number, not infinite."""
    with np.errstate(all="ignore"):
        numbers = np.abs(array) if array.dtype.kind == "c" else array
        single = numbers.astype(np.float32)
        if array.dtype.itemsize > 4:
            outside = np.isinf(single) & np.isfinite(numbers)
            single[outside] = np.copysign(np.finfo(np.float32).max, numbers[outside])
        return single


def _little_endian(array: Array) -> Array:
    if LITTLE and array.dtype.byteorder != ">":
        return array
    return array.astype(array.dtype.newbyteorder("<"))


@lru_cache(REMEMBERED)
def sampling(shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """An array's rows and columns as a matrix, and the steps between those that are sampled.

    A thumbnail's rows and columns are among them; where it has few of one, there are more of the other.
    """
    columns = shape[-1]
    rows = 1
    for size in shape[:-1]:
        rows *= size
    down, across = -(-rows // SIDE), -(-columns // SIDE)
    if rows < SIDE:
        across = -(-columns // (SIDE * SIDE // rows))
    elif columns < SIDE:
        down = -(-rows // (SIDE * SIDE // columns))
    return rows, columns, down, across


def values(summary: Summary) -> Array | None:
    """All elements, where the summary holds them (read-only), else None."""
    if not summary.whole:
        return decoded(summary.dtype, b"").reshape(summary.shape) if 0 in summary.shape else None
    return decoded(summary.dtype, summary.whole).reshape(summary.shape)


def thumbnail(summary: Summary) -> NDArray[np.float32] | None:
    """A strided float32 matrix of at most `SIDE` by `SIDE` elements, None of scalars and empty arrays.

    It has ⌈rows / ⌈rows / SIDE⌉⌉ rows, and likewise columns, of the array seen as a matrix.
    """
    if not summary.shape or 0 in summary.shape:
        return None
    rows, columns, down, across = sampling(summary.shape)
    whole = values(summary)
    if whole is None:
        matrix = np.frombuffer(summary.sample, np.dtype("<f4")).reshape(summary.sample_shape)
    else:
        down = across = 1
        matrix = _as_float32(whole.reshape(rows, columns))
    return matrix[_places(rows, down)][:, _places(columns, across)]


def _places(count: int, step: int) -> NDArray[np.intp]:
    """Which of the rows sampled with a step come nearest to those of a thumbnail."""
    return np.arange(0, count, -(-count // SIDE)) // step


def figures(number: complex | np.generic) -> str:
    """A number in few characters: four significant digits, whole numbers in full: 40, 0.7616, 1.2e-5, nan, True."""
    if isinstance(number, np.generic):
        return figures(number.item())
    if isinstance(number, bool):
        return str(number)
    if isinstance(number, complex):
        imaginary = figures(number.imag)
        return f"{figures(number.real)}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
    if isinstance(number, int):
        return str(number) if abs(number) < 10**9 else _digits(float(number))
    return _digits(number)


def _digits(number: float) -> str:
    if not isfinite(number):
        return str(number)
    size = abs(number)
    if size < 1e7 and number == int(number):
        return str(int(number))
    if 1e-3 <= size < 1e5:
        text = f"{number:.4g}" if size < 9999.5 else f"{number:.0f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, _, exponent = f"{number:.3e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def short(summary: Summary, width: int = 24) -> str:
    """An array in a few characters: `40`, `[36, 81]`, else its shape and what matters most: `(2, 3) mean 0.12`."""
    array = values(summary)
    if array is not None and array.size <= width:
        text = written(array)
        if len(text) <= width or array.ndim == 0:
            return text
    shape = f"({', '.join(map(str, summary.shape))}{',' if len(summary.shape) == 1 else ''})"
    if summary.nans:
        return f"{shape} {summary.nans} nan"
    if summary.infs:
        return f"{shape} {summary.infs} inf"
    if isnan(summary.mean):
        return shape
    return f"{shape} mean {figures(summary.mean)}"


def written(array: Any) -> str:
    """All elements of an array as nested lists of `figures`."""
    if array.ndim == 0:
        return figures(array.item())
    return f"[{', '.join(map(written, array))}]"
