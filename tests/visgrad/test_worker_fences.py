"""The fences and bounds for other devices and systems hold too: those that Linux can put up are put up here."""

from __future__ import annotations

import ctypes
import functools
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.visgrad.worker_runs import Runner, last_line, printed
from visgrad.worker import landlock, seccomp, windows
from visgrad.worker.client import Worker
from visgrad.worker.memory import InJob
from visgrad.worker.protocol import Limits

linux = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in seccomp.MACHINES, reason="these fences are Linux's"
)

ATTACKS = {
    "a fork": "os.fork()",
    "a shell": "assert os.system('true') == 0",
    "a process": "subprocess.run(['true'])",
    "a connection": "socket.socket()",
    "a signal to the window": "os.kill(os.getppid(), 0)",
    "a new file": "os.open('/tmp/escaped', os.O_CREAT | os.O_WRONLY)",
    "a file emptied": "os.open(script, os.O_WRONLY | os.O_TRUNC)",
    "a file without a name": "os.open('/tmp', os.O_TMPFILE | os.O_WRONLY)",
    "a folder": "os.mkdir('/tmp/escaped')",
    "removing a file": "os.unlink(script)",
    "a raw new file": "assert ctypes.CDLL(None).open(b'/tmp/escaped', os.O_CREAT | os.O_WRONLY, 0o600) >= 0",
}
NEEDED = {
    "a thread": "t = threading.Thread(target=print, args=('',)); t.start(); t.join()",
    "a library": "open(json.__file__).read()",
    "a device": "os.write(os.open('/dev/null', os.O_RDWR), b'x')",
}
PRIVATE = {
    "the person's files": "os.listdir(os.path.expanduser('~'))",
    "the list of users": "open('/etc/passwd').read()",
    "the text of a lesson": "open(script).read()",
    "a write": "open(script, 'a').write('x')",
    "a link": "os.link(script, script + '2')",
    "a folder": "os.mkdir('/tmp/escaped')",
    "removing a file": "os.unlink(script)",
}


def _behind(fence: str, lines: dict[str, str], script: Path) -> dict[str, str]:
    """What each line meets in a process that has this fence and no other."""
    script.write_text("private")
    program = (
        "import ctypes, json, os, socket, subprocess, sys, threading\n"
        "from visgrad.worker import landlock, seccomp\n"
        f"script = {str(script)!r}\nout = os.dup(1)\nassert {fence}\n"
        "for line in sys.stdin.read().split('\\0'):\n"
        "    try: exec(line); said = 'worked'\n"
        "    except BaseException as error: said = type(error).__name__\n"
        "    os.write(out, said.encode() + b'\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input="\0".join(lines.values()), capture_output=True, text=True
    )
    said = [line for line in done.stdout.split("\n") if line]
    assert script.read_text() == "private"
    return dict(zip(lines, said, strict=True))


@functools.cache
def _kernel(script: Path) -> dict[str, str]:
    return _behind("seccomp.forbid(gpu=True)", ATTACKS | NEEDED, script)


@functools.cache
def _files(script: Path) -> dict[str, str]:
    return _behind("landlock.confine()", PRIVATE | NEEDED, script)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("private") / "script.py"


@linux
@pytest.mark.parametrize("name", ATTACKS)
def test_the_kernels_fence_for_a_gpu_holds_alone(name: str, script: Path) -> None:
    assert _kernel(script)[name] in ("PermissionError", "AssertionError", "BlockingIOError")


@linux
@pytest.mark.parametrize("name", NEEDED)
def test_the_kernels_fence_for_a_gpu_lets_its_libraries_work(name: str, script: Path) -> None:
    assert _kernel(script)[name] == "worked"


@pytest.fixture
def confined() -> None:
    done = subprocess.run([sys.executable, "-c", "from visgrad.worker.landlock import confine; exit(not confine())"])
    if done.returncode:
        pytest.skip("this kernel has no landlock")


@linux
@pytest.mark.parametrize("name", PRIVATE)
def test_the_fence_around_files_holds_alone(name: str, script: Path, confined: None) -> None:
    assert _files(script)[name] == "PermissionError"


@linux
@pytest.mark.parametrize("name", NEEDED)
def test_the_fence_around_files_shows_libraries_and_devices(name: str, script: Path, confined: None) -> None:
    assert _files(script)[name] == "worked"


def test_a_path_that_is_set_carelessly_does_not_open_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_PATH", "/")
    monkeypatch.setenv("LD_LIBRARY_PATH", f"{Path.home()}:/")
    assert not {Path("/"), Path.home()} & set(landlock.readable())


class Fenced(Worker):
    """A worker with the fence of a GPU's, and another bound on its memory."""

    memory = "data"

    def _command(self) -> list[str]:
        return [*super()._command(), "--fence", "gpu", "--memory", self.memory]


class FencedRunner(Runner):
    def __init__(self, memory: str) -> None:
        super().__init__()
        self.worker.close()
        self.worker = type("Fenced", (Fenced,), {"memory": memory})(self.queue.put)


@pytest.fixture(params=["data", "watched"])
def runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    runner = FencedRunner(request.param)
    yield runner
    runner.close()


SMALL = Limits(seconds=20.0, memory=128)
GREEDY = [
    "x = []\nwhile True: x.append(bytearray(10**6))",
    "import torch\nxs = []\nwhile True: xs.append(torch.ones(10**6))",
    "class A: pass\na = None\nwhile True:\n    b = A()\n    b.prev = a\n    a = b",
]


@linux
@pytest.mark.parametrize("source", GREEDY)
def test_memory_ends_with_a_sentence_whatever_bounds_it(source: str, runner: Runner) -> None:
    recording = runner.run(source, SMALL)
    assert recording.outcome is not None
    assert recording.outcome.kind == "limit"
    assert recording.outcome.message == "The program asked for more memory than its limit of 128 MiB."
    assert printed(runner.run("import torch\nprint(torch.ones(2).sum().item())")) == "2.0\n"


@linux
def test_the_first_fences_stand_as_well(runner: Runner) -> None:
    assert last_line(runner.run("import socket")).startswith("ModuleNotFoundError")
    assert printed(runner.run("import torch\nx = torch.ones(3, requires_grad=True)\nx.sum().backward()\nprint(x.grad)"))


def test_windows_structures_have_the_sizes_it_expects() -> None:
    if ctypes.sizeof(ctypes.c_void_p) == 8:
        assert ctypes.sizeof(windows.ExtendedLimits) == 144
        assert windows.ExtendedLimits.process_memory.offset == 112
        assert ctypes.sizeof(windows.MemoryCounters) == 72
        assert windows.MemoryCounters.commit.offset == 56


class Kernel:
    """Answers as `kernel32.dll` does; `limits` are what the job was last given, `commit` what is in use."""

    def __init__(self) -> None:
        self.limits = windows.ExtendedLimits()
        self.commit = 100 << 20
        self.assigned = False
        self.CreateJobObjectW = lambda *_: 7
        self.CreateJobObjectW.restype = None  # type: ignore[attr-defined]

    def GetCurrentProcess(self) -> int:
        return -1

    def AssignProcessToJobObject(self, job: Any, process: Any) -> int:
        self.assigned = job.value == 7
        return 1

    def SetInformationJobObject(self, job: Any, kind: int, data: Any, size: int) -> int:
        assert (kind, size) == (9, ctypes.sizeof(windows.ExtendedLimits))
        ctypes.memmove(ctypes.byref(self.limits), data, size)
        return 1

    def K32GetProcessMemoryInfo(self, process: Any, data: Any, size: int) -> int:
        counters = windows.MemoryCounters(size=size, commit=self.commit)
        ctypes.memmove(data, ctypes.byref(counters), size)
        return 1


def test_a_windows_job_bounds_memory_and_processes() -> None:
    kernel = Kernel()
    memory = InJob(windows.Job(kernel))
    assert kernel.assigned
    assert kernel.limits.basic.active_processes == 1
    assert not kernel.limits.basic.flags & windows.PROCESS_MEMORY
    memory.limit(64)
    assert kernel.limits.basic.flags & windows.PROCESS_MEMORY
    assert kernel.limits.process_memory == 164 << 20
    assert not memory.nearly_full()
    kernel.commit = 160 << 20
    assert memory.nearly_full()
    memory.limit(0)
    assert not kernel.limits.basic.flags & windows.PROCESS_MEMORY
    assert not memory.nearly_full()
