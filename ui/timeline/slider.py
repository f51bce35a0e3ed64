"""The time slider: a groove coloured by what happens at each stop, and a handle that follows the mouse at once.

Positions are 0 … number of stops.  It is a QSlider, so keys, wheel and screen readers work as with any other.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSlider, QWidget

from ui.colours import colour, mix
from ui.timeline.phases import Phase
from visgrad.picture.roles import Theme

ROLES = {
    Phase.FORWARD: "accent",
    Phase.PRINT: "text_faint",
    Phase.BACKWARD: "gradient",
    Phase.GAP: "text_faint",
    Phase.ERROR: "error",
}
RADIUS = 7.5
GROOVE = 6.0
CUT = 14.0
AHEAD = 0.36
"""How much of its colour a stop has that lies ahead."""

SEPARATE = 7.0
"""Stops at least this wide stand apart; narrower ones of a kind flow together."""


class TimelineSlider(QSlider):
    """A horizontal slider over stops; `show_phases` gives it the kinds of the stops.

    `hovered(position)`: the mouse rests over a position, without a button down.
    """

    hovered = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, 0)
        self.setPageStep(5)
        self.setMinimumWidth(120)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)
        self._theme = theme
        self._kinds: NDArray[np.uint8] = np.zeros(0, np.uint8)

    def use(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def show_phases(self, kinds: NDArray[np.uint8]) -> None:
        """Show these kinds (one `Phase` a stop)."""
        self._kinds = kinds
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, 30)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 30)

    # --- mouse: a press anywhere takes the handle there ------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.maximum() > 0:
            self.setSliderDown(True)
            self.setSliderPosition(self._position_at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = self._position_at(event.position().x())
        if self.isSliderDown():
            self.setSliderPosition(position)
        elif self.maximum() > 0:
            self.hovered.emit(position)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def _position_at(self, x: float) -> int:
        span = max(1.0, self.width() - 2 * RADIUS)
        return round(max(0.0, min(1.0, (x - RADIUS) / span)) * self.maximum())

    def x_of(self, position: float) -> float:
        """Where a position lies, in the slider's coordinates."""
        return RADIUS + (self.width() - 2 * RADIUS) * position / max(1, self.maximum())

    # --- painting --------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        middle = self.height() / 2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            if len(self._kinds):
                self._paint_stops(painter, middle)
            else:
                painter.setBrush(colour(theme, "border"))
                painter.drawRoundedRect(QRectF(RADIUS, middle - GROOVE / 2, self.width() - 2 * RADIUS, GROOVE), 3, 3)
            self._paint_handle(painter, middle)

    def _paint_stops(self, painter: QPainter, middle: float) -> None:
        """Each stop a segment of the groove in its colour, faint beyond the position; ticks for prints and errors."""
        count = len(self._kinds)
        wide = (self.width() - 2 * RADIUS) / count
        ground = colour(self._theme, "panel")
        gap = 1.0 if wide >= SEPARATE else 0.0
        for start, end, kind in self._segments():
            left, right = self.x_of(start), self.x_of(end)
            base = colour(self._theme, ROLES[Phase(kind)])
            painter.setBrush(base if end <= self.value() else mix(ground, base, AHEAD))
            area = QRectF(left + gap / 2, middle - GROOVE / 2, max(1.0, right - left - gap), GROOVE)
            painter.drawRoundedRect(area, 1.5 * gap, 1.5 * gap)
            if kind in (Phase.PRINT, Phase.ERROR):
                tick = QRectF((left + right) / 2 - 1, middle + GROOVE / 2 + 3, 2, 4)
                painter.drawRoundedRect(tick, 1, 1)
            elif kind == Phase.GAP:
                self._paint_gap(painter, (left + right) / 2, middle)

    def _paint_gap(self, painter: QPainter, x: float, middle: float) -> None:
        """The groove is cut where steps are missing, with dots between its ends."""
        painter.setBrush(colour(self._theme, "panel"))
        painter.drawRect(QRectF(x - CUT / 2, middle - GROOVE / 2, CUT, GROOVE))
        painter.setBrush(colour(self._theme, ROLES[Phase.GAP]))
        for dot in (-1, 0, 1):
            painter.drawEllipse(QPointF(x + dot * CUT / 4, middle), 1, 1)

    def _segments(self) -> list[tuple[int, int, int]]:
        """(start, end, kind) of what is painted: one per stop while they are wide, else one per run of a kind."""
        count = len(self._kinds)
        columns = int(self.width() - 2 * RADIUS)
        if count * SEPARATE <= columns:
            return [(k, k + 1, int(kind)) for k, kind in enumerate(self._kinds)]
        edges = np.unique(np.linspace(0, count, min(count + 1, max(2, columns // 2)), dtype=np.int64))
        kinds = np.maximum.reduceat(self._kinds, edges[:-1])
        here = self.value()
        split = np.searchsorted(edges, here)
        change = np.flatnonzero(np.diff(kinds)) + 1
        cuts = np.unique(np.concatenate([[0], change, [min(int(split), len(kinds) - 1)], [len(kinds)]]))
        return [(int(edges[a]), int(edges[b]), int(kinds[a])) for a, b in pairwise(cuts)]

    def _paint_handle(self, painter: QPainter, middle: float) -> None:
        theme = self._theme
        role = "accent"
        if 0 < self.value() <= len(self._kinds):
            role = ROLES[Phase(int(self._kinds[self.value() - 1]))]
        ring = colour(theme, role if self.isEnabled() else "border")
        centre = QPointF(self.x_of(self.sliderPosition()), middle)
        if self.hasFocus():
            halo = QColor(ring)
            halo.setAlphaF(0.22)
            painter.setBrush(halo)
            painter.drawEllipse(centre, RADIUS + 3, RADIUS + 3)
        painter.setBrush(ring)
        painter.drawEllipse(centre, RADIUS, RADIUS)
        painter.setBrush(colour(theme, "raised"))
        painter.drawEllipse(centre, RADIUS - 2.5, RADIUS - 2.5)
