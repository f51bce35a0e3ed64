"""Whether operations are recorded for differentiation: the switch and its context managers.

`state` is read on every operation, so it is one plain object.  Nothing here knows tensors.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import TracebackType
from typing import Any


class State:
    """The switches of the running program."""

    __slots__ = ("anomaly", "anomaly_check_nan", "grad", "inference", "inference_seen")

    def __init__(self) -> None:
        self.grad = True
        self.inference = False
        self.inference_seen = False
        self.anomaly = False
        self.anomaly_check_nan = True


state = State()


class _Mode:
    """A context manager that is a decorator too, as torch's grad modes are."""

    def __init_subclass__(cls) -> None:
        cls.__module__ = "torch.autograd.grad_mode"

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with self._again():
                return function(*args, **kwargs)

        @functools.wraps(function)
        def generate(*args: Any, **kwargs: Any) -> Any:
            steps = function(*args, **kwargs)
            sent = None
            while True:
                try:
                    with self._again():
                        item = steps.send(sent)
                except StopIteration as end:
                    return end.value
                sent = yield item

        return generate if inspect.isgeneratorfunction(function) else inside

    def _again(self) -> Any:
        return type(self)()


class no_grad(_Mode):  # noqa: N801 - the name is PyTorch's
    """Operations inside are not recorded, and their results do not require grad."""

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        self = super().__new__(cls)
        return self if function is None else _Mode.__call__(self, function)

    def __enter__(self) -> None:
        self.previous = state.grad
        state.grad = False

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        state.grad = self.previous


class enable_grad(_Mode):  # noqa: N801 - the name is PyTorch's
    """Operations inside are recorded, also within `no_grad`."""

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        self = super().__new__(cls)
        return self if function is None else _Mode.__call__(self, function)

    def __enter__(self) -> None:
        self.previous = state.grad
        state.grad = True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        state.grad = self.previous


class set_grad_enabled(_Mode):  # noqa: N801 - the name is PyTorch's
    """Switches recording on or off, at once when called and until the end of a `with` block when entered."""

    def __init__(self, mode: bool) -> None:
        self.previous = state.grad
        self.mode = mode
        state.grad = mode

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        state.grad = self.previous
        return super().__call__(function)

    def __repr__(self) -> str:
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self.mode})"

    def _again(self) -> set_grad_enabled:
        return set_grad_enabled(self.mode)

    def __enter__(self) -> None:
        state.grad = self.mode

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        state.grad = self.previous


class inference_mode(_Mode):  # noqa: N801 - the name is PyTorch's
    """As `no_grad`; the tensors made inside can never take part in a recorded operation."""

    mode: bool

    def __new__(cls, mode: bool | Callable[..., Any] = True) -> Any:
        self = super().__new__(cls)
        self.mode = mode if isinstance(mode, bool) else True
        return self if isinstance(mode, bool) else _Mode.__call__(self, mode)

    def _again(self) -> Any:
        return type(self)(self.mode)

    def __enter__(self) -> None:
        self.previous = (state.grad, state.inference)
        state.inference_seen = True
        state.grad, state.inference = (False, True) if self.mode else (state.grad, False)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        state.grad, state.inference = self.previous


class detect_anomaly:  # noqa: N801 - the name is PyTorch's
    """Inside, a backward function that produces NaN raises, with the place of its forward call."""

    def __init__(self, check_nan: bool = True) -> None:
        self.check_nan = check_nan

    def __enter__(self) -> None:
        self.previous = (state.anomaly, state.anomaly_check_nan)
        state.anomaly, state.anomaly_check_nan = True, self.check_nan

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        state.anomaly, state.anomaly_check_nan = self.previous


class set_detect_anomaly(detect_anomaly):  # noqa: N801 - the name is PyTorch's
    """Switches anomaly detection at once, and back at the end of a `with` block."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.previous = (state.anomaly, state.anomaly_check_nan)
        state.anomaly, state.anomaly_check_nan = mode, check_nan

    def __enter__(self) -> None:
        """The switch was thrown when this was made."""


def is_grad_enabled() -> bool:
    """Whether operations are being recorded."""
    return state.grad


def is_inference_mode_enabled() -> bool:
    """Whether an `inference_mode` block is open."""
    return state.inference
