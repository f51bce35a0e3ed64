"""Makes pictures of large recordings on a thread of its own, so that the window never waits for a layout.

The newest request wins: one that has not begun is dropped when another is made, and one that has begun is not
delivered.  The thread touches no widget and ends when there is nothing more to do.  A recording grows on the window's
thread, so the job keeps a copy of its own and extends that one by the steps there were when it was asked.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.recording.model import Outcome, Step
from visgrad.recording.recording import Recording

PATIENCE = 5.0
"""Seconds that closing waits for a layout under way."""


class _Request(NamedTuple):
    number: int
    recording: Recording
    steps: Sequence[Step]
    outcome: Outcome | None
    options: ViewOptions
    after: Picture | None


class LayoutJob(QObject):
    """`done(number, picture)` comes on the thread of the job's owner; `failed(number, words)` if a layout raised."""

    done = Signal(int, object)
    failed = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: _Request | None = None
        self._newest = 0
        self._closed = False
        self._thread: threading.Thread | None = None
        self._mirrored: Recording | None = None
        self._mirror = Recording()

    def request(self, recording: Recording, options: ViewOptions, after: Picture | None = None) -> int:
        """Ask for the picture of a recording as it is now (`after` an earlier one); the request's number."""
        with self._lock:
            self._newest += 1
            if not self._closed:
                self._waiting = _Request(self._newest, recording, recording.steps[:], recording.outcome, options, after)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name="layout", daemon=True)
                    self._thread.start()
            return self._newest

    def cancel(self) -> None:
        """Nothing that has been asked for will be delivered."""
        with self._lock:
            self._newest += 1
            self._waiting = None

    def close(self) -> None:
        """Cancel everything for good, and wait for a layout under way."""
        self.cancel()
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None:
            thread.join(PATIENCE)

    def _work(self) -> None:
        while True:
            with self._lock:
                request, self._waiting = self._waiting, None
                if request is None:
                    self._thread = None
                    return
            self._make(request)

    def _make(self, request: _Request) -> None:
        try:
            picture = Picture(self._copy(request), request.options, request.after)
        except Exception as problem:  # whatever a layout may raise must reach the window, not end the thread
            self._tell(request.number, f"{type(problem).__name__}: {problem}")
        else:
            self._tell(request.number, picture)

    def _tell(self, number: int, result: Picture | str) -> None:
        with self._lock:
            wanted = number == self._newest and not self._closed
        if wanted and isinstance(result, str):
            self.failed.emit(number, result)
        elif wanted:
            self.done.emit(number, result)

    def _copy(self, request: _Request) -> Recording:
        if self._mirrored is not request.recording or len(self._mirror.steps) > len(request.steps):
            self._mirrored = request.recording
            self._mirror = Recording(request.recording.source, request.recording.name)
        self._mirror.extend(request.steps[len(self._mirror.steps) :])
        self._mirror.outcome = request.outcome
        return self._mirror
