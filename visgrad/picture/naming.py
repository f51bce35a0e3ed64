"""What a card is called at a frame: the program's names for its results; what was written in place keeps its name, and
what nobody wrote is told by its formula."""

from __future__ import annotations

import msgspec

from visgrad.explain.formula import written
from visgrad.explain.spoken import spoken
from visgrad.picture.facts import facts_of
from visgrad.recording.frame import Frame
from visgrad.recording.model import Operation
from visgrad.recording.recording import Recording


class Naming:
    """The names of a recording's results."""

    def __init__(self, recording: Recording) -> None:
        self._facts = facts_of(recording)

    def name(self, frame: Frame, operation: Operation) -> str:
        """The latest names of an operation's results, "" if they have none."""
        names = [frame.name(output.value) for output in operation.outputs]
        if operation.in_place and not names[0]:
            output = operation.outputs[0]
            earlier = self._facts.named_before(output.tensor, output.value)
            names[0] = frame.name(earlier) if earlier >= 0 else ""
        return ", ".join(filter(None, names))


def told(frame: Frame, operation: Operation, language: str = "en") -> Operation:
    """The operation with a call that says what it does, where nobody wrote one: a backward pass makes such."""
    if operation.call or not operation.inputs:
        return operation
    text = written(frame, operation)
    return msgspec.structs.replace(operation, call=spoken(text, language)) if text else operation
