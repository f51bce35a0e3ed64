"""Splits a line of Python into coloured pieces.  Knows no Qt, so that it can be tested as text.

Works line by line with a small state (which triple-quoted string is open), because an editor recolours only the lines
that changed; a real tokenizer would need the whole text and refuse half-typed programs.
"""

from __future__ import annotations

import builtins
import keyword
import re
from typing import NamedTuple


class Piece(NamedTuple):
    """`length` characters from `start` in the colour `code_<kind>`."""

    start: int
    length: int
    kind: str


NORMAL = 0
"""State of a line that begins outside of any string; else an index into `OPEN` + 1."""

OPEN = tuple(
    (quote, raw, formatted) for quote in ("'''", '"""') for raw in (False, True) for formatted in (False, True)
)

KEYWORDS = frozenset(keyword.kwlist)
SOFT = re.compile(r"(match|case|type)\b(?=\s+[^=\s.,)\]:(\[]|\s*[\[({].*:\s*$)")
BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_")) | {"self", "cls"}
TOKEN = re.compile(
    r"""(?P<comment>\#.*)
      | (?P<string>(?P<prefix>[rRbBuUfF]{0,2})(?P<quote>'''|\"\"\"|'|\"))
      | (?P<number>0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+
                  |(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJ]?)
      | (?P<decorator>@[\w.]+)
      | (?P<name>[^\W\d]\w*)
    """,
    re.VERBOSE,
)


def pieces(line: str, state: int = NORMAL) -> tuple[list[Piece], int]:
    """The coloured pieces of a line that begins in `state`, and the state the next line begins in."""
    found: list[Piece] = []
    at = 0
    if state != NORMAL:
        quote, raw, formatted = OPEN[state - 1]
        at, closed = _string(line, 0, 0, quote, raw, formatted, found)
        if not closed:
            return found, state
    while match := TOKEN.search(line, at):
        at = match.end()
        if match.lastgroup == "comment":
            found.append(Piece(match.start(), len(line) - match.start(), "comment"))
            return found, NORMAL
        if match["quote"]:
            prefix, quote = match["prefix"].lower(), match["quote"]
            raw, formatted = "r" in prefix, "f" in prefix
            at, closed = _string(line, match.start(), at, quote, raw, formatted, found)
            if not closed and len(quote) == 3:
                return found, OPEN.index((quote, raw, formatted)) + 1
        elif piece := _word(line, match):
            found.append(piece)
    return found, NORMAL


def _word(line: str, match: re.Match[str]) -> Piece | None:
    start, text = match.start(), match[0]
    length = len(text)
    if match.lastgroup == "number":
        return Piece(start, length, "number")
    if match.lastgroup == "decorator":
        leads = not line[:start].strip()  # elsewhere @ is the matrix product
        return Piece(start, length, "decorator") if leads else None
    attribute = line[:start].rstrip().endswith(".")
    if attribute:
        return None
    if text in KEYWORDS or (not line[:start].strip() and SOFT.match(line, start)):
        return Piece(start, length, "keyword")
    return Piece(start, length, "builtin") if text in BUILTINS else None


def _string(
    line: str, start: int, at: int, quote: str, raw: bool, formatted: bool, found: list[Piece]
) -> tuple[int, bool]:
    """Colour a string that began at `start`, reading on from `at`: where it ends, and whether it is closed."""
    while at < len(line):
        if line[at] == "\\":
            at += 2
        elif line.startswith(quote, at):
            at += len(quote)
            found.append(Piece(start, at - start, "string"))
            return at, True
        elif formatted and line[at] == "{":
            if line.startswith("{{", at):
                at += 2
                continue
            found.append(Piece(start, at + 1 - start, "string"))
            start = at = _replacement(line, at + 1, quote, found)
        else:
            at += 1
    at = min(at, len(line))
    if at > start:
        found.append(Piece(start, at - start, "string"))
    return at, False


def _replacement(line: str, at: int, quote: str, found: list[Piece]) -> int:
    """Colour the code between the braces of an f-string; the position of what ends it."""
    depth, begin = 0, at
    while at < len(line):
        character = line[at]
        if depth == 0 and (character in "}:!" or line.startswith(quote, at)) and not line.startswith("!=", at):
            break
        depth += (character in "([{") - (character in ")]}")
        at += 1
    inside, _ = pieces(line[begin:at])
    found.extend(Piece(piece.start + begin, piece.length, piece.kind) for piece in inside)
    return at
