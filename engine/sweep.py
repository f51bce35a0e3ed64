"""One backward sweep on arrays: from the roots' gradients to the leaves', node by node, the youngest first.

Owns the quick sweep, the accumulation of contributions, and the one place where broadcasting is undone.
`Sweep` in general_sweep.py does the same with hooks, chosen inputs and Tensors; backward.py has the entrances.
"""

from __future__ import annotations

import sys
from heapq import heappop, heappush, heappushpop
from typing import Any

import numpy as np

from engine import backends, observe, views
from engine.node import FREED, Node, Slot
from engine.saved import check_saved
from engine.tensor import Tensor, wrap


class Namespace:
    """The operators by name: forwards on arrays, or public operators on Tensors; what a rule calls `F`."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no operator named {name!r} is declared")


ARRAYS = Namespace()
TENSORS = Namespace()

_F32 = np.dtype(np.float32)
_float32 = np.float32
_ndarray = np.ndarray
_function: Any = type(lambda: None)


def fit(c: Any, shape: Any, dtype: Any) -> Any:
    """A contribution in its input's own shape and type: the sum over what was broadcast."""
    if c.shape != shape:
        lead = c.ndim - len(shape)
        axes = tuple(range(lead))
        if c.shape[lead:] != shape:
            axes += tuple([i for i in range(lead, c.ndim) if shape[i - lead] == 1 and c.shape[i] != 1])
        if c.dtype.itemsize == 2:
            c = c.astype(_F32)
        c = np.add.reduce(c, axes) if c.size else backends.zeros(shape, c.dtype, c)
        if c.shape != shape:
            c = c.reshape(shape)
    return c if c.dtype == dtype else c.astype(dtype)


def fit_tensor(c: Tensor, shape: Any, dtype: Any) -> Tensor:
    """`fit` on Tensors, recorded."""
    if c._data.shape != shape:
        c = TENSORS._sum_to(c, shape)
    return c if c._data.dtype == dtype else TENSORS._cast(c, dtype)


def target_of(edge: Any) -> tuple[Any, Any]:
    """The shape and type gradients must have at the end of an edge."""
    if edge._seq is None:
        return edge._data.shape, edge._data.dtype
    return edge._shape, edge._dtype


def sweep_arrays(roots: dict[Any, Any], retain: bool) -> None:
    """The quick sweep: arrays only, every leaf, nothing hooked.  `roots`: the gradient of each root node.

    The youngest pending node comes next: its consumers are all younger, so its gradient is complete.  A leaf is
    complete once the sweep is past the first node that used it.
    """
    heap: list[tuple[int, Node]] = []
    leaves: dict[Any, bool] = {}
    for root, g in roots.items():
        node, first = root, True
        if isinstance(root, Slot):
            node, first = root._node, add_to_slot(root, g)[1]
        else:
            node._g = g
        if first:
            heappush(heap, (-node._seq, node))
    try:
        _walk(heap, leaves, retain)
        for leaf in leaves:
            complete(leaf)
    except BaseException:
        forget(roots)
        raise


def _walk(heap: list[tuple[int, Node]], leaves: dict[Any, bool], retain: bool) -> None:
    """Process pending nodes until none is left."""
    observer = observe._observer
    F = ARRAYS
    node: Any = heappop(heap)[1]
    while node is not None:
        g, node._g = node._g, None
        tensors = node._tensors
        if tensors is not None and (tensors is FREED or node._seq < views.last_write):
            check_saved(node)
        pending: Any = None
        rules: Any = node._rules or special_products(node, g)
        i = -1
        for edge in node._edges:
            i += 1
            rule: Any = rules[i]
            if edge is None or rule is None:
                continue
            c = rule(F, g, node) if rule.__class__ is _function else rule
            if edge._seq is None:
                add_to_leaf(node, i, edge, c, leaves)
                continue
            if (c.__class__ is not _float32 or edge._dtype is not _F32) and (
                c.shape != edge._shape or c.dtype is not edge._dtype
            ):
                c = fit(c, edge._shape, edge._dtype)
            total = edge._g
            if edge.__class__ is Slot:
                total, first = add_to_slot(edge, c)
                if first:
                    pending = edge._node if pending is None else younger(heap, pending, edge._node)
            elif total is None:
                edge._g = total = c
                pending = edge if pending is None else younger(heap, pending, edge)
            else:
                edge._g = total = total + c
            if observer is not None:
                observer.contribution(node, i, c, total)
        if tensors is not None and not retain:
            if g.__class__ is _float32 and node._light:
                node._tensors = FREED  # what is left are single numbers
            else:
                node.release()
        if heap:
            node = heappop(heap)[1] if pending is None else heappushpop(heap, (-pending._seq, pending))[1]
        else:
            node = pending


def younger(heap: list[tuple[int, Node]], a: Any, b: Any) -> Any:
    """The younger of two pending nodes; the other one waits in the heap."""
    if a._seq > b._seq:
        a, b = b, a
    heappush(heap, (-a._seq, a))
    return b


def add_to_leaf(node: Node, i: int, leaf: Any, c: Any, leaves: dict[Any, bool]) -> None:
    """Add a contribution to a leaf, and complete the leaf if it was the last.

    `leaves`: those with a gradient so far, and whether that is an array of the sweep's own, which may be written.
    """
    data = leaf._data
    if not (c.__class__ is data.__class__ is _float32) and (c.shape != data.shape or c.dtype is not data.dtype):
        c = fit(c, data.shape, data.dtype)
    total = leaf._g
    observer = observe._observer
    if total is None:
        leaf._g = total = c
        leaves[leaf] = False
    elif total.__class__ is not _ndarray:
        leaf._g = total = total + c
    elif leaves[leaf] and observer is None:
        np.add(total, c, out=total)
    else:
        leaf._g = total = total + c
        leaves[leaf] = True
    held = 1
    if observer is not None:
        count = sys.getrefcount(total)
        observer.contribution(node, i, c, total)
        held += sys.getrefcount(total) - count  # what the observer keeps, it copies before it is written
    first = leaf._first
    if first is not None and node._seq <= first and not any(edge is leaf for edge in node._edges[i + 1 :]):
        del leaves[leaf]
        c = total = None
        complete(leaf, held)


def forget(roots: dict[Any, Any]) -> None:
    """After a failure: no node or leaf keeps a part of a gradient."""
    seen: set[Any] = set()
    stack = list(roots)
    while stack:
        edge = stack.pop()
        if edge is not None and edge not in seen:
            seen.add(edge)
            edge._g = None
            stack.extend(() if edge._seq is None else edge._edges)


def complete(leaf: Any, held: int = 0) -> None:
    """Hand a leaf its complete gradient, to which the sweep itself holds `held` more references."""
    total, leaf._g, leaf._first = leaf._g, None, None
    accumulate(leaf, total, held + 1)


def add_to_slot(slot: Slot, c: Any) -> tuple[Any, bool]:
    """Add a contribution to one output of a node that has several; the total, and whether the node had none so far."""
    owner, number = slot._node, slot._number
    first = owner._g is None
    if first:
        owner._g = [None] * len(owner._outputs or ())
    return add_entry(owner._g, number, c), first


def special_products(node: Node, g: Any) -> Any:
    """The products of a node that is no plain row of one output."""
    return node.vjp(ARRAYS, g if node._outputs is None else whole(node, g), node)


def add_entry(entries: list[Any], number: int, g: Any) -> Any:
    """Put the gradient of one output among those of its node; what came for it so far."""
    old = entries[number]
    entries[number] = total = g if old is None else old + g
    return total


def whole(node: Node, entries: list[Any]) -> tuple[Any, ...]:
    """The gradients of all outputs, zeros (None for a Function that asked for that) where none came."""
    assert node._outputs is not None
    if not node._materialize:
        return tuple(entries)
    like = next(e for e in entries if e is not None)
    if isinstance(like, Tensor):
        return tuple(
            TENSORS.zeros_of(like, shape) if e is None else e
            for e, (shape, _) in zip(entries, node._outputs, strict=True)
        )
    return tuple(
        backends.zeros(shape, like.dtype, like) if e is None else e
        for e, (shape, _) in zip(entries, node._outputs, strict=True)
    )


def accumulate(leaf: Tensor, total: Any, held: int = 1) -> None:
    """Add a complete gradient to a leaf's `.grad`.

    The array becomes the leaf's own where nobody else has it: `held` references are the caller's, two are ours.
    """
    observer = observe._observer
    old = leaf._grad
    if old is not None:
        views.write(old, old._data + total)
    else:
        if isinstance(total, np.ndarray) and (total.base is not None or sys.getrefcount(total) > held + 2):
            total = total.copy()
        leaf._grad = wrap(total)
    if observer is not None:
        observer.accumulate(leaf, total)
