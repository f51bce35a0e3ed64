"""The rows of the operator table, a module for each family of operators."""

from __future__ import annotations

import importlib

MODULES = ("arithmetic", "elementwise", "compare", "shape", "create", "ranges", "draw", "fill", "reduce", "extremes", "moments", "scan", "softmax", "order", "counting",)  # fmt: skip


def load() -> None:
    """Import every module of rows."""
    for name in MODULES:
        importlib.import_module(f"engine.ops.{name}")
