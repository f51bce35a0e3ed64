"""What kind of moment each stop is, kept as an array that grows with the recording, for the slider to paint."""

from __future__ import annotations

from enum import IntEnum
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from visgrad.recording.chart import Chart
from visgrad.recording.model import BackwardBegin, Clearing, Contribution, Error, Gap, Operation, Print, Step
from visgrad.recording.recording import Recording


class Phase(IntEnum):
    """Ordered by what wins where several stops share a pixel."""

    FORWARD = 0
    PRINT = 1
    BACKWARD = 2
    GAP = 3
    ERROR = 4


class Phases:
    """`kinds`: the Phase of every stop so far."""

    def __init__(self) -> None:
        self._recording: Recording | None = None
        self._kinds = np.zeros(256, np.uint8)
        self._count = 0

    @property
    def kinds(self) -> NDArray[np.uint8]:
        return self._kinds[: self._count]

    def follow(self, recording: Recording) -> None:
        """Catch up with a recording, from the start if it is another one."""
        if recording is not self._recording:
            self._recording, self._count = recording, 0
        total = len(recording.stops)
        if total > len(self._kinds):
            grown = np.zeros(max(total, 2 * len(self._kinds)), np.uint8)
            grown[: self._count] = self.kinds
            self._kinds = grown
        start = recording.stops[self._count - 1] if self._count else 0
        steps = iter(recording.steps[start:])
        for position in range(self._count, total):
            end = recording.stops[position]
            self._kinds[position] = _phase(list(islice(steps, end - start)))
            start = end
        self._count = total


def _phase(steps: list[Step]) -> Phase:
    for step in steps:
        match step:
            case Error():
                return Phase.ERROR
            case Gap():
                return Phase.GAP
            case BackwardBegin() | Contribution() | Clearing():
                return Phase.BACKWARD
            case Operation(order=order):
                return Phase.BACKWARD if order else Phase.FORWARD
            case Print() | Chart():
                return Phase.PRINT
            case _:
                continue
    return Phase.FORWARD
