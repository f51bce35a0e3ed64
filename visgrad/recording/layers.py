"""Tells modules and parameters, without loading `engine.nn` for programs that use neither."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import engine

MODULE_FILE = str(Path(engine.__file__).parent / "nn" / "module.py")
"""The file whose `__call__` runs the `forward` of a module."""


def is_parameter(tensor: Any) -> bool:
    """Whether a tensor is an `nn.Parameter`."""
    loaded = sys.modules.get("engine.nn.parameter")
    return loaded is not None and isinstance(tensor, loaded.Parameter)


def is_module(thing: Any) -> bool:
    """Whether something is an `nn.Module`."""
    loaded = sys.modules.get("engine.nn.module")
    return loaded is not None and isinstance(thing, loaded.Module)
