"""Derivatives of functions as wholes: Jacobians, Hessians and their products with vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import backends
from engine.backward import grad
from engine.grad_mode import enable_grad
from engine.sweep import TENSORS
from engine.tensor import Tensor, wrap

Function = Callable[..., Any]


def _as_tuple(x: Any) -> tuple[bool, tuple[Any, ...]]:
    return (True, x) if isinstance(x, tuple) else (False, (x,))


def _fresh(inputs: tuple[Any, ...], create_graph: bool) -> tuple[Any, ...]:
    """The inputs as tensors that can be differentiated: connected to theirs if a graph is wanted."""
    result = []
    for t in inputs:
        if create_graph:
            result.append(t.view_as(t) if t._req else t.detach().requires_grad_())
        else:
            result.append(t.detach().requires_grad_())
    return tuple(result)


def _zeros(t: Tensor) -> Tensor:
    return wrap(backends.zeros(t._data.shape, t._data.dtype, t._data))


def _unwrap(results: tuple[Any, ...], is_tuple: bool, create_graph: bool) -> Any:
    finished = results if create_graph else tuple(r.detach() for r in results)
    return finished if is_tuple else finished[0]


def _grads(outputs: Any, inputs: tuple[Any, ...], upstream: Any, create_graph: bool) -> tuple[Any, ...]:
    """Gradients, zeros where an input was not used."""
    roots = [(o, u) for o, u in zip(outputs, upstream, strict=True) if o._req]
    if not roots:
        return tuple(_zeros(t) for t in inputs)
    found = grad(
        [o for o, _ in roots],
        list(inputs),
        [u for _, u in roots],
        retain_graph=True,
        create_graph=create_graph,
        allow_unused=True,
    )
    return tuple(_zeros(t) if g is None else g for t, g in zip(inputs, found, strict=True))


def jacobian(
    func: Function,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of `func` at `inputs`: for each output and input a tensor of shape (*output, *input)."""
    with enable_grad():
        many_in, given = _as_tuple(inputs)
        xs = _fresh(given, create_graph)
        many_out, outputs = _as_tuple(func(*xs))
        result = []
        for number, out in enumerate(outputs):
            if strict and not out._req:
                raise RuntimeError(
                    f"Output {number} of the user-provided function does not require gradients. The outputs must be "
                    "computed in a differentiable manner from the input when running in strict mode."
                )
            rows: list[list[Any]] = [[] for _ in xs]
            for i in range(out.numel()):
                seed = np.zeros(out.numel(), out._data.dtype)
                seed[i] = 1
                for row, g in zip(
                    rows, _grads((out,), xs, (wrap(seed.reshape(out._data.shape)),), create_graph), strict=True
                ):
                    row.append(g)
            blocks = tuple(
                TENSORS.stack(row).view((*out._data.shape, *x._data.shape)) if row else _zeros(x)
                for row, x in zip(rows, xs, strict=True)
            )
            result.append(_unwrap(blocks, many_in, create_graph))
    return tuple(result) if many_out else result[0]


def hessian(
    func: Function,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The Hessian of a function with one scalar result."""
    many_in, _ = _as_tuple(inputs)

    def checked(*xs: Any) -> Any:
        out = func(*xs)
        if not isinstance(out, Tensor) or out.numel() != 1:
            raise RuntimeError("The Tensor returned by the function given to hessian should contain a single element")
        return out.reshape(())

    def gradient(*xs: Any) -> Any:
        return jacobian(checked, xs if many_in else xs[0], create_graph=True)

    return jacobian(gradient, inputs, create_graph=create_graph)


def vjp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The outputs, and the vector `v` times the Jacobian."""
    with enable_grad():
        many_in, given = _as_tuple(inputs)
        xs = _fresh(given, create_graph)
        many_out, outputs = _as_tuple(func(*xs))
        upstream = _vector(v, outputs, "vjp")
        found = _grads(outputs, xs, upstream, create_graph)
    return _unwrap(outputs, many_out, create_graph), _unwrap(found, many_in, create_graph)


def _vector(v: Any, like: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    """The given vector, or a one for a single number."""
    if v is not None:
        return _as_tuple(v)[1]
    if len(like) != 1 or like[0].numel() != 1:
        raise RuntimeError(
            "The vector v can only be None if the user-provided function returns a single Tensor with a single element."
        )
    return (wrap(backends.ones(like[0]._data.shape, like[0]._data.dtype, like[0]._data)),)


def jvp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The outputs, and the Jacobian times the vector `v`: a derivative of the vector–Jacobian product by its vector."""
    with enable_grad():
        _, given = _as_tuple(inputs)
        xs = _fresh(given, create_graph)
        many_out, outputs = _as_tuple(func(*xs))
        direction = _vector(v, xs, "jvp")
        dummies = tuple(_zeros(o).requires_grad_() for o in outputs)
        pulled = _grads(outputs, xs, dummies, True)
        found = _grads(pulled, dummies, direction, create_graph)
    return _unwrap(outputs, many_out, create_graph), _unwrap(found, many_out, create_graph)


def vhp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The output of a scalar function, and the vector `v` times its Hessian."""
    with enable_grad():
        many_in, given = _as_tuple(inputs)
        xs = _fresh(given, create_graph)
        out = func(*xs)
        one = (wrap(backends.ones(out._data.shape, out._data.dtype, out._data)),)
        first = _grads((out,), xs, one, True)
        found = _grads(first, xs, _vector(v, xs, "vhp"), create_graph)
    return _unwrap((out,), False, create_graph), _unwrap(found, many_in, create_graph)


def hvp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """The output of a scalar function, and its Hessian times the vector `v` (the Hessian is symmetric)."""
    return vhp(func, inputs, v, create_graph, strict)
