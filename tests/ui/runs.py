"""Recordings made by hand, for tests of what shows them: no engine, no worker."""

from __future__ import annotations

import numpy as np

from visgrad.recording.model import (
    Accumulation,
    BackwardBegin,
    BackwardEnd,
    Bind,
    Contribution,
    Operation,
    Output,
    Step,
)
from visgrad.recording.recording import Recording
from visgrad.recording.summary import summarise


def chain(length: int, backward: bool = True) -> Recording:
    """`v0 = 2; v1 = v0 + 1; …`: `length` operations, and the gradient 1 all the way back."""
    recording = Recording("chain", "chain.py")
    recording.extend(chain_steps(length, backward))
    return recording


def chain_steps(length: int, backward: bool = True) -> list[Step]:
    """The steps of `chain`."""
    steps: list[Step] = []
    for index in range(length):
        inputs = (index - 1,) if index else ()
        output = Output(index, summarise(np.float32(index + 2)), "result" if index else "leaf", True, index)
        steps.append(
            Operation(
                index,
                "add" if index else "tensor",
                inputs,
                (output,),
                backward="AddBackward0" if index else "",
                call=f"v{index - 1} + 1" if index else "torch.tensor(2.0)",
            )
        )
        steps.append(Bind(f"v{index}", index))
    if backward:
        one = summarise(np.float32(1))
        steps.append(BackwardBegin(0, (length - 1,), (one,)))
        steps += [Contribution(0, index, 0, index - 1, one, one) for index in range(length - 1, 0, -1)]
        steps += [Accumulation(0, 0, one), BackwardEnd(0)]
    return steps
