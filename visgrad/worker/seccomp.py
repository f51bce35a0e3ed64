"""The kernel's fence on Linux: after `forbid()` the process cannot open, connect, start or signal anything.

Owns the list of system calls and the filter (classic BPF, see seccomp(2)).  Python's audit hook sees what Python does;
this one also holds when memory has been corrupted.  Forbidden calls fail with EPERM.  Where the kernel or a container
has no filters, nothing happens, and the other fences remain.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

# Numbers from the kernel's tables for (x86-64, 64-bit ARM); -1: the call does not exist there.
FORBIDDEN = {
    "open": (2, -1),
    "openat": (257, 56),
    "openat2": (437, 437),
    "creat": (85, -1),
    "open_by_handle_at": (304, 265),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "fork": (57, -1),
    "vfork": (58, -1),
    "clone": (56, 220),
    "clone3": (435, 435),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "rename": (82, -1),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "unlink": (87, -1),
    "unlinkat": (263, 35),
    "mkdir": (83, -1),
    "mkdirat": (258, 34),
    "rmdir": (84, -1),
    "link": (86, -1),
    "linkat": (265, 37),
    "symlink": (88, -1),
    "symlinkat": (266, 36),
    "mknod": (133, -1),
    "mknodat": (259, 33),
    "chmod": (90, -1),
    "fchmodat": (268, 53),
    "chown": (92, -1),
    "fchownat": (260, 54),
    "truncate": (76, 45),
    "utimensat": (280, 88),
    "mount": (165, 40),
    "umount2": (166, 39),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "inotify_init1": (294, 26),
    "shmget": (29, 194),
    "msgget": (68, 186),
}
TGKILL = (234, 131)  # a signal to a thread: allowed within the process, that is how a run is interrupted
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

GPU_NEEDS = ("open", "openat", "clone", "clone3", "inotify_init1")
"""Calls that a GPU's libraries make; those that can do harm are looked at closely in `_allowed_in_part`."""

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, REFUSE, ABSENT = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38  # errors: 1 EPERM, 38 ENOSYS
NUMBER, ARCHITECTURE, ARGUMENT = 0, 4, 16
THREAD = 0x10000
MAKING = 0o100 | 0o1000 | 0o20000000  # O_CREAT, O_TRUNC, O_TMPFILE: opening that makes or empties a file
X32 = 0x40000000  # x86-64's other set of numbers


def filter_program(column: int, architecture: int, process: int, gpu: bool = False) -> bytes:
    """The filter: instructions of (code, jump if true, jump if false, value)."""
    forbidden = [
        numbers[column]
        for name, numbers in FORBIDDEN.items()
        if numbers[column] >= 0 and not (gpu and name in GPU_NEEDS)
    ]
    lines = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, architecture), (RETURN, 0, 0, REFUSE), (LOAD, 0, 0, NUMBER)]
    lines += [(AT_LEAST, 0, 1, X32), (RETURN, 0, 0, REFUSE)]
    for number in forbidden:
        lines += [(EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE)]
    lines += [(EQUAL, 0, 3, TGKILL[column]), (LOAD, 0, 0, ARGUMENT), (EQUAL, 1, 0, process), (RETURN, 0, 0, REFUSE)]
    lines += _allowed_in_part(column) if gpu else []
    lines += [(RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def _allowed_in_part(column: int) -> list[tuple[int, int, int, int]]:
    """Threads but no processes, and opening of what there is."""
    lines = []
    for name, argument in (("open", 1), ("openat", 2)):
        if (number := FORBIDDEN[name][column]) >= 0:
            lines += [(EQUAL, 0, 4, number), (LOAD, 0, 0, ARGUMENT + 8 * argument), (ANY_BIT, 0, 1, MAKING)]
            lines += [(RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    lines += [(EQUAL, 0, 1, FORBIDDEN["clone3"][column]), (RETURN, 0, 0, ABSENT)]  # the C library then uses `clone`
    lines += [(EQUAL, 0, 4, FORBIDDEN["clone"][column]), (LOAD, 0, 0, ARGUMENT), (ANY_BIT, 1, 0, THREAD)]
    return [*lines, (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]


def forbid(gpu: bool = False) -> bool:
    """Put the filter on all threads of this process; whether it took effect.  There is no way back.

    `gpu`: let a GPU's libraries start threads and open files (`landlock` says which).
    """
    machine = MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None or sys.byteorder != "little":
        return False
    program = filter_program(*machine, os.getpid(), gpu)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("=H6xQ", len(program) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_filter, all_threads = 38, 1, 1
    number = {"x86_64": 317, "aarch64": 277}[platform.machine()]
    libc.prctl(no_new_privileges, 1, 0, 0, 0)
    return bool(libc.syscall(number, set_filter, all_threads, ctypes.create_string_buffer(header, len(header))) == 0)
