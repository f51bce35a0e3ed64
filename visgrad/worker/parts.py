"""Both ends of the sliding window between a worker and its window: who says where a part begins, who keeps the latest.

`Divider` is the worker's: it counts what it sends, and has the recorder forget what the other side has dropped.
`Sieve` is the window's: it checks every step, passes on a run's beginning and holds back the latest steps until the
run is over.  Neither side's memory grows once the beginning is full.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from visgrad.recording.model import Step
from visgrad.recording.recorder import Recorder
from visgrad.recording.stretch import Stretch, Unpacker
from visgrad.recording.window import Counts, Window
from visgrad.worker.protocol import Limits, Packed

PATIENCE = 20_000
"""So many steps a part may have above its size, waiting for a backward sweep to end."""

SLACK = 200_000
"""So many it has at most: steps come in batches."""


class Divider:
    """Divides steps into the beginning and parts.  `send` gets steps, and whether they begin a part."""

    def __init__(self, limits: Limits, recorder: Recorder, send: Callable[[Stretch, bool], None]) -> None:
        self._recorder, self._send = recorder, send
        self._room, self._size = limits.steps, limits.latest
        self._begins = False
        self._part = self._kept = self._start = 0
        self._last: Stretch | None = None

    def emit(self, steps: Stretch) -> None:
        """Send further steps."""
        if self._room:
            room = min(self._room, len(steps))
            beginning, steps = steps.part(0, room), steps.part(room, len(steps))
            self._room -= room
            self._told(beginning)
            if not self._room:
                self._kept = beginning.ends[1]
                self._begin_part()
        if not steps:
            return
        self._told(steps)
        self._part += len(steps)
        over = self._part - self._size
        if not self._room and over >= 0 and (over >= PATIENCE or not self._recorder.sweeping):
            self._begin_part()

    def _told(self, steps: Stretch) -> None:
        self._send(steps, self._begins)
        self._begins = False
        self._last = steps

    def _begin_part(self) -> None:
        """The next steps begin a part; the part before the last is then dropped."""
        self._begins, self._part = True, 0
        self._recorder.forget(self._kept, self._start)
        self._start = self._last.ends[1] if self._last is not None else 0


class Sieve:
    """What comes of one run.  `dropped`: how many steps have been so far."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._beginning = Counts()
        self._window: Window | None = None
        self._unpacker = Unpacker()

    @property
    def dropped(self) -> int:
        return self._window.dropped if self._window is not None else 0

    def take(self, message: Packed) -> Sequence[Step]:
        """Check steps; those that are to be passed on now.  ValueError if they are no such steps."""
        passed: Sequence[Step] = ()
        steps = self._unpacker.unpack(message.columns)
        if message.slides:
            if self._window is None:
                self._window = Window(self._beginning)
            passed = tuple(self._window.slide())
        if self._window is None:
            self._beginning.add(steps)
            passed = steps
        else:
            self._window.add(steps)
        if self._beginning.steps > self._limits.steps or self._held > self._limits.latest + SLACK:
            raise ValueError("more steps than the run may have")
        return passed

    @property
    def _held(self) -> int:
        return len(self._window) if self._window is not None else 0

    def rest(self) -> list[Step]:
        """What was held back, once the run is over; ValueError, once, if it contradicts itself."""
        window = self._window
        if window is None:
            return []
        try:
            return window.join()
        except ValueError:
            self._window = None
            raise

    def number(self, value: int) -> int:
        """The number that the worker has for a value of the whole."""
        return self._window.values.get(value, value) if self._window is not None else value

    def sentence(self) -> str:
        """What is said at the end of a run of which steps were dropped, or ""."""
        if not self.dropped:
            return ""
        return f"Its first {self._limits.steps:,} steps and its latest are kept; {self.dropped:,} between them are not."
