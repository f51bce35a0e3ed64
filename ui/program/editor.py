"""The program's text in an editor: gutter, colours, and the marks that tie text and picture together.

Owns typing and painting.  What the marks *are* (the executing line, the selected node's expression, errors) is told
by the panel through `mark`; the text belongs to the document, which is shared and outlives the editor.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
    QTextDocument,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui.colours import colour, faded
from ui.fonts import editor_font
from ui.program import editing
from ui.program.bindings import Hint
from ui.program.completer import Completer
from ui.program.gutter import Gutter
from ui.program.highlighter import PythonHighlighter
from ui.program.marks import Marks, selections
from visgrad.picture.roles import Theme
from visgrad.program.handed_in import NotebookError, to_program

LEAST_HINT = 40
"""Pixels below which nothing is written beside a line."""


class ProgramEditor(QPlainTextEdit):
    """`clicked(line)`: the learner clicked a line without selecting text (1-based).
    `asked(word, place)`: the mouse rests on a word; `place` is on the screen."""

    clicked = Signal(int)
    size_changed = Signal(int)
    asked = Signal(str, QPoint)

    def __init__(self, document: QTextDocument, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocument(document)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._theme = theme
        self._marks = Marks()
        self._hints: dict[int, Hint] = {}
        self._points = 11
        self._numbers = True
        self.completes = True  # whether names are offered after a point
        self.gutter = Gutter(self)
        self.highlighter = PythonHighlighter(document, theme, self)
        self.completer = Completer(self)
        self.blockCountChanged.connect(self._place_gutter)
        self.updateRequest.connect(self._scroll_gutter)
        self.cursorPositionChanged.connect(self._mark_all)
        self.set_size(self._points)
        self.use(theme)

    # --- appearance ------------------------------------------------------------------------------------------

    def use(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.highlighter.use(theme)
        self._mark_all()
        self.gutter.use(theme)

    def set_size(self, points: int) -> None:
        """Set the text's size in points."""
        self._points = points
        font = editor_font(points)
        self.setFont(font)
        self.document().setDefaultFont(font)
        self.setTabStopDistance(editing.INDENT * self.fontMetrics().horizontalAdvance(" "))
        self._place_gutter()

    def show_line_numbers(self, shown: bool) -> None:
        """Show or hide the numbers (marks stay)."""
        self._numbers = shown
        self._place_gutter()

    def mark(self, marks: Marks) -> None:
        """Show these marks instead of the ones shown."""
        if marks != self._marks:
            before, self._marks = self._marks, marks
            self._hints = dict(marks.hints)
            self._mark_all()
            self.gutter.show_marks(marks)
            self.viewport().update()
            for old, new in ((before.executing, marks.executing), (before.selected, marks.selected)):
                if new and new != old:
                    self.reveal(new.line)

    def reveal(self, line: int) -> None:
        """Scroll so that a line is in view, moving as little as possible."""
        block = self.document().findBlockByNumber(line - 1)
        if not block.isValid():
            return
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        height = self.fontMetrics().lineSpacing()
        if top < 0 or top + height > self.viewport().height():
            bar = self.verticalScrollBar()
            bar.setValue(max(0, line - 1 - bar.pageStep() // 2))

    def go_to(self, line: int) -> None:
        """Put the caret on a line and show it."""
        cursor = self.textCursor()
        cursor.setPosition(editing.position(self.document(), line, 0))
        self.setTextCursor(cursor)
        self.centerCursor()

    # --- marks -----------------------------------------------------------------------------------------------

    def _mark_all(self) -> None:
        caret = self.textCursor() if self.hasFocus() else None
        self.setExtraSelections(selections(self.document(), self._marks, self._theme, caret))

    # --- the gutter ------------------------------------------------------------------------------------------

    def _place_gutter(self) -> None:
        width = self.gutter.wanted(self._numbers)
        self.setViewportMargins(width, 0, 0, 0)
        area = self.contentsRect()
        self.gutter.setGeometry(area.left(), area.top(), width, area.height())

    def _scroll_gutter(self, area: QRect, dy: int) -> None:
        if dy:
            self.gutter.scroll(0, dy)
        else:
            self.gutter.update(0, area.y(), self.gutter.width(), area.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if dx and self._hints:
            self.viewport().update()  # what stands beside lines ends at the edge, and does not move with the text

    def visible_lines(self, bottom: int) -> Iterator[tuple[int, QRectF, float]]:
        """(line, its box, the height of its baseline) of the visible lines down to `bottom`, in the viewport."""
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > bottom:
                break
            layout = block.layout()  # lines with other scripts are taller
            ascent = layout.lineAt(0).ascent() if layout.lineCount() else float(self.fontMetrics().ascent())
            yield block.blockNumber() + 1, box, box.top() + ascent
            block = block.next()

    # --- beside the lines ------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._hints:
            with QPainter(self.viewport()) as painter:
                self._paint_hints(painter, event.rect().bottom())

    def _paint_hints(self, painter: QPainter, bottom: int) -> None:
        """Write beside the visible lines what their names stand for now, as far as there is room."""
        painter.setFont(self.gutter.number_font())
        metrics = painter.fontMetrics()
        space = 3 * metrics.horizontalAdvance(" ")
        for line, box, baseline in self.visible_lines(bottom):
            hint = self._hints.get(line)
            if hint is None:
                continue
            layout = self.document().findBlockByNumber(line - 1).layout()
            left = box.left() + space + (layout.lineAt(0).naturalTextWidth() if layout.lineCount() else 0.0)
            for text, role in ((hint.values, "accent"), (hint.gradients, "gradient")):
                room = int(self.viewport().width() - left - space)
                if not text or room < min(LEAST_HINT, metrics.horizontalAdvance(text)):
                    break
                painter.setPen(faded(colour(self._theme, role), 0.8))
                shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
                painter.drawText(QPointF(left, baseline), shown)
                left += metrics.horizontalAdvance(shown) + space

    # --- keys and mouse --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.completer.takes(event):
            self._press(event)
            self.completer.follow(event, self.completes)

    def _press(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        plain = modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        cursor = self.textCursor()
        if plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            editing.new_line(cursor)
        elif plain and key == Qt.Key.Key_Tab:
            editing.indent(cursor)
        elif key == Qt.Key.Key_Backtab:
            editing.dedent(cursor)
        elif control and key == Qt.Key.Key_Slash:
            editing.toggle_comment(cursor)
        elif plain and key == Qt.Key.Key_Backspace and self._in_indent(cursor):
            back = (cursor.positionInBlock() - 1) % editing.INDENT + 1
            cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, back)
            cursor.removeSelectedText()
        else:
            super().keyPressEvent(event)
            return
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    @staticmethod
    def _in_indent(cursor: QTextCursor) -> bool:
        before = cursor.block().text()[: cursor.positionInBlock()]
        return not cursor.hasSelection() and bool(before) and not before.strip(" ")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self.clicked.emit(self.textCursor().blockNumber() + 1)

    def word_at(self, point: QPoint) -> str:
        """The name under a point of the text area, "" if there is none."""
        cursor = self.cursorForPosition(point)
        if not self.cursorRect(cursor).adjusted(-40, -2, 40, 2).contains(point):
            return ""
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        word = cursor.selectedText()
        return word if word.isidentifier() else ""

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self.asked.emit(self.word_at(event.pos()), event.globalPos())
            return True
        return super().viewportEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste; a lesson in another form becomes a program on the way."""
        text = source.text()
        with suppress(NotebookError):
            if (program := to_program(text)) != text:
                self.textCursor().insertText(program)
                self.ensureCursorVisible()
                return
        super().insertFromMimeData(source)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Files that are dropped are the window's to open, not text to insert."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.size_changed.emit(1 if event.angleDelta().y() > 0 else -1)
            return
        super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.completer.hide()
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._mark_all()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.completer.hide()
        self._mark_all()
