"""The engine, with every operation recorded, against PyTorch eager on one thread, which records nothing.

The budget is for recording: every operation and contribution is caught, with its arrays and its place in the program.
Turning that into steps, which the worker does in between and which costs a few microseconds each, is printed beside it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the worker sets it

import engine
from engine.observe import observe
from tests.benchmarks.measure import Work, in_turn, row
from visgrad.recording.model import Step
from visgrad.recording.recorder import Recorder

Library = Any  # `engine` or `torch`: the same program runs on both


def chain(lib: Library) -> Work:
    """2,000 scalar operations forward, then backward."""

    def work() -> None:
        x = lib.tensor(1.001, requires_grad=True)
        y = x
        for _ in range(500):
            y = y * x
            y = y + 0.5
            y = y * 0.9
            y = y - x
        y.backward()

    return work


def mlp(lib: Library) -> Work:
    """One training step of a 64-128-128-10 network on a batch of 32."""
    lib.manual_seed(0)
    nn = lib.nn
    model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = lib.optim.SGD(model.parameters(), lr=0.01)
    x, y = lib.randn(32, 64), lib.randint(0, 10, (32,))

    def work() -> None:
        for _ in range(20):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()

    return work


def rnn(lib: Library) -> Work:
    """Backward through 50 steps of a hand-written recurrent network of width 64, batch 16."""
    lib.manual_seed(0)
    w, u = (lib.randn(64, 64) * 0.1).requires_grad_(), (lib.randn(64, 64) * 0.1).requires_grad_()
    x = lib.randn(50, 16, 64)

    def work() -> None:
        h = lib.zeros(16, 64)
        for t in range(50):
            h = lib.tanh(x[t] @ w + h @ u)
        h.sum().backward()

    return work


def cnn(lib: Library) -> Work:
    """One training step of a small convolutional network on 16 images of 28 × 28."""
    lib.manual_seed(0)
    nn = lib.nn
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(1936, 10),
    )
    x, y = lib.randn(16, 1, 28, 28), lib.randint(0, 10, (16,))

    def work() -> None:
        for _ in range(5):
            nn.functional.cross_entropy(model(x), y).backward()

    return work


def elementwise(lib: Library) -> Work:
    """A chain of elementwise operations on a million elements, forward and backward."""
    x = lib.randn(1_000_000, requires_grad=True)

    def work() -> None:
        ((x * 2 + 1).tanh() * x).sum().backward()

    return work


def matmul(lib: Library) -> Work:
    """A 1024 × 1024 product, forward and backward."""
    a, b = lib.randn(1024, 1024, requires_grad=True), lib.randn(1024, 1024, requires_grad=True)

    def work() -> None:
        (a @ b).sum().backward()

    return work


WORKS: tuple[tuple[str, Callable[[Library], Work], float], ...] = (
    ("scalar chain, 2,000 operations", chain, 0.25),
    ("MLP training step", mlp, 0.9),
    ("RNN, 50 steps", rnn, 0.9),
    ("small CNN training step", cnn, 0.9),
    ("elementwise chain on 10^6", elementwise, 1.1),
    ("matmul 1024", matmul, 1.1),
)


class Catching(Recorder):
    """A recorder that tells nothing before it is asked."""

    def _tick(self) -> None:
        self._left = 1 << 30


def recorded(work: Work, kind: type[Recorder]) -> Work:
    """The same work with a recorder attached; `Recorder` also makes every step."""

    def recording_work() -> None:
        recorder = kind("", ignore, __file__)
        with observe(recorder):
            work()
        if kind is Recorder:
            recorder.flush()

    return recording_work


def ignore(steps: list[Step]) -> None:
    """Take steps as a worker would, and drop them."""


def main() -> None:
    """Print a row per work."""
    import torch

    torch.set_num_threads(1)
    for title, make, budget in WORKS:
        ours = make(engine)
        works = {"bare": ours, "caught": recorded(ours, Catching), "told": recorded(ours, Recorder)}
        times = in_turn({**works, "torch": make(torch)})
        bare, told = (times[name] / times["torch"] for name in ("bare", "told"))
        row(title, times["caught"], times["torch"], budget, f"not recorded {bare:.2f} x, with steps made {told:.2f} x")


if __name__ == "__main__":
    main()
