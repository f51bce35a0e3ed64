"""The gradient ledger of a value: what reached it, from where, and what that came to, over all sweeps.

Owns the rows; how they are shown is the window's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from visgrad.recording.frame import Frame
from visgrad.recording.histories import History
from visgrad.recording.model import BackwardBegin, BackwardEnd, Clearing, Contribution, Summary

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One entry.  `kind` is "start" (the sweep began here with `gradient`), "contribution" (operation `source` sent
    `gradient`, `total` is the sum in this sweep) or "grad" (the sweep's `gradient` went into `.grad`, now `total`; both
    are the same where the program itself wrote into it), or "cleared" (the
    program took the `.grad` away; `gradient` and `total` are what it was).

    `step` is the recording's step, `source` and `slot` are -1 unless it is a contribution.
    """

    kind: str
    step: int
    sweep: int
    gradient: Summary
    total: Summary
    source: int = -1
    slot: int = -1


def ledger(frame: Frame, value: int, latest: int = 0) -> list[Row]:
    """What has reached a value by this frame, oldest first; of much (a weight used ten thousand times), only so many
    of the `latest` rows if that is asked for."""
    recording = frame.recording
    rows: list[Row] = []
    before: Summary | None = None
    events = 2 * latest  # a row may be two events: a gradient that came, and its way into .grad
    for step, total in _until(recording.gradients.of(value), frame.end, events):
        match recording.steps[step], total:
            case BackwardBegin() as begin, Summary():
                rows.append(Row("start", step, begin.sweep, total, total))
            case Contribution() as sent, _:
                rows.append(Row("contribution", step, sent.sweep, sent.gradient, sent.total, sent.source, sent.slot))
            case Clearing(), _ if before is not None:
                rows.append(Row("cleared", step, -1, before, before))
            case _:
                pass
        before = total
    for step, accumulation in _until(recording.accumulations.of(value), frame.end, events):
        sweep = [row for row in rows if row.sweep == accumulation.sweep and row.step < step]
        written = step > _end(frame, accumulation.sweep)
        gradient = sweep[-1].total if sweep and not written else accumulation.grad
        rows.append(Row("grad", step, accumulation.sweep, gradient, accumulation.grad))
    rows.sort(key=lambda row: row.step)
    return rows[-latest:]


def _end(frame: Frame, sweep: int) -> int:
    """The step at which a sweep ended."""
    steps, step = frame.recording.steps, frame.recording.began[sweep]
    index = bisect_left(frame.recording.ended, step)
    ends = frame.recording.ended[index:]
    return next((end for end in ends if steps[end] == BackwardEnd(sweep)), len(steps))


def _until(history: History[T], end: int, latest: int) -> Sequence[tuple[int, T]]:
    last = history.until(end)
    return history[max(0, last - latest) if latest else 0 : last]
