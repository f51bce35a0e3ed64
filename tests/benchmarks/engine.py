"""The engine, with every operation recorded, against PyTorch eager on one thread, which records nothing.

Recorded means: as a worker does it.  The program runs as a program's own text; every operation and contribution
becomes a step, and the steps become the messages that are sent to the window.  What the engine takes alone is printed
beside it.
"""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import dataclass
from typing import Any

import engine
from engine.observe import observe
from tests.benchmarks.measure import Work, in_turn, row
from visgrad.program.errors import PROGRAM
from visgrad.recording.recorder import Recorder
from visgrad.recording.stretch import Packer, Stretch
from visgrad.worker.client import ENVIRONMENT
from visgrad.worker.host import parts_of
from visgrad.worker.protocol import Packed, encode


@dataclass(frozen=True)
class Program:
    """What is timed, what it needs made beforehand, and the budget: the most it may take of PyTorch's time."""

    title: str
    setup: str
    text: str
    budget: float


PROGRAMS = (
    Program(
        "scalar chain, 2,000 operations",
        "x = torch.tensor(1.001, requires_grad=True)",
        """
x.grad = None
y = x
for _ in range(500):
    y = y * x
    y = y + 0.5
    y = y * 0.9
    y = y - x
y.backward()
""",
        0.25,
    ),
    Program(
        "MLP training step",
        """
model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 64), torch.randint(0, 10, (32,))
""",
        """
for _ in range(20):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
        0.9,
    ),
    Program(
        "RNN, 50 steps",
        """
w, u = (torch.randn(64, 64) * 0.1).requires_grad_(), (torch.randn(64, 64) * 0.1).requires_grad_()
x = torch.randn(50, 16, 64)
""",
        """
h = torch.zeros(16, 64)
for t in range(50):
    h = torch.tanh(x[t] @ w + h @ u)
h.sum().backward()
""",
        0.9,
    ),
    Program(
        "small CNN training step",
        """
model = nn.Sequential(
    nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(1936, 10)
)
x, y = torch.randn(16, 1, 28, 28), torch.randint(0, 10, (16,))
""",
        """
for _ in range(5):
    nn.functional.cross_entropy(model(x), y).backward()
""",
        0.9,
    ),
    Program(
        "elementwise chain on 10^6",
        "x = torch.randn(1_000_000, requires_grad=True)",
        "((x * 2 + 1).tanh() * x).sum().backward()",
        1.1,
    ),
    Program(
        "matmul 1024",
        "a, b = torch.randn(1024, 1024, requires_grad=True), torch.randn(1024, 1024, requires_grad=True)",
        "(a @ b).sum().backward()",
        1.1,
    ),
)


def prepared(program: Program, library: Any) -> Work:
    """The program on `engine` or `torch`, its setup done."""
    library.manual_seed(0)
    names = {"torch": library, "nn": library.nn}
    exec(program.setup, names)
    code = compile(program.text, PROGRAM, "exec")
    return lambda: exec(code, names)


def recorded(work: Work, source: str) -> Work:
    """The same with a recorder attached, up to the bytes of the last message."""

    def recording_work() -> None:
        packer = Packer()
        recorder = Recorder(source, lambda steps: sent(packer, steps), PROGRAM)
        with observe(recorder):
            work()
        recorder.flush()

    return recording_work


def sent(packer: Packer, steps: Stretch) -> None:
    """Make messages of steps, as a worker does."""
    for part in parts_of(steps):
        encode(Packed(1, packer.pack(part)))


def main() -> None:
    """Print a row per program."""
    if not os.environ.items() >= ENVIRONMENT.items():  # for both libraries, and read when a process starts
        os.execve(sys.executable, [sys.executable, "-m", "tests.benchmarks.engine"], os.environ | ENVIRONMENT)
    import torch

    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)  # as the worker sets it
    for program in PROGRAMS:
        ours = prepared(program, engine)
        works = {"bare": ours, "recorded": recorded(ours, program.text), "torch": prepared(program, torch)}
        times = in_turn(works)
        note = f"not recorded {times['bare'] / times['torch']:.2f} x"
        row(program.title, times["recorded"], times["torch"], program.budget, note)


if __name__ == "__main__":
    main()
