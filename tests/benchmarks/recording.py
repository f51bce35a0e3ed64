"""What recording costs: the engine with a recorder against the engine alone, and against PyTorch where it is installed.

Run with `python -m tests.benchmarks.recording`.  Prints microseconds an operation (best of several rounds) and ratios.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from time import perf_counter
from typing import Any

import engine
from engine.observe import observe
from visgrad.recording.model import Step
from visgrad.recording.recorder import Recorder

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

    def emit(steps: list[Step]) -> None:
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


def main() -> None:
    """Print the table."""
    torch: Any = None
    if find_spec("torch"):
        torch = import_module("torch")
        torch.set_num_threads(1)
    print("program   steps      engine   recorded ratio  a step      torch alone recorded")
    for name, source in (("scalar", SCALAR), ("mlp", MLP), ("large", LARGE)):
        print(row(name, source, torch))


if __name__ == "__main__":
    main()
