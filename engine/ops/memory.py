"""Tensors laid over their storage anew: `as_strided`, `resize_`, and empty tensors with given strides.

A layout is `(size, stride, offset)`, in elements.  Outside NumPy a storage is known only where it is contiguous, and
`as_strided` copies.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import backends, observe, views
from engine.apply import run
from engine.backends import Array
from engine.ops.create import allocate
from engine.ops.sizes import numpy_dtype, size_of
from engine.registry import OPS, arr, composite, op, sample
from engine.tensor import Tensor

Layout = tuple[tuple[int, ...], tuple[int, ...], int]

OUT_OF_BOUNDS = (
    "setStorage: sizes {}, strides {}, storage offset {}, and itemsize {} requiring a storage size of {} are out of "
    "bounds for storage of size {}"
)


def storage_of(array: Array) -> tuple[Array, int]:
    """The whole memory that an array lies in, flat, and the place in it of the array's first element."""
    if not isinstance(array, np.ndarray):
        return array.reshape(-1), 0
    root = array
    while isinstance(root.base, np.ndarray):
        root = root.base
    start = array.__array_interface__["data"][0] - root.__array_interface__["data"][0]
    return root.ravel(order="K"), start // array.itemsize


def layout_of(array: Array) -> Layout:
    """The layout of an array in its storage."""
    if not isinstance(array, np.ndarray):
        return array.shape, views.torch_strides(array), 0
    return array.shape, tuple(s // array.itemsize for s in array.strides), storage_of(array)[1]


def reach(layout: Layout) -> int:
    """How many elements a storage must have for a layout."""
    size, stride, offset = layout
    return 0 if 0 in size else 1 + offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))


def places(layout: Layout, like: Array) -> Array:
    """The place in storage of every element of a layout."""
    size, stride, offset = layout
    found = backends.asarray(offset, np.int64, like)
    for n, step in zip(size, stride, strict=True):
        found = found[..., None] + backends.arange(n, like) * step
    return found


def check(layout: Layout, itemsize: int, held: int) -> None:
    """Refuse a layout that no tensor may have, or that leaves a storage of `held` elements."""
    size, stride, offset = layout
    if len(size) != len(stride):
        raise RuntimeError("mismatch in length of strides and shape")
    if any(step < 0 for step in stride):
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {list(stride)}")
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    if reach(layout) > held:
        needed = reach(layout) * itemsize
        raise RuntimeError(OUT_OF_BOUNDS.format(list(size), list(stride), offset, itemsize, needed, held * itemsize))


@op(
    "_as_strided",
    "the storage of input, laid out anew",
    family="shape",
    doc="A view of a storage with given sizes and strides.",
    view=True,
    backward="AsStridedBackward0",
    grads={"input": ("g summed into the storage", lambda F, g, s: F._restride(g, s.target, s.source))},
    samples=[
        sample(arr(6), ((2, 2), (2, 1), 1), ((6,), (1,), 0)),
        sample(arr(4), ((3, 2), (1, 1), 0), ((4,), (1,), 0)),
    ],
)
def _as_strided(input: Array, target: Layout, source: Layout) -> Array:
    flat, _ = storage_of(input) if layout_of(input) == source else (stored(input, source), 0)
    itemsize = int(input.dtype.itemsize)
    check(target, itemsize, flat.size)
    if not isinstance(flat, np.ndarray):
        return flat[places(target, flat)]
    size, stride, offset = target
    if 0 in size:
        return np.empty(size, input.dtype)
    return np.ndarray(size, input.dtype, flat, offset * itemsize, tuple(step * itemsize for step in stride))


@op(
    "_restride",
    "input summed into a storage, read at other places",
    family="shape",
    doc="A tensor put into a storage by one layout, repeated places adding up, and read by another.",
    backward="AsStridedBackwardBackward0",
    grads={"input": ("the same the other way", lambda F, g, s: F._restride(g, s.target, s.source))},
    samples=[sample(arr(3, 2), ((3, 2), (1, 1), 0), ((4,), (1,), 0))],
)
def _restride(input: Array, source: Layout, target: Layout) -> Array:
    whole = backends.zeros((max(reach(source), reach(target)),), input.dtype, input)
    np.add.at(whole, places(source, input), input)
    return whole[places(target, input)]


@composite(
    "as_strided",
    "the storage of input, laid out anew",
    family="shape",
    doc="A view of the tensor's storage with given sizes and strides.",
    samples=[sample(arr(6), (2, 2), (2, 1)), sample(arr(2, 3), (3, 3), (1, 1), 1)],
)
def as_strided(input: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    return run(OPS["_as_strided"], (input, *layouts(input, size, stride, storage_offset)), {})  # type: ignore[no-any-return]


def layouts(input: Tensor, size: Any, stride: Any, storage_offset: int | None) -> tuple[Layout, Layout]:
    """The layout asked for, and the one that `input` has."""
    source = layout_of(views.storage(input))
    offset = source[2] if storage_offset is None else storage_offset
    return (tuple(int(n) for n in size), tuple(int(n) for n in stride), offset), source


@op(
    "_as_strided_scatter",
    "input with src where a view looks",
    family="indexing",
    doc="A copy with the places of the storage that a layout names set to `src`.",
    backward="AsStridedScatterBackward0",
    grads={
        "input": (
            "g, 0 where the view looks",
            lambda F, g, s: F._as_strided_scatter(g, F.zeros_of(g, s.src_shape), s.target, s.source),
        ),
        "src": ("g where the view looks", lambda F, g, s: F._restride(g, s.source, s.target)),
    },
    samples=[sample(arr(6), arr(2, 2), ((2, 2), (1, 2), 0), ((6,), (1,), 0))],
)
def _as_strided_scatter(input: Array, src: Array, target: Layout, source: Layout) -> Array:
    if target[0] != src.shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice size = "
            f"{list(target[0])}"
        )
    whole = stored(input, source)
    whole[places(target, input)] = src
    return whole[places(source, input)]


def stored(input: Array, layout: Layout) -> Array:
    """A new storage in which `input` lies by this layout."""
    whole = backends.zeros((reach(layout),), input.dtype, input)
    whole[places(layout, input)] = input
    return whole


@composite(
    "as_strided_scatter",
    "input with src where a view looks",
    family="indexing",
    doc="A copy with the places that `as_strided` would show set to `src`.",  # torch's gradient of `input` is wrong
)
def as_strided_scatter(input: Tensor, src: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    target, source = layouts(input, size, stride, storage_offset)
    return run(OPS["_as_strided_scatter"], (input, src, target, source), {})  # type: ignore[no-any-return]


@op(
    "empty_strided",
    "?",
    family="creation",
    doc="A tensor of given strides whose values are not set.",
    method=False,
    samples=[sample((2, 3), (1, 2))],
)
def empty_strided(
    size: Any, stride: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Array:
    return strided(size, stride, allocate((0,), numpy_dtype("empty_strided", dtype), device))


@op(
    "new_empty_strided",
    "?",
    family="creation",
    doc="A tensor of given strides and this tensor's dtype, its values not set.",
    function=False,
    samples=[sample(arr(2), (2, 3), (1, 2))],
)
def new_empty_strided(
    input: Array, size: Any, stride: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Array:
    wanted = numpy_dtype("new_empty_strided", dtype, input.dtype)
    return strided(size, stride, allocate((0,), wanted, device, input))


def strided(size: Any, stride: Any, like: Array) -> Array:
    """Zeros with these strides beside `like`, of its type."""
    layout = (size_of("empty_strided", size), tuple(int(n) for n in stride), 0)
    check(layout, like.dtype.itemsize, reach(layout))
    flat = allocate((reach(layout),), like.dtype, None, like)
    return _as_strided(flat, layout, layout_of(flat))


def resize(t: Tensor, shape: tuple[int, ...]) -> None:
    """Give `t` another shape: over its storage where that is long enough, else over a longer one."""
    observer = observe._observer
    if observer is not None:
        observer.before_write(t)
    flat, start = storage_of(views.storage(t))
    layout = (tuple(shape), views.contiguous_strides(shape), start)
    if reach(layout) > flat.size:
        longer = allocate((reach(layout),), flat.dtype, None, flat)
        longer[: flat.size] = flat
        flat = longer
    t._data = _as_strided(flat, layout, layout_of(flat))
    views.counter_of(t).bump()


def resize_(self: Tensor, *size: Any, memory_format: Any = None) -> Tensor:
    """Another shape in place; elements that come in are zero."""
    if self._req:
        raise RuntimeError("cannot resize variables that require grad")
    resize(self, size_of("resize_", size[0] if len(size) == 1 and isinstance(size[0], tuple | list) else size))
    return self


def resize_as_(self: Tensor, the_template: Tensor, *, memory_format: Any = None) -> Tensor:
    """The shape of another tensor, in place."""
    return resize_(self, the_template.shape)


for _method in (resize_, resize_as_):
    setattr(Tensor, _method.__name__, _method)
