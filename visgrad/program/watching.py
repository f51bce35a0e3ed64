"""What lessons measure and look into programs with: `torch.profiler`, `timeit`, `inspect`.

Owns stand-ins: a profile is taken by the recording, so the profiler's own tables say so; `inspect.signature` shows
names and plain defaults.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import Any

from visgrad.program.guards import unavailable

WATCHED = "the recording beside the program has every operation, with shapes and memory; times are not measured here"


class profile:  # noqa: N801 (the name learners see)
    """`torch.profiler.profile` and `torch.autograd.profiler.profile`: lets the program pass."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.profiler = self

    def __enter__(self) -> profile:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def start(self) -> None:
        """Nothing to start."""

    stop = step = start

    def key_averages(self, *_: Any, **__: Any) -> profile:
        """What `table` is asked of."""
        return self

    def table(self, *_: Any, **__: Any) -> str:
        """Where to look instead."""
        return WATCHED

    export_chrome_trace = staticmethod(unavailable("export_chrome_trace()", WATCHED))


class Record:
    """`record_function(name)`, as a context or a decorator."""

    def __init__(self, name: str, args: Any = None) -> None:
        self.name = name

    def __enter__(self) -> Record:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def __call__(self, function: Any) -> Any:
        return function


class ProfilerActivity:
    """What can be profiled."""

    CPU, CUDA, XPU = "CPU", "CUDA", "XPU"


def schedule(*_: Any, **__: Any) -> Callable[[int], int]:
    """`torch.profiler.schedule`."""
    return lambda step: step


PROFILER: dict[str, object] = {
    "profile": profile,
    "record_function": Record,
    "ProfilerActivity": ProfilerActivity,
    "schedule": schedule,
}


def timeit(stmt: Any = None, setup: Any = None, timer: Any = None, number: int = 1_000_000, **_: Any) -> float:
    """`timeit.timeit` of a function: seconds for `number` calls."""
    if isinstance(stmt, str) or not callable(stmt):
        raise PermissionError("timeit takes a function here, not text: timeit.timeit(lambda: f(x), number=100)")
    if callable(setup):
        setup()
    begun = time.perf_counter()
    for _ in range(number):  # type: ignore[assignment]
        stmt()
    return time.perf_counter() - begun


TIMEIT: dict[str, object] = {
    "timeit": timeit,
    "Timer": unavailable("timeit.Timer()", "timeit.timeit(lambda: f(x), number=100) times a function"),
    "default_timer": time.perf_counter,
}

PLAIN = (int, float, complex, str, bytes, bool, type(None))


class Shown:
    """A default that is shown but not given away."""

    def __init__(self, value: object) -> None:
        self._text = "…" if callable(value) else repr(value)

    def __repr__(self) -> str:
        return self._text


def signature(function: Any, **_: Any) -> inspect.Signature:
    """`inspect.signature`, without annotations; defaults that are no plain values are only shown."""
    real = inspect.signature(function)
    parameters = [
        p.replace(
            annotation=p.empty,
            default=p.default if p.default is p.empty or type(p.default) in PLAIN else Shown(p.default),
        )
        for p in real.parameters.values()
    ]
    return inspect.Signature(parameters)


INSPECT: dict[str, object] = {
    "signature": signature,
    "getsource": unavailable("inspect.getsource()", "the program's text is in the editor"),
} | {name: getattr(inspect, name) for name in ("isfunction", "isclass", "ismethod", "isgenerator", "getdoc")}
