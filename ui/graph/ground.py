"""What lies behind a graph: the canvas colour, a quiet grid of dots, and a hint while there is nothing to show."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QGuiApplication, QPainter, QPen

from ui.colours import colour, mix
from ui.graph.arrays import draw_points
from ui.graph.viewport import Viewport
from visgrad.picture.roles import Theme

SPACING = 24.0
"""Scene units between dots."""


def paint_ground(painter: QPainter, viewport: Viewport, size: QSize, theme: Theme) -> None:
    """Fill the widget and set a dot on every grid point; the grid coarsens as one moves away."""
    painter.fillRect(0, 0, size.width(), size.height(), colour(theme, "canvas"))
    step = SPACING * viewport.scale
    step *= 2.0 ** max(0, math.ceil(math.log2(16.0 / step)))
    xs = np.arange(viewport.dx % step, size.width(), step)
    ys = np.arange(viewport.dy % step, size.height(), step)
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    draw_points(painter, QPen(mix(colour(theme, "grid"), colour(theme, "ghost"), 0.5), 2.0), np.floor(points) + 0.5)


def paint_hint(painter: QPainter, rect: QRect, text: str, theme: Theme) -> None:
    """A few words in the middle."""
    if text:
        font = QFont(QGuiApplication.font())
        font.setPointSizeF(font.pointSizeF() * 1.1)
        painter.setFont(font)
        painter.setPen(colour(theme, "text_faint"))
        middle = rect.adjusted(32, 32, -32, -32)
        painter.drawText(middle, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), text)
