"""The lessons that come with visgrad: programs in `assets/lessons`, one file each, in the order of their names.

Owns finding and titling them.  A new lesson is a new file: its first line is `# English title · Korean title`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from visgrad.resources import asset


@dataclass(frozen=True)
class Lesson:
    """A lesson; `name` is the file's name without its suffix."""

    name: str
    title_en: str
    title_ko: str
    path: Path

    @property
    def source(self) -> str:
        """The program."""
        return self.path.read_text("utf-8")

    @property
    def title(self) -> str:
        """The title in English."""
        return self.title_en


@cache
def lessons() -> list[Lesson]:
    """All lessons, in order."""
    return [_read(path) for path in sorted(asset("lessons").glob("*.py"))]


def lesson(name: str) -> Lesson:
    """The lesson of this name, or of the only name that contains it; KeyError if there is none."""
    found = [lesson for lesson in lessons() if lesson.name == name]
    found = found or [lesson for lesson in lessons() if name and name in lesson.name]
    if len(found) != 1:
        raise KeyError(name)
    return found[0]


def _read(path: Path) -> Lesson:
    with path.open(encoding="utf-8") as text:
        title = text.readline().removeprefix("#").strip()
    english, _, korean = title.partition(" · ")
    return Lesson(path.stem, english, korean or english, path)
