"""Histograms of points, and the coordinates of places in flattened tensors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import dtypes
from engine.apply import named_tuple
from engine.backends import asarray, to_numpy
from engine.registry import OPS, arr, composite, sample
from engine.tensor import Tensor, wrap


@composite(
    "histogramdd",
    "how many lie in each cell",
    family="order",
    doc="How many points (the rows of input) lie in each cell, and the cells' edges.",
    method=False,
    returns=("hist", "bin_edges"),
)
def histogramdd(input: Any, bins: Any, *, range: Any = None, weight: Any = None, density: bool = False) -> Any:
    if input.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    if isinstance(bins, list | tuple) and len(bins) != input.shape[-1]:
        raise RuntimeError("histogramdd: The size of bins must be equal to the innermost dimension of the input.")
    dims = input.shape[-1]
    points = to_numpy(input._data).reshape(-1, dims)
    if isinstance(bins, int):
        bins = (bins,) * dims
    if isinstance(bins[0], Tensor):
        edges: Any = [to_numpy(edge._data) for edge in bins]
    else:
        limits = np.reshape(range, (dims, 2)) if range is not None else limits_of(points, dims)
        edges = [np.linspace(low, high, n + 1) for (low, high), n in zip(limits, bins, strict=True)]
    weights = None if weight is None else to_numpy(weight._data).reshape(-1)
    counts = counted(points, edges, weights, density)
    parts = [wrap(asarray(part, input._data.dtype, input._data)) for part in (counts, *edges)]
    return named_tuple(OPS["histogramdd"])((parts[0], tuple(parts[1:])))


def counted(points: Any, edges: list[Any], weights: Any, density: bool) -> Any:
    """The number of points, or their weight, in each cell; the last edge of each side belongs to its last bin."""
    inside, cells = np.ones(len(points), bool), []
    for line, edge in zip(points.T, edges, strict=True):
        inside &= (line >= edge[0]) & (line <= edge[-1])
        cells.append(np.where(line == edge[-1], len(edge) - 2, np.searchsorted(edge, line, "right") - 1))
    counts = np.zeros([len(edge) - 1 for edge in edges])
    np.add.at(counts, tuple(cell[inside] for cell in cells), 1.0 if weights is None else weights[inside])
    if not density:
        return counts
    return counts / counts.sum() / math.prod(np.ix_(*(np.diff(edge) for edge in edges)))


def limits_of(points: Any, dims: int) -> list[tuple[float, float]]:
    """The smallest and largest coordinates, half a unit apart from them where they are the same."""
    if not len(points):
        return [(0.0, 1.0)] * dims
    found = zip(points.min(0), points.max(0), strict=True)
    return [(low - 0.5, high + 0.5) if low == high else (low, high) for low, high in found]


@composite(
    "unravel_index",
    "the coordinates of a place",
    family="indexing",
    doc="The coordinates, one tensor for each dimension, of places in a flattened tensor of some shape.",
    method=False,
    samples=[sample(arr(3, low=0, high=6, kind="int"), (2, 3))],
)
def unravel_index(indices: Any, shape: Any) -> tuple[Any, ...]:
    if indices.dtype.category != dtypes.INTEGER:
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    found = []
    for n in reversed((shape,) if isinstance(shape, int) else tuple(shape)):
        found.append(indices % n)
        indices = indices // n
    return tuple(reversed(found))
