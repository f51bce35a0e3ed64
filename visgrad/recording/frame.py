"""A recording at one position: what is known, how names and gradients stand, what is happening.

Everything shown is a function of a frame and view options.  A frame is two integers and a reference: making one is
free, and each question is answered by bisection in the recording's indices.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from visgrad.recording.chart import Chart
from visgrad.recording.model import (
    Accumulation,
    BackwardBegin,
    Bind,
    Call,
    Clearing,
    Contribution,
    Error,
    Operation,
    Pass,
    Print,
    Step,
    Summary,
)

if TYPE_CHECKING:
    from visgrad.recording.recording import Recording


class Frame:
    """`start`, `end`: the steps of the current stop are `steps[start:end]`; all before `end` have happened."""

    __slots__ = ("end", "position", "recording", "start")

    def __init__(self, recording: Recording, position: int) -> None:
        stops = recording.stops
        self.recording = recording
        self.position = position
        self.end = stops[position - 1] if position else 0
        self.start = stops[position - 2] if position > 1 else 0

    @property
    def step(self) -> Step | None:
        """The step this stop is about (bindings that follow belong to it), None at position 0."""
        steps = self.recording.steps
        for index in range(self.start, self.end):
            if not isinstance(steps[index], Bind | Pass):
                return steps[index]
        return steps[self.start] if self.start < self.end else None

    @property
    def operation_count(self) -> int:
        """How many operations have run; operations with smaller ids are known."""
        return bisect_left(self.recording.made, self.end)

    def known(self, operation: int) -> bool:
        """Whether the operation has run."""
        return self.recording.made[operation] < self.end

    def gradient(self, value: int) -> Summary | None:
        """The gradient that a value has (the running total, or `.grad` once accumulated), None if it has none."""
        history = self.recording.gradients.of(value)
        index = history.until(self.end)
        return history[index - 1][1] if index else None

    def contributions(self, value: int) -> list[Contribution]:
        """All contributions a value has received, oldest first, over all sweeps."""
        history = self.recording.contributions.of(value)
        return [contribution for _, contribution in history[: history.until(self.end)]]

    def names(self, value: int) -> list[str]:
        """The names the program has given a value, oldest first, without repeats."""
        history = self.recording.names.get(value, [])
        return list(dict.fromkeys(name for step, name in history if step < self.end))

    def name(self, value: int) -> str:
        """The name of a value that is its own most (`w1`, rather than the `p` of a loop over all parameters), of
        several the latest, or ""."""
        names = self.names(value)[::-1]
        bearers = self.recording.bearers
        return min(names, key=lambda name: bearers[name][1]) if len(names) > 1 else "".join(names)

    @property
    def sweep(self) -> BackwardBegin | None:
        """The backward sweep that is running or was last, None before the first."""
        number = bisect_left(self.recording.began, self.end)
        return self.recording.sweeps[number - 1] if number else None

    @property
    def in_sweep(self) -> bool:
        """Whether a sweep is running at this stop: its `BackwardEnd` has not been passed."""
        number = bisect_left(self.recording.began, self.end)
        return number > bisect_left(self.recording.ended, self.end)

    def accumulated(self, value: int) -> Accumulation | None:
        """The last accumulation into a value's `.grad`, None if there has been none, or none since it was cleared."""
        history = self.recording.accumulations.of(value)
        index = history.until(self.end)
        if not index or self.cleared(value) > history[index - 1][0]:
            return None
        return history[index - 1][1]

    def cleared(self, value: int) -> int:
        """The step at which the program last took a value's `.grad` away, -1 if it has not."""
        steps = self.recording.cleared.get(value, [])
        index = bisect_left(steps, self.end)
        return steps[index - 1] if index else -1

    @property
    def where(self) -> tuple[Call, ...]:
        """The call stack of the program at this stop, innermost first."""
        match self.step:
            case Operation(where=where) | BackwardBegin(where=where) | Clearing(where=where):
                return where
            case Contribution(source=source):
                return self.recording.operations[source].where
            case Error(where=where):
                return where[::-1]
            case _:
                return ()

    @property
    def line(self) -> int:
        """The program line of this stop, 0 if it has none."""
        match self.step:
            case Print(line=line) | Chart(line=line):
                return line
            case _:
                return self.where[0].span.line if self.where else 0

    def charts(self) -> list[Chart]:
        """The charts the program has shown so far."""
        return [chart for step, chart in self.recording.charts if step < self.end]

    def printed(self) -> list[Print]:
        """What the program has written so far."""
        prints = self.recording.prints
        steps = (self.recording.steps[index] for index in prints[: bisect_left(prints, self.end)])
        return [step for step in steps if isinstance(step, Print)]
