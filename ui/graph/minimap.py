"""The map in the corner: the whole graph, small, and the part of it that shows, which can be dragged.

It is there only while the graph does not fit into the view.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from ui.colours import colour, colours, faded, mix
from ui.graph.arrays import draw_rects
from ui.graph.cards import DIM_OPACITY
from ui.graph.painter import placed
from ui.graph.view import GraphView
from ui.graph.viewport import Viewport
from ui.i18n import tr
from visgrad.picture.display import Display, State
from visgrad.picture.roles import INDEX, Theme

WIDTH, HEIGHT = 184, 124
"""At most so large."""

LEAST = 44
"""At least so wide and high, whatever the graph's proportions."""

ROOM_WIDTH, ROOM_HEIGHT = 460, 340
"""In a smaller view a map would only be in the way."""

PADDING = 7.0
SMALLEST = 1.6
"""Pixels of a card."""

SLACK = 0.02
"""A graph of which no more than this share is out of sight counts as fitting."""


class Minimap(QWidget):
    """A map of what `view` shows.  `refresh` after the view has moved; where it stands is the panel's."""

    def __init__(self, view: GraphView, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("minimap")
        self.setAccessibleName(tr("graph.minimap"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view = view
        self._theme: Theme | None = None
        self._drawn: tuple[Display, Theme | None, QSize] | None = None
        self._map = QPixmap()
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.update()

    def refresh(self) -> bool:
        """Follow the view; whether the map is to be seen."""
        display = self._view.display
        wanted = display is not None and self._view.width() >= ROOM_WIDTH and self._view.height() >= ROOM_HEIGHT
        if wanted and display is not None:
            x, y, width, height = display.bounds
            right, down = width * SLACK, height * SLACK
            wanted = not self._view.visible_rect().contains(
                QRectF(x, y, width, height).adjusted(right, down, -right, -down)
            )
        self.setVisible(wanted)
        if wanted:
            self.update()
        return wanted

    def sizeHint(self) -> QSize:
        """As large as the graph's proportions make it."""
        if self._view.display is None:
            return QSize(WIDTH, HEIGHT)
        _, _, width, height = self._view.display.bounds
        scale = min((WIDTH - 2 * PADDING) / max(width, 1.0), (HEIGHT - 2 * PADDING) / max(height, 1.0))
        wide, high = width * scale + 2 * PADDING, height * scale + 2 * PADDING
        return QSize(round(max(wide, LEAST)), round(max(high, LEAST)))

    def scaled(self, display: Display) -> Viewport:
        """How the scene is put onto the map."""
        x, y, width, height = display.bounds
        scale = min((self.width() - 2 * PADDING) / max(width, 1.0), (self.height() - 2 * PADDING) / max(height, 1.0))
        left, top = (self.width() - width * scale) / 2, (self.height() - height * scale) / 2
        return Viewport(scale, left - x * scale, top - y * scale, self.devicePixelRatioF())

    def paintEvent(self, event: QPaintEvent) -> None:
        display, theme = self._view.display, self._theme
        if display is None or theme is None:
            return
        self._draw(display, theme)
        viewport, seen = self.scaled(display), self._view.visible_rect()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour(theme, "border"), 1))
            painter.setBrush(faded(colour(theme, "raised"), 0.94))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
            painter.drawPixmap(0, 0, self._map)
            with placed(painter, viewport):
                pen = QPen(colour(theme, "accent"), 1.5)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.setBrush(faded(colour(theme, "accent"), 0.12))
                painter.drawRect(seen.intersected(QRectF(*display.bounds)))

    def _draw(self, display: Display, theme: Theme) -> None:
        """Draw the cards, where they are not drawn already: of those that fall onto one pixel only one."""
        state = (display, theme, self.size())
        if self._drawn is not None and self._drawn[0] is display and self._drawn[1:] == state[1:]:
            return
        self._drawn = state
        viewport, cards, worn = self.scaled(display), display.cards, colours(theme)
        rect = cards.rect * viewport.scale + np.array([viewport.dx, viewport.dy, 0.0, 0.0])
        rect[:, 2:] = np.maximum(rect[:, 2:], SMALLEST)
        dim = (cards.state & (State.DIM | State.FUTURE)) > 0
        lit = (cards.state & State.LIT) > 0
        role = np.where(lit, INDEX["accent"], cards.accent).astype(np.int64) * 2 + dim
        pixels = np.floor(rect[:, :2]).astype(np.int64)
        _, first = np.unique((role * 4096 + pixels[:, 0]) * 4096 + pixels[:, 1], return_index=True)
        rect, role = rect[first], role[first]
        self._map = QPixmap(self.size() * viewport.ratio)
        self._map.setDevicePixelRatio(viewport.ratio)
        self._map.fill(Qt.GlobalColor.transparent)
        with QPainter(self._map) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for kind in np.unique(role).tolist():
                shade = mix(worn[kind // 2], worn[INDEX["raised"]], 0.3)
                draw_rects(painter, faded(shade, DIM_OPACITY) if kind % 2 else shade, rect[role == kind])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._look(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look(event.position())

    def _look(self, point: QPointF) -> None:
        """Bring what is under a point of the map into the middle of the view."""
        if self._view.display is not None:
            viewport = self.scaled(self._view.display)
            self._view.look_at((point.x() - viewport.dx) / viewport.scale, (point.y() - viewport.dy) / viewport.scale)
