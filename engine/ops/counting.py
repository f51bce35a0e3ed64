"""Counting and finding: unique, bincount, histc, searchsorted, bucketize.  None of them is differentiable."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from engine import dtypes
from engine.backends import Array
from engine.registry import arr, op, sample


def no_derivative(F: Any, g: Any, s: Any) -> NoReturn:
    """torch records `unique`, and refuses when a gradient arrives."""
    raise NotImplementedError("the derivative for '_unique2' is not implemented.")


def chosen_results(values: Array, inverse: Array, counts: Array, want_inverse: bool, want_counts: bool) -> Any:
    """The values alone, or a tuple with what was asked for."""
    results = [values]
    if want_inverse:
        results.append(inverse)
    if want_counts:
        results.append(counts)
    return results[0] if len(results) == 1 else tuple(results)


@op(
    "unique",
    "each value of input once",
    family="order",
    doc="The different values in order, with places and counts where asked for.",
    grads={"input": ("none", no_derivative)},
    backward="Unique2Backward0",
    saves=[],
)
def unique(
    input: Array, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: Any = None
) -> Any:
    values, inverse, counts = np.unique(input, return_inverse=True, return_counts=True, axis=dim)
    inverse = inverse.reshape(input.shape if dim is None else -1)
    return chosen_results(values, inverse, counts, return_inverse, return_counts)


@op(
    "unique_consecutive",
    "input without repeats in a row",
    family="order",
    doc="The elements without those that repeat the one before.",
)
def unique_consecutive(input: Array, return_inverse: bool = False, return_counts: bool = False, dim: Any = None) -> Any:
    lines = input.reshape(-1) if dim is None else np.moveaxis(input, dim, 0)
    count = len(lines)
    flat = lines.reshape(count, -1)
    starts = np.ones(count, dtype=bool)
    starts[1:] = (flat[1:] != flat[:-1]).any(axis=1)
    values = lines[starts]
    inverse = np.cumsum(starts) - 1
    counts = np.diff(np.append(np.flatnonzero(starts), count))
    if dim is None:
        inverse = inverse.reshape(input.shape)
    else:
        values = np.moveaxis(values, 0, dim)
    return chosen_results(values, inverse, counts, return_inverse, return_counts)


@op(
    "bincount",
    "how often each number occurs",
    family="order",
    doc="How often each of 0, 1, 2, … occurs, or the sum of its weights.",
    samples=[sample(arr(5, low=0, high=4, kind="int"))],
)
def bincount(input: Array, weights: Any = None, minlength: int = 0) -> Array:
    if input.dtype.kind not in "iu":
        kind = dtypes.SCALAR_NAMES[dtypes.FROM_NUMPY[input.dtype]]
        raise NotImplementedError(f"\"bincount_cpu\" not implemented for '{kind}'")
    if input.ndim != 1 or (input < 0).any():
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    counts = np.bincount(input, weights=weights, minlength=minlength)
    if weights is None:
        return counts
    return counts.astype(weights.dtype if weights.dtype == np.float32 else np.float64)


def edges(input: Array, low: float, high: float) -> tuple[float, float]:
    """The range of a histogram: the data's where none is given, widened where it is a point."""
    if low == high == 0 and input.size:
        low, high = float(input.min()), float(input.max())
    return (low - 1, high + 1) if low == high else (low, high)


@op(
    "histc",
    "how many lie in each bin",
    family="order",
    doc="How many elements lie in each of equal bins.",
    samples=[sample(arr(6), 3)],
)
def histc(input: Array, bins: int = 100, min: float = 0, max: float = 0) -> Array:
    counts, _ = np.histogram(input, bins=bins, range=edges(input, float(min), float(max)))
    return counts.astype(input.dtype)


@op(
    "histogram",
    "how many lie in each bin",
    family="order",
    doc="How many elements lie in each bin, and the bins' edges.",
    returns=("hist", "bin_edges"),
    samples=[sample(arr(6), 3)],
)
def histogram(
    input: Array, bins: Any, *, range: Any = None, weight: Any = None, density: bool = False
) -> tuple[Array, Array]:
    limits = range if range is not None else edges(input, 0.0, 0.0)
    if input.size and range is None and float(input.min()) == float(input.max()):
        limits = (float(input.min()) - 0.5, float(input.max()) + 0.5)
    counts, found = np.histogram(input, bins=bins, range=limits, weights=weight, density=density)
    return counts.astype(input.dtype), found.astype(input.dtype)


@op(
    "searchsorted",
    "where input belongs in sorted_sequence",
    family="order",
    doc="Where values would have to be inserted to keep a sequence sorted.",
    method=False,
    samples=[sample(arr(4), arr(3))],
)
def searchsorted(
    sorted_sequence: Array,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: Any = None,
    sorter: Any = None,
) -> Array:
    where: Any = "right" if right or side == "right" else "left"
    kind = np.int32 if out_int32 else np.int64
    if sorted_sequence.ndim == 1:
        return np.searchsorted(sorted_sequence, input, side=where, sorter=sorter).astype(kind)
    lines = sorted_sequence.reshape(-1, sorted_sequence.shape[-1])
    values = input.reshape(-1, input.shape[-1])
    found = [np.searchsorted(line, value, side=where) for line, value in zip(lines, values, strict=True)]
    return np.array(found, dtype=kind).reshape(input.shape)


@op(
    "bucketize",
    "the bucket of input",
    family="order",
    doc="The number of the bucket between boundaries that each value falls in.",
    method=False,
    samples=[sample(arr(3), arr(4))],
)
def bucketize(input: Any, boundaries: Array, *, out_int32: bool = False, right: bool = False) -> Array:
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
