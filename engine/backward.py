"""The entrances of differentiation: `backward`, `grad`, `retain_grad`.

The sweep itself is sweep.py's, or general_sweep.py's where hooks, chosen inputs or `create_graph` ask for more.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import backends, errors, node, observe, views
from engine.general_sweep import Sweep
from engine.grad_mode import state
from engine.sweep import ARRAYS, TENSORS, sweep_arrays
from engine.tensor import Tensor, wrap

__all__ = ["ARRAYS", "TENSORS", "backward", "current_order", "grad", "retain_grad", "sweep"]

_order = 0


def current_order() -> int:
    """How many `create_graph` sweeps are under way: 0 in the program itself, 1 in the derivative of a derivative."""
    return _order


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
        elif g._data.shape != data.shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{i}] has a shape of {g.shape} and output[{i}] has a shape of "
                f"{t.shape}."
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
        if graph or inputs is not None or node.hooks_in_use or state.anomaly or any(e._seq is None for e in grads):
            general = Sweep(graph, retain, inputs, add_up)
            general.run(grads)
            return general.captured
        sweep_arrays(grads, retain)
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
    for g in gradients:
        if g is not None and not isinstance(g, Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(g).__name__}")
    if len(gradients) != len(roots):
        raise RuntimeError(f"got {len(roots)} tensors and {len(gradients)} gradients")
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
    if observe._observer is not None:
        observe._observer.returned(roots, wanted, tuple(results))
    return tuple(results)


def retain_grad(t: Tensor) -> None:
    """Keep the gradient of an intermediate tensor."""
    if not t._req:
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    if t._fn is not None:
        node.use_hooks()
        t._fn._retained = weakref.ref(t)
