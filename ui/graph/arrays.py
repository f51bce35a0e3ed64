"""Drawing of NumPy arrays without a loop: Qt reads the arrays' memory as its own lines, rectangles, points."""

from __future__ import annotations

from typing import cast

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from shiboken6 import Shiboken

from visgrad.picture.display import Floats


def draw_lines(painter: QPainter, pen: QPen, lines: Floats) -> None:
    """Draw an (n, 4) array of x1, y1, x2, y2."""
    if len(lines):
        lines = np.ascontiguousarray(lines, dtype=np.float64)
        painter.setPen(pen)
        painter.drawLines(cast(QLineF, Shiboken.wrapInstance(lines.ctypes.data, QLineF)), len(lines))


def draw_rects(painter: QPainter, colour: QColor, rects: Floats) -> None:
    """Fill an (n, 4) array of x, y, width, height."""
    if len(rects):
        rects = np.ascontiguousarray(rects, dtype=np.float64)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRects(cast(QRectF, Shiboken.wrapInstance(rects.ctypes.data, QRectF)), len(rects))


def draw_points(painter: QPainter, pen: QPen, points: Floats) -> None:
    """Draw an (n, 2) array of x, y."""
    if len(points):
        points = np.ascontiguousarray(points, dtype=np.float64)
        painter.setPen(pen)
        painter.drawPoints(cast(QPointF, Shiboken.wrapInstance(points.ctypes.data, QPointF)), len(points))
