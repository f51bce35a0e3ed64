"""Parts of arrays: views of a slice or a diagonal, and the arrays that put gradients back in their places."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import backends, views
from engine.dtypes import bool_
from engine.errors import dimension
from engine.registry import arr, composite, op, sample
from engine.tensor import Tensor
from engine.tensor import Tensor as TensorType

Array = Any
Shape = tuple[int, ...]


@op(
    "select",
    "input[…, index, …]",
    family="indexing",
    doc="One slice along a dimension, which disappears.",
    view=True,
    grads={"input": ("g in its place, 0 elsewhere", lambda F, g, s: F._embed(g, s.input_shape, at(s.dim, s.index)))},
    samples=[sample(arr(2, 3), 0, 1), sample(arr(2, 3), 1, -1), sample(arr(3), 0, 0)],
)
def select(input: Array, dim: int, index: int) -> Array:
    if not input.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim = dimension(dim, input.ndim)
    size = input.shape[dim]
    if not -size <= index < size:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at dimension {dim}"
        )
    return input[at(dim, index)]


@op(
    "slice",
    "input[…, start:end:step, …]",
    family="indexing",
    doc="A part along one dimension.",
    view=True,
    function=False,
    method=False,
    grads={
        "input": (
            "g in its place, 0 elsewhere",
            lambda F, g, s: F._embed(g, s.input_shape, at(s.dim, slice(s.start, s.end, s.step))),
        )
    },
)
def slice_(input: Array, dim: int, start: int | None = None, end: int | None = None, step: int | None = None) -> Array:
    return input[at(dimension(dim, input.ndim), slice(start, end, step))]


def at(dim: int, what: Any) -> tuple[Any, ...]:
    """The index that applies `what` to one dimension; the ellipsis keeps NumPy from giving scalars."""
    return (*(slice(None),) * dim, what, ...) if dim >= 0 else (..., what, *(slice(None),) * (-1 - dim))


@composite(
    "narrow", "input[…, start:start + length, …]", family="indexing", doc="`length` elements along one dimension."
)
def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    if not input.dim():
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    size = input.size(dim)
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if isinstance(start, TensorType):
        if start.dim() or start.is_floating_point() or start.dtype is bool_:
            raise RuntimeError("start must be an 0-dim integral Tensor.")
        start = int(start)
    if not -size <= start <= size:
        raise IndexError(f"start out of range (expected to be in range of [{-size}, {size}], but got {start})")
    start += size if start < 0 else 0
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    from engine.sweep import TENSORS

    return TENSORS.slice(input, dim, start, start + length, 1)  # type: ignore[no-any-return]


@op(
    "_embed",
    "g in its place, 0 elsewhere",
    family="indexing",
    doc="An array put into zeros.",
    backward="SelectBackwardBackward0",
    grads={"input": ("g at that place", lambda F, g, s: F._extract(g, s.where))},
)
def _embed(input: Array, shape: Shape, where: Any) -> Array:
    out = backends.zeros(shape, input.dtype, input)
    out[where] = input
    return out


@op(
    "_extract",
    "input at a place",
    family="indexing",
    doc="A part of an array, copied.",
    backward="SliceBackward0",
    grads={"input": ("g in its place, 0 elsewhere", lambda F, g, s: F._embed(g, s.input_shape, s.where))},
)
def _extract(input: Array, where: Any) -> Array:
    return input[where].copy()


@op(
    "diagonal",
    "input[i, i + offset]",
    family="indexing",
    doc="A view of the diagonal of two dimensions.",
    view=True,
    grads={
        "input": ("g on the diagonal", lambda F, g, s: F._diagonal_embed(g, s.input_shape, s.offset, s.dim1, s.dim2))
    },
    samples=[sample(arr(3, 3)), sample(arr(2, 3), 1), sample(arr(2, 3, 4), 0, 1, 2)],
)
def diagonal(input: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    if dimension(dim1, input.ndim) == dimension(dim2, input.ndim):
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    found = np.diagonal(input, offset, dim1, dim2)
    if input.flags.writeable:
        found.flags.writeable = True
    return found


@op(
    "_diagonal_embed",
    "g on the diagonal",
    family="indexing",
    doc="An array put on the diagonal of zeros.",
    backward="DiagonalBackwardBackward0",
    grads={"input": ("the diagonal of g", lambda F, g, s: F.diagonal(g, s.offset, s.dim1, s.dim2))},
)
def _diagonal_embed(input: Array, shape: Shape, offset: int, dim1: int, dim2: int) -> Array:
    out = backends.zeros(shape, input.dtype, input)
    diagonal(out, offset, dim1, dim2)[...] = input
    return out


@op(
    "_sum_to",
    "Σ over what was broadcast",
    family="shape",
    doc="The sum down to a shape.",
    backward="SumBackward1",
    grads={"input": ("g, repeated", lambda F, g, s: F.expand(g, s.input_shape))},
)
def _sum_to(input: Array, shape: Shape) -> Array:
    if input.shape == shape:
        return input
    lead = input.ndim - len(shape)
    axes = tuple(range(lead)) + tuple(
        i for i in range(lead, input.ndim) if shape[i - lead] == 1 and input.shape[i] != 1
    )
    return np.add.reduce(input, axes).reshape(shape)


@op("zeros_of", "0", family="creation", doc="Zeros of another array's kind.", function=False, method=False)
def zeros_of(input: Array, shape: Shape) -> Array:
    return backends.zeros(shape, input.dtype, input)


@op(
    "_view_take",
    "the part a view shows",
    family="shape",
    doc="A copy of the part of an array that a chain of views shows.",
    backward="AsStridedBackward0",
    grads={
        "input": ("g in its place, 0 elsewhere", lambda F, g, s: F._view_put(F.zeros_of(g, s.input_shape), g, s.steps))
    },
)
def _view_take(input: Array, steps: Any) -> Array:
    return views.replay(steps, np.array(input, order="C")).copy()


@op(
    "_view_put",
    "input with src in the part a view shows",
    family="shape",
    doc="A copy of an array with the part a chain of views shows replaced.",
    backward="AsStridedScatterBackward0",
    grads={
        "input": ("g, 0 in that part", lambda F, g, s: F._view_put(g, F.zeros_of(g, s.src_shape), s.steps)),
        "src": ("g in that part", lambda F, g, s: F._view_take(g, s.steps)),
    },
)
def _view_put(input: Array, src: Array, steps: Any) -> Array:
    out = np.array(input, order="C")
    views.replay(steps, out)[...] = src
    return out
