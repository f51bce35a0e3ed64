"""Recordings made by hand, for tests that need no engine."""

from __future__ import annotations

import numpy as np

from visgrad.recording.model import (
    Accumulation,
    Argument,
    BackwardBegin,
    BackwardEnd,
    Bind,
    Call,
    Contribution,
    Operation,
    Output,
    Print,
    Span,
    Step,
)
from visgrad.recording.recording import Recording
from visgrad.recording.summary import summarise

SOURCE = """\
import torch
w = torch.tensor(2.0, requires_grad=True)
y = w**2
z = 10*y + 25
z.backward()
print(w.grad)
"""


def scalar(number: float) -> np.float32:
    return np.float32(number)


def call(line: int, column: int, end: int) -> tuple[Call, ...]:
    return (Call("<module>", Span(line, column, line, end)),)


def first_lesson_steps() -> list[Step]:
    """y = w**2; z = 10*y + 25; z.backward(), as a recorder writes it."""
    one, ten, forty = (summarise(scalar(n)) for n in (1, 10, 40))
    return [
        Operation(
            0,
            "tensor",
            (),
            (Output(0, summarise(scalar(2)), "leaf", True, 0),),
            (Argument("data", text="2.0"), Argument("requires_grad", text="True")),
            call="torch.tensor(2.0, requires_grad=True)",
            where=call(2, 4, 41),
        ),
        Bind("w", 0, 2),
        Operation(
            1,
            "pow",
            (0,),
            (Output(1, summarise(scalar(4)), "result", True, 1),),
            (Argument("input", 0), Argument("exponent", text="2")),
            "PowBackward0",
            "w**2",
            call(3, 4, 8),
        ),
        Bind("y", 1, 3),
        Operation(
            2,
            "mul",
            (1,),
            (Output(2, summarise(scalar(40)), "result", True, 2),),
            (Argument("input", 0), Argument("other", text="10")),
            "MulBackward0",
            "10*y",
            call(4, 4, 8),
        ),
        Operation(
            3,
            "add",
            (2,),
            (Output(3, summarise(scalar(65)), "result", True, 3),),
            (Argument("input", 0), Argument("other", text="25")),
            "AddBackward0",
            "10*y + 25",
            call(4, 4, 13),
        ),
        Bind("z", 3, 4),
        BackwardBegin(0, (3,), (one,), call(5, 0, 12)),
        Contribution(0, 3, 0, 2, one, one),
        Contribution(0, 2, 0, 1, ten, ten),
        Contribution(0, 1, 0, 0, forty, forty),
        Accumulation(0, 0, forty),
        BackwardEnd(0),
        Print("tensor(40.)\n", line=6),
    ]


def first_lesson() -> Recording:
    recording = Recording(SOURCE)
    recording.extend(first_lesson_steps())
    return recording
