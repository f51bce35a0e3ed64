"""Opens and saves what the window can show: programs, notebooks-in-Markdown, recordings and lessons.  No widgets."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ui.i18n import language, tr
from visgrad.lessons import lesson, lessons
from visgrad.program.handed_in import SUFFIXES, NotebookError, to_program
from visgrad.recording.file import FileError, load, save
from visgrad.recording.recording import Recording

OPENABLE = {".py", *SUFFIXES, ".visgrad"}
"""The kinds of files that can be opened."""

MAX_PROGRAM = 4 << 20
"""Programs are at most this many bytes; more is no program a person wrote."""

MAX_NOTEBOOK = 64 << 20
"""The same for notebooks, which hold the pictures they show."""


class FileProblem(Exception):
    """Why a file could not be opened or saved, in a sentence."""


@dataclass(frozen=True)
class Opened:
    """What was opened.  `lesson`: the lesson's name, "" for files.  `view`: how a recording was looked at."""

    text: str
    name: str
    path: Path | None = None
    recording: Recording | None = None
    lesson: str = ""
    view: Mapping[str, Any] = field(default_factory=dict)


def open_path(path: Path) -> Opened:
    """Read a program, a lesson in another form or a `.visgrad` recording; `FileProblem` says why it cannot be."""
    path = path.expanduser().absolute()
    if path.suffix == ".visgrad":
        return _open_recording(path)
    text = _read_text(path)
    try:
        program = to_program(text, path.name)
    except NotebookError as error:
        raise FileProblem(tr("file.not_notebook")) from error
    if program == text and path.suffix not in SUFFIXES:
        return Opened(text, path.name, path)
    return Opened(program, path.with_suffix(".py").name)  # saving asks where: the lesson is never overwritten


def _open_recording(path: Path) -> Opened:
    try:
        saved = load(path)
    except FileError as error:
        raise FileProblem(str(error)) from error
    except OSError as error:
        raise FileProblem(_reason(error)) from error
    return Opened(saved.recording.source, path.name, path, saved.recording, view=saved.view)


def _read_text(path: Path) -> str:
    try:
        most = MAX_NOTEBOOK if path.suffix == ".ipynb" else MAX_PROGRAM
        if path.stat().st_size > most:
            raise FileProblem(tr("file.too_large", megabytes=most >> 20))
        return path.read_text("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise FileProblem(tr("file.not_text")) from error
    except OSError as error:
        raise FileProblem(_reason(error)) from error


def save_text(path: Path, text: str) -> None:
    """Write a program: the file is whole under its name, or what was there before is still there.

    A file whose lines ended as on Windows keeps them so.
    """
    target = path.resolve()
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        temporary.write_text(text, "utf-8", newline=_line_end(target))
        if target.exists():
            with suppress(OSError):
                shutil.copymode(target, temporary)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise FileProblem(_reason(error)) from error


def _line_end(path: Path) -> str:
    """How the lines of a file end; as on Unix if it is not there yet."""
    with suppress(OSError), path.open("rb") as stream:
        return "\r\n" if stream.readline().endswith(b"\r\n") else "\n"
    return "\n"


def save_recording(path: Path, recording: Recording, view: Mapping[str, Any]) -> None:
    """Write a recording and how it is looked at; `FileProblem` says why it cannot be."""
    try:
        save(recording, path, view=view)
    except OSError as error:
        raise FileProblem(_reason(error)) from error


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def open_lesson(name: str) -> Opened:
    """A lesson that comes with visgrad, by name."""
    return Opened(lesson(name).source, f"{name}.py", lesson=name)


def lesson_titles() -> list[tuple[str, str]]:
    """(name, title in the language spoken) of each lesson, in order."""
    return [(entry.name, entry.title_ko if language() == "ko" else entry.title_en) for entry in lessons()]
