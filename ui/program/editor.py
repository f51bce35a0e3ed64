"""The program's text in an editor: gutter, colours, and the marks that tie text and picture together.

Owns typing and painting.  What the marks *are* (the executing line, the selected node's expression, errors) is told
by the panel through `mark`; the text belongs to the document, which is shared and outlives the editor.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from ui.colours import colour, faded
from ui.fonts import editor_font
from ui.program import editing
from ui.program.highlighter import PythonHighlighter
from visgrad.picture.roles import Theme
from visgrad.recording.model import Span


@dataclass(frozen=True)
class Marks:
    """What is marked in the text: `executing` with the current stop's phase, the selection, errors."""

    executing: Span | None = None
    backward: bool = False
    selected: Span | None = None
    errors: tuple[Span, ...] = ()
    syntax: Span | None = None


class ProgramEditor(QPlainTextEdit):
    """`clicked(line)`: the learner clicked a line without selecting text (1-based)."""

    clicked = Signal(int)
    size_changed = Signal(int)

    def __init__(self, document: QTextDocument, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocument(document)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._theme = theme
        self._marks = Marks()
        self._points = 11
        self._numbers = True
        self._gutter = _Gutter(self)
        self.highlighter = PythonHighlighter(document, theme)
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
        self._gutter.update()

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
            self._mark_all()
            self._gutter.update()
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
        marks, theme = self._marks, self._theme
        found = [self._whole_line(self.textCursor(), colour(theme, "current_line"))] if self.hasFocus() else []
        if marks.executing:
            role = "gradient" if marks.backward else "accent"
            span = editing.cursor_over(self.document(), marks.executing)
            line = QTextCursor(self.document().findBlockByNumber(marks.executing.line - 1))
            found.append(self._whole_line(line, faded(colour(theme, role), 0.10)))
            found.append(_over(span, faded(colour(theme, role), 0.22)))
        if marks.selected:
            found.append(_over(editing.cursor_over(self.document(), marks.selected), colour(theme, "selection")))
        pair = editing.matching_brackets(self.document(), self.textCursor().position()) if self.hasFocus() else None
        for at in pair or ():
            cursor = QTextCursor(self.document())
            cursor.setPosition(at)
            cursor.setPosition(at + 1, QTextCursor.MoveMode.KeepAnchor)
            found.append(_over(cursor, colour(theme, "selection")))
        if marks.errors:
            line = QTextCursor(self.document().findBlockByNumber(marks.errors[-1].line - 1))
            found.append(self._whole_line(line, colour(theme, "error_field")))
        wavy = [marks.errors[-1]] if marks.errors else []
        found += [self._wave(span) for span in [*wavy, marks.syntax] if span]
        self.setExtraSelections(found)

    def _whole_line(self, cursor: QTextCursor, background: QColor) -> QTextEdit.ExtraSelection:
        selection = _over(cursor, background)
        selection.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        selection.cursor.clearSelection()
        return selection

    def _wave(self, span: Span) -> QTextEdit.ExtraSelection:
        cursor = editing.cursor_over(self.document(), span)
        if not cursor.hasSelection():
            cursor.select(QTextCursor.SelectionType.LineUnderCursor)
        style = QTextCharFormat()
        style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SpellCheckUnderline)
        style.setUnderlineColor(colour(self._theme, "error"))
        return _selection(cursor, style)

    # --- the gutter ------------------------------------------------------------------------------------------

    def gutter_width(self) -> int:
        """The width of the column beside the text, in pixels."""
        digit = self.fontMetrics().horizontalAdvance("9")
        digits = max(2, len(str(self.blockCount()))) if self._numbers else 0
        return digit * digits + round(digit * 3.1)

    def _place_gutter(self) -> None:
        width = self.gutter_width()
        self.setViewportMargins(width, 0, 0, 0)
        area = self.contentsRect()
        self._gutter.setGeometry(area.left(), area.top(), width, area.height())

    def _scroll_gutter(self, area: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()

    def paint_gutter(self, event: QPaintEvent) -> None:
        """Paint the line numbers and marks beside the visible lines."""
        theme = self._theme
        width = self._gutter.width()
        digit = self.fontMetrics().horizontalAdvance("9")
        caret = self.textCursor().blockNumber() + 1
        error_lines = {span.line for span in self._marks.errors} | (
            {self._marks.syntax.line} if self._marks.syntax else set()
        )
        with QPainter(self._gutter) as painter:
            painter.fillRect(event.rect(), colour(theme, "field"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            block = self.firstVisibleBlock()
            while block.isValid():
                box = self.blockBoundingGeometry(block).translated(self.contentOffset())
                if box.top() > event.rect().bottom():
                    break
                line = block.blockNumber() + 1
                if self._numbers:
                    role = "error" if line in error_lines else "text_dim" if line == caret else "text_faint"
                    painter.setFont(self._number_font())
                    painter.setPen(colour(theme, role))
                    text = str(line)
                    right = width - 2.0 * digit - painter.fontMetrics().horizontalAdvance(text)
                    painter.drawText(QPointF(right, box.top() + self._ascent(block)), text)
                self._paint_mark(painter, line, box, line in error_lines)
                block = block.next()

    def _ascent(self, block: QTextBlock) -> float:
        """How far below its top a line's text stands (lines with other scripts are taller)."""
        layout = block.layout()
        return layout.lineAt(0).ascent() if layout.lineCount() else float(self.fontMetrics().ascent())

    def _number_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(6.0, self._points * 0.88))
        return font

    def _paint_mark(self, painter: QPainter, line: int, box: QRectF, error: bool) -> None:
        marks = self._marks
        executing = marks.executing is not None and marks.executing.line == line
        if not (executing or error):
            return
        painter.setPen(Qt.PenStyle.NoPen)
        role = "error" if error else "gradient" if marks.backward else "accent"
        painter.setBrush(colour(self._theme, role))
        size = box.height() * 0.20
        x, y = self._gutter.width() - size * 3.0, box.center().y()
        if executing and not error:
            painter.drawPolygon(
                QPolygonF([QPointF(x, y - size * 1.15), QPointF(x + size * 1.7, y), QPointF(x, y + size * 1.15)])
            )
        else:
            painter.drawEllipse(QPointF(x + size * 0.9, y), size * 0.85, size * 0.85)

    # --- keys and mouse --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
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

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Files that are dropped are the window's to open, not text to insert."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.size_changed.emit(1 if event.angleDelta().y() > 0 else -1)
            return
        super().wheelEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._mark_all()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark_all()


class _Gutter(QWidget):
    def __init__(self, editor: ProgramEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_gutter(event)


def _over(cursor: QTextCursor, background: QColor) -> QTextEdit.ExtraSelection:
    style = QTextCharFormat()
    style.setBackground(background)
    return _selection(cursor, style)


def _selection(cursor: QTextCursor, style: QTextCharFormat) -> QTextEdit.ExtraSelection:
    selection = QTextEdit.ExtraSelection()
    selection.cursor = cursor
    selection.format = style
    return selection
