"""What is marked in the program's text, and how: washes of colour, wavy lines, words beside lines.

Owns the look of marks; which there are is `code`'s, and the editor only shows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import QTextEdit

from ui.colours import colour, faded
from ui.program import editing
from ui.program.bindings import Hint
from visgrad.picture.roles import Theme
from visgrad.recording.model import Span

Selection = QTextEdit.ExtraSelection


@dataclass(frozen=True)
class Marks:
    """What is marked in the text: `executing` with the current stop's phase, the calls that led there (`callers`),
    the selection, the error that is told of and the lines of others; and what stands beside lines (`hints`)."""

    executing: Span | None = None
    callers: tuple[Span, ...] = ()
    backward: bool = False
    selected: Span | None = None
    errors: tuple[Span, ...] = ()
    failed: frozenset[int] = frozenset()
    syntax: Span | None = None
    hints: tuple[tuple[int, Hint], ...] = ()

    @property
    def phase(self) -> str:
        """The colour role of the current stop."""
        return "gradient" if self.backward else "accent"

    @property
    def error_lines(self) -> set[int]:
        """The lines with an error's mark."""
        return {span.line for span in (*self.errors, *((self.syntax,) if self.syntax else ()))} | self.failed


def selections(document: QTextDocument, marks: Marks, theme: Theme, caret: QTextCursor | None) -> list[Selection]:
    """The marks as Qt paints them, from the back to the front; `caret` is the editor's if it has the focus."""
    found = [whole_line(caret, colour(theme, "current_line"))] if caret else []
    if marks.executing:
        tone = colour(theme, marks.phase)
        found.append(whole_line(_line(document, marks.executing.line), faded(tone, 0.10)))
        found.append(_over(document, marks.executing, faded(tone, 0.22)))
        found += [_over(document, caller, faded(tone, 0.10)) for caller in marks.callers]
    if marks.selected:
        found.append(_over(document, marks.selected, colour(theme, "selection")))
    found += _brackets(document, caret, colour(theme, "selection")) if caret else []
    if marks.errors:
        found.append(whole_line(_line(document, marks.errors[-1].line), colour(theme, "error_field")))
        found.append(_wave(document, marks.errors[-1], theme))
    if marks.syntax:
        found.append(_wave(document, marks.syntax, theme))
    return found


def whole_line(cursor: QTextCursor, background: QColor) -> Selection:
    """A wash over the whole width of a line."""
    style = QTextCharFormat()
    style.setBackground(background)
    style.setProperty(QTextFormat.Property.FullWidthSelection, True)
    place = QTextCursor(cursor)
    place.clearSelection()
    return _selection(place, style)


def _line(document: QTextDocument, number: int) -> QTextCursor:
    return QTextCursor(document.findBlockByNumber(number - 1))


def _over(document: QTextDocument, span: Span, background: QColor) -> Selection:
    style = QTextCharFormat()
    style.setBackground(background)
    return _selection(editing.cursor_over(document, span), style)


def _brackets(document: QTextDocument, caret: QTextCursor, background: QColor) -> Iterator[Selection]:
    for at in editing.matching_brackets(document, caret.position()) or ():
        cursor = QTextCursor(document)
        cursor.setPosition(at)
        cursor.setPosition(at + 1, QTextCursor.MoveMode.KeepAnchor)
        style = QTextCharFormat()
        style.setBackground(background)
        yield _selection(cursor, style)


def _wave(document: QTextDocument, span: Span, theme: Theme) -> Selection:
    cursor = editing.cursor_over(document, span)
    if not cursor.hasSelection():
        cursor.select(QTextCursor.SelectionType.LineUnderCursor)
    style = QTextCharFormat()
    style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SpellCheckUnderline)
    style.setUnderlineColor(colour(theme, "error"))
    return _selection(cursor, style)


def _selection(cursor: QTextCursor, style: QTextCharFormat) -> Selection:
    selection = Selection()
    selection.cursor = cursor
    selection.format = style
    return selection
