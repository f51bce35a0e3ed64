"""The outlines of cards: one path per `Shape`, at the origin, so that kinds are told apart without colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from visgrad.picture.display import Shape

CORNER = 8.0
CUT = 12.0
TAB_HEIGHT = 6.0
STACK_OFFSET = 4.0
PILL_CORNER = 22.0
MARGIN = 10.0
"""How far anything painted for a card (tab, stack, shadow, badge) reaches beyond its rectangle."""


def rounded(rect: QRectF, radius: float) -> QPainterPath:
    """A rectangle with round corners."""
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    return path


def corner_radius(shape: int, height: float) -> float:
    """The corner radius that rings around a card of this shape follow."""
    if shape in (Shape.PILL, Shape.DOUBLE, Shape.SMALL):
        return min(height / 2, PILL_CORNER)
    if shape == Shape.SQUARE:
        return 1.5
    return CORNER


def outline(shape: int, width: float, height: float) -> QPainterPath:
    """The path that is filled and stroked for a card of this shape and size."""
    rect = QRectF(0, 0, width, height)
    if shape == Shape.CUT:
        return _cut(width, height)
    if shape == Shape.TAB:
        return _tab(width, height)
    return rounded(rect, corner_radius(shape, height))


def _cut(width: float, height: float) -> QPainterPath:
    path = QPainterPath()
    path.moveTo(CORNER, 0)
    path.lineTo(width - CUT, 0)
    path.lineTo(width, CUT)
    path.lineTo(width, height - CORNER)
    path.quadTo(width, height, width - CORNER, height)
    path.lineTo(CORNER, height)
    path.quadTo(0, height, 0, height - CORNER)
    path.lineTo(0, CORNER)
    path.quadTo(0, 0, CORNER, 0)
    path.closeSubpath()
    return path


def _tab(width: float, height: float) -> QPainterPath:
    tab = min(width * 0.4, 44.0)
    path = QPainterPath()
    path.moveTo(0, -TAB_HEIGHT + 3)
    path.quadTo(0, -TAB_HEIGHT, 3, -TAB_HEIGHT)
    path.lineTo(tab - 6, -TAB_HEIGHT)
    path.lineTo(tab, 0)
    path.lineTo(width - CORNER, 0)
    path.quadTo(width, 0, width, CORNER)
    path.lineTo(width, height - CORNER)
    path.quadTo(width, height, width - CORNER, height)
    path.lineTo(CORNER, height)
    path.quadTo(0, height, 0, height - CORNER)
    path.closeSubpath()
    return path
