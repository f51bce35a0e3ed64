"""Scattering with a reduction, and copies of a tensor with one of its views replaced."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.backends import Array, copied
from engine.dtypes import FROM_NUMPY, SCALAR_NAMES
from engine.errors import dimension
from engine.ops.gather import check_index, grid
from engine.registry import arr, op, sample

INDEXING: dict[str, Any] = {"family": "indexing"}
ROWS = arr(2, 3, low=0, high=2, kind="int")
PICKS = arr(3, low=0, high=2, kind="int")
UFUNCS = {"sum": np.add, "mean": np.add, "prod": np.multiply, "amin": np.minimum, "amax": np.maximum}


def start(reduce: str, kind: Any) -> Any:
    """What a reduction starts from."""
    if reduce in ("sum", "mean", "prod"):
        return reduce == "prod"
    if kind.kind == "f":
        return np.inf if reduce == "amin" else -np.inf
    if kind.kind == "b":
        return reduce == "amin"
    limits = np.iinfo(kind)
    return limits.max if reduce == "amin" else limits.min


def reduced(input: Array, dim: int, index: Array, src: Array, reduce: str, include_self: bool) -> Array:
    """`src` reduced into a copy of `input` at the places that `index` names along a dimension."""
    whole, index, src = (x.reshape(1) if x.ndim == 0 else x for x in (input, index, src))
    dim = dimension(dim, whole.ndim)
    check_index(index, whole, dim)
    out = copied(whole)
    places = grid(index, dim)
    src = src[tuple(slice(n) for n in index.shape)]
    if not include_self:
        out[places] = start(reduce, out.dtype)
    UFUNCS[reduce].at(out, places, src)
    if reduce == "mean":
        count = np.full_like(out, 1 if include_self else 0, dtype=np.int64)
        np.add.at(count, places, 1)
        count = np.maximum(count, 1)
        out = out / count.astype(out.dtype) if out.dtype.kind == "f" else out // count
    return out.astype(input.dtype).reshape(input.shape)


def _target_gradient(F: Any, g: Any, s: Any, index: Any, src: Any) -> Any:
    """What reaches the elements that are scattered into."""
    if s.reduce == "sum":
        found = g
    elif s.reduce == "mean":
        found = g / _counts(F, s, index, g)
    elif s.reduce == "prod":
        ones = F.where(s.input == 0, 1.0, s.input)
        found = g * F.scatter_reduce(ones, s.dim, index, src, "prod", include_self=s.include_self) / ones
    else:
        found = (s.input == s.result) * _shared(F, g, s, index, src)
    return found if s.include_self else F.scatter(found, s.dim, index, 0.0)


def _source_gradient(F: Any, g: Any, s: Any, index: Any, src: Any) -> Any:
    """What reaches the elements that are scattered."""
    if s.reduce == "sum":
        return F.gather(g, s.dim, index)
    if s.reduce == "mean":
        return F.gather(g / _counts(F, s, index, g), s.dim, index)
    if s.reduce != "prod":
        return (src == F.gather(s.result, s.dim, index)) * F.gather(_shared(F, g, s, index, src), s.dim, index)
    zero = src == 0
    zeros = F.scatter_add(F.zeros_of(g, s.input_shape), s.dim, index, zero * _ones(F, g, index.shape))
    single = zero & (F.gather(zeros, s.dim, index) == 1)
    others = F.scatter_reduce(s.input, s.dim, index, F.where(single, 1.0, src), "prod", include_self=s.include_self)
    usual = F.gather(g * s.result, s.dim, index) / F.where(zero, 1.0, src)
    return F.where(single, F.gather(g * others, s.dim, index), usual)


def _ones(F: Any, g: Any, shape: Any) -> Any:
    return F.zeros_of(g, tuple(shape)) + 1


def _counts(F: Any, s: Any, index: Any, g: Any) -> Any:
    """How many elements were averaged at each place, at least 1."""
    own = _ones(F, g, s.input_shape) if s.include_self else F.zeros_of(g, s.input_shape)
    count = F.scatter_add(own, s.dim, index, _ones(F, g, index.shape))
    return F.where(count == 0, 1.0, count)


def _shared(F: Any, g: Any, s: Any, index: Any, src: Any) -> Any:
    """The upstream gradient, shared equally by all elements that attain the extreme."""
    attains = (src == F.gather(s.result, s.dim, index)) * _ones(F, g, index.shape)
    return g / F.scatter_add((s.input == s.result) * _ones(F, g, s.input_shape), s.dim, index, attains)


SAVES = ["input", "input_shape", "dim", "index", "reduce", "include_self", "result"]


@op(
    "scatter_reduce",
    "input with src reduced into the places",
    doc="The tensor with src added, multiplied, averaged or compared into the places index names along a dimension.",
    grads={
        "input": ("g, shared as the reduction asks", lambda F, g, s: _target_gradient(F, g, s, *_corner(F, s))),
        "src": (
            "g at the places",
            lambda F, g, s: F._gather_to(_source_gradient(F, g, s, *_corner(F, s)), s.src_shape),
        ),
    },
    saves=[*SAVES, "src", "src_shape"],
    inplace=True,
    samples=[sample(arr(2, 3), 0, ROWS, arr(2, 3), reduce) for reduce in UFUNCS],
    **INDEXING,
)
def scatter_reduce(
    input: Array, dim: int, index: Array, src: Array, reduce: str, *, include_self: bool = True
) -> Array:
    if reduce not in UFUNCS:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    if src.dtype != input.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    return reduced(input, dim, index, src, reduce, include_self)


def _corner(F: Any, s: Any) -> tuple[Any, Any]:
    """The index, and the part of src that it meets."""
    shape = tuple(s.index.shape)
    return s.index, s.src if shape == tuple(s.src_shape) else F._extract(s.src, tuple(slice(n) for n in shape))


@op(
    "index_reduce",
    "input with source reduced into the slices",
    doc="The tensor with slices multiplied, averaged or compared into the slices of a dimension that index names.",
    grads={
        "input": ("g, shared as the reduction asks", lambda F, g, s: _target_gradient(F, g, s, *_slices(F, s))),
        "source": ("g at the slices", lambda F, g, s: _source_gradient(F, g, s, *_slices(F, s))),
    },
    saves=[*SAVES, "source", "source_shape"],
    inplace=True,
    samples=[sample(arr(2, 3), 0, PICKS, arr(3, 3), reduce) for reduce in ("prod", "mean", "amax", "amin")],
    **INDEXING,
)
def index_reduce(
    input: Array, dim: int, index: Array, source: Array, reduce: str, *, include_self: bool = True
) -> Array:
    if reduce not in UFUNCS or reduce == "sum":
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    at = dimension(dim, input.ndim)
    count = source.shape[at] if source.ndim else 1
    if index.size != count:
        raise RuntimeError(
            f"index_reduce_(): Number of indices ({index.size}) should be equal to source.size(dim): ({count}), "
            f"for dim: {dim}"
        )
    return reduced(input, dim, spread(index, at, source.shape), source, reduce, include_self)


def spread(index: Array, dim: int, shape: tuple[int, ...]) -> Array:
    """A vector of slices as an index for every element of the source."""
    if not shape:
        return index.reshape(())
    return np.broadcast_to(index.reshape((-1,) + (1,) * (len(shape) - 1 - dim)), shape)


def _slices(F: Any, s: Any) -> tuple[Any, Any]:
    """The index of every element of the source, and the source."""
    shape = tuple(s.source_shape)
    if not shape:
        return F.reshape(s.index, ()), s.source
    at = dimension(s.dim, len(shape))
    return F.expand(F.reshape(s.index, (-1,) + (1,) * (len(shape) - 1 - at)), shape), s.source


def _replaced(input: Array, src: Array, where: Any) -> Array:
    out = copied(input)
    target = where(out)
    if target.shape != src.shape:
        raise RuntimeError(
            "expected src to have a size equal to the slice of self. "
            f"src size = {list(src.shape)}, slice size = {list(target.shape)}"
        )
    target[...] = src
    return out


@op(
    "select_scatter",
    "input with src as one slice",
    doc="A copy with one slice along a dimension replaced.",
    grads={
        "input": (
            "g, 0 in the slice",
            lambda F, g, s: F.select_scatter(g, F.zeros_of(g, s.src_shape), s.dim, s.index),
        ),
        "src": ("g in the slice", lambda F, g, s: F.select(g, s.dim, s.index)),
    },
    samples=[sample(arr(2, 3), arr(3), 0, 1)],
    **INDEXING,
)
def select_scatter(input: Array, src: Array, dim: int, index: int) -> Array:
    at = dimension(dim, input.ndim)
    return _replaced(input, src, lambda out: out[(slice(None),) * at + (index, ...)])


@op(
    "slice_scatter",
    "input with src from start to end",
    doc="A copy with a range along a dimension replaced.",
    grads={
        "input": (
            "g, 0 in the range",
            lambda F, g, s: F.slice_scatter(g, F.zeros_of(g, s.src_shape), s.dim, s.start, s.end, s.step),
        ),
        "src": ("g in the range", lambda F, g, s: F._extract(g, _range(s.dim, g.ndim, s.start, s.end, s.step))),
    },
    samples=[sample(arr(4, 3), arr(2, 3), 0, 1, 3), sample(arr(2, 4), arr(2, 2), 1, 0, 4, 2)],
    **INDEXING,
)
def slice_scatter(
    input: Array, src: Array, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Array:
    return _replaced(input, src, lambda out: out[_range(dim, input.ndim, start, end, step)])


def _range(dim: int, ndim: int, start: int | None, end: int | None, step: int) -> tuple[slice, ...]:
    return (slice(None),) * dimension(dim, ndim) + (slice(start, end, step),)


@op(
    "diagonal_scatter",
    "input with src on a diagonal",
    doc="A copy with a diagonal replaced.",
    grads={
        "input": (
            "g, 0 on the diagonal",
            lambda F, g, s: F.diagonal_scatter(g, F.zeros_of(g, s.src_shape), s.offset, s.dim1, s.dim2),
        ),
        "src": ("g on the diagonal", lambda F, g, s: F.diagonal(g, s.offset, s.dim1, s.dim2)),
    },
    samples=[sample(arr(3, 3), arr(3)), sample(arr(2, 3), arr(2), 1)],
    **INDEXING,
)
def diagonal_scatter(input: Array, src: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    def where(out: Array) -> Array:
        found = np.diagonal(out, offset, dim1, dim2)
        found.flags.writeable = True
        return found

    return _replaced(input, src, where)


@op(
    "put",
    "input with source at places, counted through all elements",
    doc="The tensor with elements written, or added with `accumulate`, at places of the flattened tensor.",
    inplace=True,
    grads={
        "input": (
            "g, 0 at the places unless adding",
            lambda F, g, s: g if s.accumulate else F.put(g, s.index, F.zeros_of(g, s.source_shape)),
        ),
        "source": ("g at the places", lambda F, g, s: F.reshape(F.take(g, s.index), s.source_shape)),
    },
    samples=[sample(arr(2, 3), arr(2, low=0, high=3, kind="int"), arr(2), True)],
    **INDEXING,
)
def put(input: Array, index: Array, source: Array, accumulate: bool = False) -> Array:
    if source.size != index.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got "
            f"source.numel() = {source.size}, index.numel() = {index.size}"
        )
    if source.dtype != input.dtype:
        names = [SCALAR_NAMES[FROM_NUMPY[x.dtype]] for x in (input, source)]
        raise RuntimeError(
            "put_(): self and source expected to have the same dtype, but got "
            f"self.dtype = {names[0]} and source.dtype = {names[1]}"
        )
    outside = (index < -input.size) | (index >= input.size)
    if outside.any():
        bad = int(index[outside].reshape(-1)[0])
        raise IndexError(f"out of range: tried to access index {bad} on a tensor of {input.size} elements.")
    out = copied(input, "C")
    flat = out.reshape(-1)
    if accumulate:
        np.add.at(flat, index.reshape(-1), source.reshape(-1))
    else:
        flat[index.reshape(-1)] = source.reshape(-1)
    return out
