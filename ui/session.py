"""Runs programs: owns the worker process and turns what it says into changes of the store.

The worker is started ahead and reused; `visgrad.worker.client` replaces its process when it dies and promises that
every run ends.  Messages arrive on its reading thread and cross to the window's thread through a queued signal, a few
at a time: a worker that is faster than the window waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ui.i18n import language, tr
from ui.settings_store import SettingsStore
from ui.store import Aspect, Store
from visgrad.recording.model import Outcome, Step
from visgrad.recording.recording import Recording
from visgrad.worker.client import Worker
from visgrad.worker.protocol import Array, Finished, Limits, Message, Ready, Steps

Receive = Callable[[Array], None]

PATIENCE = 300
"""Milliseconds after which a run that was to be quiet is told of: the learner may want to stop it."""

AHEAD = 4
"""How many messages may wait for the window before the worker is held up."""


class Session(QObject):
    """`run`, `stop`, `fetch`, `close`.  `devices`: what the worker can run on, known once it is ready."""

    finished = Signal()
    _said = Signal(object)
    _left = Signal(str)

    def __init__(self, store: Store, settings: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._settings = store, settings
        self._run = 0
        self._recording = store.recording
        self._waiting: dict[int, Receive] = {}
        self._again = False  # the text has changed since the quiet run began
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(PATIENCE)
        self._late.timeout.connect(lambda: self._store.set(Aspect.RUN, running=self._store.retrying))
        self._room = threading.Semaphore(AHEAD)
        self._closed = False
        self.devices: tuple[str, ...] = ("cpu",)
        self._said.connect(self._on_message, Qt.ConnectionType.QueuedConnection)
        self._left.connect(self._on_exit, Qt.ConnectionType.QueuedConnection)
        self._worker: Worker | None = self._start()

    # --- what the window asks for ----------------------------------------------------------------------------

    @property
    def worker_pid(self) -> int:
        """The process that runs programs, 0 while there is none."""
        return self._worker.pid if self._worker else 0

    def run(self, name: str) -> None:
        """Run the store's text; what is running is stopped first."""
        if not self._closed:
            self._begin(name)
            self._store.set(
                Aspect.RUN | Aspect.PLAY, running=True, retrying=False, outcome=None, live=True, playing=False
            )

    def run_again(self, name: str) -> None:
        """Run the changed text and stay at this moment: the picture gives way only when the run is over.

        While such a run goes on, further changes wait for its end, and only the newest text runs.
        """
        if self._closed or (self._store.running and not self._store.retrying):
            return
        if self._store.retrying:
            self._again = True
            return
        self._begin(name)
        self._late.start()
        self._store.set(Aspect.RUN | Aspect.PLAY, retrying=True, playing=False, live=False)

    def _begin(self, name: str) -> None:
        self._again = False
        self._late.stop()
        if self._worker is None:
            self._worker = self._start()
        text = self._store.text
        limits = Limits(
            seconds=self._settings.number("run/time_limit"),
            memory=int(self._settings.number("run/memory_limit")),
            steps=int(self._settings.number("run/step_limit")),
            latest=int(self._settings.number("run/latest_steps")),
            printed=int(self._settings.number("run/output_limit")),
        )
        self._recording = Recording(text, name)
        self._run = self._worker.run(text, name, self._settings.text("run/device"), limits)
        self._waiting.clear()

    def stop(self) -> None:
        """End the run; the recording so far stays."""
        if self._store.running and self._worker is not None:
            self._worker.stop()

    def forget(self) -> None:
        """Another program has been opened: what runs is ended, and nothing more of it is shown."""
        self.stop()
        if self._store.retrying and self._worker is not None:
            self._worker.stop()
        self._late.stop()
        self._again = False
        self._store.set(Aspect.RUN, retrying=False)
        self._run = 0

    def keeps(self, recording: Recording) -> bool:
        """Whether the worker may still have the full arrays of a recording."""
        return recording is self._recording and not self._store.running and self._worker is not None

    def fetch(self, value: int, kind: str, receive: Receive) -> None:
        """Ask for a full array of the last run; `receive` gets the answer, unless the worker dies first."""
        if self._worker is not None:
            self._waiting[self._worker.fetch(value, kind)] = receive

    def close(self) -> None:
        """End the worker for good."""
        self._closed = True
        self._late.stop()
        worker, self._worker = self._worker, None
        self._waiting.clear()
        if worker is not None:
            self._room.release(AHEAD)
            worker.close()

    # --- what the worker says --------------------------------------------------------------------------------

    def _start(self) -> Worker:
        return Worker(self._hear, self._left.emit, self._settings.text("run/device"))

    def _hear(self, message: Message) -> None:
        """On the reading thread (or, for a run that was skipped, on the window's): pass a message on."""
        if isinstance(message, Steps):
            while not self._closed and not self._room.acquire(timeout=0.2):
                continue
        if not self._closed:
            self._said.emit(message)

    def _on_message(self, message: Message) -> None:
        match message:
            case Ready(devices=devices):
                self.devices = devices
            case Steps(run=run, steps=steps, dropped=dropped):
                self._room.release()
                if run == self._run:
                    self._recording.missing = dropped
                    self._extend(steps)
            case Finished(run=run, outcome=outcome) if run == self._run:
                foreign = outcome.kind == "died" and language() != "en"  # the worker's client speaks English
                self._finish(msgspec.structs.replace(outcome, message=tr("outcome.died")) if foreign else outcome)
            case Array(request=request) if request in self._waiting:
                self._waiting.pop(request)(message)
            case _:
                pass

    def _extend(self, steps: Sequence[Step]) -> None:
        try:
            self._recording.extend(steps)
        except ValueError as error:  # the worker contradicts itself: it is not to be trusted any further
            if self._worker is not None:
                self._worker.restart()
            self._run = 0
            self._finish(Outcome("died", tr("outcome.nonsense", reason=str(error))))
            return
        if not self._store.retrying:
            self._show()

    def _show(self) -> None:
        store = self._store
        if store.recording is self._recording:
            store.set(Aspect.RECORDING)
        else:
            changes = Aspect.RECORDING | Aspect.POSITION | Aspect.SELECTION | Aspect.HOVER
            stale = store.text != self._recording.source
            store.set(changes, recording=self._recording, position=0, selection=None, hover=None, stale=stale)

    def _give_way(self) -> None:
        """Show the run that was quiet in the place of the one before, at the same moment of it."""
        store, new = self._store, self._recording
        total = len(new.stops)
        at_end = store.position >= len(store.recording.stops)
        selected = store.selection
        if selected is not None and not _same(store.recording, new, selected):
            selected = None
        store.set(
            Aspect.RECORDING | Aspect.POSITION | Aspect.SELECTION | Aspect.HOVER,
            recording=new,
            position=total if at_end else min(store.position, total),
            selection=selected,
            hover=None,
            stale=store.text != new.source,
        )

    def _finish(self, outcome: Outcome) -> None:
        self._recording.outcome = outcome
        self._late.stop()
        if self._store.retrying:
            self._give_way()
        else:
            self._show()
        self._store.set(Aspect.RUN, running=False, retrying=False, outcome=outcome)
        if self._again:
            self.run_again(self._recording.name)
        self.finished.emit()

    def _on_exit(self, sentence: str) -> None:
        """No worker can be started: the run, if there is one, is over; the next one tries again."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()
        if self._store.running:
            self._finish(Outcome("died", sentence))


def _same(old: Recording, new: Recording, node: int) -> bool:
    """Whether an operation is the same one in another run of nearly the same text (folded groups may not be)."""
    both = 0 <= node < min(len(old.operations), len(new.operations))
    return both and old.operations[node].op == new.operations[node].op
