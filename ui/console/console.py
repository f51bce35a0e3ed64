"""The console: what the program has printed, faint where it lies beyond the position on the timeline.

Survives floods: only the newest `MAX_LINES` lines are kept, and what arrives together is inserted together.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QMouseEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from ui.colours import colour
from ui.console.transcript import Piece, Transcript
from ui.fonts import editor_font
from ui.i18n import tr
from ui.naming import name
from ui.store import Aspect, Store

MAX_LINES = 5_000
ROLES = {
    "stdout": "text",
    "stderr": "text_dim",
    "result": "code_number",
    "error": "error",
    "link": "link",
    "outcome": "text_faint",
    "failure": "warning",
}


class Console(QPlainTextEdit):
    """`line_clicked(line)`: a line of a traceback was clicked.  `step_wanted(step)`: show the moment of a step."""

    line_clicked = Signal(int)
    step_wanted = Signal(int)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name(self, "console", tr("panel.console"))
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setUndoRedoEnabled(False)
        self.setMaximumBlockCount(MAX_LINES)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setPlaceholderText(tr("console.empty"))
        self.setFont(editor_font(10))
        self.viewport().setMouseTracking(True)
        self.document().setDocumentMargin(8)
        self._store = store
        self._transcript = Transcript(store.recording)
        self._pieces: list[Piece] = []
        self._hidden = 0  # how much of the text lies beyond the position
        self._steps: list[int] = []
        self._lengths: list[int] = [0]  # characters before each piece
        store.changed.connect(self._on_changed)
        self._on_changed(Aspect.RECORDING)

    def clear_all(self) -> None:
        """Forget what has been printed so far (the recording keeps it)."""
        self._forget()
        for _ in self._transcript.news():
            pass

    # --- following the store ---------------------------------------------------------------------------------

    def _on_changed(self, aspects: Aspect) -> None:
        store = self._store
        if aspects & (Aspect.RECORDING | Aspect.RUN):
            if store.recording is not self._transcript.recording:
                self._transcript = Transcript(store.recording)
                self._forget()
            self._append(list(self._transcript.news()))
        if aspects & Aspect.THEME:
            self._rebuild()
        if aspects & (Aspect.RECORDING | Aspect.RUN | Aspect.POSITION | Aspect.THEME):
            self._fade()

    def _forget(self) -> None:
        self.clear()
        self._pieces, self._steps, self._lengths = [], [], [0]
        self._hidden = 0

    def _rebuild(self) -> None:
        pieces = self._pieces[-MAX_LINES:]
        self._forget()
        self._append(pieces)

    def _append(self, pieces: list[Piece]) -> None:
        if not pieces:
            return
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        plain = {style: self._format(Piece("", style, 0)) for style in ROLES}
        for piece in pieces:
            cursor.insertText(
                piece.text, self._format(piece) if piece.line and piece.style == "link" else plain[piece.style]
            )
            self._pieces.append(piece)
            self._steps.append(piece.step)
            self._lengths.append(self._lengths[-1] + len(piece.text.encode("utf-16-le")) // 2)
        cursor.endEditBlock()
        if at_end:
            bar.setValue(bar.maximum())

    def _format(self, piece: Piece) -> QTextCharFormat:
        style = QTextCharFormat()
        style.setForeground(colour(self._store.theme, ROLES[piece.style]))
        if piece.style == "error":
            style.setFontWeight(QFont.Weight.Bold)
        if piece.style == "link":
            style.setAnchor(True)
            style.setAnchorHref(str(piece.line))
            style.setFontUnderline(True)
        return style

    def _fade(self) -> None:
        """Paint faintly what the program had not printed yet at this position.

        Counted from the end of the text, because a flood drops lines at its beginning.
        """
        store = self._store
        at_end = store.position >= len(store.recording.stops)
        first = len(self._steps) if at_end else bisect_left(self._steps, store.frame.end)
        hidden = self._lengths[-1] - self._lengths[first]
        selections = []
        if hidden:
            end = self.document().characterCount() - 1
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(max(0, end - hidden))
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            style = QTextCharFormat()
            style.setForeground(self._faint())
            selection.cursor, selection.format = cursor, style
            selections.append(selection)
        self.setExtraSelections(selections)
        if hidden and not store.running:
            self._reveal(max(0, self.document().characterCount() - 2 - hidden))
        elif self._hidden and not hidden:  # the last of it has been printed: its end is what one looks for
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        self._hidden = hidden

    def _reveal(self, position: int) -> None:
        """Scroll to the last line that has been printed at this position."""
        block = self.document().findBlock(position)
        first = self.firstVisibleBlock().blockNumber()
        line = self.fontMetrics().lineSpacing()
        visible = max(1, self.viewport().height() // line - 1)
        if not first <= block.blockNumber() < first + visible:
            self.verticalScrollBar().setValue(max(0, block.firstLineNumber() - visible // 2))

    def _faint(self) -> QColor:
        faint = QColor(colour(self._store.theme, "text_faint"))
        faint.setAlphaF(0.55)
        return faint

    # --- mouse -----------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        link = bool(self.anchorAt(event.position().toPoint()))
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if link else Qt.CursorShape.IBeamCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        anchor = self.anchorAt(event.position().toPoint())
        if anchor and not self.textCursor().hasSelection():
            self.line_clicked.emit(int(anchor))

    def step_at(self, point: QPoint) -> int | None:
        """The step that printed what is under a point, None where there is nothing."""
        cursor = self.cursorForPosition(point)
        before_end = self.document().characterCount() - 1 - cursor.position()
        index = bisect_right(self._lengths, self._lengths[-1] - before_end) - 1
        return self._steps[index] if 0 <= index < len(self._steps) else None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        menu.addSeparator()
        step = self.step_at(event.pos())
        if step is not None:
            menu.addAction(tr("console.go_to_step"), lambda: self.step_wanted.emit(step))
        menu.addAction(tr("console.clear"), self.clear_all)
        menu.exec(event.globalPos())
        menu.deleteLater()
