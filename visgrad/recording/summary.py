"""Turns arrays into summaries, and summaries into short text.

Owns what is measured of an array and how a number is written for people.  The struct itself is `model`'s; which
arrays are summarised, and when, is `recorder`'s.
"""

from __future__ import annotations

import struct
import sys
from math import gcd, inf, isfinite, isnan, nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visgrad.recording.model import WHOLE, Summary

BINS = 16
SIDE = 16
"""A thumbnail has at most this many rows and columns."""

LARGE = 1024
SAMPLE = 512
"""Of arrays with more than `LARGE` elements about `SAMPLE` are looked at, so that a summary stays cheap."""

FEW = 24
"""Up to about here Python's arithmetic is quicker than NumPy's calls."""

LITTLE = sys.byteorder == "little"

Array = NDArray[Any]

_pack = struct.Struct("<f").pack
_EDGES = np.arange(1, BINS, dtype=np.float64) / BINS
_names: dict[Any, str] = {}  # dtype.name is worked out anew by NumPy each time, which takes longer than the rest


def summarise(array: Any, device: str = "cpu") -> Summary:
    """The summary of an array (NumPy, a NumPy scalar, or CuPy: then only what is looked at crosses to the host).

    Statistics of complex arrays are those of the absolute values, of booleans those of 0 and 1.
    """
    dtype = array.dtype
    name = _names.get(dtype)
    if name is None:
        name = _names[dtype] = dtype.name
    if array.shape == ():
        return _scalar(_host(array), name, device)
    if array.size <= WHOLE:
        array = _host(array)
        whole = _little_endian(array)
        statistics = (_few if array.size <= FEW else _many)(array.reshape(-1))
        return Summary(array.shape, name, device, whole, *statistics, *_thumbnail(array, whole))
    elements = _host(array if array.size <= LARGE else _sample(array)).reshape(-1)
    return Summary(array.shape, name, device, b"", *_many(elements), *_thumbnail(array))


def float32(number: np.float32) -> Summary:
    """The summary of the most frequent array of all, quickly."""
    value = number.item()
    if value - value == 0.0:
        return Summary((), "float32", "cpu", _pack(value), value, value, value, 0.0)
    return _scalar(number, "float32", "cpu")


def _scalar(array: Any, name: str, device: str) -> Summary:
    number = array.item()
    magnitude = abs(number) if isinstance(number, complex) else float(number)
    whole = _little_endian(array)
    if isfinite(magnitude):
        return Summary((), name, device, whole, magnitude, magnitude, magnitude, 0.0)
    missing = isnan(magnitude)
    return Summary((), name, device, whole, nan, nan, nan, nan, int(missing), int(not missing))


def _little_endian(array: Any) -> bytes:
    if array.dtype.byteorder == ">" or not LITTLE:
        array = array.astype(array.dtype.newbyteorder("<"))
    data: bytes = array.tobytes()
    return data


def _host(array: Any) -> Array:
    """The array in NumPy's memory: CuPy's arrays are told by their `get`."""
    host: Array = array.get() if hasattr(array, "get") else array
    return host


def _sample(array: Any) -> Any:
    """About `SAMPLE` elements, evenly spaced; from row to row the columns shift by the golden ratio, so all occur."""
    row = array.shape[-1]
    step = array.size // SAMPLE
    if row <= step:
        step += int(0.618 * row) - step % row
    while gcd(step, row) != 1:
        step += 1
    if hasattr(array, "get"):
        return array.reshape(-1)[::step]
    return array.reshape(-1)[::step] if array.flags.c_contiguous else array.flat[::step]


Statistics = tuple[float, float, float, float, int, int, tuple[int, ...]]
"""minimum, maximum, mean, std, nans, infs, histogram."""


def _few(elements: Array) -> Statistics:
    """Statistics of `FEW` elements."""
    numbers = elements.tolist()
    if elements.dtype.kind == "c":
        numbers = [abs(number) for number in numbers]
    finite = [number for number in numbers if isfinite(number)]
    nans = sum(map(isnan, numbers)) if len(finite) < len(numbers) else 0
    infs = len(numbers) - len(finite) - nans
    if not finite:
        return nan, nan, nan, nan, nans, infs, ()
    low, high, mean = float(min(finite)), float(max(finite)), sum(finite) / len(finite)
    std = sqrt(sum([(number - mean) * (number - mean) for number in finite]) / len(finite))
    if len(finite) == 1 or not isfinite(high - low):
        return low, high, mean, std, nans, infs, ()
    counts = [0] * BINS
    scale = BINS / (high - low) if high > low else 0.0
    for number in finite:
        counts[min(int((number - low) * scale), BINS - 1)] += 1
    return low, high, mean, std, nans, infs, tuple(counts)


def _many(elements: Array) -> Statistics:
    """Statistics of a flat array of any length."""
    with np.errstate(all="ignore"):
        numbers = np.abs(elements) if elements.dtype.kind == "c" else elements.copy()
        numbers.sort()  # -inf first, then numbers, +inf, nan last: one sort answers everything below
        numbers = numbers.astype(np.float64)
        first, last, end = 0, len(numbers), len(numbers)
        if not isfinite(numbers[0]) or not isfinite(numbers[-1]):
            first = int(np.searchsorted(numbers, -inf, side="right"))
            last, end = np.searchsorted(numbers, (inf, nan)).tolist()
        finite = numbers[first:last]
        nans, infs = len(numbers) - end, first + end - last
        if not len(finite):
            return nan, nan, nan, nan, nans, infs, ()
        low, high = float(finite[0]), float(finite[-1])
        mean = float(np.add.reduce(finite)) / len(finite)
        away = finite - mean
        std = sqrt(float(np.dot(away, away)) / len(finite))
        if len(finite) == 1 or not isfinite(high - low):
            return low, high, mean, std, nans, infs, ()
        cuts = np.searchsorted(finite, low + (high - low) * _EDGES).tolist()
    histogram = tuple(b - a for a, b in zip([0, *cuts], [*cuts, len(finite)], strict=True))
    return low, high, mean, std, nans, infs, histogram


def _thumbnail(array: Any, whole: bytes = b"") -> tuple[bytes, tuple[int, int]]:
    if not array.size:
        return b"", (0, 0)
    columns = array.shape[-1]
    rows = array.size // columns
    if whole and rows <= SIDE and columns <= SIDE and array.dtype == np.float32:
        return whole, (rows, columns)
    matrix = array.reshape(rows, columns) if array.ndim != 2 else array
    small = _host(matrix[:: -(-rows // SIDE), :: -(-columns // SIDE)])
    if small.dtype.kind == "c":
        small = np.abs(small)
    with np.errstate(all="ignore"):
        return small.astype(np.dtype("<f4")).tobytes(), (small.shape[0], small.shape[1])


def values(summary: Summary) -> Array | None:
    """All elements, where the summary holds them (read-only), else None."""
    if not summary.whole:
        return np.empty(summary.shape, summary.dtype) if 0 in summary.shape else None
    dtype = np.dtype(summary.dtype).newbyteorder("<")
    return np.frombuffer(summary.whole, dtype).reshape(summary.shape)


def thumbnail(summary: Summary) -> NDArray[np.float32] | None:
    """The thumbnail as a float32 matrix (read-only), None where there is none (scalars, empty arrays)."""
    if not summary.thumbnail:
        return None
    return np.frombuffer(summary.thumbnail, np.dtype("<f4")).reshape(summary.thumbnail_shape)


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
