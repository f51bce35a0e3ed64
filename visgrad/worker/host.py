"""The worker's side: runs programs one after the other and streams what they do.

Three threads: the main thread runs programs; `reader` takes messages; `clock` has steps that wait flushed, watches the
time limit, and ends a run that was asked to end.  The recorder is the main thread's alone: the clock sends a signal.

A run is ended by raising in the program's own code, never inside the engine or the recorder: the signal makes the main
thread look where it is, and if it is not in the program's code, the next line there raises.  A program that goes on
regardless is abandoned together with the process.
"""

from __future__ import annotations

import _thread
import codecs
import gc
import importlib.util
import os
import pkgutil
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from types import FrameType
from typing import Any

import numpy as np

import engine
from engine import autocasting, dtypes, grad_mode, printing
from engine import random as streams
from engine.nn.module import Module
from engine.tensor import Tensor
from visgrad.program.errors import PROGRAM, Stopped
from visgrad.program.modules import Modules
from visgrad.recording import recorder
from visgrad.recording.model import Outcome
from visgrad.recording.stretch import Packer, Stretch
from visgrad.worker import landlock, limits
from visgrad.worker.job import Job
from visgrad.worker.memory import memory_for
from visgrad.worker.protocol import (
    VERSION,
    Array,
    Decoder,
    Fetch,
    Finished,
    FromWorker,
    Packed,
    Ready,
    Run,
    Stop,
    ToWorker,
    encode,
)

BATCH = 0.016
"""Seconds that steps may wait before they are sent."""

GRACE = 0.3
"""Seconds a program gets to end after it has been told to."""

CHUNK = 2000
LARGE = 1 << 20
"""So many steps are in one message at most where there are more bytes of data, to keep frames far below their bound."""

RECORDING = os.path.dirname(recorder.__file__)  # noqa: PTH120 - compared with code objects' file names

POKE = signal.SIGINT if sys.platform == "win32" else signal.SIGUSR1


class Host:
    """Serves one window over two file descriptors until the input ends."""

    def __init__(self, read: int, write: int, device: str = "cpu", fence: str = "", memory: str = "") -> None:
        self._read, self._write, self._device = read, write, device
        self._with_files = (fence or ("gpu" if device != "cpu" else "whole")) == "gpu"
        self._kind_of_memory = memory
        load_engine()
        self._modules = Modules()
        self._kinds: tuple[type, ...] = (Tensor, Module, list, tuple, dict)
        self._printing = np.get_printoptions()
        self._runs: SimpleQueue[Run] = SimpleQueue()
        self._sending = threading.Lock()
        self._busy = threading.Event()
        self._job: Job | None = None
        self._last: Job | None = None
        self._main = threading.get_ident()

    def serve(self) -> None:
        """Run programs for ever; the reader ends the process when the input ends."""
        signal.signal(POKE, self._poked)
        if signal.SIGINT != POKE:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        if self._with_files:
            landlock.confine()  # holds for threads that are started from now on
        if self._device == "cuda":
            with suppress(Exception):  # what the driver takes for itself is none of a run's memory
                engine.ones(1, device=self._device).exp()
        for thread in (self._reader, self._clock):
            threading.Thread(target=thread, name=thread.__name__, daemon=True).start()
        self._memory, devices = memory_for(self._device, self._kind_of_memory), known_devices()
        limits.harden(self._with_files)
        limits.set_up_fence(self._with_files)
        gc.collect()
        gc.freeze()
        gc.set_threshold(100_000, 20, 50)
        self.send(Ready(VERSION, devices))
        while True:
            self._run(self._runs.get())

    def send(self, message: FromWorker) -> None:
        """Write one message; blocks while the other side is busy."""
        data = memoryview(encode(message))
        with self._sending:
            while data:
                data = data[os.write(self._write, data) :]

    # -- reader thread ---------------------------------------------------------------------------------------------

    def _reader(self) -> None:
        decoder: Decoder[ToWorker] = Decoder(ToWorker)
        try:
            while data := os.read(self._read, 1 << 16):
                for message in decoder.feed(data):
                    self._receive(message)
        finally:
            os._exit(0)

    def _receive(self, message: ToWorker) -> None:
        match message:
            case Run():
                self._runs.put(message)
            case Stop():
                if (job := self._job) and job.run.run == message.run:
                    job.end(Stopped())
            case Fetch():
                self._fetch(message)

    def _fetch(self, fetch: Fetch) -> None:
        job = self._job or self._last
        array = None
        if job is not None and job.run.run == fetch.run:
            array = job.recorder.fetch(fetch.value, fetch.kind)
        if array is None:
            self.send(Array(fetch.request, "", None, b""))
        else:
            self.send(Array(fetch.request, str(array.dtype), array.shape, array.tobytes()))

    # -- clock thread ----------------------------------------------------------------------------------------------

    def _clock(self) -> None:
        while True:
            self._busy.wait()
            time.sleep(BATCH)
            if (job := self._job) is not None:
                self._tick(job)

    def _tick(self, job: Job) -> None:
        if job.ending is not None:
            if time.monotonic() > job.ended + GRACE or self._memory.far_over():
                self._abandon(job)
            self._poke()
        elif time.monotonic() > job.deadline:
            job.end(limits.time_is_up(job.run.limits.seconds))
        elif self._memory.nearly_full():
            job.end(MemoryError())
        else:
            self._poke()

    def _abandon(self, job: Job) -> None:
        """The program would not end: say how the run ended, and take the process down."""
        if not _recording(sys._current_frames()[self._main]):
            job.recorder.flush()
        self._finish(job, job.outcome(), last=True)
        os._exit(3)

    def _poke(self) -> None:
        """Interrupt the main thread, so that `_poked` runs there."""
        if sys.platform == "win32":
            _thread.interrupt_main()
        else:
            signal.pthread_kill(self._main, POKE)

    # -- main thread -----------------------------------------------------------------------------------------------

    def _poked(self, signum: int, frame: FrameType | None) -> None:
        """Flush what waits; or, once the run is to end, raise in the program's code: here if the main thread is in it,
        else at its next line there.
        """
        job = self._job
        if job is None or not job.executing:
            return
        if job.ending is None:
            if not _recording(frame):
                job.recorder.flush()
            return
        if frame is not None and frame.f_code.co_filename == PROGRAM:
            raise job.end_of_run()
        while frame is not None and frame.f_code.co_filename != PROGRAM:
            frame = frame.f_back
        if frame is not None:
            frame.f_trace = self._trace
            sys.settrace(self._trace)

    def _trace(self, frame: FrameType, event: str, argument: Any) -> None:
        if frame.f_code.co_filename == PROGRAM and (job := self._job) and job.executing:
            raise job.end_of_run()

    def _run(self, run: Run) -> None:
        memory = self._memory
        self._reset()
        job = Job(run, partial(self._send_steps, run.run, Packer()), self._poke, lambda: memory.limit(0))
        memory.limit(run.limits.memory)
        limits.limit_processor(run.limits.seconds)
        self._job = job
        self._busy.set()
        outcome = job.execute(self._modules, self._kinds)
        self._busy.clear()
        sys.settrace(None)
        memory.limit(0)
        job.recorder.flush()
        self._last, self._job = job, None
        self._finish(job, outcome)
        gc.collect()

    def _finish(self, job: Job, outcome: Outcome, last: bool = False) -> None:
        seconds = time.monotonic() - job.started
        self.send(Finished(job.run.run, Outcome(outcome.kind, outcome.message, seconds, outcome.status), last))

    def _send_steps(self, run: int, packer: Packer, steps: Stretch, slides: bool) -> None:
        for number, part in enumerate(parts_of(steps)):
            self.send(Packed(run, packer.pack(part), slides and not number))

    def _reset(self) -> None:
        """Give every run the engine as it is at first: one program's settings are not the next one's."""
        self._last = None
        np.set_printoptions(**self._printing)
        np.random.seed()
        random.seed()
        streams.seed()
        grad_mode.set_grad_enabled(True)
        autocasting.forget()
        dtypes.set_default_dtype(dtypes.float32)
        printing.set_printoptions(profile="default")


def parts_of(steps: Stretch) -> Iterator[Stretch]:
    """Steps in pieces that each fit into a message."""
    whole = len(steps.data) < LARGE and len(steps.others) < CHUNK
    size = max(len(steps), 1) if whole else CHUNK
    for start in range(0, len(steps), size):
        yield steps.part(start, min(start + size, len(steps)))


def known_devices() -> tuple[str, ...]:
    """Where a worker may run programs.  A GPU is looked for without loading its library, which takes long."""
    library = importlib.util.find_spec("cupy") is not None
    driver = sys.platform == "win32" or any(map(os.path.exists, ("/dev/nvidiactl", "/dev/dxg")))
    return ("cpu", "cuda") if library and driver else ("cpu",)


def load_engine() -> None:
    """Import all of the engine now: behind the fence nothing can be imported, not even when a function asks for it.

    Python's own compiler asks for `unicodedata` when a name is not ASCII, for a codec when an f-string has an escape.
    """
    # NumPy looks for masked arrays in `unique` and `median`; the engine for bfloat16 on its first use.
    for name in ("unicodedata", "numpy.ma", "ml_dtypes"):
        importlib.import_module(name)
    codecs.lookup("unicode_escape")
    time.localtime()  # reads the time zone's file
    for module in pkgutil.walk_packages(engine.__path__, "engine."):
        with suppress(ImportError):
            importlib.import_module(module.name)


def _recording(frame: FrameType | None) -> bool:
    """Whether a thread is at work in the recorder, which must not be entered twice."""
    while frame is not None and frame.f_code.co_filename != PROGRAM:
        if frame.f_code.co_filename.startswith(RECORDING):
            return True
        frame = frame.f_back
    return False
