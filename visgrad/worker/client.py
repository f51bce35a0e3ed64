"""The window's and the command's side: a worker process, kept ready, replaced when it dies.

Owns the process, the thread that reads it, and the promise that every run ends in exactly one `Finished`, whatever
becomes of the process.  Knows nothing of windows: `on_message` is called in the reading thread, and may block, which
holds the worker up rather than losing or piling up steps.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from msgspec.structs import replace

from visgrad.recording.check import check_array, check_outcome
from visgrad.recording.model import Outcome, Step
from visgrad.recording.recording import Recording
from visgrad.worker.parts import Sieve
from visgrad.worker.protocol import (
    Array,
    Decoder,
    Fetch,
    Finished,
    FromWorker,
    Limits,
    Message,
    Packed,
    ProtocolError,
    Ready,
    Run,
    Steps,
    Stop,
    ToWorker,
    encode,
)

STOP_AFTER = 0.5
"""Seconds a worker gets to end a run it was told to stop, before it is killed."""

CHUNK = 2000
"""Steps that are passed on at a time, when many have been held back."""

OVERTIME = 2.0
"""Seconds beyond a run's time limit after which a worker that has not ended it is killed."""

KEPT = """PATH HOME LANG LC_ALL LC_CTYPE TZ SYSTEMROOT TEMP TMP TMPDIR LD_LIBRARY_PATH PYTHONPATH VIRTUAL_ENV CUDA_PATH
CUDA_VISIBLE_DEVICES NVIDIA_VISIBLE_DEVICES NVIDIA_DRIVER_CAPABILITIES COVERAGE_PROCESS_START"""
"""The environment a worker gets; what else the person's has (keys, tokens) is none of a program's business."""

ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "1",  # so that the bound on address space is a bound on memory
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # a recording keeps arrays: their pages come in large pieces
    "OPENBLAS_NUM_THREADS": "1",  # for small products
    "PYTHONIOENCODING": "utf-8",
    "CUPY_CACHE_IN_MEMORY": "1",  # a worker writes no files, compiled kernels neither
}
"""What a worker gets besides."""

STARTS = 3
"""A worker that dies this often before it is ready is given up."""


class Worker:
    """A worker process.  `on_message` gets what it sends; `on_exit` a sentence if it cannot be started at all."""

    def __init__(
        self,
        on_message: Callable[[Message], None],
        on_exit: Callable[[str], None] | None = None,
        device: str = "cpu",
    ) -> None:
        self._on_message = on_message
        self._on_exit = on_exit
        self._device = device
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = self._closing = False
        self._runs = self._requests = 0
        self._sieve = Sieve(Limits())
        self._active: Run | None = None
        self._waiting: Run | None = None
        self._verdict: Outcome | None = None
        self._timer: threading.Timer | None = None
        self._last_words = ""
        self._open()

    # -- what the window asks --------------------------------------------------------------------------------------

    @property
    def pid(self) -> int:
        """The process's id, 0 if there is none."""
        return self._process.pid if self._process else 0

    @property
    def running(self) -> bool:
        """Whether a run is under way or waits for the worker."""
        return self._active is not None or self._waiting is not None

    def run(self, source: str, name: str = "program.py", device: str = "cpu", limits: Limits | None = None) -> int:
        """Run a program, after stopping the one under way; the number its messages will carry."""
        with self._lock:
            if self._gone and not self._closing:
                self._open()
            self._runs += 1
            skipped = self._waiting
            self._waiting = Run(self._runs, source, name, device, limits or Limits())
            number = self._runs
            if self._active is not None:
                self.stop()
            elif device != self._device:
                self._device = device
                self._kill()
            else:
                self._begin()
        if skipped is not None:
            self._on_message(Finished(skipped.run, Outcome("stopped", "Stopped.")))
        return number

    def stop(self) -> None:
        """Stop the run under way; the worker is killed if it does not end it soon."""
        with self._lock:
            if self._active is not None:
                self._send(Stop(self._active.run))
                self._set_timer(STOP_AFTER, Outcome("stopped", "Stopped."))

    def fetch(self, value: int, kind: str = "value") -> int:
        """Ask for the full array of a value of the latest run; the number the answering `Array` will carry."""
        with self._lock:
            self._requests += 1
            if self._ready:
                self._send(Fetch(self._runs, self._requests, self._sieve.number(value), kind))
            return self._requests

    def restart(self) -> None:
        """Replace the process."""
        self._kill()

    def close(self) -> None:
        """End the process and the thread; nothing is left."""
        with self._lock:
            self._closing = True
            self._waiting = None
            self._cancel_timer()
            self._kill()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    # -- the process -----------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self._gone = False
        self._start()
        self._thread = threading.Thread(target=self._serve, name="worker-reader", daemon=True)
        self._thread.start()

    def _command(self) -> list[str]:
        # -P: what lies beside a downloaded lesson (a `random.py`, say) is none of our modules.
        return [sys.executable, "-P", "-m", "visgrad.worker", "--device", self._device]

    def _start(self) -> None:
        kept = {name: os.environ[name] for name in KEPT.split() if name in os.environ}
        kept |= ENVIRONMENT
        self._process = subprocess.Popen(
            self._command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=kept,
            bufsize=0,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def _kill(self) -> None:
        with self._lock:
            self._ready = False
            if self._process is not None:
                self._process.kill()

    def _send(self, message: ToWorker) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        try:
            data = memoryview(encode(message))
            while data:
                data = data[process.stdin.write(data) or 0 :]
        except OSError:
            pass  # it has died; the reader finds out and says so

    def _begin(self) -> None:
        """Send the waiting run if the worker is ready for it."""
        with self._lock:
            if self._ready and self._active is None and self._waiting is not None:
                self._active, self._waiting, self._verdict = self._waiting, None, None
                limits = self._active.limits
                self._sieve = Sieve(limits)  # before the worker can answer, in another thread
                self._send(self._active)
                sentence = f"Stopped after {limits.seconds:g} seconds, the time limit of a run."
                self._set_timer(limits.seconds + OVERTIME, Outcome("limit", sentence))

    def _set_timer(self, seconds: float, verdict: Outcome) -> None:
        self._cancel_timer()
        active = self._active
        self._timer = threading.Timer(seconds, lambda: self._time_out(active, verdict))
        self._timer.daemon = True
        self._timer.name = "worker-deadline"
        self._timer.start()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_out(self, run: Run | None, verdict: Outcome) -> None:
        with self._lock:
            if run is not None and run is self._active:
                self._verdict = verdict
                self._kill()

    # -- the reading thread ----------------------------------------------------------------------------------------

    def _serve(self) -> None:
        failed = 0
        while True:
            reached = self._read()
            self._bury()
            failed = 0 if reached else failed + 1
            if failed == STARTS and not self._closing:
                self._give_up(f"The worker cannot be started. {self._last_words}".strip())
                return
            with self._lock:
                if self._closing:
                    return
                self._start()

    def _give_up(self, sentence: str) -> None:
        """No worker can be started: end the run that waits for one.  The next `run` tries again."""
        with self._lock:
            waiting, self._waiting, self._gone = self._waiting, None, True
        if waiting is not None:
            self._on_message(Finished(waiting.run, Outcome("died", sentence)))
        if self._on_exit is not None:
            self._on_exit(sentence)

    def _read(self) -> bool:
        """Pass on everything one process says; whether it was ever ready."""
        process = self._process
        assert process is not None
        assert process.stdout is not None
        decoder: Decoder[FromWorker] = Decoder(FromWorker)
        reached = False
        try:
            while data := process.stdout.read(1 << 16):
                for message in decoder.feed(data):
                    reached = True
                    self._receive(message)
        except (ProtocolError, ValueError) as error:
            self._verdict = Outcome("died", f"The worker said what makes no sense ({error}); it was replaced.")
        return reached

    def _receive(self, message: FromWorker) -> None:
        match message:
            case Ready():
                self._ready = True
                self._on_message(message)
                self._begin()
            case Packed(run=run):
                if self._active is None or self._active.run != run:
                    return
                steps = self._sieve.take(message)
                if steps or message.slides:
                    self._on_message(Steps(run, steps, self._sieve.dropped))
            case Finished(run=run):
                check_outcome(message.outcome)
                if (active := self._active) is not None and active.run == run:
                    self._finished(message)
            case Array():
                if message.shape is not None:
                    check_array(message.dtype, message.shape, message.data)
                self._on_message(message)

    def _finished(self, message: Finished) -> None:
        rest = self._sieve.rest()
        for start in range(0, len(rest), CHUNK):
            self._on_message(Steps(message.run, rest[start : start + CHUNK], self._sieve.dropped))
        if sentence := self._sieve.sentence():
            outcome = message.outcome
            message = replace(message, outcome=replace(outcome, message=f"{outcome.message} {sentence}".strip()))
        with self._lock:
            self._cancel_timer()
            self._active = None
            self._ready &= not message.last
        self._on_message(message)
        self._begin()

    def _bury(self) -> None:
        """Reap a process and say how the run it was busy with ended."""
        with self._lock:
            process, self._process, self._ready = self._process, None, False
        if process is None:
            return
        process.kill()
        code = process.wait()
        if process.stderr is not None:
            self._last_words = process.stderr.read(1 << 16).decode(errors="replace").strip().rpartition("\n")[2]
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        if self._active is not None and not self._closing:
            died = f"The worker ended unexpectedly ({_how(code)}), and was replaced. {self._last_words}".strip()
            outcome = self._verdict or Outcome("died", died)
            self._finished(Finished(self._active.run, outcome))


def _how(code: int) -> str:
    if code >= 0:
        return f"exit status {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


class WorkerLost(OSError):
    """No worker can be started; the message says why."""


def run_program(
    source: str,
    name: str = "program.py",
    limits: Limits | None = None,
    device: str = "cpu",
    on_steps: Callable[[Sequence[Step]], None] | None = None,
) -> Recording:
    """Run a program in a worker of its own and wait for the end: its Recording, with its outcome.

    `on_steps` is told of steps as they arrive; what it raises ends the run.  WorkerLost if no worker can be started.
    """
    recording = Recording(source, name)
    arrived: SimpleQueue[Message | str] = SimpleQueue()  # what the worker sent, or why it cannot be had
    worker = Worker(arrived.put, arrived.put, device)
    try:
        worker.run(source, name, device, limits)
        while recording.outcome is None:
            match arrived.get():
                case Steps(steps=steps):
                    recording.extend(steps)
                    if on_steps is not None:
                        on_steps(steps)
                case Finished(outcome=outcome):
                    recording.outcome = outcome
                case str(sentence):
                    raise WorkerLost(sentence)
    finally:
        worker.close()
    return recording
