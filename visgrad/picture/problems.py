"""What is wrong with numbers: nan and inf, gradients that have all but vanished or have grown out of hand, and
activations whose units are nearly all saturated.

Owns the limits.  A gradient counts as it came along the edges of a sweep: that a program zeroed `.grad` afterwards is
no problem.  Whether it is small or large is judged beside the others of its sweep: where a fit has converged
all gradients are small, and that is as it should be.  An infinity counts where it arises, not where the program itself
put one, as masks of attention do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import isfinite
from statistics import median
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from visgrad.recording.frame import Frame
from visgrad.recording.model import BackwardBegin, BackwardEnd, Contribution, Operation, Step, Summary
from visgrad.recording.recording import Recording
from visgrad.recording.statistics import elements

VANISHED, EXPLODED = 1e-7, 1e3
"""No element of a vanished gradient is so large, and one of an exploded gradient is larger, in absolute value …"""

FAINT, LOUD = 1e-3, 1e2
"""… and it is under a thousandth, or over a hundredfold, of what is usual in its sweep: the median of its gradients."""

BEYOND = 1e6
"""A gradient with an element that is larger has exploded, whatever the others are."""

LEAVES = ("leaf", "parameter")

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


def size_problem(recording: Recording, one: Contribution) -> str:
    """ "exploded", "vanished" or "" for the gradient that a value has with a contribution.

    A single number that is just 0 is a flat place, not a vanished gradient; and where a leaf's is small although what
    it is made of is not, this has cancelled out: the leaf is where it should be.
    """
    size, usual = largest(one.total), usual_in(recording, one.sweep)
    if size > BEYOND or (size > EXPLODED and size > LOUD * usual):
        return "exploded"
    if not (size < VANISHED and size < FAINT * usual) or (size == 0 and one.total.shape == ()):
        return ""
    if recording.values[one.value].role in LEAVES and _above(recording, one) > FAINT * usual:
        return ""
    return "vanished"


def _above(recording: Recording, one: Contribution) -> float:
    """The largest element of the gradient that a contribution was made of."""
    above = {output.value for output in recording.operations[one.source].outputs}
    begin = recording.sweeps[one.sweep]
    found = [largest(grad) for root, grad in zip(begin.roots, begin.gradients, strict=True) if root in above]
    for value in above:
        found += [
            largest(other.total) for _, other in recording.contributions.get(value, ()) if other.sweep == one.sweep
        ]
    return max(found, default=0.0)


def largest(summary: Summary) -> float:
    """The largest absolute element; nan where there is none that is a real or complex number."""
    array = held(summary)
    return float(np.abs(array).max()) if len(array) and array.dtype.kind in "fc" else float("nan")


def usual_in(recording: Recording, sweep: int) -> float:
    """How large the gradients of a sweep are: the median, over all values that it reached, of their largest element.

    nan, which nothing is compared with, for a sweep without any.
    """
    known = _usual.setdefault(recording, {})
    if sweep not in known:
        ended = sweep < len(recording.ended)
        end = recording.ended[sweep] if ended else len(recording.steps)
        found = _median(_sizes(recording.steps[recording.began[sweep] : end]).values())
        if not ended:
            return found
        known[sweep] = found
    return known[sweep]


def _sizes(steps: Iterable[Step]) -> dict[int, float]:
    """By value: the largest element of its gradient when all steps have been taken."""
    sizes: dict[int, float] = {}
    for step in steps:
        if isinstance(step, Contribution):
            sizes[step.value] = largest(step.total)
        elif isinstance(step, BackwardBegin):
            sizes |= {value: largest(gradient) for value, gradient in zip(step.roots, step.gradients, strict=True)}
    return sizes


def _median(sizes: Iterable[float]) -> float:
    finite = [size for size in sizes if isfinite(size)]
    return median(finite) if finite else float("nan")


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
        for one in frame.contributions(output.value):
            found.add(value_problem(one.total) or size_problem(frame.recording, one))
    return next((kind for kind in KINDS if kind in found), "")


@dataclass
class Problems:
    """The problems of a recording, read as it grows, a few steps at a time; those that need the whole of a sweep to be
    seen are found when it is over.

    `found[i]`: the steps at which operation i first had one, and then worse ones, and which.
    """

    recording: Recording
    found: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    _read: int = 0
    _arrived: list[tuple[int, Contribution]] = field(default_factory=list)  # in the sweep that is being read

    def grow(self, count: int) -> bool:
        """Read at most so many steps more; whether there are still others."""
        steps = self.recording.steps
        end = min(self._read + count, len(steps))
        for index in range(self._read, end):
            self._look(index, steps[index])
        self._read = end
        if end == len(steps) and self.recording.outcome is not None:
            self._judge()
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
                self._arrived.append((index, step))
                operation, kinds = self.recording.producer[value], [value_problem(total)]
            case BackwardBegin(roots=(value, *_), gradients=(gradient, *_)):
                self._judge()
                operation, kinds = self.recording.producer[value], [value_problem(gradient)]
            case BackwardEnd():
                self._judge()
                return
            case _:
                return
        for kind in KINDS:
            if kind in kinds:
                self._note(operation, index, kind)
                return

    def _judge(self) -> None:
        """Find what was too small or too large in the sweep that is over."""
        arrived, self._arrived = self._arrived, []
        for index, one in arrived:
            if kind := size_problem(self.recording, one):
                self._note(self.recording.producer[one.value], index, kind)

    def _note(self, operation: int, index: int, kind: str) -> None:
        """Note a problem of a step; what was no worse than one before it is left out."""
        entries = sorted([*self.found.get(operation, ()), (index, kind)])
        kept: list[tuple[int, str]] = []
        for entry in entries:
            if not kept or KINDS.index(entry[1]) < KINDS.index(kept[-1][1]):
                kept.append(entry)
        self.found[operation] = kept


_usual: WeakKeyDictionary[Recording, dict[int, float]] = WeakKeyDictionary()
