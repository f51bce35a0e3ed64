"""Opens and saves what the window can show: programs, notebooks-in-Markdown, recordings and lessons.  No widgets."""

from __future__ import annotations

import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ui.i18n import language, tr
from visgrad.lessons import lesson, lessons
from visgrad.program.markdown import to_program
from visgrad.recording.file import FileError, load, save
from visgrad.recording.recording import Recording

OPENABLE = {".py", ".md", ".visgrad"}
"""The kinds of files that can be opened."""

MAX_PROGRAM = 4 << 20
"""Programs are at most this many bytes; more is no program a person wrote."""


class FileProblem(Exception):
    """Why a file could not be opened or saved, in a sentence."""


@dataclass(frozen=True)
class Opened:
    """What was opened.  `lesson`: the lesson's name, "" for files."""

    text: str
    name: str
    path: Path | None = None
    recording: Recording | None = None
    lesson: str = ""


def open_path(path: Path) -> Opened:
    """Read a `.py` or `.md` program or a `.visgrad` recording; `FileProblem` says why it cannot be."""
    path = path.expanduser().absolute()
    if path.suffix == ".visgrad":
        return _open_recording(path)
    text = _read_text(path)
    if path.suffix == ".md":
        return Opened(to_program(text), path.with_suffix(".py").name)
    return Opened(text, path.name, path)


def _open_recording(path: Path) -> Opened:
    try:
        saved = load(path)
    except FileError as error:
        raise FileProblem(str(error)) from error
    except OSError as error:
        raise FileProblem(_reason(error)) from error
    return Opened(saved.recording.source, path.name, path, saved.recording)


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_PROGRAM:
            raise FileProblem(tr("file.too_large", megabytes=MAX_PROGRAM >> 20))
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


def save_recording(path: Path, recording: Recording) -> None:
    """Write a recording; `FileProblem` says why it cannot be."""
    try:
        save(recording, path)
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
