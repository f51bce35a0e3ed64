"""Distances between tensors and between the rows of matrices; rows kept within a norm."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.backends import Array, zeros
from engine.backward import TENSORS
from engine.errors import dimension
from engine.registry import arr, composite, op, sample

DISTANCE: dict[str, Any] = {"family": "reduction"}


@composite(
    "dist",
    "‖input − other‖ₚ",
    doc="The p-norm of the difference.",
    samples=[sample(arr(2, 3), arr(2, 3)), sample(arr(3), arr(3), 1)],
    **DISTANCE,
)
def dist(input: Any, other: Any, p: float = 2) -> Any:
    return (input - other).norm(p)


def lengths(away: Array, p: float) -> Array:
    """The p-norms of vectors along the last dimension."""
    size = np.abs(away)
    if p == 0:
        return np.add.reduce((away != 0).astype(away.dtype), axis=-1)
    if p == 1:
        return np.add.reduce(size, axis=-1)
    if p == 2:
        return np.sqrt(np.add.reduce(away * away, axis=-1))
    if p == math.inf:
        return np.maximum.reduce(size, axis=-1) if away.shape[-1] else zeros(away.shape[:-1], away.dtype, away)
    return np.add.reduce(size**p, axis=-1) ** (1 / p)


def slopes(F: Any, away: Any, length: Any, p: float) -> Any:
    """The derivative of p-norms for each element of the vectors; 0 where the vector is 0."""
    length = F.unsqueeze(length, -1)
    signs = F.sign(away)
    if p == 0:
        return away * 0
    if p == 1:
        return signs
    if p == math.inf:
        return signs * (F.abs(away) == length)
    none = length == 0
    safe = F.where(none, 1.0, length)
    raised = F.where(away == 0, 1.0, F.abs(away))
    whole = away / safe if p == 2 else signs * F.pow(raised / safe, p - 1)
    return F.where(none | (away == 0), 0.0, whole)


def _pairwise(F: Any, s: Any) -> Any:
    return F.unsqueeze(s.input, -2) - F.unsqueeze(s.x2, -3)


def _cdist_name(call: dict[str, Any]) -> str:
    """torch measures more than 25 rows by matrix multiplication."""
    rows = max(call["input"].shape[-2], call["x2"].shape[-2])
    mode = call["compute_mode"]
    by_product = mode == "use_mm_for_euclid_dist" or (mode != "donot_use_mm_for_euclid_dist" and rows > 25)
    return "EuclideanDistBackward0" if call["p"] == 2 and by_product else "CdistBackward0"


def _rows_alike(input: Any, x2: Any) -> None:
    if input.ndim < 2 or x2.ndim < 2:
        which, x = ("X1", input) if input.ndim < 2 else ("X2", x2)
        raise RuntimeError(f"cdist only supports at least 2D tensors, {which} got: {x.ndim}D")
    if input.shape[-1] != x2.shape[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {input.shape[-1]} X2: {x2.shape[-1]}")


@op(
    "cdist",
    "‖input[i] − x2[j]‖ₚ",
    doc="The distance of every row of one matrix from every row of the other.",
    method=False,
    grads={
        "input": (
            "Σⱼ g · the slope of the distance",
            lambda F, g, s: F.sum(F.unsqueeze(g, -1) * slopes(F, _pairwise(F, s), s.result, s.p), -2),
        ),
        "x2": (
            "−Σᵢ g · the slope of the distance",
            lambda F, g, s: -F.sum(F.unsqueeze(g, -1) * slopes(F, _pairwise(F, s), s.result, s.p), -3),
        ),
    },
    saves=["input", "x2", "result", "p"],
    backward=_cdist_name,
    samples=[sample(arr(3, 2), arr(4, 2)), sample(arr(2, 3, 2), arr(2, 2, 2), 1.0)],
    **DISTANCE,
)
def cdist(input: Array, x2: Array, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Array:
    _rows_alike(input, x2)
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    return lengths(input[..., :, None, :] - x2[..., None, :, :], p)


def _upper(n: int) -> tuple[Any, Any]:
    first, second = np.triu_indices(n, 1)
    return first, second


@composite(
    "pdist",
    "‖input[i] − input[j]‖ₚ, i < j",
    doc="The distances of all pairs of rows.",
    method=False,
    samples=[sample(arr(4, 2)), sample(arr(3, 2), 1.0)],
    **DISTANCE,
)
def pdist(input: Any, p: float = 2) -> Any:
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    first, second = _upper(input.shape[0])
    away = input[first.tolist()] - input[second.tolist()] if len(first) else input[:0]
    return away._lengths(float(p))


@op(
    "_lengths",
    "‖input‖ₚ along the last dimension",
    doc="The p-norms of vectors, with slope 0 at 0.",
    backward="PdistBackward0",
    grads={
        "input": (
            "g · the slope of the norm",
            lambda F, g, s: F.unsqueeze(g, -1) * slopes(F, s.input, s.result, s.p),
        )
    },
    saves=["input", "result", "p"],
    samples=[sample(arr(2, 3), 2.0)],
    **DISTANCE,
)
def _lengths(input: Array, p: float) -> Array:
    return lengths(input, p)


@composite(
    "renorm",
    "input · min(1, maxnorm / ‖slice‖ₚ)",
    family="reduction",
    doc="The slices along a dimension scaled down to at most a norm.",
    inplace=True,
    samples=[sample(arr(2, 3), 2, 0, 1.0)],
)
def renorm(input: Any, p: float, dim: int, maxnorm: float) -> Any:
    if input.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions")
    if p <= 0:
        raise RuntimeError("renorm: non-positive norm not supported")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    dim = dimension(dim, input.ndim)
    rest = [d for d in range(input.ndim) if d != dim]
    norms = (input.abs() ** p).sum(rest, keepdim=True) ** (1 / p) if p != math.inf else input.abs().amax(rest, True)
    return input * TENSORS.where(norms > maxnorm, maxnorm / (norms + 1e-7), 1.0)
