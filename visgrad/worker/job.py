"""One run of a program: its recorder, its limits, how it is told to end and how it ended.

Owns what is counted (printed text) and the outcome.  Threads, messages and raising in the program are `host`'s.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

from engine.observe import observe
from visgrad.program.compile import Cell, compile_program
from visgrad.program.errors import PROGRAM, LimitReached, Stopped, describe, last_line, text_of
from visgrad.program.modules import Modules
from visgrad.program.namespace import namespace
from visgrad.recording.model import Error, Outcome
from visgrad.recording.recorder import Recorder
from visgrad.recording.stretch import Stretch
from visgrad.worker import limits
from visgrad.worker.parts import Divider
from visgrad.worker.protocol import Run

RESERVE = 2 << 20
"""Bytes kept back, so that running out of memory can be told."""

CUT = "\n… the rest is not shown\n"
STOPPED = Outcome("stopped", "Stopped.")


class Job:
    """A run.  `send` gets its steps, and whether they begin a part of its sliding window; `poke` makes the host look at
    `ending`; `lift` takes the bound on memory away.
    """

    def __init__(
        self,
        run: Run,
        send: Callable[[Stretch, bool], None],
        poke: Callable[[], None],
        lift: Callable[[], None],
    ) -> None:
        self.run = run
        self.recorder = Recorder(run.source, self._emit, PROGRAM)
        self._divider = Divider(run.limits, self.recorder, send)
        self.executing = False
        self.ending: Stopped | LimitReached | MemoryError | None = None
        self.ended = 0.0
        self.started = time.monotonic()
        self.deadline = self.started + run.limits.seconds
        self._poke, self._lift = poke, lift
        self._reserve = bytes(RESERVE)
        self._printed = 0

    # What the program reports (`namespace.Report`); operations go to the recorder directly.

    def bind(self, name: str, obj: object, line: int) -> None:
        """A name now stands for an object."""
        self.recorder.bind(name, obj, line)

    def loop(self, line: int, begins: bool) -> None:
        """The loop at a line begins, or begins its next pass."""
        self.recorder.loop(line, begins)

    def print(self, text: str, stream: str, line: int) -> None:
        """The program wrote text; what is over the limit is cut off, and ends the run."""
        left = (self.run.limits.printed << 20) - self._printed
        self._printed += len(text)
        if len(text) > left:
            text = text[: max(left, 0)] + CUT
            self.end(limits.too_much_text(self.run.limits.printed))
        if left > 0:
            self.recorder.print(text, stream, line)

    def flush(self) -> None:
        """What follows may take long: send what there is."""
        self.recorder.flush()

    def _emit(self, steps: Stretch) -> None:
        self._divider.emit(steps)

    # How it ends.

    def end(self, reason: Stopped | LimitReached | MemoryError) -> None:
        """Make the program end, from any thread; the first reason counts."""
        if self.ending is None:
            self.ended = time.monotonic()
            self.ending = reason
            self._poke()

    def end_of_run(self) -> BaseException:
        """What to raise in the program's code now."""
        return type(self.ending)(*self.ending.args) if self.ending is not None else Stopped()

    def outcome(self) -> Outcome:
        """The outcome of a run that was ended."""
        match self.ending:
            case LimitReached():
                return Outcome("limit", str(self.ending))
            case MemoryError():
                return Outcome("limit", limits.out_of_memory(self.run.limits.memory))
            case _:
                return STOPPED

    def execute(self, modules: Modules, kinds: tuple[type, ...]) -> Outcome:
        """Compile and run the program to its end, and say how it ended."""
        try:
            return self._execute(modules, kinds)
        except MemoryError as error:
            self._reserve = b""  # room to say so
            self._lift()
            self.recorder.error(describe(error, self.run.source))
            return Outcome("limit", limits.out_of_memory(self.run.limits.memory))
        except (Stopped, LimitReached):
            return self.outcome()
        except SystemExit as error:
            return Outcome("done", status=self._status(error.code))
        except BaseException as error:
            step = describe(error, self.run.source)
            self.recorder.error(step)
            return Outcome("error", last_line(step))
        finally:
            self.executing = False

    def _status(self, code: object) -> int:
        """The exit status that `exit(code)` asks for; what is no number is printed, as Python does."""
        if code is None or isinstance(code, int):
            return 0 if code is None else int.__and__(code, 0xFF)
        self.print(f"{text_of(code)}\n", "stderr", 0)
        return 1

    def _execute(self, modules: Modules, kinds: tuple[type, ...]) -> Outcome:
        cells = compile_program(self.run.source)
        names = namespace(self, kinds, modules.find)
        with warnings.catch_warnings(), observe(self.recorder):
            warnings.simplefilter("default")
            warnings.showwarning = self._show_warning
            modules.begin(self.recorder.chart, self.print)
            try:
                wrong = self._run_cells(cells, names, modules)
            finally:
                self.executing = False
                modules.end()
        if self.ending is not None:
            return self.outcome()
        return Outcome("error", last_line(wrong)) if wrong else Outcome("done")

    def _run_cells(self, cells: list[Cell], names: dict[str, Any], modules: Modules) -> Error | None:
        """Run the cells in turn as the reader of a notebook does: an error ends its cell only, and the cells that need
        what is missing because of it are left out.  The first error, if there was one."""
        first: Error | None = None
        missing: set[str] = set()
        for cell in cells:
            if cell.reads & missing - names.keys():
                missing |= cell.makes
                continue
            self.executing = True
            if self.ending is not None:  # asked to stop before the cell's first line
                break
            try:
                exec(cell.code, names)
            except MemoryError:
                raise
            except Exception as error:
                self.executing = False
                step = describe(error, self.run.source)
                self.recorder.error(step)
                first = first or step
                missing |= cell.makes
            self.executing = False
            modules.end()
        return first

    def _show_warning(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: object = None,
        line: str | None = None,
    ) -> None:
        self.print(f"{category.__name__}: {message}\n", "stderr", lineno if filename == PROGRAM else 0)
