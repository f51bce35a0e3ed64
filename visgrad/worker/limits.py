"""The operating system's side of holding a program: resource limits, the kernel's filter, and the audit hook.

Owns what a worker gives up once it has loaded everything: after `fence()` it opens no file, starts no process or
thread, makes no connection and imports nothing further.  The first fence is the program's policy; this one holds if
that one leaks.  What is asked of the interpreter's audit events is allowed by list, so new ones are refused.
"""

from __future__ import annotations

import builtins
import os
import sys
import time
from typing import Any

from visgrad.program.errors import LimitReached
from visgrad.worker import seccomp

if sys.platform != "win32":
    import resource

HARMLESS = frozenset(
    """builtins.id sys._getframe sys._current_frames sys.settrace sys.setprofile sys.excepthook sys.unraisablehook
    compile exec code.__new__ function.__new__ object.__getattr__ object.__setattr__ object.__delattr__ time.sleep
    resource.setrlimit gc.get_objects gc.get_referrers gc.get_referents array.__new__ signal.pthread_kill""".split()  # noqa: SIM905
)
"""Audit events that reach nothing outside the process; the recorder and the engine cause them."""

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC

WORDS = {"open": "a file", "_thread.start_new_thread": "a thread", "socket.__new__": "a connection"}


def set_up_fence(with_files: bool = False) -> None:
    """Refuse from now on every audited event that is not harmless; there is no way back.

    `with_files`: reading files and imports stay possible, which a GPU library needs while it compiles.
    """
    allowed = HARMLESS | (
        {"open", "import", "os.listdir", "os.scandir", "marshal.loads"} if with_files else frozenset()
    )

    def refuse(event: str, args: tuple[Any, ...]) -> None:
        if event == "open" and with_files and args[2] & WRITING:
            raise PermissionError("writing a file is not available here")
        if event not in allowed:
            if event == "import":  # what asks for an optional module expects this error
                raise ModuleNotFoundError(f"No module named {args[0]!r} here", name=str(args[0]))
            raise PermissionError(f"{WORDS.get(event, event)} is not available here")

    # `id` tells audit hooks of every call, which would cost the recorder more than all else it does; an object's own
    # hash is the same address, and tells nobody.
    builtins.id = object.__hash__
    sys.addaudithook(refuse)


def harden(with_files: bool = False) -> None:
    """Give up what a worker never needs: new files, new processes, core dumps, gaining privileges."""
    if sys.platform == "win32":
        return
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    if not with_files:
        _lower(resource.RLIMIT_NPROC, 0)
        lowest_free = os.dup(0)
        os.close(lowest_free)
        _lower(resource.RLIMIT_NOFILE, lowest_free)
    seccomp.forbid(with_files)


def _lower(which: int, to: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard == resource.RLIM_INFINITY or hard > to:
        resource.setrlimit(which, (to, to))


def die_with_parent() -> None:
    """On Linux the kernel ends the worker when the process that started it is gone; elsewhere its closed input does."""
    if sys.platform == "linux":
        import ctypes

        set_death_signal, no_new_privileges, kill = 1, 38, 9
        libc = ctypes.CDLL(None)
        libc.prctl(set_death_signal, kill)
        libc.prctl(no_new_privileges, 1, 0, 0, 0)


def limit_processor(seconds: float) -> None:
    """End the process when a run computes much longer than its time limit: the last resort against a C call."""
    if sys.platform != "win32":
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = int(time.process_time() + seconds) + 5
        if hard == resource.RLIM_INFINITY or soft < hard:
            resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def time_is_up(seconds: float) -> LimitReached:
    """What ends a run that takes too long."""
    return LimitReached(f"Stopped after {seconds:g} seconds, the time limit of a run.")


def too_much_text(mebibytes: int) -> LimitReached:
    """What ends a run that prints too much."""
    return LimitReached(f"Stopped after printing {mebibytes} MiB, the limit of a run.")


def out_of_memory(mebibytes: int) -> str:
    """What is said of a run that asks for too much memory."""
    return f"The program asked for more memory than its limit of {mebibytes:,} MiB."
