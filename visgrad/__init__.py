"""See automatic differentiation happen.

For scripts and notebooks::

    import visgrad

    recording = visgrad.record("lesson.py")      # run a program, or the text of one, in a process of its own
    recording.to_svg("lesson.svg")

    with visgrad.watch() as recording:           # record what the engine does right here
        ...

A recording shows itself as a picture in a notebook.
"""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from visgrad.recording.recording import Recording
    from visgrad.recording.watcher import Watch

__all__ = ["load", "record", "save", "watch"]


def record(source_or_path: str | PathLike[str], **options: Any) -> Recording:
    """Run a program in a worker process and return its Recording, whose `outcome` says how it ended.

    A path, or one line that ends in `.py`, is a file; any other string is the program itself.  `options` are those of
    `visgrad.worker.client.run_program` (`limits`, `device`).  OSError if the file or a worker cannot be had.
    """
    from visgrad.worker.client import run_program

    name = "program.py"
    source = fspath(source_or_path)
    if not isinstance(source_or_path, str) or (source.endswith(".py") and "\n" not in source):
        path = Path(source)
        name, source = path.name, path.read_text("utf-8")
    return run_program(source, name, **options)


def watch() -> Watch:
    """`with visgrad.watch() as recording:` records what the engine does in the block, in this process."""
    from visgrad.recording.watcher import Watch

    return Watch()


def load(path: str | PathLike[str]) -> Recording:
    """The Recording in a `.visgrad` file; nothing runs.  `visgrad.recording.file.FileError` says why it cannot be."""
    from visgrad.recording import file

    return file.load(fspath(path)).recording


def save(recording: Recording, path: str | PathLike[str]) -> None:
    """Write a Recording to a `.visgrad` file."""
    from visgrad.recording import file

    file.save(recording, fspath(path))
