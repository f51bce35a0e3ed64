"""What nodes saved: handed out as Tensors, and checked to be what it was when it was saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine import errors, views
from engine.node import FREED, Node, Slot
from engine.tensor import wrap


class SavedTensors:
    """What a node saved, as Tensors: for rules under `create_graph` and for `grad_fn._saved_*`."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def of(self, node: Node) -> SavedTensors:
        """The same for another node."""
        return SavedTensors(node)

    def once(self, make: Callable[[], Any]) -> Any:
        """`make()`: what rules work out with Tensors they do not share."""
        return make()

    def __getattr__(self, name: str) -> Any:
        node = self._node
        if node._tensors is FREED:
            raise RuntimeError(errors.FREED)
        if node._tensors is not None:
            if name == "result":
                return _saved_result(node)
            found = [t for t, p in zip(node._tensors, node._params, strict=True) if p == name and t is not None]
            if found:
                kept = getattr(node, name)
                if not isinstance(kept, list):
                    return found[0]
                return [found.pop(0) if hasattr(value, "dtype") else value for value in kept]
        return getattr(node, name)


def _saved_result(node: Node) -> Any:
    result = node.result
    if isinstance(result, tuple):
        outs = []
        for i, data in enumerate(result):
            t = wrap(data)
            if data.dtype.kind in "fcV":
                t._fn, t._req = Slot(node, i), True
            outs.append(t)
        return tuple(outs)
    t = wrap(result)
    t._fn, t._req = node, True
    return t


def check_saved(node: Node) -> None:
    """Raise where a saved value is gone or was written since."""
    tensors = node._tensors
    if tensors is None:
        return
    if tensors is FREED:
        raise RuntimeError(errors.FREED)
    seq = node._seq if not isinstance(node, views.CopySlices) else node._inner._seq
    if views.last_write < seq:
        return
    for t in tensors:
        if t is not None and t._counter is not None:
            _check_version(t._counter, seq, t._data, t._fn, 0)
    inner = node._inner if isinstance(node, views.CopySlices) else node
    result = getattr(inner, "result", None)
    if result is not None and inner._counter is not None and not isinstance(result, tuple):
        _check_version(inner._counter, seq, result, inner, 0)


def _check_version(counter: Any, seq: int, data: Any, edge: Any, number: int) -> None:
    now, expected = len(counter.stamps), counter.at(seq)
    if now != expected:
        name = edge.name() if isinstance(edge, Node) and not isinstance(edge, Slot) else ""
        raise RuntimeError(errors.modified(data.dtype, data.shape, name, number, now, expected))
