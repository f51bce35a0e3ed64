"""Runs programs: owns the worker process and turns what it says into changes of the store.

The worker is started ahead and reused.  Its messages arrive on a reader thread and cross to the window's thread
through queued signals; those of an older run are dropped by their number.  A worker that dies ends the run with a
message, and the next run gets a new one.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from ui.i18n import tr
from ui.settings_store import SettingsStore
from ui.store import Aspect, Store
from visgrad.recording.model import Outcome, Step
from visgrad.recording.recording import Recording
from visgrad.worker.client import Worker
from visgrad.worker.protocol import Array, Finished, FromWorker, Limits, Ready, Steps

Receive = Callable[[Array], None]


class Session(QObject):
    """`run`, `stop`, `fetch`, `close`.  `devices`: what the worker can run on, known once it is ready."""

    started = Signal()  # a run has been asked for
    finished = Signal()
    _said = Signal(object)
    _left = Signal(object, str)

    def __init__(self, store: Store, settings: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._settings = store, settings
        self._worker: Worker | None = None
        self._generation = 0
        self._run = 0
        self._recording = store.recording
        self._waiting: dict[int, Receive] = {}
        self._closed = False
        self.devices: tuple[str, ...] = ("cpu",)
        self._said.connect(self._on_message, Qt.ConnectionType.QueuedConnection)
        self._left.connect(self._on_exit, Qt.ConnectionType.QueuedConnection)
        self._start()

    # --- what the window asks for ----------------------------------------------------------------------------

    def run(self, name: str) -> None:
        """Run the store's text; what is running is stopped first."""
        if self._closed:
            return
        if self._store.running:
            self._replace_worker()
        if self._worker is None:
            self._start()
        self._run += 1
        text = self._store.text
        self._recording = Recording(text, name)
        self._store.set(Aspect.RUN | Aspect.PLAY, running=True, outcome=None, live=True, playing=False)
        self.started.emit()
        limits = Limits(
            seconds=self._settings.number("run/time_limit"),
            memory=int(self._settings.number("run/memory_limit")),
            steps=int(self._settings.number("run/step_limit")),
        )
        if self._worker is not None:
            self._worker.run(self._run, text, name, self._settings.text("run/device"), limits)

    def stop(self) -> None:
        """End the run; the recording so far stays."""
        if self._store.running and self._worker is not None:
            self._worker.stop(self._run)

    def fetch(self, value: int, kind: str, receive: Receive) -> None:
        """Ask for a full array of the last run; `receive` gets the answer, unless the worker dies first."""
        if self._worker is not None:
            request = self._worker.fetch(self._run, value, kind)
            self._waiting[request] = receive

    def forget(self) -> None:
        """Another program has been opened: what runs is ended, and nothing more of it is shown."""
        self._run += 1
        if self._store.running:
            self._replace_worker()

    def close(self) -> None:
        """End the worker for good."""
        self._closed = True
        self._drop_worker()

    # --- the worker ------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._generation += 1
        generation = self._generation
        self._worker = Worker(
            lambda message: self._said.emit((generation, message)),
            lambda reason: self._left.emit(generation, reason),
        )

    def _drop_worker(self) -> None:
        worker, self._worker = self._worker, None
        self._generation += 1  # whatever it still says is not for us
        self._waiting.clear()
        if worker is not None:
            worker.close()

    def _replace_worker(self) -> None:
        self._drop_worker()
        self._start()

    # --- what it says ----------------------------------------------------------------------------------------

    def _on_message(self, said: tuple[int, FromWorker]) -> None:
        generation, message = said
        if generation != self._generation:
            return
        match message:
            case Ready(devices=devices):
                self.devices = devices
            case Steps(run=run, steps=steps) if run == self._run:
                self._extend(steps)
            case Finished(run=run, outcome=outcome) if run == self._run:
                self._finish(outcome)
            case Array(request=request):
                receive = self._waiting.pop(request, None)
                if receive is not None:
                    receive(message)
            case _:
                pass

    def _extend(self, steps: tuple[Step, ...]) -> None:
        try:
            self._recording.extend(steps)
        except ValueError as error:  # the worker contradicts itself: it is not to be trusted any further
            self._replace_worker()
            self._finish(Outcome("died", tr("outcome.nonsense", reason=str(error))))
            return
        self._show()

    def _show(self) -> None:
        store = self._store
        if store.recording is self._recording:
            store.set(Aspect.RECORDING)
        else:
            changes = Aspect.RECORDING | Aspect.POSITION | Aspect.SELECTION | Aspect.HOVER
            stale = store.text != self._recording.source
            store.set(changes, recording=self._recording, position=0, selection=None, hover=None, stale=stale)

    def _finish(self, outcome: Outcome) -> None:
        self._recording.outcome = outcome
        self._show()
        self._store.set(Aspect.RUN, running=False, outcome=outcome)
        self.finished.emit()

    def _on_exit(self, generation: int, reason: str) -> None:
        if generation != self._generation:
            return
        self._worker = None
        self._generation += 1
        self._waiting.clear()
        if self._store.running:
            self._finish(Outcome("died", tr("outcome.died") + (f" {reason}" if reason else "")))
        if not self._closed:
            self._start()
