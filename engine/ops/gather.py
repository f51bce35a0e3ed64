"""Picking and placing along a dimension: gather and scatter, index_select and its kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import backends
from engine.errors import dimension
from engine.ops.parts import at
from engine.registry import arr, composite, is_tensor, op, sample
from engine.tensor import Tensor

Array = Any
ROWS = arr(2, 3, low=0, high=2, kind="int")
COLUMNS = arr(2, 3, low=0, high=3, kind="int")
PICKS = arr(4, low=0, high=2, kind="int")


def check_index(
    index: Array, input: Array, dim: int, name: str = "scatter", what: str = "self", src: Any = None
) -> None:
    """An index must be of integers, have as many dimensions, and stay inside."""
    if index.dtype.kind not in "iu":
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    if index.size and max(index.ndim, 1) != max(input.ndim, 1):
        raise RuntimeError(f"Index tensor must have the same number of dimensions as {what} tensor")
    if src is not None and index.size and max(index.ndim, 1) != max(src.ndim, 1):
        raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
    larger = [d for d in others(dim, input) if d < index.ndim and index.shape[d] > input.shape[d]]
    if name == "gather" and larger:
        raise RuntimeError(
            f"Size does not match at dimension {larger[0]} expected index {list(index.shape)} to be no larger than "
            f"self {list(input.shape)} apart from dimension {dim}"
        )
    size = input.shape[dim] if input.ndim else 1
    outside = (index < 0) | (index >= size)
    if outside.any():
        bad = int(index[outside].reshape(-1)[0])
        raise RuntimeError(f"index {bad} is out of bounds for dimension {dim} with size {size}")


def others(dim: int, input: Array) -> list[int]:
    """The dimensions beside one."""
    return [d for d in range(input.ndim) if d != dim]


def grid(index: Array, dim: int) -> tuple[Array, ...]:
    """The places, one array for each dimension, that `index` names along `dim`."""
    count = index.ndim
    axes = [
        backends.arange(n, index).reshape((1,) * i + (n,) + (1,) * (count - i - 1)) for i, n in enumerate(index.shape)
    ]
    return (*axes[:dim], index, *axes[dim + 1 :])


@op(
    "gather",
    "input[…, index, …]",
    family="indexing",
    doc="For every place of index, the element that it names along a dimension.",
    grads={
        "input": (
            "g added up at the places",
            lambda F, g, s: F.scatter_add(F.zeros_of(g, s.input_shape), s.dim, s.index, g),
        )
    },
    samples=[sample(arr(2, 3), 0, ROWS), sample(arr(2, 3), 1, COLUMNS)],
)
def gather(input: Array, dim: int, index: Array, *, sparse_grad: bool = False) -> Array:
    dim = dimension(dim, input.ndim)
    check_index(index, input, dim, "gather", "input")
    if not index.size:
        return backends.empty(index.shape, input.dtype, input)
    return input[grid(index, dim)] if input.ndim else np.broadcast_to(input, index.shape).copy()


def _scatter_name(call: dict[str, Any]) -> str:
    return "ScatterBackward0" if is_tensor(call["src"]) else "ScatterBackward1"


@op(
    "scatter",
    "input with src at the places",
    family="indexing",
    doc="The tensor with src, a tensor or number, written at the places that index names along a dimension.",
    backward=_scatter_name,
    inplace=True,
    grads={
        "input": ("g, 0 at the places", lambda F, g, s: F.scatter(g, s.dim, s.index, 0)),
        "src": ("g at the places", lambda F, g, s: F._gather_to(F.gather(g, s.dim, s.index), s.src_shape)),
    },
    samples=[sample(arr(2, 3), 0, arr(1, 3, low=0, high=2, kind="int"), arr(2, 3)), sample(arr(2, 3), 1, COLUMNS, 0.5)],
)
def scatter(
    input: Array, dim: int, index: Array, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Array:
    src = value if src is None else src
    dim = dimension(dim, input.ndim)
    check_index(index, input, dim, src=src if hasattr(src, "ndim") and src.ndim else None)
    if hasattr(src, "dtype") and src.dtype != input.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    if not index.size:
        return input.copy()
    out = backends.copied(input).reshape(input.shape or 1)
    index = index.reshape(index.shape or 1)
    if hasattr(src, "shape") and src.shape:
        src = src[tuple(slice(n) for n in index.shape)]
    elif not hasattr(src, "shape"):
        src = out.dtype.type(src)
    where = grid(index, dim)
    if reduce == "add":
        np.add.at(out, where, src)
    elif reduce == "multiply":
        np.multiply.at(out, where, src)
    else:
        out[where] = src
    return out.reshape(input.shape)


@op(
    "_gather_to",
    "g in the corner of zeros",
    family="indexing",
    doc="An array in the corner of zeros of a larger shape.",
    backward="GatherBackward0",
    grads={"input": ("the corner of g", lambda F, g, s: F._extract(g, tuple(slice(n) for n in s.input_shape)))},
)
def _gather_to(input: Array, shape: tuple[int, ...]) -> Array:
    if input.shape == shape:
        return input
    out = backends.zeros(shape, input.dtype, input)
    out[tuple(slice(n) for n in input.shape)] = input
    return out


@op(
    "scatter_add",
    "input + src at the places",
    family="indexing",
    doc="The tensor with src added at the places that index names along a dimension.",
    inplace=True,
    grads={
        "input": ("g", lambda F, g, s: g),
        "src": ("g at the places", lambda F, g, s: F._gather_to(F.gather(g, s.dim, s.index), s.src_shape)),
    },
    samples=[sample(arr(2, 3), 0, ROWS, arr(2, 3)), sample(arr(2, 3), 1, COLUMNS, arr(2, 3))],
)
def scatter_add(input: Array, dim: int, index: Array, src: Array) -> Array:
    dim = dimension(dim, input.ndim)
    if src.dtype != input.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    check_index(index, input, dim, src=src)
    if not index.size:
        return input.copy()
    if not input.ndim:
        return (input + np.add.reduce(src, axis=None)).astype(input.dtype)
    out = input.copy()
    np.add.at(out, grid(index, dim), src[tuple(slice(n) for n in index.shape)])
    return out


@op(
    "index_select",
    "input[…, index, …]",
    family="indexing",
    doc="The slices of a dimension that index names.",
    grads={
        "input": (
            "g added up at the slices",
            lambda F, g, s: F.index_add(F.zeros_of(g, s.input_shape), s.dim, s.index, g),
        )
    },
    samples=[sample(arr(2, 3), 0, PICKS), sample(arr(2, 3), 1, PICKS)],
)
def index_select(input: Array, dim: int, index: Array) -> Array:
    dim = dimension(dim, input.ndim)
    if index.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if index.dtype.kind not in "iu":
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    size = input.shape[dim] if input.ndim else 1
    outside = (index < 0) | (index >= size)
    if outside.any():
        if dim != 1:
            raise IndexError("index out of range in self")
        bad = int(index[outside].reshape(-1)[0])
        raise RuntimeError(f"INDICES element is out of DATA bounds, id={bad} axis_dim={size}")
    return np.take(input, index.reshape(-1), dim) if input.ndim else input


@op(
    "index_add",
    "input + alpha · source at the slices",
    family="indexing",
    doc="The tensor with source added to the slices that index names.",
    inplace=True,
    grads={
        "input": ("g", lambda F, g, s: g),
        "source": ("alpha · g at the slices", lambda F, g, s: F.index_select(g, s.dim, s.index) * s.alpha),
    },
    samples=[sample(arr(2, 3), 0, PICKS, arr(4, 3)), sample(arr(2, 3), 1, PICKS, arr(2, 4), alpha=2)],
)
def index_add(input: Array, dim: int, index: Array, source: Array, *, alpha: float = 1) -> Array:
    dim = dimension(dim, input.ndim)
    alike = source.ndim == input.ndim and all(source.shape[d] == input.shape[d] for d in others(dim, input))
    if input.ndim and not alike:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{list(input.shape)} source.shape = {list(source.shape)}"
        )
    if input.ndim and index.size != source.shape[dim]:
        raise RuntimeError(
            f"index_add_(): Number of indices ({index.size}) should be equal to source.size(dim): "
            f"({source.shape[dim]}), for dim: {dim}"
        )
    out = backends.copied(input)
    values = source if alpha == 1 else source * source.dtype.type(alpha)
    if not input.ndim:
        return out + np.add.reduce(values, axis=None, dtype=out.dtype)
    np.add.at(out, at(dim, index)[:-1], values)
    return out


@op(
    "index_copy",
    "input with source at the slices",
    family="indexing",
    doc="The tensor with source written to the slices that index names.",
    inplace=True,
    grads={
        "input": ("g, 0 at the slices", lambda F, g, s: F.index_fill(g, s.dim, s.index, 0)),
        "source": ("g at the slices", lambda F, g, s: F.index_select(g, s.dim, s.index)),
    },
    samples=[sample(arr(2, 3), 0, arr(1, low=0, high=2, kind="int"), arr(1, 3))],
)
def index_copy(input: Array, dim: int, index: Array, source: Array) -> Array:
    out = backends.copied(input).reshape(input.shape or 1)
    out[at(dimension(dim, input.ndim), index.reshape(-1))[:-1]] = source
    return out.reshape(input.shape)


def _fill_name(call: dict[str, Any]) -> str:
    return "IndexFillBackward1" if is_tensor(call["value"]) else "IndexFillBackward0"


@op(
    "index_fill",
    "input with value at the slices",
    family="indexing",
    doc="The tensor with one value written to the slices that index names.",
    backward=_fill_name,
    inplace=True,
    grads={
        "input": ("g, 0 at the slices", lambda F, g, s: F.index_fill(g, s.dim, s.index, 0)),
        "value": ("Σ g at the slices", lambda F, g, s: F.sum(g - F.index_fill(g, s.dim, s.index, 0))),
    },
    samples=[sample(arr(2, 3), 0, PICKS, 0.5)],
)
def index_fill(input: Array, dim: int, index: Array, value: Any) -> Array:
    out = backends.copied(input).reshape(input.shape or 1)
    out[at(dimension(dim, input.ndim), index.reshape(-1))[:-1]] = value
    return out.reshape(input.shape)


@op(
    "take",
    "input[index], counted through all elements",
    family="indexing",
    doc="The elements at these places of the flattened tensor.",
    grads={"input": ("g added up at the places", lambda F, g, s: F._put(g, s.input_shape, s.index))},
    samples=[sample(arr(2, 3), arr(4, low=0, high=6, kind="int"))],
)
def take(input: Array, index: Array) -> Array:
    outside = (index < -input.size) | (index >= input.size)
    if outside.any():
        bad = int(index[outside].reshape(-1)[0])
        raise IndexError(f"out of range: tried to access index {bad} on a tensor of {input.size} elements.")
    return input.reshape(-1)[index]


@op(
    "_put",
    "g added up at places",
    family="indexing",
    doc="An array added into zeros, places counted through all elements.",
    backward="PutBackward0",
    grads={"input": ("g at the places", lambda F, g, s: F.take(g, s.index))},
)
def _put(input: Array, shape: tuple[int, ...], index: Array) -> Array:
    out = backends.zeros(shape, input.dtype, input)
    np.add.at(out.reshape(-1), index, input)
    return out


@composite(
    "take_along_dim",
    "input[…, indices, …]",
    family="indexing",
    doc="As gather, with the other dimensions broadcast.",
    samples=[sample(arr(2, 3), arr(1, 3, low=0, high=2, kind="int"), 0)],
)
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    if dim is None:
        return input.flatten().gather(0, indices.flatten())  # type: ignore[no-any-return]
    at_dim = dimension(dim, input.ndim)
    shape = list(np.broadcast_shapes(_one_at(input.shape, at_dim), _one_at(indices.shape, at_dim)))
    shape[at_dim] = input.shape[at_dim]
    wide = input.expand(shape)
    found = indices % input.shape[at_dim] if indices.numel() else indices
    shape[at_dim] = indices.shape[at_dim]
    return wide.gather(at_dim, found.expand(shape))  # type: ignore[no-any-return]


def _one_at(shape: tuple[int, ...], dim: int) -> tuple[int, ...]:
    return (*shape[:dim], 1, *shape[dim + 1 :])
