"""Tells modules, parameters and the code of layers, without loading `engine.nn` for programs that use neither."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import engine

FOLDER = str(Path(engine.__file__).parent / "nn") + os.sep
"""Where the code of modules and layers lies."""


def is_parameter(tensor: Any) -> bool:
    """Whether a tensor is an `nn.Parameter`."""
    loaded = sys.modules.get("engine.nn.parameter")
    return loaded is not None and isinstance(tensor, loaded.Parameter)


def is_module(thing: Any) -> bool:
    """Whether something is an `nn.Module`."""
    loaded = sys.modules.get("engine.nn.module")
    return loaded is not None and isinstance(thing, loaded.Module)
