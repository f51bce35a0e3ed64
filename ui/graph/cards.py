"""Paints one card in full or in outline, at the painter's origin.

The colours of a card's states are decided here, so that canvas, PNG and PDF agree.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from ui.colours import Colours, faded, mix
from ui.fonts import code_font
from ui.graph.heatmap import paint_heatmap
from ui.graph.shapes import CORNER, STACK_OFFSET, corner_radius, outline, rounded
from visgrad.picture.display import ADVANCE, Align, Bar, Content, Shape, State, Text
from visgrad.picture.roles import INDEX
from visgrad.picture.text import ELLIPSIS, columns, elide_middle

GHOST_OPACITY = 0.42
DIM_OPACITY = 0.28
SMALLEST_TITLE = 17
"""Of a card seen from some way off; longer titles are shortened."""


class Look(NamedTuple):
    """What decides how a card's frame is painted."""

    width: float
    height: float
    shape: int
    fill: int
    line: int
    accent: int
    state: int


def opacity(state: int) -> float:
    """How opaque a card or edge in this state is."""
    if state & State.DIM:
        return DIM_OPACITY
    return GHOST_OPACITY if state & State.FUTURE else 1.0


def active_role(state: int) -> str:
    """The role of what happens at this step: warm where a gradient has just arrived."""
    return "gradient" if state & State.VISITED else "card_active"


def line_style(look: Look, colours: Colours) -> tuple[QColor, float]:
    """The colour and width of a card's outline."""
    if look.state & State.ERROR:
        return colours[INDEX["error"]], 2.0
    if look.state & State.ACTIVE:
        return colours[INDEX[active_role(look.state)]], 2.0
    if look.state & State.LIT:
        return colours[INDEX["accent"]], 1.75
    if look.state & State.VISITED:
        return colours[INDEX["gradient_edge"]], 1.25
    return colours[look.line], 1.25


def paint_card(painter: QPainter, look: Look, content: Content, colours: Colours) -> None:
    """Paint a card in full: shadow, frame, bars, heat maps, texts."""
    painter.setOpacity(painter.opacity() * opacity(look.state))
    paint_frame(painter, look, colours)
    for bar in content.bars:
        _paint_bar(painter, bar, colours)
    for image in content.images:
        paint_heatmap(painter, image, colours)
    for text in content.texts:
        paint_text(painter, text, colours)
    if look.state & State.MARKED:
        _paint_badge(painter, look, colours)


def paint_title(painter: QPainter, look: Look, title: str, content: Content, colours: Colours) -> None:
    """Paint a card as it is seen from some way off: its frame, its name as large as fits, its heat maps."""
    painter.setOpacity(painter.opacity() * opacity(look.state))
    paint_frame(painter, look, colours)
    for image in content.images:
        paint_heatmap(painter, replace(image, figures=False), colours)
    room = min((image.y for image in content.images), default=look.height)
    across = look.width - 16
    size = int(min(room * 0.6, across / (ADVANCE * max(columns(title), 3)), 30))
    if size < SMALLEST_TITLE <= room * 0.6:
        size = SMALLEST_TITLE
        title = _shorter(title, int(across / (ADVANCE * size)))
    if size >= 8:
        painter.setFont(code_font(size, bold=True))
        painter.setPen(mix(colours[INDEX["text"]], colours[look.accent], 0.55))
        painter.drawText(QRectF(0, 0, look.width, room), Qt.AlignmentFlag.AlignCenter, title)
    if look.state & State.MARKED:
        _paint_badge(painter, look, colours)


def _shorter(title: str, room: int) -> str:
    """A title in so many columns: of a path such as `net.0.norm.weight` the end tells most."""
    if columns(title) <= room or "." not in title:
        return elide_middle(title, room)
    return ELLIPSIS + title[len(title) - room + 1 :]


def paint_frame(painter: QPainter, look: Look, colours: Colours) -> None:
    """Paint a card's shadow, ground and outline."""
    path = outline(look.shape, look.width, look.height)
    fill = colours[INDEX["error_field"]] if look.state & State.ERROR else colours[look.fill]
    colour, width = line_style(look, colours)
    if not look.state & State.FUTURE:
        _paint_shadow(painter, path, colours)
    if look.state & State.ACTIVE:
        _paint_glow(painter, look, colours)
    pen = QPen(colour, width)
    dashed = look.shape == Shape.DASHED or bool(look.state & State.FUTURE)
    if look.shape == Shape.STACK:
        painter.setPen(pen)
        painter.setBrush(mix(fill, colours[INDEX["canvas"]], 0.35))
        painter.drawPath(path.translated(STACK_OFFSET, STACK_OFFSET))
    if dashed:
        pen.setDashPattern([3.2, 2.6])
    painter.setPen(pen)
    painter.setBrush(fill)
    painter.drawPath(path)
    if look.shape == Shape.DOUBLE:
        inner = QRectF(0, 0, look.width, look.height).adjusted(3, 3, -3, -3)
        painter.setPen(QPen(faded(colour, 0.55), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(rounded(inner, max(corner_radius(look.shape, look.height) - 3, 2.0)))


def paint_ring(painter: QPainter, look: Look, colour: QColor, gap: float, width: float) -> None:
    """A ring around a card, `gap` away from its outline."""
    rect = QRectF(-gap, -gap, look.width + 2 * gap, look.height + 2 * gap)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, width))
    painter.drawPath(rounded(rect, corner_radius(look.shape, look.height) + gap))


def paint_text(painter: QPainter, text: Text, colours: Colours) -> None:
    """One line of text.  Fonts come in whole pixels: other sizes are scaled from the next one up."""
    pixels = math.ceil(text.size)
    painter.setFont(code_font(pixels, text.bold))
    left = text.x
    if text.align != Align.LEFT:
        left -= _width(painter, text, pixels) * int(text.align) / 2
    painter.setPen(colours[text.role])
    if pixels == text.size:
        painter.drawText(QPointF(left, text.y), text.text)
        return
    painter.save()
    painter.translate(left, text.y)
    painter.scale(text.size / pixels, text.size / pixels)
    painter.drawText(QPointF(0, 0), text.text)
    painter.restore()


def _width(painter: QPainter, text: Text, pixels: int) -> float:
    """How wide a text is; letters that the bundled font lacks are as wide as the font is that has them."""
    if text.text.isascii():
        return len(text.text) * ADVANCE * text.size
    return painter.fontMetrics().horizontalAdvance(text.text) * text.size / pixels


def _paint_bar(painter: QPainter, bar: Bar, colours: Colours) -> None:
    painter.fillRect(QRectF(bar.x, bar.y, bar.width, bar.height), colours[bar.role])


def _paint_shadow(painter: QPainter, path: QPainterPath, colours: Colours) -> None:
    shadow = colours[INDEX["shadow"]]
    painter.setPen(Qt.PenStyle.NoPen)
    for drop, share in ((3.0, 0.45), (1.5, 0.7)):
        painter.setBrush(faded(shadow, share))
        painter.drawPath(path.translated(0, drop))


def _paint_glow(painter: QPainter, look: Look, colours: Colours) -> None:
    role = "error" if look.state & State.ERROR else active_role(look.state)
    for gap, share in ((5.0, 0.10), (3.0, 0.16)):
        rect = QRectF(-gap, -gap, look.width + 2 * gap, look.height + 2 * gap)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(colours[INDEX[role]], share))
        painter.drawPath(rounded(rect, corner_radius(look.shape, look.height) + gap))


def _paint_badge(painter: QPainter, look: Look, colours: Colours) -> None:
    """A small warning sign over the top right corner."""
    x, y = look.width - CORNER, 1.0
    sign = QPolygonF([QPointF(x, y - 8), QPointF(x + 8, y + 6), QPointF(x - 8, y + 6)])
    ground = colours[INDEX["warning"]]
    painter.setPen(QPen(ground, 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(QBrush(ground))
    painter.drawPolygon(sign)
    painter.setPen(QPen(colours[INDEX["canvas"]], 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(x, y - 3), QPointF(x, y + 1))
    painter.drawPoint(QPointF(x, y + 4.5))
