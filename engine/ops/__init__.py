"""The rows of the operator table, a module for each family of operators."""

from __future__ import annotations

import importlib

MODULES = ("arithmetic", "elementwise", "compare", "shape", "create", "ranges", "draw", "reduce", "extremes", "moments")
    "arithmetic",
    "elementwise",
    "compare",
    "shape",
    "reduce",
    "extremes",
    "create",
    "ranges",
    "draw",
    "fill",
    "moments",
)


def load() -> None:
    """Import every module of rows."""
    for name in MODULES:
        importlib.import_module(f"engine.ops.{name}")
