"""The rows of the operator table, a module for each family of operators."""

from __future__ import annotations

import importlib

MODULES = ("elementwise", "shape", "create", "ranges", "draw", "reduce", "extremes", "moments")


def load() -> None:
    """Import every module of rows."""
    for name in MODULES:
        importlib.import_module(f"engine.ops.{name}")
