"""What recording costs: the engine with a recorder against the engine alone, and against PyTorch where it is installed.

Run with `python -m tests.benchmarks.recording`.  Prints microseconds a step (best of several rounds) and ratios; then
the memory that a recorded run takes, on the worker's side (arrays kept) and the window's (the recording), against the
arrays that the run made.  The budget is twice those; single numbers, of four bytes each, are beside the point.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from math import prod
from time import perf_counter
from typing import Any

import engine
from engine.observe import observe
from visgrad.recording.check import ITEM_SIZES
from visgrad.recording.model import Contribution, Operation, Step, Summary
from visgrad.recording.recorder import Recorder
from visgrad.recording.recording import Recording
from visgrad.recording.stretch import Stretch

ROUNDS = 5

SCALAR = """
w = torch.tensor(0.5, requires_grad=True)
x = w
for i in range(1000):
    x = x * w
    x = x + 0.5
x.backward()
"""

MLP = """
x = torch.ones(32, 64)
w1 = torch.full((64, 64), 0.01, requires_grad=True)
w2 = torch.full((64, 8), 0.01, requires_grad=True)
for i in range(50):
    loss = ((x @ w1).tanh() @ w2).sum()
    loss.backward()
    with torch.no_grad():
        w1 -= 0.01 * w1.grad
        w2 -= 0.01 * w2.grad
    w1.grad = None
    w2.grad = None
"""

LARGE = """
x = torch.full((1000, 1000), 0.5, requires_grad=True)
y = x
for i in range(10):
    y = y * x
    y = y + 0.5
y.sum().backward()
"""


MEMORY_BUDGET = 2.0


def best(action: Callable[[], object]) -> float:
    """The least seconds that an action took."""
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        start = perf_counter()
        action()
        times.append(perf_counter() - start)
    return min(times)


def recorded(source: str, code: Any, told: list[int]) -> None:
    """Run a program with a recorder attached, up to the last step told."""
    count = 0

    def emit(steps: Stretch) -> None:
        nonlocal count
        count += len(steps)

    recorder = Recorder(source, emit)
    with observe(recorder):
        exec(code, {"torch": engine})
    recorder.flush()
    told.append(count)


def row(name: str, source: str, torch: Any) -> str:
    """The measurements of one program."""
    code = compile(source, "<program>", "exec")
    told: list[int] = []
    alone = best(lambda: exec(code, {"torch": engine}))
    watched = best(lambda: recorded(source, code, told))
    step = (watched - alone) / told[0]
    text = f"{name:8}{told[0]:7}{alone * 1e3:8.2f} ms{watched * 1e3:8.2f} ms{watched / alone:6.2f}{step * 1e6:7.2f} µs"
    if torch is not None:
        theirs = best(lambda: exec(code, {"torch": torch}))
        text += f"{theirs * 1e3:8.2f} ms{alone / theirs:6.2f}{watched / theirs:6.2f}"
    return text


def memory(source: str) -> tuple[int, int]:
    """The bytes that a recorded run holds at its end, recording and kept arrays, and those of the arrays it made."""
    code = compile(source, "<program>", "exec")
    recording = Recording(source)
    gc.collect()
    tracemalloc.start()
    recorder = Recorder(source, recording.extend)
    with observe(recorder):
        exec(code, {"torch": engine})
    recorder.flush()
    gc.collect()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return held, sum(map(made, recording.steps))


def made(step: Step) -> int:
    """The bytes of the arrays that a step tells of."""
    if isinstance(step, Operation):
        return sum(size(output.summary) for output in step.outputs)
    if isinstance(step, Contribution):
        return size(step.gradient) + (size(step.total) if step.total is not step.gradient else 0)
    return 0


def size(summary: Summary) -> int:
    """The bytes of the whole array."""
    return prod(summary.shape) * ITEM_SIZES[summary.dtype]


def main() -> None:
    """Print the tables."""
    torch: Any = None
    if find_spec("torch"):
        torch = import_module("torch")
        torch.set_num_threads(1)
    print("program   steps      engine   recorded ratio  a step      torch alone recorded")
    for name, source in (("scalar", SCALAR), ("mlp", MLP), ("large", LARGE)):
        print(row(name, source, torch))
    print("program   held MB   made MB  ratio")
    for name, source in (("scalar", SCALAR), ("mlp", MLP), ("large", LARGE)):
        held, arrays = memory(source)
        mark = (
            "" if name == "scalar" else f"  {'ok  ' if held <= MEMORY_BUDGET * arrays else 'OVER'} <= {MEMORY_BUDGET:g}"
        )
        print(f"{name:8}{held / 1e6:9.2f}{arrays / 1e6:10.2f}{held / arrays:7.2f}{mark}")


if __name__ == "__main__":
    main()
