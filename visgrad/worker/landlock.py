"""Which files a process may see at all, on Linux (landlock(7)): for a worker whose GPU library has to open files.

Owns the paths and the three system calls.  A worker for the CPU opens nothing once it is ready (`seccomp`); one for a
GPU may read programs and libraries, and read and write the GPU's devices: no file of the person's, and it makes,
changes and removes none.  Holds for the calling thread and all it starts, so it comes before there are others.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from pathlib import Path

CREATE, ADD, RESTRICT = 444, 445, 446
VERSION_FLAG, PATH_BENEATH = 1, 1
EXECUTE, WRITE, READ, LIST = 1, 2, 4, 8
CHANGES = 0x1FF0  # removing, and making of every kind
REFER, TRUNCATE = 1 << 13, 1 << 14
CONNECT_AND_BIND = 3
SYSTEM = """/usr /lib /lib32 /lib64 /opt /sys /proc /nix/store /gnu/store /etc/ld.so.cache /etc/ld.so.conf
/etc/ld.so.conf.d /etc/localtime /etc/nvidia"""


def readable() -> list[Path]:
    """Where Python, its libraries and those of the GPU lie."""
    own = Path(__file__).parents[2]
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    named = [sys.prefix, sys.base_prefix, os.environ.get("CUDA_PATH", ""), *sys.path, *libraries, *SYSTEM.split()]
    whole = {Path("/"), Path.home()}  # a path that is set carelessly must not open everything
    paths = [own / "visgrad", own / "engine", *[Path(name) for name in named if name]]
    return [path for path in paths if path.exists() and path.resolve() not in whole]


def devices() -> list[Path]:
    """The GPU's devices, and the harmless ones."""
    found = [
        *Path("/dev").glob("nvidia*"),
        Path("/dev/dxg"),
        Path("/dev/null"),
        Path("/dev/zero"),
        Path("/dev/urandom"),
    ]
    return [path for path in found if path.exists()]


def confine() -> bool:
    """Put the fence up; whether it took effect.  There is no way back."""
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(CREATE, None, ctypes.c_size_t(0), VERSION_FLAG)
    if version < 1:
        return False
    handled = EXECUTE | WRITE | READ | LIST | CHANGES | (REFER if version >= 2 else 0)
    handled |= TRUNCATE if version >= 3 else 0
    rules = struct.pack("=QQ", handled, CONNECT_AND_BIND) if version >= 4 else struct.pack("=Q", handled)
    ruleset = libc.syscall(CREATE, ctypes.create_string_buffer(rules, len(rules)), ctypes.c_size_t(len(rules)), 0)
    if ruleset < 0:
        return False
    try:
        for path in readable():
            _allow(libc, ruleset, path, EXECUTE | READ | LIST)
        for path in devices():
            _allow(libc, ruleset, path, READ | LIST | WRITE)
        no_new_privileges = 38
        libc.prctl(no_new_privileges, 1, 0, 0, 0)
        return bool(libc.syscall(RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, access: int) -> None:
    if not path.is_dir():
        access &= ~LIST
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", access, place)
        libc.syscall(ADD, ruleset, PATH_BENEATH, ctypes.create_string_buffer(rule, len(rule)), 0)
    finally:
        os.close(place)
