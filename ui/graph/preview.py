"""A card at full size beside the pointer, for cards that are painted too small to be read."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.graph.cards import paint_card
from ui.graph.painter import DisplayPainter
from ui.graph.shapes import MARGIN

DELAY_MS = 180
GAP = 8


class Preview(QWidget):
    """A child of the canvas that the mouse looks through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scene: DisplayPainter | None = None
        self._card = 0
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DELAY_MS)
        self._delay.timeout.connect(self.show)
        super().hide()

    def show_card(self, scene: DisplayPainter, card: int, anchor: QRectF) -> None:
        """Show a card soon, beside `anchor` (where it is painted, in the parent's points)."""
        self._scene, self._card = scene, card
        look = scene.cards.look(card)
        width, height = int(look.width + 2 * MARGIN), int(look.height + 2 * MARGIN)
        parent = self._over
        x = int(anchor.right()) + GAP
        if x + width > parent.width():
            x = max(0, int(anchor.left()) - GAP - width)
        y = min(max(0, int(anchor.center().y() - height / 2)), max(0, parent.height() - height))
        self.setGeometry(x, y, width, height)
        self.update()
        if not self.isVisible():
            self._delay.start()

    def hide(self) -> None:
        self._delay.stop()
        super().hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        scene = self._scene
        if scene is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(MARGIN, MARGIN)
            paint_card(painter, scene.cards.look(self._card), scene.display.content(self._card), scene.colours)
