"""Running sums, products and extremes along a dimension."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import backends
from engine.backends import Array
from engine.errors import dimension
from engine.ops.reduce import product_of_others, sum_dtype
from engine.ops.sizes import part
from engine.registry import arr, op, sample


def scan(ufunc: np.ufunc, input: Array, dim: int, dtype: np.dtype[Any]) -> Array:
    """`ufunc.accumulate` along `dim`; half precision is accumulated in single."""
    axis = dimension(dim, input.ndim)
    if not input.ndim:
        return input.astype(dtype)
    work = np.dtype(np.float32) if dtype == np.float16 else dtype
    return ufunc.accumulate(input, axis=axis, dtype=work).astype(dtype, copy=False)


def from_the_end(F: Any, g: Any, dim: int) -> Any:
    """The running sum of `g` from the last element to the first."""
    if not getattr(g, "shape", ()):
        return g
    return F.flip(F.cumsum(F.flip(g, (dim,)), dim), (dim,))


@op(
    "cumsum",
    "Σ input up to here",
    family="scan",
    doc="The running sum along a dimension.",
    grads={"input": ("Σ g from here on", lambda F, g, s: from_the_end(F, g, s.dim))},
    saves=["dim"],
    inplace=True,
    samples=[sample(arr(2, 3), 1), sample(arr(4), 0)],
)
def cumsum(input: Array, dim: int, *, dtype: Any = None) -> Array:
    return scan(np.add, input, dim, sum_dtype("cumsum", input, dtype))


def cumprod_gradient(F: Any, g: Any, s: Any) -> Any:
    """`(Σ g · result from here on) / input`; where something is zero, by the products of the others."""
    x, dim = s.input, s.dim
    if not s.input_shape:
        return g
    if not bool((x == 0).any()):
        return from_the_end(F, g * s.result, dim) / x
    total = None
    for last in range(x.shape[dim]):
        # ∂ result[last] / ∂ input[k] is the product of the first last + 1 inputs without the k-th.
        head = part(F, x, dim, 0, last + 1)
        slope = part(F, g, dim, last, 1) * product_of_others(F, head, dim)
        rest = F.zeros_like(part(F, x, dim, 0, x.shape[dim] - last - 1))
        row = F.cat([slope, rest], dim)
        total = row if total is None else total + row
    return total


@op(
    "cumprod",
    "Π input up to here",
    family="scan",
    doc="The running product along a dimension.",
    grads={"input": ("(Σ g · result from here on) / input", cumprod_gradient)},
    saves=["input", "input_shape", "dim", "result"],
    inplace=True,
    samples=[sample(arr(2, 3, low=0.5), 1), sample(arr(4), 0)],
)
def cumprod(input: Array, dim: int, *, dtype: Any = None) -> Array:
    return scan(np.multiply, input, dim, sum_dtype("cumprod", input, dtype))


def running_extreme(ufunc: np.ufunc, input: Array, dim: int) -> tuple[Array, Array]:
    """The extreme so far along `dim` and the last place that reached it."""
    axis = dimension(dim, input.ndim)
    if not input.ndim:
        return input, np.int64(0)
    best = ufunc.accumulate(input, axis=axis)
    count = input.shape[axis]
    places = backends.arange(count, input).reshape([count if d == axis else 1 for d in range(input.ndim)])
    hits = (input == best) | ((input != input) & (best != best))
    return best, np.maximum.accumulate(np.where(hits, places, 0), axis=axis)


def running_gradient(F: Any, g: Any, s: Any) -> Any:
    """Each result's gradient, added at the place it came from."""
    if not s.input_shape:
        return g[0]
    return F.scatter_add(F.zeros_of(g[0], s.input_shape), s.dim, s.result[1], g[0])


@op(
    "cummax",
    "max input up to here",
    family="scan",
    doc="The running maximum along a dimension, and where it was.",
    grads={"input": ("g, added where the maximum was", running_gradient)},
    saves=["input_shape", "dim", "result"],
    returns=("values", "indices"),
    samples=[sample(arr(2, 3), 1)],
)
def cummax(input: Array, dim: int) -> tuple[Array, Array]:
    return running_extreme(np.maximum, input, dim)


@op(
    "cummin",
    "min input up to here",
    family="scan",
    doc="The running minimum along a dimension, and where it was.",
    grads={"input": ("g, added where the minimum was", running_gradient)},
    saves=["input_shape", "dim", "result"],
    returns=("values", "indices"),
    samples=[sample(arr(2, 3), 1)],
)
def cummin(input: Array, dim: int) -> tuple[Array, Array]:
    return running_extreme(np.minimum, input, dim)


def positive_part(F: Any, g: Any, s: Any) -> Any:
    """`exp(input) · Σ g exp(−result)` from here on over positive g, by logarithms: neither exponential overflows."""
    logs = F.where(g > 0, F.log(F.where(g > 0, g, 1.0)), -1e30) - s.result
    return F.exp(s.input + F.flip(F.logcumsumexp(F.flip(logs, (s.dim,)), s.dim), (s.dim,)))


@op(
    "logcumsumexp",
    "ln Σ exp(input) up to here",
    family="scan",
    doc="The logarithm of the running sum of exponentials.",
    grads={
        "input": (
            "exp(input) · Σ g exp(−result) from here on",
            lambda F, g, s: positive_part(F, g, s) - positive_part(F, -g, s) if s.input.shape else g,
        )
    },
    saves=["input", "dim", "result"],
    samples=[sample(arr(2, 3), 1)],
)
def logcumsumexp(input: Array, dim: int) -> Array:
    return scan(np.logaddexp, input, dim, input.dtype)
