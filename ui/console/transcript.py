"""What a run has written, as pieces of text in order.  Knows no Qt.

A recording becomes a transcript: printed text, the values of cells, an error with the program's own lines, and the
outcome.  Each piece says after which step it appeared, so that the console can fade what lies beyond the position.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ui.i18n import language, tr
from visgrad.explain.endings import ended_at
from visgrad.explain.mistakes import explained
from visgrad.recording.model import Error, Gap, Operation, Outcome, Print
from visgrad.recording.recording import Recording
from visgrad.recording.stretch import OTHER


@dataclass(frozen=True)
class Piece:
    """Text in a style ("stdout", "stderr", "result", "error", "link", "outcome", "failure") and where it came from.

    `step`: the index of the step it belongs to.  `line`: the program line a click leads to, 0 for none.
    """

    text: str
    style: str
    step: int
    line: int = 0


class Transcript:
    """Follows a recording; `news` yields what has been added since the last call."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._next = 0
        self._ended = False
        self._column = 0  # whether the last line is open: an error or outcome begins on a new line

    def news(self) -> Iterator[Piece]:
        """The pieces that have come since the last call."""
        steps = self.recording.steps
        for number, step in steps.of_kind(OTHER, self._next):
            self._next = number
            if isinstance(step, Print):
                yield self._printed(step)
            elif isinstance(step, Error):
                yield from self._fresh_line(self._next)
                yield from _error(step, self.recording.source, self._next)
                self._column = 0
            elif isinstance(step, Gap):
                yield from self._fresh_line(self._next)
                yield Piece(tr("console.gap", count=f"{step.steps:,}") + "\n", "outcome", self._next)
        self._next = len(steps)
        if self.recording.outcome is not None and not self._ended:
            self._ended = True
            yield from self._fresh_line(len(steps))
            yield _outcome(self.recording.outcome, self.recording, len(steps))

    def _printed(self, step: Print) -> Piece:
        text = step.text
        if step.stream == "result" and not text.endswith("\n"):
            text += "\n"
        self._column = 0 if text.endswith("\n") else 1
        return Piece(text, step.stream if step.stream in ("stderr", "result") else "stdout", self._next, step.line)

    def _fresh_line(self, step: int) -> Iterator[Piece]:
        if self._column:
            self._column = 0
            yield Piece("\n", "stdout", step)


def _error(error: Error, source: str, step: int) -> Iterator[Piece]:
    lines = source.splitlines()
    for call in error.where:
        number = call.span.line
        inside = tr("console.inside", function=call.function) if call.function not in ("", "<module>") else ""
        yield Piece(tr("console.line", line=number) + inside, "link", step, number)
        code = lines[number - 1].strip() if 0 < number <= len(lines) else ""
        yield Piece(f"    {code}\n" if code else "\n", "stderr", step)
    yield Piece(f"{error.type}: {error.message}\n" if error.message else f"{error.type}\n", "error", step)
    if error.explanation:
        yield Piece(explained(error, language()).replace("`", "").rstrip() + "\n", "outcome", step)


def _outcome(outcome: Outcome, recording: Recording, step: int) -> Piece:
    if outcome.kind == "done":
        count = sum(1 for operation in recording.operations if isinstance(operation, Operation))
        return Piece(tr("console.done", time=duration(outcome.seconds), count=f"{count:,}") + "\n", "outcome", step)
    if outcome.kind == "error" and not recording.failed_last:
        return Piece(tr("status.errors", errors=len(recording.errors)) + "\n", "failure", step)
    text = tr(f"outcome.{outcome.kind}") if outcome.kind in ("stopped", "error") else ended_at(outcome, language())
    return Piece((text or tr(f"outcome.{outcome.kind}")) + "\n", "failure", step)


def duration(seconds: float) -> str:
    """A length of time for people: `12 ms`, `3.4 s`, `2 min 5 s`."""
    if seconds < 0.9995:
        return f"{max(1, round(seconds * 1000))} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
