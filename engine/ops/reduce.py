"""Sums and their kin: operators that fold some or all dimensions into one number.

Maxima are extremes.py's, means of squares and norms moments.py's, running sums scan.py's.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import dtypes
from engine.backends import Array
from engine.ops.sizes import numpy_dtype, part, wrap_dims
from engine.registry import arr, op, sample

Shape = tuple[int, ...]
HALF = np.dtype(np.float16)


def kept(shape: Shape, dim: Any) -> Shape:
    """`shape` with 1 where dimensions were folded."""
    folded = wrap_dims(dim, len(shape))
    return tuple([1 if d in folded else size for d, size in enumerate(shape)])


def spread(F: Any, g: Any, shape: Shape, dim: Any) -> Any:
    """`g`, shaped like the result of folding `dim`, repeated over the shape before."""
    if dim is None and not getattr(g, "shape", ()):
        return F.expand(g, shape)
    return F.expand(F.reshape(g, kept(shape, dim)), shape)


def folded_count(shape: Shape, dim: Any) -> int:
    """How many elements go into each number of the result."""
    if dim is None:
        return math.prod(shape)
    return math.prod([shape[d] for d in wrap_dims(dim, len(shape))])


def sum_dtype(name: str, input: Array, dtype: Any) -> np.dtype[Any]:
    """The dtype that a sum or product is worked out in: integers in int64, floats in their own."""
    if dtype is not None:
        return numpy_dtype(name, dtype)
    found: np.dtype[Any] = input.dtype
    return np.dtype(np.int64) if found.kind in "biu" else found


def fold(ufunc: np.ufunc, input: Array, dim: Any, keepdim: bool, dtype: np.dtype[Any]) -> Array:
    """`ufunc.reduce` over `dim`; half precision is accumulated in single."""
    plain = dim is None or (dim.__class__ is int and -input.ndim <= dim < input.ndim)
    axes = dim if plain else wrap_dims(dim, input.ndim)
    if dtype == HALF:
        return ufunc.reduce(input, axis=axes, dtype=np.float32, keepdims=keepdim).astype(dtype)
    return ufunc.reduce(input, axes, dtype, keepdims=keepdim)


@op(
    "sum",
    "Σ input",
    family="reduction",
    doc="The sum of all elements, or along dimensions.",
    grads={"input": ("g, repeated", lambda F, g, s: spread(F, g, s.input_shape, s.dim))},
    backward=lambda v: "SumBackward0" if v["dim"] is None else "SumBackward1",
    saves=["input_shape", "dim"],
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 0), sample(arr(2, 3, 2), (0, 2), keepdim=True)],
)
def sum(input: Array, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Array:
    return fold(np.add, input, dim, keepdim, sum_dtype("sum", input, dtype))


@op(
    "nansum",
    "Σ input, NaN left out",
    family="reduction",
    doc="The sum of the elements that are not NaN.",
    grads={
        "input": (
            "g where input is a number",
            lambda F, g, s: spread(F, g, s.input_shape, s.dim) * (s.input == s.input),
        )
    },
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 0)],
)
def nansum(input: Array, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Array:
    numbers = np.where(np.isnan(input), input.dtype.type(0), input) if input.dtype.kind == "f" else input
    return fold(np.add, numbers, dim, keepdim, sum_dtype("nansum", input, dtype))


def mean_dtype(name: str, input: Array, dtype: Any) -> np.dtype[Any]:
    """The dtype of a mean, which integers do not have."""
    wanted: np.dtype[Any] = input.dtype if dtype is None else numpy_dtype(name, dtype)
    if wanted.kind not in "fc":
        kind = dtypes.SCALAR_NAMES[dtypes.FROM_NUMPY[wanted]]
        source = "Input" if dtype is None else "Optional"
        raise RuntimeError(
            f"{name}(): could not infer output dtype. {source} dtype must be either a floating point or complex dtype. "
            f"Got: {kind}"
        )
    return wanted


@op(
    "mean",
    "Σ input / n",
    family="reduction",
    doc="The mean of all elements, or along dimensions.",
    grads={
        "input": (
            "g / n, repeated",
            lambda F, g, s: spread(F, g / folded_count(s.input_shape, s.dim), s.input_shape, s.dim),
        )
    },
    backward=lambda v: "MeanBackward0" if v["dim"] is None else "MeanBackward1",
    saves=["input_shape", "dim"],
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 0), sample(arr(2, 3, 2), (0, 2), keepdim=True)],
)
def mean(input: Array, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Array:
    wanted = mean_dtype("mean", input, dtype)
    total = fold(np.add, input, dim, keepdim, np.dtype(np.float32) if wanted == np.float16 else wanted)
    count = input.size // total.size if input.size else 0
    if not count:
        return np.full_like(total, np.nan, dtype=wanted)[()]
    found = total / count
    return found if found.dtype is wanted else found.astype(wanted)


@op(
    "nanmean",
    "Σ input / n, NaN left out",
    family="reduction",
    doc="The mean of the elements that are not NaN.",
    grads={
        "input": (
            "g / n where input is a number",
            lambda F, g, s: (
                spread(F, g / F.reshape(F.sum(s.input == s.input, s.dim), g.shape), s.input_shape, s.dim)
                * (s.input == s.input)
            ),
        )
    },
    backward="DivBackward0",
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 0)],
)
def nanmean(input: Array, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Array:
    wanted = mean_dtype("nanmean", input, dtype)
    total = nansum(input, dim, keepdim)
    count = fold(np.add, ~np.isnan(input), dim, keepdim, np.dtype(np.int64))
    return (total / count).astype(wanted)


def product_of_others(F: Any, x: Any, dim: int) -> Any:
    """Along `dim`, for each element the product of all the others; no division, so zeros do no harm."""
    size = x.shape[dim]
    first = part(F, x, dim, 0, 1)
    one = F.ones_like(first)
    before = F.cumprod(F.cat([one, part(F, x, dim, 0, size - 1)], dim), dim)
    backwards = F.flip(x, (dim,))
    after = F.cumprod(F.cat([one, part(F, backwards, dim, 0, size - 1)], dim), dim)
    return before * F.flip(after, (dim,))


def prod_gradient(F: Any, g: Any, s: Any) -> Any:
    """`g · result / input`, or the product of the others where something is zero."""
    shape = s.input_shape
    if not shape:
        return g
    if not bool((s.input == 0).any()):
        return spread(F, g * s.result, shape, s.dim) / s.input
    if s.dim is None:
        return g * F.reshape(product_of_others(F, F.reshape(s.input, (-1,)), 0), shape)
    return spread(F, g, shape, s.dim) * product_of_others(F, s.input, wrap_dims(s.dim, len(shape))[0])


@op(
    "prod",
    "Π input",
    family="reduction",
    doc="The product of all elements, or along a dimension.",
    grads={"input": ("g · Π of the other elements", prod_gradient)},
    backward=lambda v: "ProdBackward0" if v["dim"] is None else "ProdBackward1",
    saves=["input", "input_shape", "dim", "result"],
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 1)],
)
def prod(input: Array, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Array:
    return fold(np.multiply, input, dim, keepdim, sum_dtype("prod", input, dtype))


@op(
    "any",
    "or over input",
    family="reduction",
    doc="Whether any element is not zero.",
    samples=[sample(arr(2, 3, kind="bool"))],
)
def any(input: Array, dim: Any = None, keepdim: bool = False) -> Array:
    found = np.any(input, axis=None if dim is None else wrap_dims(dim, input.ndim), keepdims=keepdim)
    return found.astype(np.uint8) if input.dtype == np.uint8 else found


@op(
    "all",
    "and over input",
    family="reduction",
    doc="Whether every element is not zero.",
    samples=[sample(arr(2, 3, kind="bool"))],
)
def all(input: Array, dim: Any = None, keepdim: bool = False) -> Array:
    found = np.all(input, axis=None if dim is None else wrap_dims(dim, input.ndim), keepdims=keepdim)
    return found.astype(np.uint8) if input.dtype == np.uint8 else found


@op(
    "count_nonzero",
    "how many are not 0",
    family="reduction",
    doc="How many elements are not zero.",
    samples=[sample(arr(2, 3, kind="int"))],
)
def count_nonzero(input: Array, dim: Any = None) -> Array:
    return fold(np.add, input != 0, dim, False, np.dtype(np.int64))


def logsumexp_gradient(F: Any, g: Any, s: Any) -> Any:
    """`g · exp(input − result)`, the softmax of the input."""
    total = spread(F, s.result, s.input_shape, s.dim)
    return spread(F, g, s.input_shape, s.dim) * F.exp(s.input - total)


@op(
    "logsumexp",
    "ln Σ exp(input)",
    family="reduction",
    doc="The logarithm of the sum of exponentials, computed without overflow.",
    grads={"input": ("g · exp(input − result)", logsumexp_gradient)},
    promote=("input",),
    to_float=True,
    saves=["input", "input_shape", "dim", "result"],
    samples=[sample(arr(2, 3), 1), sample(arr(2, 3), (0, 1))],
)
def logsumexp(input: Array, dim: Any, keepdim: bool = False) -> Array:
    axes = wrap_dims(dim, input.ndim)
    top = np.max(input, axis=axes, keepdims=True, initial=-np.inf)
    shift = np.where(np.isfinite(top), top, input.dtype.type(0))
    total = np.log(np.sum(np.exp(input - shift), axis=axes, keepdims=True)) + shift
    return total if keepdim else np.squeeze(total, axes)
