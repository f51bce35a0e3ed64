"""torch.func: functions made from functions: their gradients, Jacobians and products with them.

Inputs are treated as constants outside of the transform, so transforms nest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.autograd import functional
from engine.backward import grad as gradients
from engine.grad_mode import enable_grad
from engine.tensor import Tensor
from engine.vmap import mapped, tensors_in, vmap

__all__ = [
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "vjp",
    "vmap",
]

NAME = "grad_and_value(f)(*args)"
JVP = "jvp(f, primals, tangents):"

Function = Callable[..., Any]
Places = int | tuple[int, ...]


def fresh(tree: Any) -> Any:
    """Tensors that ask for gradients: connected to the given ones, if those are being differentiated."""
    return mapped(tree, lambda t: t.view_as(t) if t.requires_grad else t.detach().requires_grad_())


def closed(tree: Any, given: Any) -> Any:
    """Results without history, unless an outer transform or the program differentiates what was given."""
    outside = any(t.requires_grad for t in tensors_in(given))
    return tree if outside else mapped(tree, lambda t: t.detach())


def pulled(outputs: list[Tensor], inputs: Any, upstream: list[Tensor] | None) -> Any:
    """The gradients in the structure of the inputs, zeros where one was not used."""
    flat = tensors_in(inputs)
    live = [i for i, t in enumerate(outputs) if t.requires_grad]
    seeds = None if upstream is None else [upstream[i] for i in live]
    found: Any = [None] * len(flat)
    if live:
        found = gradients([outputs[i] for i in live], flat, seeds, create_graph=True, allow_unused=True)
    left = iter(t * 0 if g is None else g for t, g in zip(flat, found, strict=True))
    return mapped(inputs, lambda t: next(left))


def grad_and_value(func: Function, argnums: Places = 0, has_aux: bool = False) -> Function:
    """A function that gives the gradient of `func`, by the arguments numbered, and its value."""

    def transformed(*args: Any, **kwargs: Any) -> Any:
        many = isinstance(argnums, tuple)
        places = [p % len(args) for p in (argnums if isinstance(argnums, tuple) else (argnums,))]
        with enable_grad():
            wanted = {p: fresh(args[p]) for p in places}
            out = func(*[wanted.get(i, a) for i, a in enumerate(args)], **kwargs)
            value, aux = out if has_aux else (out, None)
            if not isinstance(value, Tensor):
                raise RuntimeError(f"{NAME}: Expected f(*args) to return a Tensor, got {type(value)}")
            if value.dim():
                raise RuntimeError(
                    f"{NAME}: Expected f(*args) to return a scalar Tensor, got tensor with {value.dim()} dims. "
                    "Maybe you wanted to use the vjp or jacrev APIs instead?"
                )
            found = pulled([value], tuple(wanted[p] for p in places), None)
        result = closed(found if many else found[0], (args, kwargs))
        value = closed(value, (args, kwargs))
        return (result, (value, mapped(aux, lambda t: t.detach()))) if has_aux else (result, value)

    return transformed


def grad(func: Function, argnums: Places = 0, has_aux: bool = False) -> Function:
    """A function that gives the gradient of `func`, whose result is one number."""
    both = grad_and_value(func, argnums, has_aux)

    def transformed(*args: Any, **kwargs: Any) -> Any:
        found, value = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return transformed


def vjp(func: Function, *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of `func`, and the function that takes vectors through its transposed Jacobian."""
    with enable_grad():
        inputs = fresh(tuple(primals))
        out = func(*inputs)
    value, aux = out if has_aux else (out, None)

    def pull(*cotangents: Any) -> Any:
        with enable_grad():
            found = pulled(tensors_in(value), inputs, tensors_in(cotangents))
        return closed(found, (primals, cotangents))

    shown = closed(value, primals)
    return (shown, pull, mapped(aux, lambda t: t.detach())) if has_aux else (shown, pull)


def jacrev(func: Function, argnums: Places = 0) -> Function:
    """A function that gives the Jacobian of `func` by reverse mode: shape (*output, *input).

    Inputs and results may be nested; for each tensor of the result there is then the structure of the inputs.
    """

    def transformed(*args: Any) -> Any:
        places = [p % len(args) for p in (argnums if isinstance(argnums, tuple) else (argnums,))]
        wanted = tuple(args[p] for p in places)
        seen: list[Any] = []

        def of_tensors(*xs: Any) -> tuple[Tensor, ...]:
            left = iter(xs)
            given = dict(zip(places, mapped(wanted, lambda t: next(left)), strict=True))
            seen.append(func(*[given.get(i, a) for i, a in enumerate(args)]))
            return tuple(tensors_in(seen[-1]))

        outside = any(t.requires_grad for t in tensors_in(args))
        found = iter(functional.jacobian(of_tensors, tuple(tensors_in(wanted)), create_graph=outside))

        def blocks(_: Tensor) -> Any:
            row = iter(next(found))
            inputs = mapped(wanted, lambda t: next(row))
            return inputs if isinstance(argnums, tuple) else inputs[0]

        return mapped(seen[-1], blocks)

    return transformed


jacfwd = jacrev
"""By forward mode in torch: the same numbers."""


def jvp(func: Function, primals: tuple[Any, ...], tangents: tuple[Any, ...], *, has_aux: bool = False) -> Any:
    """The value of `func`, and its Jacobian times the tangents: the derivative of the pull-back by its vector."""
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{JVP} Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    if not isinstance(tangents, tuple) or len(tangents) != len(primals):
        raise RuntimeError(f"{JVP} Expected primals and tangents to have the same python structure.")
    with enable_grad():
        inputs = fresh(primals)
        out = func(*inputs)
        value, aux = out if has_aux else (out, None)
        dummies = mapped(value, lambda t: (t * 0).detach().requires_grad_())
        pulled_back = pulled(tensors_in(value), inputs, tensors_in(dummies))
        live = [(p, t) for p, t in zip(tensors_in(pulled_back), tensors_in(tangents), strict=True) if p.requires_grad]
        found = pulled([p for p, _ in live], dummies, [t for _, t in live])
    results = closed((value, found), (primals, tangents))
    return (*results, mapped(aux, lambda t: t.detach())) if has_aux else results


def linearize(func: Function, *primals: Any) -> tuple[Any, Function]:
    """The value of `func`, and the linear function that takes tangents through its Jacobian there."""
    return func(*primals), lambda *tangents: jvp(func, primals, tangents)[1]


def hessian(func: Function, argnums: Places = 0) -> Function:
    """A function that gives the Hessian of `func`: the Jacobian of its gradient."""
    return jacrev(jacrev(func, argnums), argnums)


def functional_call(
    module: Any, parameter_and_buffer_dicts: Any, args: Any = None, kwargs: Any = None, **options: Any
) -> Any:
    """What `module` gives with other tensors in the places of its parameters and buffers."""
    tables = parameter_and_buffer_dicts
    given = {k: v for table in (tables if isinstance(tables, tuple | list) else (tables,)) for k, v in table.items()}
    replaced: list[tuple[dict[str, Any], str, Any]] = []
    try:
        for path, value in given.items():
            *way, name = path.split(".")
            owner = module.get_submodule(".".join(way))
            table = next(t for t in (owner._parameters, owner._buffers) if name in t)
            replaced.append((table, name, table[name]))
            table[name] = value
        return module(*(args if isinstance(args, tuple) else () if args is None else (args,)), **(kwargs or {}))
    finally:
        for table, name, value in reversed(replaced):
            table[name] = value
