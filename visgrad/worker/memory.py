"""How much a run may allocate, by what each system offers.

Owns the measuring and the bounding.  On Linux the kernel refuses what is over the bound: by address space, or, where a
GPU's driver reserves far more of that than it uses, by data.  On Windows a job object refuses it (`windows`).  Where
nothing does (macOS), the clock looks how much is in use, and ends the run, or the process, when it is too much.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from visgrad.worker import windows

if sys.platform != "win32":
    import resource

RESERVE = 12 << 20
"""Bytes below its bound at which a run is ended: Python itself can be caught in a circle where not even a small integer
can be made any more."""

SPACE, RESIDENT, DATA = 0, 1, 5
"""Columns of the kernel's account of a process, in pages."""


class Watched:
    """A bound above what the worker used when it was ready, which nobody enforces: it is looked after.

    `measure` gives the bytes in use.  Made before the fence is up.
    """

    def __init__(self, measure: Callable[[], int]) -> None:
        self.used = measure
        self._base = measure()
        self._bound = 0

    def limit(self, mebibytes: int) -> None:
        """Set the bound; 0 lifts it."""
        self._bound = self._base + (mebibytes << 20) if mebibytes and self._base else 0

    def nearly_full(self) -> bool:
        """Whether small allocations have all but used up what a run may have."""
        room = self._bound - self._base
        return room > 0 and self.used() > self._bound - min(RESERVE, room // 8)

    def far_over(self) -> bool:
        """Whether so much more than allowed is in use that there is no time for a gentle end."""
        room = self._bound - self._base
        return room > 0 and self.used() > self._bound + room // 4 + (64 << 20)


class Bounded(Watched):
    """A bound that the kernel enforces: allocations beyond it fail with MemoryError."""

    def __init__(self, column: int) -> None:
        super().__init__(Account(column))
        self._which = resource.RLIMIT_DATA if column == DATA else resource.RLIMIT_AS

    def limit(self, mebibytes: int) -> None:
        """Let allocations beyond this fail; 0 lifts the bound."""
        super().limit(mebibytes)
        if not self._base:
            return
        _, hard = resource.getrlimit(self._which)
        soft = self._bound or hard
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
        resource.setrlimit(self._which, (soft, hard))


class InJob(Watched):
    """A bound that a Windows job object enforces."""

    def __init__(self, job: windows.Job) -> None:
        self._job = job
        super().__init__(job.used)

    def limit(self, mebibytes: int) -> None:
        """Let allocations beyond this fail; 0 lifts the bound."""
        super().limit(mebibytes)
        self._job.bound(self._bound)


class Account:
    """Reads one figure of the kernel's account of this process, kept open because the fence lets nothing be opened."""

    def __init__(self, column: int) -> None:
        self._column = column
        self._page = resource.getpagesize()
        try:
            self._file = os.open("/proc/self/statm", os.O_RDONLY)
        except OSError:
            self._file = -1

    def __call__(self) -> int:
        """Bytes, 0 where that is not known."""
        if self._file < 0:
            return 0
        return int(os.pread(self._file, 128, 0).split()[self._column]) * self._page


def memory_for(device: str, kind: str = "") -> Watched:
    """What bounds a worker's memory: "space", "data" or "watched", or what suits its device and this system."""
    if sys.platform == "win32":
        return InJob(windows.Job())
    if not kind:
        kind = "watched" if sys.platform != "linux" else "space" if device == "cpu" else "data"
    if kind == "watched":
        return Watched(Account(RESIDENT) if sys.platform == "linux" else _peak)
    return Bounded(DATA if kind == "data" else SPACE)


def _peak() -> int:
    """The most that was ever in use, the one figure that all other systems have."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10
