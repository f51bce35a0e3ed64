"""Colours program text: `syntax.pieces` as a QSyntaxHighlighter in the theme's code roles."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from ui.colours import colour
from ui.program.syntax import NORMAL, pieces
from visgrad.picture.roles import Theme

KINDS = ("keyword", "string", "number", "comment", "builtin", "decorator")


class PythonHighlighter(QSyntaxHighlighter):
    """Keeps a document coloured while `parent` lives; `use(theme)` recolours it."""

    def __init__(self, document: QTextDocument, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._formats: dict[str, QTextCharFormat] = {}
        self._set_formats(theme)
        self.setDocument(document)

    def use(self, theme: Theme) -> None:
        """Colour with another theme."""
        self._set_formats(theme)
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        found, state = pieces(text, max(self.previousBlockState(), NORMAL))
        units = _utf16(text)
        for start, length, kind in found:
            begin = units(start)
            self.setFormat(begin, units(start + length) - begin, self._formats[kind])
        self.setCurrentBlockState(state)

    def _set_formats(self, theme: Theme) -> None:
        for kind in KINDS:
            style = QTextCharFormat()
            style.setForeground(colour(theme, f"code_{kind}"))
            self._formats[kind] = style


def _utf16(text: str) -> type[int] | _Units:
    """A function from Python's character positions to Qt's, which count characters beyond U+FFFF twice."""
    return int if text.isascii() or max(text, default="") <= "\uffff" else _Units(text)


class _Units:
    def __init__(self, text: str) -> None:
        self._text = text

    def __call__(self, position: int) -> int:
        return position + sum(character > "\uffff" for character in self._text[:position])
