"""Storage shared between tensors: version counters, views, and what writing in place means for the graph.

A 0-d tensor may hold a NumPy scalar; `storage` gives it an array once something must share or write it.  A view keeps
its base and the steps that lead from the base's array to its own, so that after a write the graph can be re-hung:
the base's history becomes `CopySlices`, and every live view gets a fresh `AsStridedBackward0`.
"""

from __future__ import annotations

import weakref
from array import array
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import errors, node, observe
from engine.grad_mode import state
from engine.node import Node, clock

if TYPE_CHECKING:
    from engine.tensor import Tensor

Step = Callable[[Any], Any]
ndarray = np.ndarray

last_write = 0
"""The time of the latest write anywhere; nodes younger than this need no version check."""


class Counter:
    """The version of a storage: one entry for each write, its time."""

    __slots__ = ("stamps",)

    def __init__(self) -> None:
        self.stamps = array("q")

    def bump(self) -> None:
        """Note a write."""
        global last_write
        last_write = next(clock)
        self.stamps.append(last_write)

    def at(self, time: int) -> int:
        """The version at a time."""
        count = len(self.stamps)
        while count and self.stamps[count - 1] > time:
            count -= 1
        return count


def counter_of(t: Tensor) -> Counter:
    """The version counter of `t`'s storage, made on first need."""
    counter = t._counter
    if counter is None:
        counter = t._counter = Counter()
        fn = t._fn
        if fn is not None:
            fn._counter = counter
    return counter


def storage(t: Any) -> Any:
    """`t`'s array, one that can be shared and written."""
    data = t._data
    if isinstance(data, np.generic):
        data = t._data = np.array(data)
    return data


def alias_of(t: Tensor) -> weakref.ref[Tensor]:
    """Whose storage `t` shows, as far as it is known and lives: the tensor it was the `.data` of, else `t` itself.

    That one may have been given another array since.
    """
    alias: weakref.ref[Tensor] | None = t._alias
    other = alias() if alias is not None else None
    return weakref.ref(t if other is None or other._data is not t._data else other)


def make_view(view: Tensor, of: Tensor, step: Step, multiple: bool = False) -> None:
    """Note that `view` shares the storage of `of`, whose array `step` turns into `view`'s."""
    view._counter = counter_of(of)
    base = of._base if of._base is not None else of
    view._base = base
    view._steps = (*of._steps, step)
    if of._creation is not None:
        view._creation = of._creation
    elif multiple:
        view._creation = "multiple"
    elif not state.grad:
        view._creation = "no_grad"
    views = base._views
    if views is None:
        views = base._views = []
    elif len(views) >= 32 and len(views) & (len(views) - 1) == 0:
        views[:] = [r for r in views if r() is not None]
    views.append(weakref.ref(view))


def replay(steps: Sequence[Step], data: Any) -> Any:
    """The part of `data` a view with these steps shows."""
    for step in steps:
        data = step(data)
    return data


def check_writable(t: Tensor, repeats: bool = False) -> None:
    """Refuse writes in place that differentiation could not follow, or that would write one place twice; `repeats`
    allows the latter, where what is there does not matter."""
    if t._inference and not state.inference:
        raise RuntimeError(errors.INFERENCE_WRITTEN)
    if state.grad:
        base = t._base
        if t._req and t._fn is None:
            raise RuntimeError(errors.LEAF_IN_PLACE)
        if base is not None and base._req:
            if base._fn is None and t._creation is None:
                raise RuntimeError(errors.LEAF_VIEW_IN_PLACE)
            if t._creation == "multiple":
                number = t._fn._number if isinstance(t._fn, node.Slot) else 0
                name = t._fn._node.name() if isinstance(t._fn, node.Slot) else "View"
                raise RuntimeError(errors.MULTI_VIEW.format(number=number, name=name.split("Backward")[0]))
            if t._creation == "no_grad":
                raise RuntimeError(errors.NO_GRAD_VIEW)
    if not repeats and written_twice(t):
        raise RuntimeError(errors.OVERLAP)


def written_twice(t: Tensor) -> bool:
    """Whether two elements of a tensor lie in one place, as `expand` makes them."""
    data = t._data
    return isinstance(data, ndarray) and 0 in data.strides and data.size > 1 and _overlaps(data)


def _overlaps(data: Any) -> bool:
    return any(stride == 0 and size > 1 for stride, size in zip(data.strides, data.shape, strict=True))


def write(t: Tensor, value: Any) -> None:
    """Put `value` into `t`'s storage and advance its version."""
    observer = observe._observer
    if observer is not None:
        observer.before_write(t)
    data = t._data
    if isinstance(data, np.generic):
        t._data = data.dtype.type(value) if np.ndim(value) == 0 else data.dtype.type(value.reshape(()))
    else:
        data[...] = value
    counter_of(t).bump()


def rebase(t: Tensor, fn: Node) -> None:
    """Hang the graph of `t`, just written by the operation `fn`, and of all that share its storage."""
    base = t._base
    if base is None:
        t._fn, t._req = fn, True
        fn._counter = t._counter
        base = t
    else:
        edge = edge_of(base)
        base._fn, base._req = CopySlices(edge, t._steps, fn, base), True
        base._fn._counter = base._counter
    if base._views is None:
        return
    for reference in base._views:
        view = reference()
        if view is not None and view._creation is None:
            regenerate(view)


def regenerate(view: Tensor) -> None:
    """Give a view of a rewritten base its new history."""
    base = view._base
    assert base is not None
    fn = AsStridedBackward0()
    fn._seq = next(clock)
    fn._edges = (base._fn,)
    data = view._data
    fn._shape, fn._dtype = data.shape, data.dtype
    fn._steps = view._steps
    fn._base_shape = base._data.shape
    fn._counter = view._counter
    view._fn, view._req = fn, True


def edge_of(t: Tensor) -> Any:
    """Where gradients of `t` go: its node, itself if it is a leaf, None if none is wanted."""
    if not t._req:
        return None
    return t._fn if t._fn is not None else t


def offset(t: Any) -> int:
    """Elements between the start of `t`'s storage and its first element."""
    data = storage(t)
    start = int(root(data).__array_interface__["data"][0])
    return (int(data.__array_interface__["data"][0]) - start) // int(data.dtype.itemsize)


def root(data: Any) -> Any:
    """The array that owns the memory `data` lies in."""
    while isinstance(data.base, ndarray):
        data = data.base
    return data


def torch_strides(data: Any) -> tuple[int, ...]:
    """The strides of an array without elements or with dimensions of size 1, where NumPy's are arbitrary."""
    size = int(data.dtype.itemsize)
    if not data.flags.c_contiguous:
        return tuple(s // size for s in data.strides)
    return contiguous_strides(data.shape)


def contiguous_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides, in elements, of a tensor of this shape whose elements lie in order."""
    strides: list[int] = []
    step = 1
    for n in reversed(shape):
        strides.insert(0, step)
        step *= max(n, 1)
    return tuple(strides)


class AsStridedBackward0(Node):
    """The history of a view after its base was rewritten: the gradient is put into the base's shape."""

    _steps: tuple[Step, ...]
    _base_shape: Any

    def vjp(self, F: Any, g: Any, s: Any) -> Sequence[Any]:
        """The base's gradient: `g` where the view looks, zero elsewhere."""
        return [F._view_put(F.zeros_of(g, self._base_shape), g, self._steps)]


AsStridedBackward0._rules = None


class CopySlices(Node):
    """The history of a base after a view of it was written by the operation `fn`."""

    _rules = None

    def __init__(self, edge: Any, steps: tuple[Step, ...], fn: Node, base: Tensor) -> None:
        self._seq = next(clock)
        self._inner = fn
        self._steps = steps
        self._edges = (edge, *fn._edges[1:])
        self._params = fn._params
        self._shape, self._dtype = base._data.shape, base._data.dtype
        self._tensors = fn._tensors
        self._saved_names = ()

    def vjp(self, F: Any, g: Any, s: Any) -> Sequence[Any]:
        """The gradients of the base (the written part replaced by what `fn` gives) and of `fn`'s other inputs."""
        part = F._view_take(g, self._steps)
        inner = self._inner
        saved = s if s is self else s.of(inner)
        edges = inner._edges
        inner._edges = (self._edges[0], *edges[1:])
        gradients = list(inner.vjp(F, part, inner if saved is self else saved))
        inner._edges = edges
        if self._edges[0] is not None:
            first = gradients[0] if gradients[0] is not None else F.zeros_of(g, inner._shape)
            gradients[0] = F._view_put(g, first, self._steps)
        return gradients

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The base's history, then the other inputs of the operation."""
        rest = self._inner.next_functions[1:]
        return (node._as_function(self._edges[0]), *rest)

    def release(self) -> None:
        """Drop what the operation saved."""
        self._inner.release()
        self._tensors = self._inner._tensors
