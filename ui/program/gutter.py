"""The column beside the program's text: line numbers, the arrow at the executing line, dots at errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from ui.colours import colour
from ui.i18n import tr
from ui.program.marks import Marks
from visgrad.picture.roles import Theme, theme

if TYPE_CHECKING:
    from ui.program.editor import ProgramEditor


class Gutter(QWidget):
    """Stands left of the editor's text; the editor tells where the lines are.

    `clicked(line)`: the number of a line was clicked.
    """

    clicked = Signal(int)

    def __init__(self, editor: ProgramEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._marks = Marks()
        self._theme: Theme = theme("light")
        self._numbers = True
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("editor.visit"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for line, box, _ in self._editor.visible_lines(self.height()):
            if box.top() <= event.position().y() < box.bottom():
                self.clicked.emit(line)
                return

    def use(self, worn: Theme) -> None:
        """Paint in another theme."""
        self._theme = worn
        self.update()

    def show_marks(self, marks: Marks) -> None:
        """Show these marks."""
        self._marks = marks
        self.update()

    def wanted(self, numbers: bool) -> int:
        """The width that is needed, in pixels, with or without numbers."""
        self._numbers = numbers
        digit = self._editor.fontMetrics().horizontalAdvance("9")
        digits = max(2, len(str(self._editor.blockCount()))) if numbers else 0
        return digit * digits + round(digit * 3.1)

    def number_font(self) -> QFont:
        """What numbers, and the words beside lines, are set in: a little smaller than the text."""
        font = QFont(self._editor.font())
        font.setPointSizeF(max(6.0, font.pointSizeF() * 0.88))
        return font

    def sizeHint(self) -> QSize:
        return QSize(self.wanted(self._numbers), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        editor = self._editor
        digit = editor.fontMetrics().horizontalAdvance("9")
        caret = editor.textCursor().blockNumber() + 1
        wrong = self._marks.error_lines
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), colour(self._theme, "field"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self.number_font())
            for line, box, baseline in editor.visible_lines(event.rect().bottom()):
                if self._numbers:
                    role = "error" if line in wrong else "text_dim" if line == caret else "text_faint"
                    painter.setPen(colour(self._theme, role))
                    right = self.width() - 2.0 * digit - painter.fontMetrics().horizontalAdvance(str(line))
                    painter.drawText(QPointF(right, baseline), str(line))
                self._paint_mark(painter, line, box, line in wrong)

    def _paint_mark(self, painter: QPainter, line: int, box: QRectF, error: bool) -> None:
        executing = self._marks.executing is not None and self._marks.executing.line == line
        if not (executing or error):
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._theme, "error" if error else self._marks.phase))
        size = box.height() * 0.20
        x, y = self.width() - size * 3.0, box.center().y()
        if error:
            painter.drawEllipse(QPointF(x + size * 0.9, y), size * 0.85, size * 0.85)
        else:
            corners = [QPointF(x, y - size * 1.15), QPointF(x + size * 1.7, y), QPointF(x, y + size * 1.15)]
            painter.drawPolygon(QPolygonF(corners))
