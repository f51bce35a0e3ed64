"""Backward hooks of modules: they see the gradients that come into a module's outputs and leave through its inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.apply import run
from engine.registry import OPS, Array, op
from engine.tensor import Tensor


@op(
    "_boundary",
    "input",
    family="hooks",
    doc="The same tensors, as one step of the graph where a module's hooks can look.",
    grads={"tensors": ("g", lambda F, g, s: list(g))},
    backward="BackwardHookFunctionBackward",
    saves=[],
)
def _boundary(tensors: Sequence[Array]) -> tuple[Array, ...]:
    return tuple(tensors)


def boundary(values: Any) -> tuple[Any, Any]:
    """`values` (a tensor, or a tuple with tensors) passed through a boundary, and the boundary's node or None."""
    single = isinstance(values, Tensor)
    items = [values] if single else list(values)
    places = [i for i, item in enumerate(items) if isinstance(item, Tensor) and item.requires_grad]
    if not places:
        return values, None
    passed = run(OPS["_boundary"], ([items[i] for i in places],), {})
    for i, item in zip(places, passed, strict=True):
        items[i] = item
    return (items[0] if single else tuple(items)), passed[0].grad_fn


class Gradients:
    """What the hooks of one call share: the gradients of its outputs, once they are known."""

    def __init__(self, module: Any, count: int) -> None:
        self.module = module
        self.inputs: tuple[Any, ...] = (None,) * count
        self.outputs: tuple[Any, ...] = ()

    def at_output(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        """The outputs' gradients have come: the pre-hooks may change them."""
        for hook in list(self.module._backward_pre_hooks.values()):
            changed = hook(self.module, gradients)
            if changed is not None:
                gradients = changed if isinstance(changed, tuple) else (changed,)
        self.outputs = gradients
        return gradients

    def at_input(self, gradients: tuple[Any, ...], _: Any = None) -> tuple[Any, ...] | None:
        """The inputs' gradients are ready: the hooks may change them."""
        result = None
        for hook in list(self.module._backward_hooks.values()):
            changed = hook(self.module, gradients, self.outputs)
            if changed is not None:
                result = gradients = changed if isinstance(changed, tuple) else (changed,)
        return result


def run_backward_hooked(module: Any, inner: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`inner`, what the module does, between two boundaries that call the module's backward hooks."""
    shared = Gradients(module, len(args))
    args, entry = boundary(args)
    result, leaving = boundary(inner(*args, **kwargs))
    if leaving is None:
        return result
    if entry is not None:
        leaving.register_prehook(shared.at_output)
        entry.register_hook(shared.at_input)
    else:
        leaving.register_prehook(lambda gradients: finish(shared, gradients))
    return result


def finish(shared: Gradients, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
    """No input wants a gradient: the hooks run as soon as the outputs' are there."""
    gradients = shared.at_output(gradients)
    shared.at_input(shared.inputs)
    return gradients
