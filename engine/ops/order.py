"""Sorting and what needs it: sort, topk, kthvalue, median, mode, quantile.

Among equal elements the first place is reported (mode: the last).  PyTorch's own choice for `topk`, `kthvalue` and
`median` depends on its selection algorithm there.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.backends import Array, arange, as_array
from engine.errors import dimension
from engine.ops.extremes import at_places, shared
from engine.ops.reduce import kept
from engine.registry import arr, op, sample

PAIR = ("values", "indices")


def order(input: Array, axis: int, descending: bool) -> Array:
    """The stable sorting order along `axis`, NaN as the largest."""
    if not descending:
        return np.argsort(input, axis=axis, kind="stable")
    backwards = np.argsort(np.flip(input, axis), axis=axis, kind="stable")
    return input.shape[axis] - 1 - np.flip(backwards, axis)


def picked(input: Array, places: Array, axis: int) -> tuple[Array, Array]:
    """The elements at `places` along `axis`, and the places."""
    return np.take_along_axis(input, places, axis), places


PUT = ("g at the place each value came from", lambda F, g, s: scattered(F, g[0], s.input_shape, s.dim, s.result[1]))


def scattered(F: Any, g: Any, shape: Any, dim: int, places: Any) -> Any:
    """Zeros of `shape` with `g` at `places` along `dim`."""
    return F.scatter(F.zeros_of(g, shape), dim, places, g) if shape else g


@op(
    "sort",
    "input in order",
    family="order",
    doc="The elements in order along a dimension, and where they came from; equal ones keep their order.",
    grads={"input": PUT},
    saves=["input_shape", "dim", "result"],
    returns=PAIR,
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 0, descending=True)],
)
def sort(input: Array, dim: int = -1, descending: bool = False, *, stable: Any = None) -> tuple[Array, Array]:
    axis = dimension(dim, input.ndim)
    if not input.ndim:
        return input, np.int64(0)
    return picked(input, order(input, axis, descending), axis)


@op(
    "argsort",
    "places of input in order",
    family="order",
    doc="The order that sorts along a dimension.",
    samples=[sample(arr(2, 3))],
)
def argsort(input: Array, dim: int = -1, descending: bool = False, *, stable: bool = False) -> Array:
    axis = dimension(dim, input.ndim)
    return order(input, axis, descending) if input.ndim else np.int64(0)


@op(
    "msort",
    "input in order of its first dimension",
    family="order",
    doc="The elements in order along the first dimension.",
    grads={
        "input": (
            "g at the place each value came from",
            lambda F, g, s: scattered(F, g, s.input_shape, 0, F.argsort(s.input, 0)),
        )
    },
    backward="SortBackward0",
    samples=[sample(arr(3, 2))],
)
def msort(input: Array) -> Array:
    return np.sort(input, axis=0, kind="stable")


@op(
    "topk",
    "the k largest of input",
    family="order",
    doc="The k largest elements along a dimension, largest first, and where they are; or the smallest.",
    grads={"input": PUT},
    saves=["input_shape", "dim", "result"],
    returns=PAIR,
    samples=[sample(arr(2, 4), 2), sample(arr(4, 2), 1, 0, largest=False)],
)
def topk(input: Array, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> tuple[Array, Array]:
    axis = dimension(dim, input.ndim)
    if not 0 <= k <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError("selected index k out of range")
    if not input.ndim:
        return input, np.int64(0)
    return picked(input, np.take(order(input, axis, largest), arange(k, input), axis), axis)


def chosen(input: Array, axis: int, rank: Any, keepdim: bool) -> tuple[Array, Array]:
    """The elements of this rank (one for all, or one for each line) along `axis`, with their places."""
    ranks = np.broadcast_to(as_array(rank, input), kept(input.shape, axis))
    places = np.take_along_axis(np.argsort(input, axis=axis, kind="stable"), ranks, axis)
    values = np.take_along_axis(input, places, axis)
    return (values, places) if keepdim else (np.squeeze(values, axis), np.squeeze(places, axis))


AT = ("g at the reported place", lambda F, g, s: at_places(F, g[0], s.input_shape, s.dim, s.result[1]))


@op(
    "kthvalue",
    "the k-th smallest of input",
    family="order",
    doc="The k-th smallest element along a dimension, and where it is.",
    grads={"input": AT},
    saves=["input_shape", "dim", "result"],
    returns=PAIR,
    samples=[sample(arr(2, 4), 2), sample(arr(4, 2), 3, 0, keepdim=True)],
)
def kthvalue(input: Array, k: int, dim: int = -1, keepdim: bool = False) -> tuple[Array, Array]:
    axis = dimension(dim, input.ndim)
    if not 1 <= k <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {axis}")
    return chosen(input, axis, k - 1, keepdim) if input.ndim else (input, np.int64(0))


def median_of(input: Array, dim: Any, keepdim: bool, skip_nan: bool) -> Any:
    """The lower median: over all, or along a dimension with its place; NaN wins unless it is skipped."""
    whole = dim is None
    lines, axis = (input.reshape(-1), 0) if whole else (input, dimension(dim, input.ndim))
    if not lines.size and whole:
        return np.full((), math.nan, dtype=input.dtype)[()]
    if not lines.ndim:
        return lines, np.int64(0)
    numbers = (~np.isnan(lines)).sum(axis=axis, keepdims=True) if lines.dtype.kind == "f" else lines.shape[axis]
    count = lines.shape[axis]
    # NaN sorts last: the rank after the numbers finds one where there is one.
    middle = np.maximum(numbers - 1, 0) // 2
    rank = middle if skip_nan else np.where(numbers == count, middle, numbers)
    values, places = chosen(lines, axis, rank, keepdim and not whole)
    return values if whole else (values, places)


def median_gradient(F: Any, g: Any, s: Any) -> Any:
    """Over all: shared among the elements equal to the median; along a dimension: at its place."""
    if s.dim is None:
        return shared(F, g, s.input, s.result, None)
    return at_places(F, g[0], s.input_shape, s.dim, s.result[1])


@op(
    "median",
    "the middle of input in order",
    family="order",
    doc="The lower median, over all elements or along a dimension with its place.",
    grads={"input": ("g where the median is", median_gradient)},
    backward=lambda v: "MedianBackward0" if v["dim"] is None else "MedianBackward1",
    saves=["input", "input_shape", "dim", "result"],
    returns=PAIR,
    samples=[sample(arr(5)), sample(arr(2, 3), 1)],
)
def median(input: Array, dim: Any = None, keepdim: bool = False) -> Any:
    return median_of(input, dim, keepdim, skip_nan=False)


@op(
    "nanmedian",
    "the middle of input in order, NaN left out",
    family="order",
    doc="The lower median of the elements that are not NaN.",
    grads={"input": ("g where the median is", median_gradient)},
    backward=lambda v: "NanmedianBackward0" if v["dim"] is None else "NanmedianBackward1",
    saves=["input", "input_shape", "dim", "result"],
    returns=PAIR,
    samples=[sample(arr(5)), sample(arr(2, 3), 1)],
)
def nanmedian(input: Array, dim: Any = None, keepdim: bool = False) -> Any:
    return median_of(input, dim, keepdim, skip_nan=True)


def most_frequent(line: Array) -> int:
    """The last place of the most frequent value, the smallest of several."""
    values, counts = np.unique(line, return_counts=True)
    return int(np.flatnonzero(line == values[np.argmax(counts)])[-1])


@op(
    "mode",
    "the most frequent of input",
    family="order",
    doc="The most frequent value along a dimension (the smallest of several), and its last place.",
    grads={"input": AT},
    saves=["input_shape", "dim", "result"],
    returns=PAIR,
    samples=[sample(arr(2, 4, kind="int"))],
)
def mode(input: Array, dim: int = -1, keepdim: bool = False) -> tuple[Array, Array]:
    axis = dimension(dim, input.ndim)
    if not input.ndim:
        return input, np.int64(0)
    places = np.expand_dims(np.apply_along_axis(most_frequent, axis, input), axis)
    values = np.take_along_axis(input, places, axis)
    return (values, places) if keepdim else (np.squeeze(values, axis), np.squeeze(places, axis))
