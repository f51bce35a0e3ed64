"""torch.linalg: the rows of the operator table that live there."""

from __future__ import annotations

from typing import Any

from engine.errors import LinAlgError
from engine.registry import OPS

__all__ = ["LinAlgError"]

PREFIX = "linalg_"
SHARED = ("diagonal", "matmul")


def fill(functions: dict[str, Any]) -> None:
    """Take the functions of the table that belong here."""
    for name in OPS:
        if name.startswith(PREFIX):
            globals()[name.removeprefix(PREFIX)] = functions[name]
    for name in SHARED:
        globals()[name] = functions[name]


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module 'torch.linalg' has no attribute '{name}'")
