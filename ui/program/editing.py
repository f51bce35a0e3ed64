"""What keys do to program text: indenting, commenting, new lines, matching brackets.

Functions on a QTextCursor or QTextDocument, each one undo step.  The editor binds them to keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtGui import QTextCursor, QTextDocument

from visgrad.program.literals import Number
from visgrad.recording.model import Span

INDENT = 4
OPENING = "([{"
CLOSING = ")]}"
FAR = 20_000
"""How many characters a bracket's partner is looked for."""


def position(document: QTextDocument, line: int, column: int) -> int:
    """The document position of a 1-based line and 0-based column, clamped to the text."""
    block = document.findBlockByNumber(max(0, line - 1))
    if not block.isValid():
        return document.characterCount() - 1
    text = block.text()
    units = column if text.isascii() else column + sum(c > "\uffff" for c in text[:column])
    return block.position() + max(0, min(units, block.length() - 1))


def cursor_over(document: QTextDocument, span: Span) -> QTextCursor:
    """A cursor that selects a piece of the text."""
    cursor = QTextCursor(document)
    cursor.setPosition(position(document, span.line, span.column))
    cursor.setPosition(position(document, span.end_line, span.end_column), QTextCursor.MoveMode.KeepAnchor)
    return cursor


def replace_text(document: QTextDocument, text: str) -> int:
    """Make the document hold `text` by changing only what differs, as one undo step; where the change ends."""
    old = document.toPlainText()
    limit = min(len(old), len(text))
    start = next((i for i in range(limit) if old[i] != text[i]), limit)
    tail = 0
    while tail < limit - start and old[-1 - tail] == text[-1 - tail]:
        tail += 1
    cursor = QTextCursor(document)
    cursor.setPosition(_units(old, start))
    cursor.setPosition(_units(old, len(old) - tail), QTextCursor.MoveMode.KeepAnchor)
    cursor.beginEditBlock()
    cursor.insertText(text[start : len(text) - tail])
    cursor.endEditBlock()
    return cursor.position()


def write_number(document: QTextDocument, number: Number, text: str, goes_on: bool) -> None:
    """Write a text in the place of a number; `goes_on`: in the undo step of the change before."""
    whole = document.toPlainText()
    cursor = QTextCursor(document)
    cursor.setPosition(_units(whole[: number.start], number.start))
    cursor.setPosition(_units(whole[: number.end], number.end), QTextCursor.MoveMode.KeepAnchor)
    if goes_on:
        cursor.joinPreviousEditBlock()
    else:
        cursor.beginEditBlock()
    cursor.insertText(text)
    cursor.endEditBlock()


def characters(text: str, units: int) -> int:
    """Qt's position in a text as a number of characters: those beyond U+FFFF count twice for Qt."""
    if text.isascii() or max(text) <= "\uffff":
        return units
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))


def _units(text: str, characters: int) -> int:
    return characters + sum(c > "\uffff" for c in text[:characters])


def new_line(cursor: QTextCursor) -> None:
    """Break the line, indented as the line was, one level deeper after `:` or an open bracket, out after `return`."""
    line = cursor.block().text()
    before = line[: cursor.positionInBlock()]
    indent = len(before) - len(before.lstrip())
    stripped = re.sub(r"\s*#.*$", "", before).strip()
    if stripped.endswith((":", *OPENING)):
        indent += INDENT
    elif re.match(r"(return|pass|break|continue|raise)\b", stripped):
        indent = max(0, indent - INDENT)
    cursor.insertText("\n" + " " * indent)


def indent(cursor: QTextCursor) -> None:
    """Indent the selected lines, or move on to the next indentation stop."""
    if not cursor.hasSelection():
        column = cursor.positionInBlock()
        cursor.insertText(" " * (INDENT - column % INDENT))
        return
    _each_line(cursor, lambda line: " " * INDENT + line if line.strip() else line)


def dedent(cursor: QTextCursor) -> None:
    """Take one level of indentation off the selected lines."""
    _each_line(cursor, lambda line: line[min(INDENT, len(line) - len(line.lstrip(" "))) :])


def toggle_comment(cursor: QTextCursor) -> None:
    """Comment the selected lines out, or in if all of them are comments."""
    lines = [line for line in _lines(cursor) if line.strip()]
    if lines and all(line.lstrip().startswith("#") for line in lines):
        _each_line(cursor, lambda line: re.sub(r"^(\s*)# ?", r"\1", line, count=1))
    else:
        margin = min((len(line) - len(line.lstrip()) for line in lines), default=0)
        _each_line(cursor, lambda line: line[:margin] + "# " + line[margin:] if line.strip() else line)


def _range(cursor: QTextCursor) -> tuple[int, int]:
    """First and last block of the selection; a selection that ends before a line's first character leaves it out."""
    document = cursor.document()
    first = document.findBlock(cursor.selectionStart()).blockNumber()
    end = document.findBlock(cursor.selectionEnd())
    last = end.blockNumber()
    if last > first and cursor.selectionEnd() == end.position():
        last -= 1
    return first, last


def _lines(cursor: QTextCursor) -> list[str]:
    first, last = _range(cursor)
    return [cursor.document().findBlockByNumber(number).text() for number in range(first, last + 1)]


def _each_line(cursor: QTextCursor, change: Callable[[str], str]) -> None:
    first, last = _range(cursor)
    selected = cursor.hasSelection()
    document = cursor.document()
    cursor.beginEditBlock()
    for number in range(first, last + 1):
        block = document.findBlockByNumber(number)
        old = block.text()
        new = change(old)
        if new == old:
            continue
        same = len(old) - len(old.lstrip()) if len(new) > len(old) else 0  # keep the caret behind what is inserted
        edit = QTextCursor(block)
        keep = min(same, len(new) - len(new.lstrip()))
        edit.setPosition(block.position() + keep)
        tail = _common_tail(old[keep:], new[keep:])
        edit.setPosition(block.position() + len(old) - tail, QTextCursor.MoveMode.KeepAnchor)
        edit.insertText(new[keep : len(new) - tail])
    cursor.endEditBlock()
    if selected:
        cursor.setPosition(document.findBlockByNumber(first).position())
        end = document.findBlockByNumber(last)
        cursor.setPosition(end.position() + end.length() - 1, QTextCursor.MoveMode.KeepAnchor)


def _common_tail(old: str, new: str) -> int:
    count = 0
    while count < min(len(old), len(new)) and old[-1 - count] == new[-1 - count]:
        count += 1
    return count


def matching_brackets(document: QTextDocument, at: int) -> tuple[int, int] | None:
    """The positions of the bracket beside position `at` and of its partner, None if there is no pair."""
    for place in (at - 1, at):
        character = document.characterAt(place) if place >= 0 else ""
        if character and character in OPENING:
            partner = _partner(document, place, 1, character, CLOSING[OPENING.index(character)])
        elif character and character in CLOSING:
            partner = _partner(document, place, -1, character, OPENING[CLOSING.index(character)])
        else:
            continue
        return (place, partner) if partner is not None else None
    return None


def _partner(document: QTextDocument, place: int, step: int, same: str, other: str) -> int | None:
    depth = 0
    end = document.characterCount()
    for offset in range(FAR):
        at = place + step * offset
        if not 0 <= at < end:
            return None
        character = document.characterAt(at)
        depth += (character == same) - (character == other)
        if depth == 0:
            return at
    return None
