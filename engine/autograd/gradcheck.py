"""Checking derivatives against differences of values: `gradcheck` and `gradgradcheck`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import views
from engine.backward import grad
from engine.tensor import Tensor, wrap


class GradcheckError(RuntimeError):
    """A derivative does not agree with the differences."""


def _as_tuple(x: Any) -> tuple[Any, ...]:
    return tuple(x) if isinstance(x, tuple | list) else (x,)


def _differentiable(outputs: Any) -> list[Tensor]:
    return [o for o in _as_tuple(outputs) if isinstance(o, Tensor) and o.is_floating_point()]


def numerical(function: Callable[..., Any], inputs: tuple[Any, ...], wrt: Tensor, eps: float) -> list[Any]:
    """For every output, the matrix of its central differences: an input element a row, an output element a column."""
    data = views.storage(wrt)
    rows: list[list[Any]] = []
    for place in np.ndindex(data.shape):
        kept = data[place].copy()
        values = []
        for step in (eps, -eps):
            data[place] = kept + step
            values.append([np.array(o._data, dtype=np.float64).reshape(-1) for o in _differentiable(function(*inputs))])
        data[place] = kept
        rows.append([(a - b) / (2 * eps) for a, b in zip(*values, strict=True)])
    outputs = _differentiable(function(*inputs))
    return [np.stack([r[i] for r in rows]) if rows else np.zeros((0, o.numel())) for i, o in enumerate(outputs)]


def analytical(output: Tensor, wrt: Tensor) -> Any:
    """The same matrix from backward sweeps, one for each output element."""
    columns = []
    count = output.numel()
    for i in range(count):
        seed = np.zeros(count, output._data.dtype)
        seed[i] = 1
        seed = seed.reshape(output._data.shape)
        found = grad(output, wrt, wrap(seed), retain_graph=True, allow_unused=True)[0] if output._req else None
        empty = np.zeros(wrt.numel())
        columns.append(empty if found is None else np.array(found._data, dtype=np.float64).reshape(-1))
    return np.stack(columns, 1) if columns else np.zeros((wrt.numel(), 0))


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    fast_mode: bool = False,
) -> bool:
    """Whether the gradients of `func` at `inputs` (float64 tensors that require grad) agree with differences."""
    arguments = _as_tuple(inputs)
    checked = [t for t in arguments if isinstance(t, Tensor) and t._req]
    if not checked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )
    outputs = _differentiable(func(*arguments))
    for j, t in enumerate(checked):
        differences = numerical(func, arguments, t, eps)
        for i, output in enumerate(outputs):
            found = analytical(output, t)
            if not np.allclose(found, differences[i], rtol=rtol, atol=atol, equal_nan=True):
                if not raise_exception:
                    return False
                kind = output._data.dtype
                raise GradcheckError(
                    f"Jacobian mismatch for output {i} with respect to input {j},\n"
                    f"numerical:{wrap(differences[i].astype(kind))}\nanalytical:{wrap(found.astype(kind))}\n"
                )
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    **ignored: Any,
) -> bool:
    """Whether the second derivatives agree with differences of the first."""
    arguments = _as_tuple(inputs)
    outputs = [o for o in _differentiable(func(*arguments)) if o._req]
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        upstream = tuple(wrap(rng.standard_normal(o._data.shape).astype(o._data.dtype)) for o in outputs)
        for t in upstream:
            t.requires_grad_()
    else:
        upstream = _as_tuple(grad_outputs)
    count = len(arguments)

    def first(*values: Any) -> tuple[Any, ...]:
        own = values[:count]
        wanted = [t for t in own if isinstance(t, Tensor) and t._req]
        found = grad(
            [o for o in _differentiable(func(*own)) if o._req],
            wanted,
            list(values[count:]),
            create_graph=True,
            allow_unused=True,
        )
        return tuple(g for g in found if g is not None)

    return gradcheck(first, (*arguments, *upstream), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception)
