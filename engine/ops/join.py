"""Putting arrays together and taking them apart."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.arguments import must_be_tensor
from engine.errors import dimension
from engine.ops.parts import at
from engine.registry import arr, composite, op, sample
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
    check=lambda tensors: check_tensors(tensors, "cat"),
    aliases=("concat", "concatenate"),
    samples=[*PAIRED, sample([arr(2, 3), arr(2, 1)], 1), sample([arr(2, 3), arr(2, 3)], dim=-1)],
)
def cat(tensors: Sequence[Array], dim: int = 0) -> Array:
    check_tensors(tensors, "cat")
    shape = tensors[0].shape
    if shape and shape != (0,) and all(x.shape == shape for x in tensors):
        return np.concatenate(tensors, dimension(dim, len(shape)))
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
    check=lambda tensors: check_tensors(tensors, "stack"),
    samples=[sample([arr(2, 3), arr(2, 3)]), sample([arr(2), arr(2), arr(2)], -1), sample([arr(), arr()])],
)
def stack(tensors: Sequence[Array], dim: int = 0) -> Array:
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
    return _each(
        tensors, lambda t: t.reshape(1, 1) if t._data.ndim == 0 else t.unsqueeze(0) if t._data.ndim == 1 else t
    )


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


@composite(
    "hstack",
    "tensors side by side",
    family="shape",
    doc="Joined along the second dimension (vectors: the first).",
    method=False,
)
def hstack(tensors: Sequence[Tensor]) -> Tensor:
    refuse_nothing("hstack", tensors)
    parts = [atleast_1d(t) for t in tensors]
    return _cat(parts, 0 if parts[0]._data.ndim == 1 else 1)


def refuse_nothing(name: str, tensors: Sequence[Tensor]) -> None:
    """An empty list has nothing to join."""
    if not len(tensors):
        raise RuntimeError(f"{name} expects a non-empty TensorList")


@composite(
    "vstack",
    "tensors one above the other",
    family="shape",
    doc="Joined along the first dimension.",
    method=False,
    aliases=("row_stack",),
)
def vstack(tensors: Sequence[Tensor]) -> Tensor:
    refuse_nothing("vstack", tensors)
    return _cat([atleast_2d(t) for t in tensors], 0)


@composite("dstack", "tensors behind each other", family="shape", doc="Joined along the third dimension.", method=False)
def dstack(tensors: Sequence[Tensor]) -> Tensor:
    refuse_nothing("dstack", tensors)
    return _cat([atleast_3d(t) for t in tensors], 2)


@composite(
    "column_stack", "tensors as columns", family="shape", doc="Vectors as columns, matrices side by side.", method=False
)
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
        ends = [*range(step, size, step or 1), size]
    else:
        sizes = list(split_size_or_sections)
        if sum(sizes) != size:
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {size} (input tensor's size at dimension "
                f"{dim}), but got split_sizes={sizes}"
            )
        ends = list(itertools.accumulate(sizes))
    return tuple(input[at(dim, slice(a, b))] for a, b in zip([0, *ends[:-1]], ends, strict=True))


@composite(
    "chunk",
    "input in equal parts",
    family="shape",
    doc="Views of about equal parts of a dimension.",
    samples=[sample(arr(5, 2), 2)],
)
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    size = input.size(dim)
    return input.split(max(1, -(-size // chunks)), dim)  # type: ignore[no-any-return]


@composite(
    "tensor_split", "input in parts", family="shape", doc="Views of parts, of nearly equal size or between indices."
)
def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    from engine.sweep import TENSORS

    size = input.size(dim)
    if isinstance(indices_or_sections, Tensor):
        indices_or_sections = indices_or_sections.tolist()
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
    if not input.ndim:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    dim = dimension(dim, input.ndim)
    return tuple(input[at(dim, i)] for i in range(input.shape[dim]))


@composite("meshgrid", "all pairs", family="shape", doc="Coordinate matrices of vectors.", method=False)
def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    parts = _as_tuple(tensors[0]) if len(tensors) == 1 else tensors
    swap = indexing == "xy" and len(parts) >= 2
    parts = (parts[1], parts[0], *parts[2:]) if swap else tuple(parts)
    shape = tuple(t._data.size for t in parts)
    grids = []
    for i, t in enumerate(parts):
        if t.ndim > 1:
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {t}")
        grids.append(t.view(*(n if d == i else 1 for d, n in enumerate(shape))).expand(shape))
    return (grids[1], grids[0], *grids[2:]) if swap else tuple(grids)


@composite(
    "cartesian_prod",
    "all combinations",
    family="shape",
    doc="All combinations of the elements of vectors.",
    method=False,
)
def cartesian_prod(*tensors: Tensor) -> Tensor:
    from engine.sweep import TENSORS

    if len(tensors) == 1:
        return tensors[0]
    return TENSORS.stack([t.flatten() for t in meshgrid(*tensors)], 1)  # type: ignore[no-any-return]


@composite(
    "block_diag",
    "blocks on the diagonal",
    family="linear algebra",
    doc="Matrices put on the diagonal of one.",
    method=False,
)
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
