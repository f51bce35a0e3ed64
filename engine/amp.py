"""`torch.amp`: mixed precision, which has no effect here: every operation computes in the type of its inputs."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

__all__ = ["GradScaler", "autocast"]


class autocast:  # noqa: N801 - the name is PyTorch's
    """A `with` block, or a decorator, in which torch would compute in a shorter type."""

    def __init__(
        self, device_type: str = "cuda", dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        self.device = device_type
        self.enabled = enabled
        if enabled:
            warnings.warn("autocast has no effect here: operations compute in the type of their inputs", stacklevel=2)

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to undo."""

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        return call


class GradScaler:
    """Scales a loss by 1, as torch does where there is nothing to keep from vanishing."""

    def __init__(self, device: str = "cuda", enabled: bool = True, **options: Any) -> None:
        """The options of the scale are accepted."""

    def scale(self, outputs: Any) -> Any:
        """The loss as it is."""
        return outputs

    def unscale_(self, optimizer: Any) -> None:
        """The gradients are as they should be."""

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """`optimizer.step()`."""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """The scale stays 1."""

    def get_scale(self) -> float:
        """The scale."""
        return 1.0

    def is_enabled(self) -> bool:
        """Never."""
        return False

    def state_dict(self) -> dict[str, Any]:
        """Nothing to keep."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Nothing to take over."""
