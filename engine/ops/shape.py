"""Views: other shapes, orders and parts of the same storage.

Putting arrays together and copying them about is arrange.py's, indexing with brackets index.py's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import views
from engine.apply import run
from engine.errors import dimension
from engine.registry import OPS, arr, composite, op, sample
from engine.tensor import Tensor

Array = Any
Shape = tuple[int, ...]
SHAPED = [sample(arr(2, 3))]


def sizes(values: Any) -> Shape:
    """A shape as plain integers."""
    if isinstance(values, int | Tensor):
        return (int(values),)
    return tuple(map(int, values))


def inferred(shape: Sequence[int], count: int) -> Shape:
    """`shape` with its -1 worked out for `count` elements; RuntimeError where it does not fit."""
    if math.prod(shape) == count and min(shape, default=0) >= 0:
        return tuple(shape)
    unknown = [i for i, n in enumerate(shape) if n == -1]
    if len(unknown) > 1:
        raise RuntimeError("only one dimension can be inferred")
    for n in shape:
        if n < -1:
            raise RuntimeError(f"invalid shape dimension {n} at index {shape.index(n)} of shape {list(shape)}")
    known = math.prod(n for n in shape if n != -1)
    if unknown and known == 0 and count == 0:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified dimension size -1 "
            "can be any value and is ambiguous"
        )
    if (known != count and not unknown) or (unknown and (known == 0 or count % known)):
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")
    return tuple(count // known if n == -1 else n for n in shape)


def viewed(input: Array, shape: Shape) -> Array | None:
    """`input` in another shape without copying; None where its strides do not allow it."""
    if input.flags.c_contiguous:
        return input.reshape(shape)
    found = input.view()
    try:
        found.shape = shape
    except AttributeError:
        return None
    return found


NOT_VIEWABLE = (
    "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
    "contiguous subspaces). Use .reshape(...) instead."
)


@op(
    "view",
    "input in another shape",
    family="shape",
    doc="The same elements in another shape, sharing storage.",
    view=True,
    function=False,
    variadic="shape",
    grads={"input": ("g in the input's shape", lambda F, g, s: F.reshape(g, s.input_shape))},
    samples=[sample(arr(2, 3), (3, 2)), sample(arr(2, 3), (-1,)), sample(arr(), (1, 1))],
)
def view(input: Array, shape: Any) -> Array:
    if isinstance(shape, str):
        raise TypeError("view() received an invalid combination of arguments - got (str), but expected one of:")
    if not isinstance(shape, list | tuple | int):
        return input.view(shape.np)
    found = viewed(input, inferred(sizes(shape), input.size))
    if found is None:
        raise RuntimeError(NOT_VIEWABLE)
    return found


@op(
    "_unsafe_view",
    "input in another shape",
    family="shape",
    doc="A fresh copy in another shape.",
    grads={"input": ("g in the input's shape", lambda F, g, s: F.reshape(g, s.input_shape))},
)
def _unsafe_view(input: Array, shape: Shape) -> Array:
    return input.reshape(shape)


@composite(
    "reshape",
    "input in another shape",
    family="shape",
    doc="The same elements in another shape; a view where possible, else a copy.",
    arrays=lambda input, shape: input.reshape(shape),
    samples=[sample(arr(2, 3), (3, 2)), sample(arr(2, 3), (-1,))],
)
def reshape(input: Tensor, *shape: Any) -> Tensor:
    wanted = inferred(sizes(shape[0] if len(shape) == 1 else shape), input._data.size)
    if viewed(views.storage(input), wanted) is not None:
        return run(OPS["view"], (input, wanted), {})  # type: ignore[no-any-return]
    return input.clone()._unsafe_view(wanted)  # type: ignore[no-any-return]


@composite(
    "view_as",
    "input in the shape of other",
    family="shape",
    doc="A view in the shape of another tensor.",
    function=False,
)
def view_as(input: Tensor, other: Tensor) -> Tensor:
    return input.view(other.shape)  # type: ignore[no-any-return]


@composite(
    "reshape_as", "input in the shape of other", family="shape", doc="Reshaped as another tensor.", function=False
)
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    return input.reshape(other.shape)  # type: ignore[no-any-return]


@composite(
    "flatten",
    "input as one row",
    family="shape",
    doc="The dimensions from start_dim to end_dim made into one.",
    samples=[*SHAPED, sample(arr(2, 3, 2), 1)],
)
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    start, end = dimension(start_dim, input.ndim), dimension(end_dim, input.ndim)
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    shape = input._data.shape
    if not shape:
        return input.reshape(1)  # type: ignore[no-any-return]
    if start == end:
        return input
    return input.reshape(*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])  # type: ignore[no-any-return]


@composite("ravel", "input as one row", family="shape", doc="All elements in one dimension.", samples=SHAPED)
def ravel(input: Tensor) -> Tensor:
    return input.reshape(-1)  # type: ignore[no-any-return]


@composite("unflatten", "a dimension split in several", family="shape", doc="One dimension split into several.")
def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    at = dimension(dim, input.ndim)
    shape = input._data.shape
    sizes = tuple(sizes)
    if -1 not in sizes and math.prod(sizes) != shape[at]:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {at} ({shape[at]}) in the "
            "input tensor"
        )
    return input.view(*shape[:at], *inferred(sizes, shape[at]), *shape[at + 1 :])  # type: ignore[no-any-return]


def _squeeze_name(call: dict[str, Any]) -> str:
    dim = call["dim"]
    return (
        "SqueezeBackward0"
        if dim is None
        else "SqueezeBackward2"
        if isinstance(dim, tuple | list)
        else "SqueezeBackward1"
    )


@op(
    "squeeze",
    "input without dimensions of size 1",
    family="shape",
    doc="A view without the dimensions of size 1, or without one of them.",
    view=True,
    inplace=False,
    backward=_squeeze_name,
    grads={"input": ("g in the input's shape", lambda F, g, s: F.reshape(g, s.input_shape))},
    samples=[sample(arr(2, 1, 3, 1)), sample(arr(2, 1, 3), 1), sample(arr(2, 1, 3, 1), (1, 3))],
)
def squeeze(input: Array, dim: Any = None) -> Array:
    if dim is None:
        return input.squeeze()
    dims = {dimension(d, input.ndim) for d in (dim if isinstance(dim, tuple | list) else (dim,))}
    return input.squeeze(tuple(d for d in dims if input.ndim and input.shape[d] == 1))


@op(
    "unsqueeze",
    "input with a new dimension of size 1",
    family="shape",
    doc="A view with a dimension of size 1 at `dim`.",
    view=True,
    grads={"input": ("g in the input's shape", lambda F, g, s: F.reshape(g, s.input_shape))},
    samples=[sample(arr(2, 3), 0), sample(arr(2, 3), -1), sample(arr(), 0)],
)
def unsqueeze(input: Array, dim: int) -> Array:
    return np.expand_dims(input, dimension(dim, input.ndim + 1))


@op(
    "transpose",
    "inputᵀ",
    family="shape",
    doc="A view with two dimensions swapped.",
    view=True,
    grads={"input": ("gᵀ", lambda F, g, s: F.transpose(g, s.dim0, s.dim1))},
    aliases=("swapaxes", "swapdims"),
    samples=[sample(arr(2, 3), 0, 1), sample(arr(2, 3, 2), -1, 0)],
)
def transpose(input: Array, dim0: int, dim1: int) -> Array:
    a, b = dimension(dim0, input.ndim), dimension(dim1, input.ndim)
    return input.swapaxes(a, b) if input.ndim else input.view()


@op(
    "t",
    "inputᵀ",
    family="shape",
    doc="The transpose of a matrix.",
    view=True,
    backward="TBackward0",
    grads={"input": ("gᵀ", lambda F, g, s: F.t(g))},
    samples=[sample(arr(2, 3)), sample(arr(3))],
)
def t(input: Array) -> Array:
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return input.transpose() if input.ndim == 2 else input.view()


@op(
    "permute",
    "input, its dimensions reordered",
    family="shape",
    doc="A view with the dimensions in another order.",
    view=True,
    variadic="dims",
    grads={"input": ("g, reordered back", lambda F, g, s: F.permute(g, back(s.dims)))},
    samples=[sample(arr(2, 3, 4), (2, 0, 1)), sample(arr(2, 3), (-1, 0))],
)
def permute(input: Array, dims: Sequence[int]) -> Array:
    if len(dims) != input.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {input.ndim} is not equal to len(dims) = {len(dims)}"
        )
    order = [dimension(d, input.ndim) for d in dims]
    if len(set(order)) != len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return input.transpose(order)


def back(dims: Sequence[int]) -> tuple[int, ...]:
    """The order that undoes a permutation."""
    order = [d % len(dims) for d in dims]
    return tuple(order.index(i) for i in range(len(order)))


@composite(
    "movedim",
    "input with dimensions moved",
    family="shape",
    doc="Dimensions moved to new places.",
    aliases=("moveaxis",),
)
def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    n = input.ndim
    given = [[d] if isinstance(d, int) else list(d) for d in (source, destination)]
    sources, targets = ([dimension(d, n) for d in dims] for dims in given)
    if len(sources) != len(targets):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({given[0]} dims) should contain the same number of "
            f"dims as destination ({given[1]} dims)"
        )
    for what, own, dims in (("source", given[0], sources), ("destination", given[1], targets)):
        if len(set(dims)) < len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{what}` ({own})")
    order = [d for d in range(n) if d not in sources]
    for target, from_ in sorted(zip(targets, sources, strict=True)):
        order.insert(target, from_)
    return input.permute(order)  # type: ignore[no-any-return]


@composite("adjoint", "inputᴴ", family="shape", doc="The conjugate transpose of the last two dimensions.")
def adjoint(input: Tensor) -> Tensor:
    return input.transpose(-2, -1)  # type: ignore[no-any-return]


@op(
    "expand",
    "input repeated along its dimensions of size 1",
    family="shape",
    doc="A larger view: dimensions of size 1 are repeated without copying.",
    view=True,
    function=False,
    variadic="size",
    grads={"input": ("g, summed over what was repeated", lambda F, g, s: F._sum_to(g, s.input_shape))},
    samples=[sample(arr(2, 1), (2, 3)), sample(arr(3), (2, -1)), sample(arr(), (2, 2))],
)
def expand(input: Array, size: Sequence[int]) -> Array:
    target = sizes(size)
    if target == input.shape:
        return input.view()
    lead = len(target) - input.ndim
    if lead < 0:
        raise RuntimeError(
            f"expand(torch.FloatTensor{{{list(input.shape)}}}, size={list(target)}): the number of sizes provided "
            f"({len(target)}) must be greater or equal to the number of dimensions in the tensor ({input.ndim})"
        )
    shape = list(target)
    for i, n in enumerate(target):
        if n == -1:
            if i < lead:
                raise RuntimeError(
                    f"The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension {i}"
                )
            shape[i] = input.shape[i - lead]
        elif i >= lead and input.shape[i - lead] not in (1, n):
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({input.shape[i - lead]}) at "
                f"non-singleton dimension {i}.  Target sizes: {list(target)}.  Tensor sizes: {list(input.shape)}"
            )
    found = np.broadcast_to(input, shape)
    if input.flags.writeable:  # a row of it may be written, which writes them all
        found.flags.writeable = True
    return found


@composite(
    "expand_as",
    "input repeated to the shape of other",
    family="shape",
    doc="Expanded as another tensor.",
    function=False,
)
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    return input.expand(other.shape)  # type: ignore[no-any-return]


@composite(
    "sum_to_size",
    "Σ over what was broadcast",
    family="shape",
    doc="The sum down to a shape that would broadcast to the input's.",
    function=False,
    samples=[sample(arr(2, 3), 3), sample(arr(2, 3), (2, 1))],
)
def sum_to_size(input: Tensor, *size: Any) -> Tensor:
    want = tuple(size[0]) if len(size) == 1 and isinstance(size[0], Sequence) else size
    have = input.shape
    lead = len(have) - len(want)
    if lead < 0 or any(n not in (1, h) for n, h in zip(want, have[lead:], strict=True)):
        raise RuntimeError(f"size {{{list(want)}}} is not expandable to size {{{list(have)}}}.")
    dims = [d for d in range(len(have)) if d < lead or (want[d - lead] == 1 and have[d] != 1)]
    return input.sum(dims, keepdim=True).view(want) if dims else input.view(want)  # type: ignore[no-any-return]


@composite("broadcast_to", "input repeated to a shape", family="shape", doc="Expanded to a shape.")
def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    return input.expand(size)  # type: ignore[no-any-return]


@composite(
    "broadcast_tensors", "all in one shape", family="shape", doc="Tensors expanded to their common shape.", method=False
)
def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    shape = np.broadcast_shapes(*(t._data.shape for t in tensors))
    return tuple(t.expand(shape) for t in tensors)
