"""A label whose text can break its lines inside a long word, as code and numbers are, and is copied as it was.

Qt breaks lines at spaces only, so that one long call would make the whole panel wider than it is seen.
"""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QTextDocumentFragment
from PySide6.QtWidgets import QLabel, QMenu

from ui.i18n import tr

BREAK = "\u200b"
"""A place where a line may end, of no width."""

LONG = 14
"""A word of so many characters fits into the narrowest panel in the largest of its fonts."""

_WORD = re.compile(rf"[^\s\u00a0]{{{LONG + 1},}}")
_AFTER = re.compile(r"(?<=[(\[{,.=:/_])(?=[\w\"'(\[{-])")
_RUN = re.compile(rf"[^{BREAK}]{{{LONG}}}(?=[^{BREAK}])")


def breakable(text: str) -> str:
    """The text with places to break in its long words: after punctuation, or anywhere where there is none."""
    return _WORD.sub(lambda word: _RUN.sub(rf"\g<0>{BREAK}", _AFTER.sub(BREAK, word.group())), text)


class Label(QLabel):
    """A label that gives its text away without the places to break."""

    def copied(self) -> str:
        """What copying gives: the selection, or all of the text while nothing is selected."""
        rich = self.textFormat() == Qt.TextFormat.RichText
        whole = QTextDocumentFragment.fromHtml(self.text()).toPlainText() if rich else self.text()
        return (self.selectedText() or whole).replace(BREAK, "").replace("\u2029", "\n").replace("\u00a0", " ")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addAction(tr("inspector.copy"), self._copy)
        menu.exec(event.globalPos())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.copied())
