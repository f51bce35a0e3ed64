"""Layers, losses and the modules that hold them: `torch.nn`."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from engine.nn import (
    activations,
    attention,
    containers,
    convolution,
    criteria,
    functional,
    grids,
    init,
    linear,
    normalisation,
    recurrent,
    utils,
)
from engine.nn.module import Module
from engine.nn.parameter import Buffer, Parameter

__all__ = ["Buffer", "Module", "Parameter", "functional", "init", "utils"]


def _classes(module: ModuleType) -> dict[str, Any]:
    """The public module classes that a module defines."""
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Module) and not name.startswith("_")
    }


for _module in (activations, attention, containers, convolution, criteria, grids, linear, normalisation, recurrent):
    globals().update(_classes(_module))
