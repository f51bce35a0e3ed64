"""A pane that shows how an exported picture will look: its theme, its background, all of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QDrag, QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from ui.colours import colour
from ui.graph.painter import DisplayPainter
from ui.graph.viewport import Detail, Viewport
from visgrad.picture.display import Display
from visgrad.picture.roles import Theme, theme

GAP = 16.0
SQUARE = 8
LARGEST = 1.0
DRAGGED = 160
"""Pixels across of the image under the pointer."""
WHOLE_CARDS = 200
"""So many cards are previewed as they will be in the file, however small."""


class PicturePreview(QWidget):
    """Paints a display as large as fits; where the file will be transparent, a chequered ground shows through.  It can
    be dragged out: `data` gives what is then taken along, None for nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportPreview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._display: Display | None = None
        self._theme = theme("light")
        self._transparent = False
        self._pressed: QPoint | None = None
        self.data: Callable[[], QMimeData | None] = lambda: None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position().toPoint()
        if self._pressed is None or (here - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed = None
        data = self.data()
        if data is not None:
            drag = self.drag(data)
            drag.exec(Qt.DropAction.CopyAction)

    def drag(self, data: QMimeData) -> QDrag:
        """The picture on its way, with a small image of itself under the pointer."""
        drag = QDrag(self)
        drag.setMimeData(data)
        image = data.imageData()
        if isinstance(image, QImage):
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            drag.setPixmap(QPixmap.fromImage(image.scaled(DRAGGED, DRAGGED, keep, smooth)))
        return drag

    def show_picture(self, display: Display | None, worn: Theme, transparent: bool) -> None:
        """Preview a display in a theme."""
        self._display, self._theme, self._transparent = display, worn, transparent
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 180)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), colour(self._theme, "canvas"))
            if self._transparent:
                self._paint_squares(painter)
            if self._display is not None and self._display.bounds[2] > 0:
                self._paint_picture(painter, self._display)

    def _paint_picture(self, painter: QPainter, display: Display) -> None:
        x, y, width, height = display.bounds
        room_x, room_y = self.width() - 2 * GAP, self.height() - 2 * GAP
        scale = max(min(room_x / width, room_y / max(height, 1.0), LARGEST), 1e-3)
        dx = (self.width() - width * scale) / 2 - x * scale
        dy = (self.height() - height * scale) / 2 - y * scale
        viewport = Viewport(scale, dx, dy, self.devicePixelRatioF())
        detail = Detail.NEAR if len(display.cards.node) <= WHOLE_CARDS else None
        DisplayPainter(display, self._theme).paint(painter, viewport, QRectF(x, y, width, height), detail)

    def _paint_squares(self, painter: QPainter) -> None:
        tint = QColor(255, 255, 255, 14) if self._theme.dark else QColor(0, 0, 0, 14)
        brush = QBrush(tint, Qt.BrushStyle.SolidPattern)
        for row in range(0, self.height(), SQUARE):
            for column in range(SQUARE * (row // SQUARE % 2), self.width(), 2 * SQUARE):
                painter.fillRect(column, row, SQUARE, SQUARE, brush)
