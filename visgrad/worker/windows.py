"""Windows' own bounds on a worker: a job object holds its memory and forbids it other processes.

Owns the structures (`JOBOBJECT_EXTENDED_LIMIT_INFORMATION`) and the calls.  An allocation beyond the bound fails as it
does elsewhere; the worker ends when the job's last handle is closed.  Time is the clock's and the client's to watch.
"""

from __future__ import annotations

import ctypes
from typing import Any

PROCESS_MEMORY, ACTIVE_PROCESS, DIE_ON_UNHANDLED, KILL_ON_CLOSE = 0x100, 0x8, 0x400, 0x2000
EXTENDED_LIMITS = 9


class BasicLimits(ctypes.Structure):
    """`JOBOBJECT_BASIC_LIMIT_INFORMATION`."""

    _fields_ = (
        ("per_process_user_time", ctypes.c_int64),
        ("per_job_user_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """`JOBOBJECT_EXTENDED_LIMIT_INFORMATION`."""

    _fields_ = (
        ("basic", BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


class MemoryCounters(ctypes.Structure):
    """`PROCESS_MEMORY_COUNTERS`; `commit` is what the bound counts."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("page_faults", ctypes.c_uint32),
        *((name, ctypes.c_size_t) for name in ("peak_working_set", "working_set", "peak_paged", "paged")),
        *((name, ctypes.c_size_t) for name in ("peak_nonpaged", "nonpaged", "commit", "peak_commit")),
    )


def limits(bound: int) -> ExtendedLimits:
    """The limits of a job: one process, which dies with its parent, and its memory (0: as much as it likes)."""
    wanted = ExtendedLimits()
    wanted.basic.flags = ACTIVE_PROCESS | DIE_ON_UNHANDLED | KILL_ON_CLOSE | (PROCESS_MEMORY if bound else 0)
    wanted.basic.active_processes = 1
    wanted.process_memory = bound
    return wanted


class Job:
    """The job object of this process.  `kernel`: the library that has the calls, `kernel32.dll`."""

    def __init__(self, kernel: Any = None) -> None:
        self._kernel = kernel or ctypes.WinDLL("kernel32")  # type: ignore[attr-defined]
        self._process = ctypes.c_void_p(self._kernel.GetCurrentProcess())
        self._kernel.CreateJobObjectW.restype = ctypes.c_void_p
        self._job = ctypes.c_void_p(self._kernel.CreateJobObjectW(None, None))
        self.bound(0)
        self._kernel.AssignProcessToJobObject(self._job, self._process)

    def bound(self, size: int) -> None:
        """Let allocations fail beyond so many bytes in use; 0 lifts the bound."""
        wanted = limits(size)
        self._kernel.SetInformationJobObject(self._job, EXTENDED_LIMITS, ctypes.byref(wanted), ctypes.sizeof(wanted))

    def used(self) -> int:
        """The bytes in use, as the bound counts them; 0 if that is not known."""
        counters = MemoryCounters()
        counters.size = ctypes.sizeof(counters)
        if not self._kernel.K32GetProcessMemoryInfo(self._process, ctypes.byref(counters), counters.size):
            return 0
        return int(counters.commit)
