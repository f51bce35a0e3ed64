"""`torch.utils.checkpoint`: parts of a model that torch would compute again in the backward pass to save memory.

Here everything is kept, because it is shown; the numbers are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["checkpoint", "checkpoint_sequential"]


def checkpoint(function: Callable[..., Any], *args: Any, use_reentrant: bool | None = None, **kwargs: Any) -> Any:
    """What the function gives."""
    for option in ("preserve_rng_state", "context_fn", "determinism_check", "debug", "early_stop"):
        kwargs.pop(option, None)
    return function(*args, **kwargs)


def checkpoint_sequential(
    functions: Iterable[Callable[..., Any]], segments: int, input: Any, use_reentrant: bool | None = None, **_: Any
) -> Any:
    """What the functions give, one after another."""
    for function in functions:
        input = function(input)
    return input
