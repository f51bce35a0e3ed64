"""The backward sweep with everything: hooks, retained gradients, chosen inputs, anomaly checks, `create_graph`.

The quick sweep on arrays is sweep.py's; this one walks the same nodes in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from engine import observe, views
from engine.grad_mode import state
from engine.node import Node, Slot
from engine.saved import SavedTensors, check_saved
from engine.sweep import (
    ARRAYS,
    TENSORS,
    accumulate,
    add_entry,
    fit,
    fit_tensor,
    target_of,
    whole,
)
from engine.tensor import Tensor, wrap


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

    def run(self, grads: dict[Any, Any]) -> None:
        """Walk the nodes below the roots and leave every result in its place."""
        self.grads = grads
        found = self.reachable()
        if self.wanted is not None:
            self.needed = set(self.wanted)
            for node in reversed(found):
                if not self.needed.isdisjoint(node._edges):
                    self.needed.add(node)
        for leaf in [e for e in grads if e._seq is None]:
            self.used(leaf)
        for node in found:
            self.visit(node)

    def reachable(self) -> list[Node]:
        """The nodes from which the roots were computed, the youngest first; counts the uses of each leaf."""
        uses = self.uses
        seen: set[Any] = set()
        stack: list[Any] = list(self.grads)
        found: list[Node] = []
        while stack:
            node = stack.pop()
            if node._seq is None:
                uses[node] = uses.get(node, 0) + 1
            elif node not in seen:
                seen.add(node)
                found.append(node)
                stack.extend([e for e in node._edges if e is not None])
        found.sort(key=attrgetter("_seq"), reverse=True)
        return found

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
            owner = node._node
            if owner not in self.grads:
                self.grads[owner] = [None] * len(owner._outputs or ())
            add_entry(self.grads[owner], node._number, g)
            return
        check_saved(node)
        if node._outputs is not None:
            g = whole(node, g)
        hooks = node._hooks
        if hooks is not None and "pre" in hooks:
            g = self.call_prehooks(hooks["pre"], g)
        results = self.products(node, g)
        if hooks is not None and "post" in hooks:
            results = self.call_post_hooks(node, hooks["post"], results, g)
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
                observer.contribution(node, i, self.array(c), self.array(total))
        if edge._seq is None:
            self.used(edge)

    def tensor(self, g: Any) -> Tensor:
        """A gradient as a Tensor."""
        return g if self.graph else wrap(g)

    def array(self, g: Any) -> Any:
        """A gradient as an array."""
        return g._data if self.graph else g

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
                    observe._observer.accumulate(t, self.array(g))
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
                    raise TypeError(f"expected Variable, but hook returned '{type(changed).__name__}'")
                if changed._data.shape != t._data.shape:
                    name = getattr(hook, "__name__", type(hook).__name__)
                    raise RuntimeError(f"hook '{name}' has changed the size of value")
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

    def call_post_hooks(self, node: Node, hooks: dict[int, Any], results: list[Any], g: Any) -> list[Any]:
        """A node's hooks, on what it gives and what it got."""
        outputs = tuple(self.tensor(x) for x in (g if isinstance(g, tuple) else (g,)))
        given = tuple(None if c is None else self.tensor(c) for c in results)
        given += (None,) * (len(node.next_functions) - len(given))
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
            leaf._grad = TENSORS._kept_gradient(g) if leaf._grad is None else leaf._grad + g
            if observe._observer is not None:
                observe._observer.accumulate(leaf, self.array(g))
        else:
            accumulate(leaf, g)
        for hook in list((leaf._post_hooks or {}).values()):
            hook(leaf)
