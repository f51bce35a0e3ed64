"""Records what the engine does in this very process: in a script, a notebook or a test.

Owns what a worker does by compiling the program: telling the person's frames from others, and noticing names.  The
names are those of the frame that holds the `with` statement, looked at before each operation.
"""

from __future__ import annotations

import linecache
import os
import sys
import sysconfig
from contextlib import ExitStack
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import engine
from engine.observe import observe
from engine.registry import Op
from engine.tensor import Tensor
from visgrad.recording.members import members
from visgrad.recording.model import Call, Error, Outcome
from visgrad.recording.places import Places, Stack
from visgrad.recording.recorder import Recorder
from visgrad.recording.recording import Recording

LIBRARIES = ("stdlib", "platstdlib", "purelib", "platlib")
FOREIGN = tuple(
    {str(folder) + os.sep for folder in (Path(engine.__file__).parent, Path(__file__).parents[1])}
    | {str(Path(sysconfig.get_path(name))) + os.sep for name in LIBRARIES}
    | {"<frozen", "<engine"}
)
"""Where files lie that are not the person's own."""


def is_own(filename: str) -> bool:
    """Whether a file is the person's, not the engine's, visgrad's or a library's."""
    return not filename.startswith(FOREIGN)


class Watcher(Recorder):
    """A recorder that looks for names in a frame before each operation."""

    def __init__(self, recording: Recording, frame: FrameType) -> None:
        filename = frame.f_code.co_filename
        super().__init__(recording.source, recording.extend, filename, is_own, frame)
        self._frame = frame
        self._bound = {name: id(thing) for name, thing in frame.f_locals.items()}
        self._earlier: dict[int, str] = {}  # what is there already gets its name when it is met
        for name, thing in frame.f_locals.items():
            if name[0] != "_":
                for text, tensor in members(name, thing, self._modules):
                    self._earlier.setdefault(id(tensor), text)
                    tensor._seen = None  # an earlier watcher may have met it

    def operation(
        self, op: Op, inputs: tuple[Tensor, ...], args: tuple[Any, ...], kwargs: dict[str, Any], out: Any
    ) -> None:
        """Note the names that have come since the last operation, then the operation."""
        self.look()
        super().operation(op, inputs, args, kwargs, out)

    def backward_begin(self, roots: tuple[Tensor, ...], gradients: tuple[Any, ...]) -> None:
        """Note the names that have come since the last operation, then the sweep."""
        self.look()
        super().backward_begin(roots, gradients)

    def look(self) -> None:
        """Note names that stand for something else than before."""
        bound = self._bound
        for name, thing in self._frame.f_locals.items():
            if bound.get(name) != id(thing) and name[0] != "_":
                bound[name] = id(thing)
                self.bind(name, thing, self._frame.f_lineno)

    def _notice(self, tensor: Tensor, stack: Stack | None = None) -> None:
        first = tensor._seen is None
        super()._notice(tensor, stack)
        if first and id(tensor) in self._earlier:
            self.bind(self._earlier.pop(id(tensor)), tensor)


class Watch:
    """`with watch() as recording:` — the recording grows as the block runs, and has its outcome afterwards."""

    def __enter__(self) -> Recording:
        frame = sys._getframe(1)
        filename = frame.f_code.co_filename
        self.recording = Recording("".join(linecache.getlines(filename)), Path(filename).name)
        self._watcher = Watcher(self.recording, frame)
        self._attached = ExitStack()
        self._attached.enter_context(observe(self._watcher))
        return self.recording

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._attached.close()
        watcher = self._watcher
        if error is None:
            watcher.look()
            watcher.flush()
            self.recording.outcome = Outcome("done")
        else:
            name = type(error).__name__
            watcher.error(Error(name, str(error), _where(watcher.places, traceback)))
            self.recording.outcome = Outcome("error", f"{name}: {error}")
        watcher.release()


def _where(places: Places, traceback: TracebackType | None) -> tuple[Call, ...]:
    """The person's own frames of a traceback, outermost first."""
    calls: list[Call] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if is_own(code.co_filename):
            calls.append(places.call(code, traceback.tb_lasti))
        traceback = traceback.tb_next
    return tuple(calls)
