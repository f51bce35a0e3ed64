"""What the worker costs: from Run to the first step, the policy per operation, and a soak of many runs.

`python -m tests.benchmarks.worker [RUNS]` prints the figures; RUNS is the length of the soak (1,000).
"""

from __future__ import annotations

import os
import queue
import signal
import statistics
import sys
import threading
import time
from types import CodeType

import psutil

from visgrad.program.compile import compile_program
from visgrad.program.modules import Modules
from visgrad.program.namespace import namespace
from visgrad.worker.client import Worker
from visgrad.worker.protocol import Finished, Limits, Message, Ready, Steps

TEN = "import torch\nx = torch.ones(3, requires_grad=True)\n" + "x = x * 2\n" * 8 + "x.sum().backward()\n"
LOOP = "import torch\nx = torch.ones(())\nfor i in range(20000):\n    x = x + 1\n"
KINDS = (
    ("good", TEN),
    ("failing", "import torch\ntorch.ones(2) @ torch.ones(3)\n"),
    ("printing", "for i in range(50): print(i)\n"),
    ("stopped", "print(1)\nwhile True: pass\n"),
    ("killed", "print(1)\nwhile True: pass\n"),
    ("stubborn", "print(1)\nwhile True:\n    try: pass\n    finally: continue\n"),
    ("large", "import torch\nx = torch.zeros(300, 300)\nfor i in range(20): x = x + 1\n"),
    ("memory", "x = []\nwhile True: x.append(bytes(10**6))\n"),
)


class Silent:
    """A report nobody reads."""

    def bind(self, name: str, obj: object, line: int) -> None: ...
    def loop(self, line: int, begins: bool) -> None: ...
    def print(self, text: str, stream: str, line: int) -> None: ...
    def flush(self) -> None: ...


def first_step(runs: int = 40) -> list[float]:
    """Milliseconds from `run` to the first step in this process, for ten operations and a warm worker."""
    messages: queue.SimpleQueue[tuple[float, Message]] = queue.SimpleQueue()
    worker = Worker(lambda message: messages.put((time.perf_counter(), message)))
    while not isinstance(messages.get()[1], Ready):
        pass
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        worker.run(TEN)
        first = 0.0
        while True:
            at, message = messages.get()
            if isinstance(message, Steps) and not first:
                first = at
            if isinstance(message, Finished):
                break
        taken.append((first - began) * 1e3)
        time.sleep(0.02)
    worker.close()
    return taken


def policy_cost() -> tuple[float, float]:
    """Nanoseconds of processor time per operation of the loop: as Python runs it, and by the policy (no recorder)."""

    def once(code: CodeType, names: dict[str, object]) -> float:
        began = time.process_time()
        exec(code, names)
        return (time.process_time() - began) / 20000 * 1e9

    modules = Modules()
    builtins: dict[str, object] = {"__import__": modules.find, "range": range}
    plain = compile(LOOP, "<program>", "exec")
    woven, names = compile_program(LOOP)[0].code, namespace(Silent(), (), modules.find)
    pairs = [(once(plain, {"__builtins__": builtins}), once(woven, names)) for _ in range(9)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def soak(runs: int) -> dict[str, float]:
    """Run programs of every kind; what has grown between the first tenth and the end."""
    messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
    worker = Worker(messages.put)
    me = psutil.Process()
    limits = Limits(seconds=5, memory=256)
    outcomes: dict[str, int] = {}
    before = (0, 0, 0)
    for index in range(runs):
        name, source = KINDS[index % len(KINDS)]
        number = worker.run(source, limits=limits)
        poked = False
        while True:
            message = messages.get(timeout=60)
            if isinstance(message, Steps) and not poked and name in ("stopped", "killed", "stubborn"):
                poked = True
                if name == "killed":
                    os.kill(worker.pid, signal.SIGKILL)
                else:
                    worker.stop()
            if isinstance(message, Finished) and message.run == number:
                outcomes[f"{name}: {message.outcome.kind}"] = outcomes.get(f"{name}: {message.outcome.kind}", 0) + 1
                break
        if index == runs // 10:
            before = _settled(me)
    after = _settled(me)
    worker.close()
    for key in sorted(outcomes):
        print(f"  {key:24} {outcomes[key]}")
    return {
        "memory grown, MB": (after[0] - before[0]) / 1e6,
        "descriptors grown": after[1] - before[1],
        "threads grown": after[2] - before[2],
        "children left": len(me.children(recursive=True)),
        "threads left": threading.active_count() - 1,
    }


def _settled(process: psutil.Process) -> tuple[int, int, int]:
    """Memory, descriptors and threads, once a worker that was killed has been replaced."""
    time.sleep(1)
    return process.memory_info().rss, process.num_fds(), threading.active_count()


def main() -> None:
    """Print all figures."""
    taken = first_step()
    print(
        f"run to first step, ten operations, warm: median {statistics.median(taken):.1f} ms, worst {max(taken):.1f} ms"
    )
    plain, checked = policy_cost()
    print(f"one operation in a loop: {plain:.0f} ns by Python, {checked:.0f} ns by the policy (+{checked - plain:.0f})")
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    began = time.perf_counter()
    print(f"soak of {runs} runs:")
    for key, value in soak(runs).items():
        print(f"  {key:24} {value:.1f}")
    print(f"  took {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
