"""How wide a text is in the bundled monospace font, and how one that is too long is shortened."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

from visgrad.picture.display import ADVANCE
from visgrad.recording.model import Span

ELLIPSIS = "…"


def columns(text: str) -> int:
    """How many character cells a text takes; East Asian wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def width(text: str, size: float) -> float:
    """The width of a text in scene units."""
    return columns(text) * ADVANCE * size


def elide(text: str, room: int) -> str:
    """The text in at most `room` columns, its end left out for an ellipsis."""
    if columns(text) <= room:
        return text
    return _head(text, room - 1) + ELLIPSIS if room > 0 else ""


def elide_middle(text: str, room: int) -> str:
    """The text in at most `room` columns, its middle left out: of a call both the function and its end tell most."""
    if columns(text) <= room:
        return text
    if room < 5:
        return elide(text, room)
    tail = (room - 1) // 3
    return _head(text, room - 1 - tail) + ELLIPSIS + _head(text[::-1], tail)[::-1]


def _head(text: str, room: int) -> str:
    end = used = 0
    for character in text:
        used += columns(character)
        if used > room:
            break
        end += 1
    return text[:end]


def one_line(text: str) -> str:
    """The text with every run of white space as one space and control characters left out."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def cut(source: str, span: Span) -> str:
    """A piece of a program's text."""
    lines = source.split("\n")[max(span.line - 1, 0) : span.end_line]
    if not lines:
        return ""
    lines[-1] = lines[-1][: span.end_column]
    lines[0] = lines[0][span.column :]
    return "\n".join(lines)
