"""The maker of modules without parameters: a function, its arguments with their defaults, and what the module prints.

activations.py, grids.py and criteria.py make their modules here, one line each.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from engine.nn.module import Module
from engine.nn.tree import special

REQUIRED: Any = inspect.Parameter.empty


class Simple(Module):
    """Base of the modules made here: arguments are kept as attributes and handed to the function."""

    arguments: dict[str, Any] = {}
    function: Callable[..., Any]
    passes_training = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        name = type(self).__name__
        names = list(self.arguments)
        if len(args) > len(names):
            raise TypeError(
                f"{name}.__init__() takes from 1 to {len(names) + 1} positional arguments but {len(args) + 1} were "
                "given"
            )
        values = dict(self.arguments)
        values.update(zip(names, args, strict=False))
        for key, value in kwargs.items():
            if key not in values and key not in ("size_average", "reduce"):
                raise TypeError(f"{name}.__init__() got an unexpected keyword argument '{key}'")
            values[key] = value
        for key, value in values.items():
            if special(key):
                raise TypeError(f"{name}.__init__() got an unexpected keyword argument '{key}'")
            if value is REQUIRED:
                raise TypeError(f"{name}.__init__() missing 1 required positional argument: '{key}'")
            setattr(self, key, value)
        self.check()

    def check(self) -> None:
        """Refuse arguments that make no sense."""

    def forward(self, *inputs: Any, **named: Any) -> Any:
        """What the function gives; inputs may be given by name (`criterion(input=…, target=…)`)."""
        if wrong := next((key for key in named if key in self.arguments), None):
            raise TypeError(f"{type(self).__name__}.forward() got an unexpected keyword argument '{wrong}'")
        options = {name: getattr(self, name) for name in self.arguments}
        if self.passes_training:
            options["training"] = self.training
        return type(self).function(*inputs, **named, **options)

    def extra_repr(self) -> str:
        """The arguments, as torch shows them."""
        return ""


def shown(*names: str, always: bool = True) -> Callable[[Any], str]:
    """A printed form with these arguments; `inplace` only when it is set."""

    def extra_repr(self: Any) -> str:
        parts = []
        for name in names:
            value = getattr(self, name)
            if name == "inplace":
                if value:
                    parts.append("inplace=True")
            else:
                parts.append(f"{name}={value}")
        return ", ".join(parts)

    return extra_repr


def module(name: str, function: Callable[..., Any], doc: str, extra: Any = None, **arguments: Any) -> type[Simple]:
    """A module class of one function."""
    body: dict[str, Any] = {"arguments": arguments, "function": staticmethod(function), "__doc__": doc}
    body["__module__"] = "torch.nn.modules"
    if extra is not None:
        body["extra_repr"] = extra
    return type(name, (Simple,), body)


def positional(function: Callable[..., Any], *names: str) -> Callable[..., Any]:
    """`function` for rows whose parameters are named otherwise than the module's arguments."""

    def call(*inputs: Any, **options: Any) -> Any:
        given = [options.pop(name) for name in names]
        return function(*inputs, *options.values(), *given)

    return call
