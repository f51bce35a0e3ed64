"""The first lesson as a recording made by hand: `y = w**2; z = 10*y + 25`, backward, and two lines of output."""

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
    Outcome,
    Output,
    Print,
    Span,
    Step,
    Summary,
)
from visgrad.recording.recording import Recording
from visgrad.recording.summary import summarise

SOURCE = """import torch

w = torch.tensor(2.0, requires_grad=True)
y = w**2
z = 10*y + 25
z.backward()
print(w.grad)
w.grad
"""


def number(value: float) -> Summary:
    return summarise(np.float32(value))


def at(line: int, start: int, end: int) -> tuple[Call, ...]:
    return (Call("<module>", Span(line, start, line, end)),)


def operation(identity: int, op: str, result: float, call: str, where: tuple[Call, ...]) -> Operation:
    """One link of the chain."""
    leaf = identity == 0
    return Operation(
        identity,
        op,
        () if leaf else (identity - 1,),
        (Output(identity, number(result), "leaf" if leaf else "result", True, identity),),
        (Argument("data", -1, "2.0"),) if leaf else (Argument("self", 0), Argument("other", -1, call[-2:])),
        "" if leaf else f"{op.capitalize()}Backward0",
        call,
        where,
    )


def steps() -> list[Step]:
    return [
        operation(0, "tensor", 2, "torch.tensor(2.0, requires_grad=True)", at(3, 4, 41)),
        Bind("w", 0, 3),
        operation(1, "pow", 4, "w**2", at(4, 4, 8)),
        Bind("y", 1, 4),
        operation(2, "mul", 40, "10*y", at(5, 4, 8)),
        operation(3, "add", 65, "10*y + 25", at(5, 4, 13)),
        Bind("z", 3, 5),
        BackwardBegin(0, (3,), (number(1),), at(6, 0, 12)),
        Contribution(0, 3, 0, 2, number(1), number(1)),
        Contribution(0, 2, 0, 1, number(10), number(10)),
        Contribution(0, 1, 0, 0, number(40), number(40)),
        Accumulation(0, 0, number(40)),
        BackwardEnd(0),
        Print("tensor(40.)\n", "stdout", 7),
        Print("tensor(40.)", "result", 8),
    ]


def lesson() -> Recording:
    """The whole recording, finished."""
    recording = Recording(SOURCE, "lesson.py")
    recording.extend(steps())
    recording.outcome = Outcome("done", "", 0.012)
    return recording
