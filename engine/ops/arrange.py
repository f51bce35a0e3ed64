"""Putting arrays together, taking them apart, and moving their elements about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import backends, errors
from engine.errors import dimension
from engine.ops.parts import at
from engine.registry import arr, composite, op, sample
from engine.tensor import Tensor, wrap

Array = Any


def _repeat_input(F: Any, g: Any, s: Any) -> Any:
    shape = (1,) * (len(s.sizes) - len(s.input_shape)) + tuple(s.input_shape)
    split_shape = tuple(n for pair in zip(s.sizes, shape, strict=True) for n in pair)
    folded = tuple(n for size in shape for n in (1, size))
    return F.reshape(F._sum_to(F.reshape(g, split_shape), folded), s.input_shape)


@op(
    "repeat",
    "input, tiled",
    family="shape",
    doc="Copies of the tensor along its dimensions.",
    function=False,
    variadic="sizes",
    grads={"input": ("the copies of g added up", _repeat_input)},
    saves=("input_shape", "sizes"),
    samples=[sample(arr(2, 3), (2, 2)), sample(arr(3), (2, 1, 2)), sample(arr(), (3,))],
)
def repeat(input: Array, sizes: Sequence[int]) -> Array:
    if len(sizes) < input.ndim:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    return np.tile(input, tuple(int(n) for n in sizes))


@composite(
    "tile",
    "input, tiled",
    family="shape",
    doc="Copies of the tensor along its dimensions.",
    samples=[sample(arr(2, 3), (2,))],
)
def tile(input: Tensor, *dims: Any) -> Tensor:
    sizes = tuple(dims[0]) if len(dims) == 1 and not isinstance(dims[0], int) else dims
    return input.repeat((1,) * (input._data.ndim - len(sizes)) + sizes)  # type: ignore[no-any-return]


@composite(
    "repeat_interleave",
    "every element repeated",
    family="shape",
    doc="Every element, or slice, repeated on the spot.",
    samples=[sample(arr(2, 3), 2), sample(arr(2, 3), 2, 0)],
)
def repeat_interleave(input: Tensor, repeats: Any, dim: int | None = None, *, output_size: int | None = None) -> Tensor:
    if dim is None:
        input, dim = input.flatten(), 0
    counts = backends.to_numpy(repeats._data) if isinstance(repeats, Tensor) else repeats
    index = backends.as_array(np.repeat(np.arange(input.size(dim)), counts), input._data)
    return input.index_select(dim, wrap(index))  # type: ignore[no-any-return]


def _dims(dims: Any, ndim: int) -> tuple[int, ...]:
    return tuple(dimension(d, ndim) for d in ((dims,) if isinstance(dims, int) else dims))


@op(
    "flip",
    "input, reversed",
    family="shape",
    doc="The order of elements reversed along dimensions.",
    variadic="dims",
    grads={"input": ("g, reversed", lambda F, g, s: F.flip(g, s.dims))},
    samples=[sample(arr(2, 3), (0,)), sample(arr(2, 3), (0, 1))],
)
def flip(input: Array, dims: Any) -> Array:
    return np.flip(input, _dims(dims, input.ndim)).copy()


@composite(
    "fliplr", "columns reversed", family="shape", doc="The columns in reverse order.", samples=[sample(arr(2, 3))]
)
def fliplr(input: Tensor) -> Tensor:
    if input.dim() < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return input.flip(1)  # type: ignore[no-any-return]


@composite("flipud", "rows reversed", family="shape", doc="The rows in reverse order.", samples=[sample(arr(2, 3))])
def flipud(input: Tensor) -> Tensor:
    if input.dim() < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return input.flip(0)  # type: ignore[no-any-return]


def _negative(shifts: Any) -> Any:
    return -shifts if isinstance(shifts, int) else tuple(-n for n in shifts)


@op(
    "roll",
    "input, shifted around",
    family="shape",
    doc="The elements shifted along dimensions; what leaves at one end enters at the other.",
    grads={"input": ("g, shifted back", lambda F, g, s: F.roll(g, _negative(s.shifts), s.dims))},
    samples=[sample(arr(2, 3), 1), sample(arr(2, 3), 1, 0), sample(arr(2, 3), (1, -1), (0, 1))],
)
def roll(input: Array, shifts: Any, dims: Any = None) -> Array:
    moves = (shifts,) if isinstance(shifts, int) else tuple(shifts)
    along = () if dims is None else (dims,) if isinstance(dims, int) else tuple(dims)
    if not moves:
        raise RuntimeError("`shifts` required")
    if len(moves) != len(along) and not (len(moves) == 1 and not along):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(moves)}, dims:{len(along)}")
    if along and not input.ndim:
        raise IndexError(f"Dimension specified as {along[0]} but tensor has no dimensions")
    return np.roll(input, shifts, dims if dims is None or isinstance(dims, int) else tuple(dims))


@op(
    "rot90",
    "input, turned",
    family="shape",
    doc="The plane of two dimensions turned by quarter turns.",
    grads={"input": ("g, turned back", lambda F, g, s: F.rot90(g, -s.k, s.dims))},
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 2)],
)
def rot90(input: Array, k: int = 1, dims: Any = (0, 1)) -> Array:
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    if dims[0] == dims[1] or abs(dims[0] - dims[1]) == input.ndim:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}")
    return np.rot90(input, k, tuple(dims)).copy()


@composite(
    "fill_diagonal_",
    "value on the diagonal of input",
    family="linear algebra",
    doc="In place: one value along the main diagonal; with `wrap` it begins again below, in a tall matrix.",
    function=False,
)
def fill_diagonal_(input: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    if input.ndim < 2:
        raise RuntimeError("dimensions must larger than 1")
    if input.ndim > 2:
        if len(set(input.shape)) > 1:
            raise RuntimeError("all dimensions of input must be of equal length")
        input[(list(range(input.shape[0])),) * input.ndim] = fill_value
        return input
    rows, columns = input.shape
    for start in range(0, rows, columns + 1) if wrap else (0,):
        input[start:].diagonal().fill_(fill_value)
    return input


@op(
    "tril",
    "input below the diagonal",
    family="linear algebra",
    doc="The lower triangle, zeros above.",
    inplace=True,
    grads={"input": ("the lower triangle of g", lambda F, g, s: F.tril(g, s.diagonal))},
    samples=[sample(arr(3, 3)), sample(arr(2, 3), 1), sample(arr(2, 3, 3), -1)],
)
def tril(input: Array, diagonal: int = 0) -> Array:
    if input.ndim < 2:
        raise RuntimeError("tril: input tensor must have at least 2 dimensions")
    return np.tril(input, diagonal)


@op(
    "triu",
    "input above the diagonal",
    family="linear algebra",
    doc="The upper triangle, zeros below.",
    inplace=True,
    grads={"input": ("the upper triangle of g", lambda F, g, s: F.triu(g, s.diagonal))},
    samples=[sample(arr(3, 3)), sample(arr(2, 3), 1)],
)
def triu(input: Array, diagonal: int = 0) -> Array:
    if input.ndim < 2:
        raise RuntimeError("triu: input tensor must have at least 2 dimensions")
    return np.triu(input, diagonal)


@op(
    "diag_embed",
    "input on a diagonal",
    family="linear algebra",
    doc="The last dimension put on the diagonal of matrices.",
    grads={"input": ("the diagonal of g", lambda F, g, s: F.diagonal(g, s.offset, s.dim1, s.dim2))},
    samples=[sample(arr(3)), sample(arr(2, 3), 1)],
)
def diag_embed(input: Array, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Array:
    n = input.shape[-1] + abs(offset)
    ndim = input.ndim + 1
    if dimension(dim1, ndim) == dimension(dim2, ndim):
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    shape = list(input.shape[:-1])
    for d in sorted((dim1 % ndim, dim2 % ndim)):
        shape.insert(d, n)
    out = backends.zeros(tuple(shape), input.dtype, input)
    view = np.diagonal(out, offset, dim1, dim2)
    view.flags.writeable = True
    view[...] = input
    return out


@composite(
    "diag",
    "the diagonal",
    family="linear algebra",
    doc="A vector as a diagonal matrix, or the diagonal of a matrix.",
    samples=[sample(arr(3)), sample(arr(2, 3), 1)],
)
def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    if input._data.ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input._data.ndim}D")
    return input.diag_embed(diagonal) if input._data.ndim == 1 else input.diagonal(diagonal)  # type: ignore[no-any-return]


@op(
    "unfold",
    "sliding windows of input",
    family="shape",
    doc="A view of all windows of a size along a dimension.",
    view=True,
    function=False,
    grads={
        "input": (
            "the windows of g added up",
            lambda F, g, s: F._fold_windows(g, s.input_shape, s.dimension, s.size, s.step),
        )
    },
    saves=("input_shape", "dimension", "size", "step"),
    samples=[sample(arr(2, 5), 1, 2, 1), sample(arr(6), 0, 3, 2)],
)
def unfold(input: Array, dimension: int, size: int, step: int) -> Array:
    if not input.ndim:
        return input.reshape(1)[:size]
    dim = errors.dimension(dimension, input.ndim)
    if size > input.shape[dim]:
        raise RuntimeError(f"maximum size for tensor at dimension {dim} is {input.shape[dim]} but size is {size}")
    windows = np.lib.stride_tricks.sliding_window_view(input, size, dim, writeable=input.flags.writeable)
    return windows[at(dim, slice(None, None, step))]


@op(
    "_fold_windows",
    "windows added up",
    family="shape",
    doc="Sliding windows added back where they came from.",
    backward="UnfoldBackwardBackward0",
    grads={"input": ("the windows of g", lambda F, g, s: F.unfold(g, s.dim, s.size, s.step))},
    saves=("dim", "size", "step"),
)
def _fold_windows(input: Array, shape: tuple[int, ...], dim: int, size: int, step: int) -> Array:
    out = backends.zeros(shape, input.dtype, input)
    if not shape:
        return input.reshape(())
    dim %= len(shape)
    count = input.shape[dim]
    for i in range(size):
        out[at(dim, slice(i, i + (count - 1) * step + 1, step))] += input[..., i]
    return out
