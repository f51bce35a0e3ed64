"""Statistics of the elements that a summary holds, worked out when somebody looks.

Owns the arithmetic.  A recorder only copies bytes; the minimum, the histogram and so on are the reader's to pay for,
and only of what is shown.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf, isfinite, nan, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

BINS = 16
REMEMBERED = 4096

_EDGES = np.arange(1, BINS, dtype=np.float64) / BINS


class Statistics(NamedTuple):
    """`minimum` … `std` disregard nan and inf, and are nan where nothing is left; so is the histogram empty then, and
    for a single number.  `histogram`: counts over equal bins from minimum to maximum."""

    minimum: float = nan
    maximum: float = nan
    mean: float = nan
    std: float = nan
    histogram: tuple[int, ...] = ()


def decoded(dtype: str, data: bytes) -> NDArray[Any]:
    """The numbers in little-endian bytes; of bfloat16, which NumPy has not, the same numbers as float32."""
    if dtype == "bfloat16":
        return (np.frombuffer(data, "<u2").astype(np.uint32) << np.uint32(16)).view(np.float32)
    return np.frombuffer(data, np.dtype(dtype).newbyteorder("<"))


def elements(dtype: str, data: bytes) -> NDArray[Any]:
    """The numbers in little-endian bytes; of complex ones the absolute values."""
    array = decoded(dtype, data)
    return np.abs(array) if array.dtype.kind == "c" else array


@lru_cache(REMEMBERED)
def missing(dtype: str, data: bytes) -> tuple[int, int]:
    """How many elements are nan, and how many infinite."""
    array = elements(dtype, data)
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return 0, 0
    nans = int(np.isnan(array).sum())
    return nans, int(len(array) - np.isfinite(array).sum()) - nans


@lru_cache(REMEMBERED)
def statistics(dtype: str, data: bytes) -> Statistics:
    """The statistics of the elements in `data`."""
    with np.errstate(all="ignore"):
        numbers = elements(dtype, data).astype(np.float64)
        numbers.sort()  # -inf first, then numbers, +inf, nan last
        first = int(np.searchsorted(numbers, -inf, side="right"))
        finite = numbers[first : int(np.searchsorted(numbers, inf))]
        if not len(finite):
            return Statistics()
        low, high = float(finite[0]), float(finite[-1])
        mean = float(np.add.reduce(finite)) / len(finite)
        away = finite - mean
        std = sqrt(float(np.dot(away, away)) / len(finite))
        if len(finite) == 1 or not isfinite(high - low):
            return Statistics(low, high, mean, std)
        cuts = np.searchsorted(finite, low + (high - low) * _EDGES).tolist()
    counts = tuple(b - a for a, b in zip([0, *cuts], [*cuts, len(finite)], strict=True))
    return Statistics(low, high, mean, std, counts)
