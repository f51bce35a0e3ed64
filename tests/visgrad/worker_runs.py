"""Runs programs in one real worker after another, for tests: `Runner().run(text)` gives the Recording."""

from __future__ import annotations

import queue
import time

from visgrad.recording.model import Print
from visgrad.recording.recording import Recording
from visgrad.worker.client import Worker
from visgrad.worker.protocol import Finished, Limits, Message, Steps

PATIENCE = 60.0
"""Seconds until a test gives up on a run."""


class Runner:
    """A worker whose messages are collected; `messages` are all it said since the run began."""

    def __init__(self) -> None:
        self.queue: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self.worker = Worker(self.queue.put)
        self.messages: list[Message] = []

    def start(self, source: str, limits: Limits | None = None) -> int:
        """Ask for a run without waiting for it."""
        self.messages = []
        return self.worker.run(source, limits=limits)

    def finish(self, number: int, source: str = "") -> Recording:
        """Wait for the end of a run."""
        recording = Recording(source)
        until = time.monotonic() + PATIENCE
        while recording.outcome is None:
            message = self.queue.get(timeout=max(until - time.monotonic(), 0.01))
            self.messages.append(message)
            match message:
                case Steps(run=run, steps=steps) if run == number:
                    recording.extend(steps)
                case Finished(run=run, outcome=outcome) if run == number:
                    recording.outcome = outcome
        return recording

    def run(self, source: str, limits: Limits | None = None) -> Recording:
        """Run a program to its end."""
        return self.finish(self.start(source, limits), source)

    def wait_for(self, kind: type[Message]) -> Message:
        """The next message of a kind."""
        until = time.monotonic() + PATIENCE
        while True:
            message = self.queue.get(timeout=max(until - time.monotonic(), 0.01))
            if isinstance(message, kind):
                return message

    def close(self) -> None:
        """End the worker."""
        self.worker.close()


def printed(recording: Recording, from_line: int = 0) -> str:
    """What a program printed, from a line on."""
    return "".join(step.text for step in recording.steps if isinstance(step, Print) and step.line >= from_line)


def last_line(recording: Recording) -> str:
    """How an error reads in the last line of its traceback, "" if there was none."""
    return f"{recording.error.type}: {recording.error.message}" if recording.error else ""
