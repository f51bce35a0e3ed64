"""Variances, standard deviations and norms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import dtypes
from engine.backends import Array
from engine.ops.reduce import folded_count, spread
from engine.ops.sizes import wrap_dims
from engine.registry import arr, op, sample


def degrees(shape: tuple[int, ...], dim: Any, unbiased: Any, correction: Any) -> tuple[Any, float]:
    """The dimensions to fold and `n − correction`; `x.std(False)` means unbiased=False over all."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if correction is None:
        correction = 1 if unbiased is None or unbiased else 0
    return dim, max(folded_count(shape, dim) - correction, 0)


def variance(input: Array, dim: Any, unbiased: Any, correction: Any, keepdim: bool) -> tuple[Array, Array]:
    """The variance and the mean over `dim`."""
    if input.dtype.kind not in "fc":
        raise RuntimeError("std and var only support floating point and complex dtypes")
    dim, free = degrees(input.shape, dim, unbiased, correction)
    axes = wrap_dims(dim, input.ndim)
    center = np.mean(input, axis=axes, keepdims=True)
    squares = np.sum(np.square(input - center), axis=axes, keepdims=keepdim)
    spread_out = np.divide(squares, input.dtype.type(free))
    return spread_out, center if keepdim else np.squeeze(center, axes)


def over(count: float) -> float:
    """`1 / count`, infinite for none."""
    return 1 / count if count else math.inf


def variance_gradient(F: Any, g: Any, s: Any) -> Any:
    """`2 g (input − mean) / (n − correction)`."""
    dim, free = degrees(s.input_shape, s.dim, s.unbiased, s.correction)
    away = s.input - spread(F, F.mean(s.input, dim), s.input_shape, dim)
    return spread(F, g * (2 * over(free)), s.input_shape, dim) * away


def mean_gradient(F: Any, g: Any, s: Any) -> Any:
    """`g / n`, repeated."""
    dim, _ = degrees(s.input_shape, s.dim, s.unbiased, s.correction)
    return spread(F, g / folded_count(s.input_shape, dim), s.input_shape, dim)


def deviation_gradient(F: Any, g: Any, result: Any, s: Any) -> Any:
    """The variance's gradient with `g / (2 result)`, zero where the deviation is zero."""
    halved = F.where(result == 0, F.zeros_like(result), g / (2 * result))
    return variance_gradient(F, halved, s)


def pair_gradient(F: Any, g: Any, s: Any, deviation: bool) -> Any:
    """The sum of the two outputs' gradients."""
    first, second = g
    parts = []
    if first is not None:
        parts.append(deviation_gradient(F, first, s.result[0], s) if deviation else variance_gradient(F, first, s))
    if second is not None:
        parts.append(mean_gradient(F, second, s))
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]


SAVES = ["input", "input_shape", "dim", "unbiased", "correction"]
SAMPLES = [sample(arr(2, 3)), sample(arr(2, 3), 1), sample(arr(2, 3), (0, 1), unbiased=False, keepdim=True)]


@op(
    "var",
    "Σ (input − mean)² / (n − correction)",
    family="reduction",
    doc="The variance; the sample variance (correction 1) unless told otherwise.",
    grads={"input": ("2 g (input − mean) / (n − correction)", variance_gradient)},
    saves=SAVES,
    samples=SAMPLES,
)
def var(input: Array, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Array:
    return variance(input, dim, unbiased, correction, keepdim)[0]


@op(
    "std",
    "√(Σ (input − mean)² / (n − correction))",
    family="reduction",
    doc="The standard deviation; that of a sample (correction 1) unless told otherwise.",
    grads={
        "input": ("g (input − mean) / ((n − correction) result)", lambda F, g, s: deviation_gradient(F, g, s.result, s))
    },
    saves=[*SAVES, "result"],
    samples=SAMPLES,
)
def std(input: Array, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Array:
    return np.sqrt(variance(input, dim, unbiased, correction, keepdim)[0])


@op(
    "var_mean",
    "variance, mean",
    family="reduction",
    doc="The variance and the mean.",
    method=False,
    grads={"input": ("2 g₀ (input − mean) / (n − correction) + g₁ / n", lambda F, g, s: pair_gradient(F, g, s, False))},
    saves=SAVES,
    samples=SAMPLES,
)
def var_mean(
    input: Array, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> tuple[Array, Array]:
    return variance(input, dim, unbiased, correction, keepdim)


@op(
    "std_mean",
    "standard deviation, mean",
    family="reduction",
    doc="The standard deviation and the mean.",
    method=False,
    grads={
        "input": (
            "g₀ (input − mean) / ((n − correction) result₀) + g₁ / n",
            lambda F, g, s: pair_gradient(F, g, s, True),
        )
    },
    saves=[*SAVES, "result"],
    samples=SAMPLES,
)
def std_mean(
    input: Array, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> tuple[Array, Array]:
    squared, center = variance(input, dim, unbiased, correction, keepdim)
    return np.sqrt(squared), center


def norm_gradient(F: Any, g: Any, s: Any) -> Any:
    """`g · sign(x) |x|^(p−1) / norm^(p−1)`, with zero for a zero norm; for p = ∞ shared among the largest."""
    if s.p == "nuc":
        return spread(F, g, s.input_shape, s.dim) * nearest_orthogonal(F, s.input, s.dim)
    x, p, shape = s.input, order(s.p), s.input_shape
    g, norm = spread(F, g, shape, s.dim), spread(F, s.result, shape, s.dim)
    if p == 0:
        return g * 0
    if p == 1:
        return g * F.sign(x)
    if p in (math.inf, -math.inf):
        hits = F.abs(x) == norm
        return g * F.sign(x) * hits / spread(F, F.sum(hits, s.dim), shape, s.dim)
    if p == 2:
        return g * F.where(norm == 0, F.zeros_like(x), x / norm)
    scaled = F.where(norm == 0, F.zeros_like(x), g / norm ** (p - 1))
    if p < 2:
        return F.where(x == 0, F.zeros_like(x), F.sign(x) * F.abs(x) ** (p - 1)) * scaled
    return x * F.abs(x) ** (p - 2) * scaled


def nearest_orthogonal(F: Any, x: Any, dim: Any) -> Any:
    """U · Vᵀ of the matrices in two dimensions of `x`: the derivative of the sum of their singular values."""
    rows, columns = wrap_dims(dim, len(x.shape))
    last = [d for d in range(len(x.shape)) if d not in (rows, columns)] + [rows, columns]
    u, _, vh = F.linalg_svd(F.permute(x, last), False)
    return F.permute(F.matmul(u, vh), [last.index(d) for d in range(len(last))])


def order(p: Any) -> float:
    """The order of a norm as a number: "fro" is 2."""
    if p is None or p == "fro":
        return 2.0
    if isinstance(p, str):
        raise RuntimeError(f"linalg.norm: Order {p} not supported.")
    return float(p)


@op(
    "norm",
    "(Σ |input|ᵖ)^(1/p)",
    family="reduction",
    doc="The length of the input as a vector: the p-norm, overall or along dimensions.",
    grads={"input": ("g · sign(input) |input|ᵖ⁻¹ / resultᵖ⁻¹", norm_gradient)},
    backward="LinalgVectorNormBackward0",
    saves=["input", "input_shape", "p", "dim", "result"],
    samples=[
        sample(arr(2, 3)),
        sample(arr(2, 3), 1),
        sample(arr(2, 3), 3, dim=1),
        sample(arr(4), math.inf),
        sample(arr(2, 3), "nuc"),
    ],
)
def norm(input: Array, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Array:
    if dtype is not None:
        input = input.astype(dtype.np)
    if input.dtype.kind not in "fc":
        kind = dtypes.SCALAR_NAMES[dtypes.FROM_NUMPY[input.dtype]]
        raise RuntimeError(f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {kind}")
    if p == "nuc":
        lengths = np.linalg.svd(np.moveaxis(input, wrap_dims(dim, input.ndim), (-2, -1)), compute_uv=False)
        total = np.sum(lengths, axis=-1)
        return np.expand_dims(total, wrap_dims(dim, input.ndim)) if keepdim else total
    power, axes = order(p), wrap_dims(dim, input.ndim)
    if power == 2:
        return np.sqrt(np.sum(np.square(input), axis=axes, keepdims=keepdim))
    size = np.abs(input)
    if power == math.inf:
        return np.max(size, axis=axes, keepdims=keepdim)
    if power == -math.inf:
        return np.min(size, axis=axes, keepdims=keepdim)
    if power == 0:
        return np.sum(size != 0, axis=axes, keepdims=keepdim).astype(input.dtype)
    if power == 1:
        return np.sum(size, axis=axes, keepdims=keepdim)
    kind = input.dtype.type
    return np.sum(size ** kind(power), axis=axes, keepdims=keepdim) ** kind(1 / power)
