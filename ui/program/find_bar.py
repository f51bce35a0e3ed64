"""The find bar under the editor: find as you type, next and previous, how many there are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QToolButton, QWidget

from ui.i18n import tr


class FindBar(QWidget):
    """Searches an editor's text; hidden until `open`."""

    def __init__(self, editor: QPlainTextEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._editor = editor
        self._begin = 0
        self.field = QLineEdit()
        self.field.setObjectName("findField")
        self.field.setAccessibleName(tr("find.field"))
        self.field.setPlaceholderText(tr("find.field"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self.next)
        self._found = QLabel()
        self._found.setObjectName("findCount")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self.field, 1)
        layout.addWidget(self._found)
        for text, tip, slot in (
            ("↑", "find.previous", self.previous),
            ("↓", "find.next", self.next),
            ("✕", "find.close", self.hide),
        ):
            button = QToolButton()
            button.setText(text)
            button.setAutoRaise(True)
            button.setToolTip(tr(tip))
            button.setAccessibleName(tr(tip))
            button.clicked.connect(slot)
            layout.addWidget(button)
        self.hide()

    def open(self) -> None:
        """Show the bar with the selected text in it, ready to type."""
        cursor = self._editor.textCursor()
        self._begin = cursor.selectionStart()
        selected = cursor.selectedText()
        if selected and "\u2029" not in selected:
            self.field.setText(selected)
        self.show()
        self.field.setFocus()
        self.field.selectAll()
        self._count()

    def next(self) -> None:
        """Select the next place, from the top again after the last."""
        self._find(QTextDocument.FindFlag(0))

    def previous(self) -> None:
        """Select the place before."""
        self._find(QTextDocument.FindFlag.FindBackward)

    def _typed(self) -> None:
        cursor = self._editor.textCursor()
        cursor.setPosition(self._begin)
        self._editor.setTextCursor(cursor)
        if self.field.text():
            self._find(QTextDocument.FindFlag(0))
        self._count()

    def _find(self, flags: QTextDocument.FindFlag) -> None:
        text = self.field.text()
        if text and not self._editor.find(text, flags):
            backward = bool(flags & QTextDocument.FindFlag.FindBackward)
            cursor = self._editor.textCursor()
            before = QTextCursor(cursor)
            cursor.movePosition(QTextCursor.MoveOperation.End if backward else QTextCursor.MoveOperation.Start)
            self._editor.setTextCursor(cursor)
            if not self._editor.find(text, flags):
                self._editor.setTextCursor(before)

    def _count(self) -> None:
        text = self.field.text()
        count = self._editor.toPlainText().lower().count(text.lower()) if text else 0
        self._found.setText(tr("find.count", count=count) if text else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and event.key() == Qt.Key.Key_Return:
            self.previous()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._editor.setFocus()
