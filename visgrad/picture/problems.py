"""What is wrong with numbers: nan and inf, gradients that have all but vanished or have grown out of hand, and
activations whose units are nearly all saturated.

Owns the limits.  A gradient counts as it came along the edges of a sweep: that a program zeroed `.grad` afterwards is
no problem.  An infinity counts where it arises, not where the program itself put one, as masks of attention do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visgrad.recording.frame import Frame
from visgrad.recording.model import BackwardBegin, Contribution, Operation, Step, Summary
from visgrad.recording.recording import Recording
from visgrad.recording.statistics import elements

VANISHED, EXPLODED = 1e-7, 1e3
"""No element of a vanished gradient is so large, and one of an exploded gradient is larger, in absolute value."""

KINDS = ("nan", "inf", "exploded", "vanished", "saturated")
"""The worst first."""

MOST = 0.9
"""So many of a layer's units are saturated where it is a problem."""

FLAT: dict[str, Callable[[NDArray[Any]], NDArray[np.bool_]]] = {
    "tanh": lambda y: np.abs(y) > 0.995,
    "sigmoid": lambda y: np.abs(y - 0.5) > 0.4975,
    "hardtanh": lambda y: np.abs(y) >= 1,
    "hardsigmoid": lambda y: (y <= 0) | (y >= 1),
    "relu6": lambda y: (y <= 0) | (y >= 6),
    "relu": lambda y: y <= 0,
}
"""Which results of an activation lie where it is flat: the derivative is under a hundredth of its largest."""

HALF_FLAT = ("relu", "relu6")
"""Of these half the units are flat at any time: only a whole layer of them is a problem."""
FEW = 4


def value_problem(summary: Summary) -> str:
    """ "nan", "inf" or "" for a value."""
    return "nan" if summary.nans else "inf" if summary.infs else ""


def result_problem(recording: Recording, operation: Operation) -> str:
    """The worst problem of what an operation gave: "nan", "inf", "saturated" or ""."""
    kinds = {value_problem(output.summary) for output in operation.outputs}
    if "nan" in kinds:
        return "nan"
    if "inf" in kinds and not _given_infinity(recording, operation):
        return "inf"
    return "saturated" if saturated(operation) else ""


def _given_infinity(recording: Recording, operation: Operation) -> bool:
    """Whether an operation had an infinity among what it was given, or makes a tensor of given numbers."""
    if not operation.inputs or any("inf" in argument.text for argument in operation.arguments):
        return True
    return any(recording.values[value].summary.infs for value in operation.inputs)


def gradient_problem(summary: Summary) -> str:
    """One of `KINDS` or "" for a gradient.  A single number that is just 0 is a flat place, not a vanished gradient."""
    if missing := value_problem(summary):
        return missing
    array = held(summary)
    if not len(array) or array.dtype.kind not in "fc":
        return ""
    largest = float(np.abs(array).max())
    if largest > EXPLODED:
        return "exploded"
    return "vanished" if largest < VANISHED and (largest > 0 or len(array) > 1) else ""


def saturated(operation: Operation) -> bool:
    """Whether an activation lets next to no gradient through: nearly all of its units are where it is flat."""
    flat = FLAT.get(operation.op)
    if flat is None or not operation.backward or not operation.outputs:
        return False
    units = held(operation.outputs[0].summary)
    if operation.op in HALF_FLAT:
        return len(units) >= FEW and bool(flat(units).all())
    return len(units) > 0 and bool(flat(units).mean() >= MOST)


def held(summary: Summary) -> NDArray[Any]:
    """The elements that a summary holds."""
    return elements(summary.dtype, summary.whole) if summary.whole else elements("float32", summary.sample)


def problem_of(frame: Frame, operation: Operation) -> str:
    """The worst problem an operation has had by a frame, "" for none."""
    found = {result_problem(frame.recording, operation)}
    for output in operation.outputs:
        found.update(gradient_problem(one.total) for one in frame.contributions(output.value))
    return next((kind for kind in KINDS if kind in found), "")


@dataclass
class Problems:
    """The problems of a recording, read as it grows, a few steps at a time.

    `found[i]`: the steps at which operation i first had one, and then worse ones, and which.
    """

    recording: Recording
    found: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    _read: int = 0

    def grow(self, count: int) -> bool:
        """Read at most so many steps more; whether there are still others."""
        steps = self.recording.steps
        end = min(self._read + count, len(steps))
        for index in range(self._read, end):
            self._look(index, steps[index])
        self._read = end
        return end < len(steps)

    def at(self, frame: Frame) -> list[int]:
        """The operations with a problem by a frame, in the order they ran."""
        return sorted(operation for operation, found in self.found.items() if found[0][0] < frame.end)

    def kind(self, frame: Frame, operation: int) -> str:
        """The worst that an operation has had by a frame, "" for nothing."""
        return next((kind for step, kind in reversed(self.found.get(operation, ())) if step < frame.end), "")

    def _look(self, index: int, step: Step) -> None:
        match step:
            case Operation(id=operation):
                kinds = [result_problem(self.recording, step)]
            case Contribution(value=value, total=total):
                operation, kinds = self.recording.producer[value], [gradient_problem(total)]
            case BackwardBegin(roots=(value, *_), gradients=(gradient, *_)):
                operation, kinds = self.recording.producer[value], [value_problem(gradient)]
            case _:
                return
        for kind in KINDS:
            if kind in kinds:
                found = self.found.setdefault(operation, [])
                if not found or KINDS.index(kind) < KINDS.index(found[-1][1]):
                    found.append((index, kind))
                return
