"""Which value a name stands for, and what each line has bound, at any moment of a recording.  Knows no Qt."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from visgrad.recording.forms import BIND
from visgrad.recording.frame import Frame
from visgrad.recording.model import Bind
from visgrad.recording.recording import Recording
from visgrad.recording.summary import short

History = list[tuple[int, int]]
"""(step, value), oldest first."""


@dataclass(frozen=True)
class Hint:
    """What stands beside a line: the values its names have now, and the gradients that have come to them."""

    values: str
    gradients: str = ""


class Bindings:
    """Grows with a recording."""

    def __init__(self) -> None:
        self._recording: Recording | None = None
        self._next = 0
        self._names: dict[str, History] = {}
        self._lines: dict[int, dict[str, History]] = {}

    def follow(self, recording: Recording) -> None:
        """Catch up with a recording, from the start if it is another one."""
        if recording is not self._recording:
            self._recording, self._next, self._names, self._lines = recording, 0, {}, {}
        for index, step in recording.steps.of_kind(BIND, self._next):
            if isinstance(step, Bind):
                entry = (index, step.value)
                self._names.setdefault(step.name, []).append(entry)
                self._lines.setdefault(step.line, {}).setdefault(step.name, []).append(entry)
        self._next = len(recording.steps)

    def value(self, frame: Frame, name: str) -> int | None:
        """The value a name stands for at a frame, None if it has none yet."""
        return _latest(self._names.get(name, []), frame.end)

    def hints(self, frame: Frame) -> dict[int, Hint]:
        """What stands beside each line that has bound a name by this frame."""
        found = {}
        for line, names in self._lines.items():
            now = [(name, _latest(history, frame.end)) for name, history in names.items()]
            known = [(name, value) for name, value in now if value is not None]
            if known and line:
                found[line] = _hint(frame, known)
        return found

    def tell(self, frame: Frame, name: str) -> str:
        """A name at a frame in a few lines: its value, what kind of tensor it is, its gradient; "" if it has none."""
        value = self.value(frame, name)
        if value is None:
            return ""
        output = frame.recording.values[value]
        summary = output.summary
        lines = [f"{name} = {short(summary, 60)}", f"({', '.join(map(str, summary.shape))}) {summary.dtype}"]
        gradient = frame.gradient(value)
        if gradient is not None:
            lines.append(f"grad {short(gradient, 60)}")
        return "\n".join(lines)


def _latest(history: History, end: int) -> int | None:
    index = bisect_left(history, (end,))
    return history[index - 1][1] if index else None


def _hint(frame: Frame, known: list[tuple[str, int]]) -> Hint:
    """The value alone where the line binds one name, since the name stands there already."""
    shown = [(name, short(frame.recording.values[value].summary)) for name, value in known]
    values = f"→ {shown[0][1]}" if len(shown) == 1 else ", ".join(f"{name} → {text}" for name, text in shown)
    gradients = [frame.gradient(value) for _, value in known]
    return Hint(values, ", ".join(f"grad {short(gradient)}" for gradient in gradients if gradient is not None))
