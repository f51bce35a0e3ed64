"""What a card is called at a frame: the program's names for its results; what was written in place keeps its name."""

from __future__ import annotations

from bisect import bisect_left

from visgrad.recording.frame import Frame
from visgrad.recording.model import Operation
from visgrad.recording.recording import Recording


class Naming:
    """The names of a recording's results."""

    def __init__(self, recording: Recording) -> None:
        self._named: dict[int, list[int]] = {}
        for value in sorted(recording.names):
            self._named.setdefault(recording.values[value].tensor, []).append(value)

    def name(self, frame: Frame, operation: Operation) -> str:
        """The latest names of an operation's results, "" if they have none."""
        names = [frame.name(output.value) for output in operation.outputs]
        if operation.in_place and not names[0]:
            names[0] = self._earlier(frame, operation)
        return ", ".join(filter(None, names))

    def _earlier(self, frame: Frame, operation: Operation) -> str:
        output = operation.outputs[0]
        values = self._named.get(output.tensor, [])
        place = bisect_left(values, output.value)
        return frame.name(values[place - 1]) if place else ""
