"""The rows of the operator table, a module for each family of operators; a new module needs no mention here."""

from __future__ import annotations

import importlib
import pkgutil


def load() -> None:
    """Import every module of rows."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
