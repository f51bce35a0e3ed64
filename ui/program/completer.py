"""The list of names that may be meant, under the caret.

Owns the list and its keys; which names there are is `visgrad.program.complete`'s.  It opens by itself after a point,
and anywhere with Control and the space bar; the editor keeps the keyboard all the while.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QLabel, QListWidget, QPlainTextEdit, QVBoxLayout

from engine.registry import OPS
from ui.fonts import editor_font
from ui.i18n import language, tr
from ui.naming import name
from ui.program.editing import characters
from ui.program.syntax import NORMAL, pieces
from visgrad.explain.spoken import help_line, spoken
from visgrad.program.complete import Candidate, offer, told

ROWS = 8
WIDTH = 340

MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -ROWS, Qt.Key.Key_PageDown: ROWS}


class Completer(QFrame):
    """Belongs to an editor, which asks `takes` of each key first and calls `follow` after each."""

    def __init__(self, editor: QPlainTextEdit) -> None:
        super().__init__(editor)
        name(self, "completer", tr("editor.completer"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._editor = editor
        self._start = 0
        self._dotted = False
        self._candidates: tuple[Candidate, ...] = ()
        self.names = QListWidget()
        name(self.names, "completerNames", tr("editor.completer"))
        self.names.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.names.setUniformItemSizes(True)
        self.names.currentRowChanged.connect(self._tell)
        self.names.itemClicked.connect(lambda _item: self.accept())
        self.words = QLabel()
        self.words.setObjectName("completerWords")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self.names)
        layout.addWidget(self.words)
        self.hide()

    # --- keys ------------------------------------------------------------------------------------------------

    def takes(self, event: QKeyEvent) -> bool:
        """Do what a key means for the list; whether it meant something."""
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and key == Qt.Key.Key_Space:
            self.open(asked=True)
            return True
        if not self.isVisible():
            return False
        if key in MOVES:
            row = self.names.currentRow() + MOVES[Qt.Key(key)]
            self.names.setCurrentRow(max(0, min(row, self.names.count() - 1)))
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        elif key == Qt.Key.Key_Escape:
            self.hide()
        else:
            return False
        return True

    def follow(self, event: QKeyEvent, typing: bool) -> None:
        """A key has been typed into the text: open after a point, narrow an open list, or close it."""
        text = event.text()
        if self.isVisible() and (text.isidentifier() or event.key() == Qt.Key.Key_Backspace):
            self.open(asked=not self._dotted)
        elif text == "." and typing:
            self.open()
        elif text or event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
            self.hide()

    # --- the list --------------------------------------------------------------------------------------------

    def open(self, asked: bool = False) -> None:
        """Show what may stand at the caret; nothing unless `asked` where no point is before it."""
        cursor = self._editor.textCursor()
        if cursor.hasSelection() or self._in_words(cursor):
            self.hide()
            return
        text = self._editor.toPlainText()
        found = offer(text, characters(text, cursor.position()))
        if not found.candidates or not (found.dotted or asked):
            self.hide()
            return
        self._start, self._dotted, self._candidates = found.start, found.dotted, found.candidates
        self.names.setFont(self._editor.font())
        self.words.setFont(editor_font(9))
        self.names.clear()
        self.names.addItems([candidate.name for candidate in found.candidates])
        self.names.setCurrentRow(0)
        self._place()
        self.show()
        self.raise_()

    def accept(self) -> None:
        """Write the chosen name in the place of what has been typed of it."""
        row = self.names.currentRow()
        if 0 <= row < len(self._candidates):
            cursor = self._editor.textCursor()
            typed = characters(self._editor.toPlainText(), cursor.position()) - self._start
            cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, typed)
            cursor.insertText(self._candidates[row].name)
            self._editor.setTextCursor(cursor)
        self.hide()

    def _in_words(self, cursor: QTextCursor) -> bool:
        """Whether the caret is in a comment or a string."""
        block = cursor.block()
        state = max(block.previous().userState(), NORMAL) if block.previous().isValid() else NORMAL
        column = cursor.positionInBlock()
        found, _ = pieces(block.text(), state)
        return any(kind in ("comment", "string") and start < column <= start + length for start, length, kind in found)

    def _tell(self, row: int) -> None:
        if not 0 <= row < len(self._candidates):
            return
        candidate = self._candidates[row]
        lines = [spoken(line, language()) for line in told(candidate)]
        op = OPS.get(candidate.name)
        if op is not None and candidate.thing is not None and op.doc:
            lines.append(help_line(op.name, op.doc, language()))
        self.words.setText("\n".join(lines))
        self.words.setVisible(bool(lines))
        self._place()

    def _place(self) -> None:
        """Below the caret, or above it where there is more room; within the editor."""
        editor, view = self._editor, self._editor.viewport()
        width = min(WIDTH, editor.width() - 8)
        row = max(1, self.names.sizeHintForRow(0))
        self.names.setFixedHeight(row * min(ROWS, self.names.count()) + 2)
        words = self.words.heightForWidth(width - 2) if not self.words.isHidden() else 0
        height = self.names.height() + words + 2
        caret = editor.cursorRect()
        at = view.mapTo(editor, QPoint(caret.left(), caret.bottom() + 2))
        if at.y() + height > editor.height() and caret.top() > editor.height() - caret.bottom():
            at.setY(view.mapTo(editor, caret.topLeft()).y() - height - 2)
        self.setGeometry(max(0, min(at.x(), editor.width() - width - 4)), max(0, at.y()), width, height)
