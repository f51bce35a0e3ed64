"""The backward sweep: from the roots' gradients to the leaves', node by node, the youngest first.

Owns the order of the sweep, the accumulation of contributions, the one place where broadcasting is undone, hooks, and
what `autograd.grad` captures.  The sweep works on arrays; under `create_graph` the same rules run on Tensors, through
the same door as every operation, so that the result can be differentiated again.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from engine import backends, errors, node as nodes_module, observe, views
from engine.grad_mode import state
from engine.node import FREED, Node, Slot
from engine.tensor import Tensor, wrap


class Namespace:
    """The operators by name: forwards on arrays, or public operators on Tensors; what a rule calls `F`."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no operator named {name!r} is declared")


ARRAYS = Namespace()
TENSORS = Namespace()

_order = 0
_F32 = np.dtype(np.float32)
_float32 = np.float32
_by_age = attrgetter("_seq")


def current_order() -> int:
    """How many `create_graph` sweeps are under way: 0 in the program itself, 1 in the derivative of a derivative."""
    return _order


class SavedTensors:
    """What a node saved, as Tensors: for rules under `create_graph` and for `grad_fn._saved_*`."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def of(self, node: Node) -> SavedTensors:
        """The same for another node."""
        return SavedTensors(node)

    def __getattr__(self, name: str) -> Any:
        node = self._node
        if node._tensors is FREED:
            raise RuntimeError(errors.FREED)
        if node._tensors is not None:
            if name == "result":
                return _saved_result(node)
            found = [t for t, p in zip(node._tensors, node._params, strict=True) if p == name and t is not None]
            if found:
                return found if isinstance(getattr(node, name), list) else found[0]
        return getattr(node, name)


def _saved_result(node: Node) -> Any:
    result = node.result  # type: ignore[attr-defined]
    if isinstance(result, tuple):
        outs = []
        for i, data in enumerate(result):
            t = wrap(data)
            if data.dtype.kind in "fc":
                t._fn, t._req = Slot(node, i), True
            outs.append(t)
        return tuple(outs)
    t = wrap(result)
    t._fn, t._req = node, True
    return t


# what crosses between nodes


def fit(c: Any, shape: Any, dtype: Any) -> Any:
    """A contribution in its input's own shape and type: the sum over what was broadcast."""
    if c.shape != shape:
        lead = c.ndim - len(shape)
        axes = tuple(range(lead)) + tuple(i for i in range(lead, c.ndim) if shape[i - lead] == 1 and c.shape[i] != 1)
        c = np.add.reduce(c, axes).reshape(shape) if c.size else backends.zeros(shape, c.dtype, c)
    return c if c.dtype == dtype else c.astype(dtype)


def fit_tensor(c: Tensor, shape: Any, dtype: Any) -> Tensor:
    """`fit` on Tensors, recorded."""
    if c._data.shape != shape:
        c = TENSORS._sum_to(c, shape)
    return c if c._data.dtype == dtype else TENSORS._cast(c, dtype)


def target_of(edge: Any) -> tuple[Any, Any]:
    """The shape and type gradients must have at the end of an edge."""
    if edge._seq is None:
        data = edge._data
        return data.shape, data.dtype
    return edge._shape, edge._dtype


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
    for i, t in enumerate(tensors):
        if t is not None and t._counter is not None:
            _check_version(t._counter, seq, t._data, node._edges[i], 0)
    inner = node._inner if isinstance(node, views.CopySlices) else node
    result = getattr(inner, "result", None)
    if result is not None and inner._counter is not None and not isinstance(result, tuple):
        _check_version(inner._counter, seq, result, inner, 0)


def _check_version(counter: Any, seq: int, data: Any, edge: Any, number: int) -> None:
    now, expected = len(counter.stamps), counter.at(seq)
    if now != expected:
        name = edge.name() if isinstance(edge, Node) and not isinstance(edge, Slot) else ""
        raise RuntimeError(errors.modified(data.dtype, data.shape, name, number, now, expected))


# the order of the sweep


def reachable(roots: Iterable[Any]) -> tuple[list[Node], dict[Any, int]]:
    """The nodes from which the roots were computed, the youngest first, and how often each leaf is used."""
    seen: set[Any] = set()
    uses: dict[Any, int] = {}
    stack: list[Any] = []
    found: list[Node] = []
    for root in roots:
        if root._seq is None:
            uses[root] = uses.get(root, 0) + 1
        elif root not in seen:
            seen.add(root)
            stack.append(root)
    while stack:
        node = stack.pop()
        found.append(node)
        for edge in node._edges:
            if edge is None:
                continue
            if edge._seq is None:
                uses[edge] = uses.get(edge, 0) + 1
            elif edge not in seen:
                seen.add(edge)
                stack.append(edge)
    found.sort(key=_by_age, reverse=True)
    return found, uses


def sweep_arrays(found: list[Node], uses: dict[Any, int], grads: dict[Any, Any], retain: bool) -> None:
    """The quick sweep: arrays only, every leaf, nothing hooked."""
    observer = observe._observer
    F = ARRAYS
    for node in found:
        g = grads.pop(node, None)
        edges = node._edges
        if g is None:
            _skip(edges, uses, grads)
            continue
        if node._tensors is not None:
            check_saved(node)
        rules = node._rules
        if rules is None or node._outputs is not None:
            results = node.vjp(F, g if node._outputs is None else _whole(node, g), node)
        elif node.__class__ is Slot:
            _hand_over(node, g, grads)
            continue
        else:
            results = None
        for i, edge in enumerate(edges):
            if edge is None:
                continue
            c = rules[i](F, g, node) if results is None else results[i]  # type: ignore[index, misc]
            seq = edge._seq
            if c is not None:
                if seq is None:
                    data = edge._data
                    shape, dtype = data.shape, data.dtype
                else:
                    shape, dtype = edge._shape, edge._dtype
                if c.__class__ is _float32:
                    if dtype is not _F32:
                        c = c.astype(dtype)
                elif c.shape != shape or c.dtype is not dtype:
                    c = fit(c, shape, dtype)
                total = grads.get(edge)
                total = c if total is None else total + c
                grads[edge] = total
                if observer is not None:
                    shown = wrap(c)
                    observer.contribution(node, i, shown, shown if total is c else wrap(total))
            if seq is None:
                left = uses[edge] = uses[edge] - 1
                if left == 0 and edge in grads:
                    total = c = results = None
                    accumulate(edge, grads.pop(edge))
        if not retain and node._tensors is not None:
            node.release()


def _skip(edges: tuple[Any, ...], uses: dict[Any, int], grads: dict[Any, Any]) -> None:
    """No gradient came to a node: its leaves wait for one contribution less."""
    for edge in edges:
        if edge is not None and edge._seq is None:
            uses[edge] -= 1
            if uses[edge] == 0 and edge in grads:
                accumulate(edge, grads.pop(edge))


def _hand_over(slot: Slot, g: Any, grads: dict[Any, Any]) -> None:
    """Put the gradient of one output among those of its node."""
    node = slot._node
    entries = grads.get(node)
    if entries is None:
        assert node._outputs is not None
        entries = grads[node] = [None] * len(node._outputs)
    old = entries[slot._number]
    entries[slot._number] = g if old is None else old + g


def _whole(node: Node, entries: list[Any]) -> tuple[Any, ...]:
    """The gradients of all outputs, zeros where none came."""
    assert node._outputs is not None
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


def accumulate(leaf: Tensor, total: Any) -> None:
    """Add a complete gradient to a leaf's `.grad`."""
    observer = observe._observer
    old = leaf._grad
    if old is not None:
        if old._req:
            leaf._grad = old + wrap(total)
        else:
            views.write(old, old._data + total)
    else:
        if isinstance(total, np.ndarray) and (total.base is not None or sys.getrefcount(total) > 3):
            total = total.copy()
        leaf._grad = wrap(total)
    if observer is not None:
        observer.accumulate(leaf, wrap(total))


# the general sweep


class Sweep:
    """A sweep with everything: hooks, retained gradients, chosen inputs, anomaly checks, Tensors for `create_graph`."""

    def __init__(self, graph: bool, retain: bool, inputs: Sequence[Tensor] | None, add_up: bool) -> None:
        self.graph = graph
        self.retain = retain
        self.add_up = add_up
        self.captured: dict[Any, Any] = {}
        self.wanted: set[Any] | None = None
        if inputs is not None:
            self.wanted = {views.edge_of(t) for t in inputs}
        self.F = TENSORS if graph else ARRAYS
        self.grads: dict[Any, Any] = {}
        self.uses: dict[Any, int] = {}
        self.needed: set[Any] | None = None

    def run(self, found: list[Node], uses: dict[Any, int], grads: dict[Any, Any]) -> None:
        """Walk the nodes and leave every result in its place."""
        self.grads, self.uses = grads, uses
        if self.wanted is not None:
            self.needed = set(self.wanted)
            for node in reversed(found):
                if not self.needed.isdisjoint(node._edges):
                    self.needed.add(node)
        for leaf in [e for e in grads if e._seq is None]:
            self.used(leaf)
        for node in found:
            self.visit(node)

    def visit(self, node: Node) -> None:
        """Turn a node's complete gradient into contributions to its inputs."""
        g = self.grads.pop(node, None)
        if self.needed is not None and node not in self.needed:
            g = None
        if g is not None and node._outputs is None:
            g = self.before(node, g)
        go_on = g is not None and (self.needed is None or not self.needed.isdisjoint(node._edges))
        if not go_on:
            for edge in node._edges:
                if edge is not None and edge._seq is None:
                    self.used(edge)
            return
        if isinstance(node, Slot):
            _hand_over(node, g, self.grads)
            return
        check_saved(node)
        if node._outputs is not None:
            g = _whole(node, g)
        hooks = node._hooks
        if hooks is not None and "pre" in hooks:
            g = self.call_prehooks(hooks["pre"], g)
        results = self.products(node, g)
        if hooks is not None and "post" in hooks:
            results = self.call_post_hooks(hooks["post"], results, g)
        for i, edge in enumerate(node._edges):
            if edge is not None:
                self.contribute(node, i, edge, results[i])
        if not self.retain:
            node.release()

    def products(self, node: Node, g: Any) -> list[Any]:
        """The vector–Jacobian products for the inputs that matter."""
        edges = node._edges
        if self.needed is not None:
            node._edges = tuple([e if e in self.needed else None for e in edges])
        try:
            results = list(node.vjp(self.F, g, SavedTensors(node) if self.graph else node))
        finally:
            node._edges = edges
        if state.anomaly and state.anomaly_check_nan:
            for i, c in enumerate(results):
                data = c._data if isinstance(c, Tensor) else c
                if data is not None and np.isnan(data).any():
                    raise RuntimeError(f"Function '{node.name()}' returned nan values in its {i}th output.")
        return results

    def contribute(self, node: Node, i: int, edge: Any, c: Any) -> None:
        """Add one product to what has come for its input so far."""
        if c is not None:
            shape, dtype = target_of(edge)
            c = fit_tensor(c, shape, dtype) if self.graph else fit(c, shape, dtype)
            total = self.grads.get(edge)
            total = c if total is None else total + c
            self.grads[edge] = total
            observer = observe._observer
            if observer is not None:
                shown = c if self.graph else wrap(c)
                observer.contribution(node, i, shown, shown if total is c else self.tensor(total))
        if edge._seq is None:
            self.used(edge)

    def tensor(self, g: Any) -> Tensor:
        """A gradient as a Tensor."""
        return g if self.graph else wrap(g)

    def plain(self, g: Tensor) -> Any:
        """A Tensor as the gradient this sweep works with."""
        return g if self.graph else g._data

    def before(self, node: Node, g: Any) -> Any:
        """The hooks of the tensor a node made, on its complete gradient; then `retain_grad` and captures."""
        hooks = node._hooks
        if hooks is not None and "tensor" in hooks:
            g = self.call_hooks(hooks["tensor"], g)
        if node._retained is not None:
            t = node._retained()
            if t is not None:
                t._grad = self.tensor(g) if self.graph else wrap(np.copy(g) if g.ndim else g)
                if observe._observer is not None:
                    observe._observer.accumulate(t, self.tensor(g))
        if self.wanted is not None and node in self.wanted:
            self.captured[node] = self.tensor(g)
        return g

    def call_hooks(self, hooks: dict[int, Any], g: Any) -> Any:
        """Tensor hooks in the order they were registered; each may replace the gradient."""
        t = self.tensor(g)
        for hook in list(hooks.values()):
            changed = hook(t)
            if changed is not None:
                if not isinstance(changed, Tensor):
                    raise TypeError(f"expected Tensor, but hook returned '{type(changed).__name__}'")
                t = changed
        return self.plain(t)

    def call_prehooks(self, hooks: dict[int, Any], g: Any) -> Any:
        """A node's prehooks, on the tuple of its upstream gradients."""
        several = isinstance(g, tuple)
        given = tuple(self.tensor(x) for x in (g if several else (g,)))
        for hook in list(hooks.values()):
            changed = hook(given)
            if changed is not None:
                given = changed if isinstance(changed, tuple) else (changed,)
        return tuple(self.plain(t) for t in given) if several else self.plain(given[0])

    def call_post_hooks(self, hooks: dict[int, Any], results: list[Any], g: Any) -> list[Any]:
        """A node's hooks, on what it gives and what it got."""
        outputs = tuple(self.tensor(x) for x in (g if isinstance(g, tuple) else (g,)))
        given = tuple(None if c is None else self.tensor(c) for c in results)
        for hook in list(hooks.values()):
            changed = hook(given, outputs)
            if changed is not None:
                given = changed if isinstance(changed, tuple) else (changed,)
        return [None if t is None else self.plain(t) for t in given]

    def used(self, leaf: Tensor) -> None:
        """One use of a leaf is done; after the last its gradient is complete."""
        self.uses[leaf] -= 1
        if self.uses[leaf] or leaf not in self.grads:
            return
        g = self.grads.pop(leaf)
        if leaf._hooks:
            g = self.call_hooks(leaf._hooks, g)
        if self.wanted is not None:
            if leaf not in self.wanted:
                return
            self.captured[leaf] = self.tensor(g)
            if not self.add_up:
                return
        if self.graph:
            leaf._grad = g.clone() if leaf._grad is None else leaf._grad + g
            if observe._observer is not None:
                observe._observer.accumulate(leaf, g)
        else:
            accumulate(leaf, g)
        for hook in list((leaf._post_hooks or {}).values()):
            hook(leaf)


# entrances


def _roots(tensors: Sequence[Tensor], gradients: Sequence[Any], graph: bool) -> list[Tensor]:
    """The upstream gradients of the roots, checked, ones where none were given."""
    result = []
    for i, (t, g) in enumerate(zip(tensors, gradients, strict=True)):
        data = t._data
        if g is None:
            if t._req and data.size != 1:
                raise RuntimeError(errors.NOT_SCALAR)
            g = wrap(data.dtype.type(1) if data.ndim == 0 and isinstance(data, np.generic | np.ndarray) else None)
            if g._data is None:
                g._data = backends.ones(data.shape, data.dtype, data)
        elif not isinstance(g, Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(g).__name__}")
        elif g._data.shape != data.shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{i}] has a shape of {g.shape} and output[{i}] has a shape of {t.shape}."
            )
        if not t._req:
            raise RuntimeError(errors.NO_GRAD_FN.format(index=i))
        result.append(g)
    return result


def sweep(
    tensors: Sequence[Tensor],
    gradients: Sequence[Any],
    retain: bool,
    graph: bool,
    inputs: Sequence[Tensor] | None,
    add_up: bool,
) -> dict[Any, Any]:
    """Run one sweep; the captured gradients by edge."""
    global _order
    gs = _roots(tensors, gradients, graph)
    observer = observe._observer
    previous = state.grad
    state.grad = graph
    _order += graph
    if observer is not None:
        observer.backward_begin(tuple(tensors), tuple(gs))
    try:
        grads: dict[Any, Any] = {}
        edges = [views.edge_of(t) for t in tensors]
        for edge, g in zip(edges, gs, strict=True):
            new = g if graph else g._data
            grads[edge] = grads[edge] + new if edge in grads else new
        del gs
        found, uses = reachable(dict.fromkeys(edges))
        if graph or inputs is not None or nodes_module.hooks_in_use or state.anomaly or any(e in uses for e in edges):
            general = Sweep(graph, retain, inputs, add_up)
            general.run(found, uses, grads)
            return general.captured
        sweep_arrays(found, uses, grads, retain)
        return {}
    finally:
        state.grad = previous
        _order -= graph
        if observer is not None:
            observer.backward_end()


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return (value,) if isinstance(value, Tensor) or value is None else tuple(value)


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add the gradients of `tensors` to the `.grad` of the leaves (or of `inputs` only)."""
    roots = _as_tuple(tensors)
    gradients = _as_tuple(grad_tensors) if grad_tensors is not None else (None,) * len(roots)
    if len(gradients) != len(roots):
        raise RuntimeError("got %d tensors and %d gradients" % (len(roots), len(gradients)))
    if inputs is not None:
        inputs = _as_tuple(inputs)
        if not inputs:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
        for t in inputs:
            if t._fn is not None and t._fn._retained is None:
                retain_grad(t)
    retain = create_graph if retain_graph is None else retain_graph
    sweep(roots, gradients, retain, create_graph, inputs, add_up=True)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """The gradients of `outputs` with respect to `inputs`, without touching any `.grad`."""
    roots, wanted = _as_tuple(outputs), _as_tuple(inputs)
    gradients = _as_tuple(grad_outputs) if grad_outputs is not None else (None,) * len(roots)
    for t in wanted:
        if not t._req:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    retain = create_graph if retain_graph is None else retain_graph
    captured = sweep(roots, gradients, retain, create_graph, wanted, add_up=False)
    results: list[Any] = []
    for i, t in enumerate(wanted):
        g = captured.get(views.edge_of(t))
        if g is None and materialize_grads:
            g = wrap(backends.zeros(t._data.shape, t._data.dtype, t._data))
        if g is None and not allow_unused:
            raise RuntimeError(errors.UNUSED_AT.format(index=i))
        results.append(g)
    return tuple(results)


def retain_grad(t: Tensor) -> None:
    """Keep the gradient of an intermediate tensor."""
    if not t._req:
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    if t._fn is not None:
        nodes_module.use_hooks()
        t._fn._retained = weakref.ref(t)
