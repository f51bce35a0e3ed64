"""Putting arrays together, taking them apart, and moving their elements about."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import backends
from engine.arguments import must_be_tensor
from engine.errors import dimension
from engine.ops.shape import at
from engine.registry import arr, composite, is_tensor, op, sample
from engine.tensor import Tensor, wrap

Array = Any
PAIRED = [sample([arr(2, 3), arr(2, 3)]), sample([arr(2, 3), arr(1, 3), arr(0, 3)])]


def check_tensors(tensors: Any, name: str) -> None:
    """A list of at least one tensor."""
    if not isinstance(tensors, list | tuple):
        raise must_be_tensor(name, "tensors", 0, wrap(tensors) if hasattr(tensors, "dtype") else tensors)
    for i, t in enumerate(tensors):
        if not hasattr(t, "dtype"):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(t).__name__}")
    if not len(tensors):
        if name == "stack":
            raise RuntimeError("stack expects a non-empty TensorList")
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")


def _is_empty_row(shape: Sequence[int]) -> bool:
    return tuple(shape) == (0,)


def _cat_parts(F: Any, g: Any, s: Any) -> list[Any]:
    shapes = s.tensors_shape
    ndim = max(len(shape) for shape in shapes)
    dim = s.dim % ndim
    parts: list[Any] = []
    start = 0
    for shape in shapes:
        if _is_empty_row(shape) and ndim != 1:
            parts.append(None)
            continue
        end = start + shape[dim]
        parts.append(F._extract(g, at(dim, slice(start, end))))
        start = end
    return parts


@op(
    "cat",
    "tensors, one after the other",
    family="shape",
    doc="The tensors joined along a dimension.",
    method=False,
    grads={"tensors": ("the part of g", _cat_parts)},
    saves=("tensors_shape", "dim"),
    promote=("tensors",),
    aliases=("concat", "concatenate"),
    samples=[*PAIRED, sample([arr(2, 3), arr(2, 1)], 1), sample([arr(2, 3), arr(2, 3)], dim=-1)],
)
def cat(tensors: Sequence[Array], dim: int = 0) -> Array:
    check_tensors(tensors, "cat")
    used = [x for x in tensors if not _is_empty_row(x.shape)] or list(tensors[:1])
    first = used[0]
    if first.ndim == 0:
        raise RuntimeError("zero-dimensional tensor (at position 0) cannot be concatenated")
    dim = dimension(dim, first.ndim)
    for number, x in enumerate(tensors):
        if _is_empty_row(x.shape):
            continue
        if x.ndim != first.ndim:
            raise RuntimeError(f"Tensors must have same number of dimensions: got {first.ndim} and {x.ndim}")
        for d, (n, want) in enumerate(zip(x.shape, first.shape, strict=True)):
            if d != dim and n != want:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {dim}. Expected size {want} but got size {n} for "
                    f"tensor number {number} in the list."
                )
    return np.concatenate(used, dim)


@op(
    "stack",
    "tensors along a new dimension",
    family="shape",
    doc="The tensors, of one shape, along a new dimension.",
    method=False,
    grads={
        "tensors": (
            "the slice of g",
            lambda F, g, s: [F._extract(g, at(s.dim, i)) for i in range(len(s.tensors_shape))],
        )
    },
    promote=("tensors",),
    samples=[sample([arr(2, 3), arr(2, 3)]), sample([arr(2), arr(2), arr(2)], -1), sample([arr(), arr()])],
)
def stack(tensors: Sequence[Array], dim: int = 0) -> Array:
    check_tensors(tensors, "stack")
    first = tensors[0].shape
    for i, x in enumerate(tensors):
        if x.shape != first:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and {list(x.shape)} at "
                f"entry {i}"
            )
    return np.stack(tensors, dimension(dim, len(first) + 1))


def _as_tuple(tensors: Any) -> tuple[Tensor, ...]:
    return (tensors,) if isinstance(tensors, Tensor) else tuple(tensors)


@composite("atleast_1d", "input", family="shape", doc="With at least one dimension.", method=False)
def atleast_1d(*tensors: Any) -> Any:
    return _each(tensors, lambda t: t.reshape(1) if t._data.ndim == 0 else t)


@composite("atleast_2d", "input", family="shape", doc="With at least two dimensions.", method=False)
def atleast_2d(*tensors: Any) -> Any:
    return _each(tensors, lambda t: t.reshape(1, 1) if t._data.ndim == 0 else t.unsqueeze(0) if t._data.ndim == 1 else t)


@composite("atleast_3d", "input", family="shape", doc="With at least three dimensions.", method=False)
def atleast_3d(*tensors: Any) -> Any:
    def grown(t: Any) -> Any:
        if t._data.ndim == 0:
            return t.reshape(1, 1, 1)
        if t._data.ndim == 1:
            return t.unsqueeze(0).unsqueeze(-1)
        return t.unsqueeze(-1) if t._data.ndim == 2 else t

    return _each(tensors, grown)


def _each(tensors: tuple[Any, ...], change: Any) -> Any:
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return change(tensors[0])
    return tuple(change(t) for t in (tensors[0] if len(tensors) == 1 else tensors))


@composite("hstack", "tensors side by side", family="shape", doc="Joined along the second dimension (vectors: the first).", method=False)
def hstack(tensors: Sequence[Tensor]) -> Tensor:
    parts = [atleast_1d(t) for t in tensors]
    return _cat(parts, 0 if parts[0]._data.ndim == 1 else 1)


@composite("vstack", "tensors one above the other", family="shape", doc="Joined along the first dimension.", method=False, aliases=("row_stack",))
def vstack(tensors: Sequence[Tensor]) -> Tensor:
    return _cat([atleast_2d(t) for t in tensors], 0)


@composite("dstack", "tensors behind each other", family="shape", doc="Joined along the third dimension.", method=False)
def dstack(tensors: Sequence[Tensor]) -> Tensor:
    return _cat([atleast_3d(t) for t in tensors], 2)


@composite("column_stack", "tensors as columns", family="shape", doc="Vectors as columns, matrices side by side.", method=False)
def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    return _cat([t.reshape(-1, 1) if t._data.ndim <= 1 else t for t in tensors], 1)


def _cat(tensors: Sequence[Tensor], dim: int) -> Tensor:
    from engine.sweep import TENSORS

    return TENSORS.cat(tensors, dim)  # type: ignore[no-any-return]


def _split_name(call: dict[str, Any]) -> str:
    return "SplitBackward0" if isinstance(call["split_size_or_sections"], int) else "SplitWithSizesBackward0"


@op(
    "split",
    "input in parts",
    family="shape",
    doc="Views of the parts of a dimension: of one size, or of a list of sizes.",
    view=True,
    backward=_split_name,
    aliases=("split_with_sizes",),
    grads={"input": ("the parts joined", lambda F, g, s: F.cat(list(g), s.dim))},
    samples=[sample(arr(5, 2), 2), sample(arr(2, 5), [1, 4], 1)],
)
def split(input: Array, split_size_or_sections: Any, dim: int = 0) -> tuple[Array, ...]:
    dim = dimension(dim, input.ndim)
    size = input.shape[dim]
    if isinstance(split_size_or_sections, int):
        step = split_size_or_sections
        if step == 0 and size:
            raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {size}")
        if step < 0:
            raise RuntimeError(f"split expects split_size be non-negative, but got split_size={step}")
        ends = list(range(step, size, step or 1)) + [size]
    else:
        sizes = list(split_size_or_sections)
        if sum(sizes) != size:
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {size} (input tensor's size at dimension "
                f"{dim}), but got split_sizes={sizes}"
            )
        ends = list(itertools.accumulate(sizes))
    return tuple(input[at(dim, slice(a, b))] for a, b in zip([0, *ends[:-1]], ends, strict=True))


@composite("chunk", "input in equal parts", family="shape", doc="Views of about equal parts of a dimension.", samples=[sample(arr(5, 2), 2)])
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    size = input.size(dim)
    return input.split(max(1, -(-size // chunks)), dim)  # type: ignore[no-any-return]


@composite("tensor_split", "input in parts", family="shape", doc="Views of parts, of nearly equal size or between indices.")
def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    from engine.sweep import TENSORS

    size = input.size(dim)
    if isinstance(indices_or_sections, int):
        n = indices_or_sections
        ends = list(itertools.accumulate(size // n + (i < size % n) for i in range(n)))
        starts = [0, *ends[:-1]]
    else:
        inner = [int(i) for i in indices_or_sections]
        starts, ends = [0, *inner], [*inner, size]
    return tuple(TENSORS.slice(input, dim, a, b, 1) for a, b in zip(starts, ends, strict=True))


@op(
    "unbind",
    "the slices of input",
    family="shape",
    doc="Views of all slices along a dimension.",
    view=True,
    grads={"input": ("the slices stacked", lambda F, g, s: F.stack(list(g), s.dim))},
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 1)],
)
def unbind(input: Array, dim: int = 0) -> tuple[Array, ...]:
    dim = dimension(dim, input.ndim)
    return tuple(input[at(dim, i)] for i in range(input.shape[dim]))


@op(
    "repeat",
    "input, tiled",
    family="shape",
    doc="Copies of the tensor along its dimensions.",
    function=False,
    variadic="sizes",
    grads={"input": ("the copies of g added up", lambda F, g, s: _repeat_input(F, g, s))},
    saves=("input_shape", "sizes"),
    samples=[sample(arr(2, 3), (2, 2)), sample(arr(3), (2, 1, 2)), sample(arr(), (3,))],
)
def repeat(input: Array, sizes: Sequence[int]) -> Array:
    if len(sizes) < input.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor"
        )
    return np.tile(input, tuple(int(n) for n in sizes))


def _repeat_input(F: Any, g: Any, s: Any) -> Any:
    shape = (1,) * (len(s.sizes) - len(s.input_shape)) + tuple(s.input_shape)
    split_shape = tuple(n for pair in zip(s.sizes, shape, strict=True) for n in pair)
    folded = tuple(n for size in shape for n in (1, size))
    return F.reshape(F._sum_to(F.reshape(g, split_shape), folded), s.input_shape)


@composite("tile", "input, tiled", family="shape", doc="Copies of the tensor along its dimensions.", samples=[sample(arr(2, 3), (2,))])
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
def repeat_interleave(input: Tensor, repeats: Any, dim: int | None = None) -> Tensor:
    if dim is None:
        input, dim = input.flatten(), 0
    counts = repeats._data if isinstance(repeats, Tensor) else repeats
    index = np.repeat(np.arange(input.size(dim)), counts)
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


@composite("fliplr", "columns reversed", family="shape", doc="The columns in reverse order.", samples=[sample(arr(2, 3))])
def fliplr(input: Tensor) -> Tensor:
    return input.flip(1)  # type: ignore[no-any-return]


@composite("flipud", "rows reversed", family="shape", doc="The rows in reverse order.", samples=[sample(arr(2, 3))])
def flipud(input: Tensor) -> Tensor:
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
    return np.rot90(input, k, tuple(dims)).copy()


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
    shape = list(input.shape[:-1])
    for d in sorted((dim1 % ndim, dim2 % ndim)):
        shape.insert(d, n)
    out = backends.zeros(tuple(shape), input.dtype, input)
    view = np.diagonal(out, offset, dim1, dim2)
    view.flags.writeable = True
    view[...] = input
    return out


@composite("diag", "the diagonal", family="linear algebra", doc="A vector as a diagonal matrix, or the diagonal of a matrix.", samples=[sample(arr(3)), sample(arr(2, 3), 1)])
def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    if input._data.ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input._data.ndim}D")
    return input.diag_embed(diagonal) if input._data.ndim == 1 else input.diagonal(diagonal)  # type: ignore[no-any-return]


@composite("meshgrid", "all pairs", family="shape", doc="Coordinate matrices of vectors.", method=False)
def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    parts = _as_tuple(tensors[0]) if len(tensors) == 1 else tensors
    swap = indexing == "xy" and len(parts) >= 2
    parts = (parts[1], parts[0], *parts[2:]) if swap else tuple(parts)
    shape = tuple(t._data.size for t in parts)
    grids = []
    for i, t in enumerate(parts):
        grid = t.view(*(-1 if d == i else 1 for d in range(len(shape)))).expand(shape)
        grids.append(grid.transpose(0, 1) if swap else grid)
    return (grids[1], grids[0], *grids[2:]) if swap else tuple(grids)


@composite("cartesian_prod", "all combinations", family="shape", doc="All combinations of the elements of vectors.", method=False)
def cartesian_prod(*tensors: Tensor) -> Tensor:
    from engine.sweep import TENSORS

    return TENSORS.stack([t.flatten() for t in meshgrid(*tensors)], 1)  # type: ignore[no-any-return]


@op(
    "unfold",
    "sliding windows of input",
    family="shape",
    doc="A view of all windows of a size along a dimension.",
    view=True,
    function=False,
    grads={"input": ("the windows of g added up", lambda F, g, s: F._fold_windows(g, s.input_shape, s.dimension, s.size, s.step))},
    saves=("input_shape", "dimension", "size", "step"),
    samples=[sample(arr(2, 5), 1, 2, 1), sample(arr(6), 0, 3, 2)],
)
def unfold(input: Array, dimension: int, size: int, step: int) -> Array:
    dim = dimension % input.ndim
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
    dim %= len(shape)
    count = input.shape[dim]
    for i in range(size):
        out[at(dim, slice(i, i + (count - 1) * step + 1, step))] += input[..., i]
    return out


@composite("block_diag", "blocks on the diagonal", family="linear algebra", doc="Matrices put on the diagonal of one.", method=False)
def block_diag(*tensors: Tensor) -> Tensor:
    from engine.sweep import TENSORS

    parts = [atleast_2d(t) for t in tensors]
    width = sum(t.shape[1] for t in parts)
    rows, start = [], 0
    for t in parts:
        height, own = t._data.shape
        left, right = t.new_zeros((height, start)), t.new_zeros((height, width - start - own))
        rows.append(TENSORS.cat([left, t, right], 1))
        start += own
    return TENSORS.cat(rows, 0)  # type: ignore[no-any-return]


@op("zero", "0", family="creation", doc="Zeros.", function=False, method=False, inplace=True,
    grads={"input": ("0", lambda F, g, s: F.zeros_of(g, g.shape))})  # fmt: skip
def zero(input: Array) -> Array:
    return np.zeros_like(input)


@op("fill", "value", family="creation", doc="One value everywhere.", function=False, method=False, inplace=True,
    backward=lambda call: "FillBackward3" if is_tensor(call["value"]) else "FillBackward2",
    grads={"input": ("0", lambda F, g, s: F.zeros_of(g, g.shape)), "value": ("Σ g", lambda F, g, s: F.sum(g))})  # fmt: skip
def fill(input: Array, value: Any) -> Array:
    return np.full_like(input, value)
