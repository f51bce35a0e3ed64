"""Paints a display, or the part of it that shows, with a QPainter and a theme: the canvas, PNG and PDF use it.

Owns the choice of detail and the order and pens of what is painted.  Three levels of detail: from afar blocks and
straight lines drawn from arrays, then frames with titles, near by whole cards.  Cards come from pixmaps when a
`CardCache` is given (the screen) and are painted as vectors when not (export).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from shiboken6 import Shiboken

from ui.colours import Colours, colours, faded
from ui.fonts import code_font
from ui.graph.cards import (
    DIM_OPACITY,
    CardCache,
    Look,
    blank_pixmap,
    paint_card,
    paint_ring,
    paint_title,
)
from ui.graph.edges import EdgeGeometry, arrow_head, middle
from ui.graph.shapes import MARGIN
from visgrad.picture.display import ADVANCE, Display, Floats, State
from visgrad.picture.roles import INDEX, Theme

Indices = NDArray[np.intp]

NEAR_SCALE = 0.5
MIDDLE_SCALE = 0.16
MANY_EDGES = 700
"""More edges in view than this are painted on the screen as straight lines."""

LABEL_SIZE = 11


class Detail(IntEnum):
    FAR = 0
    MIDDLE = 1
    NEAR = 2


def detail_for(scale: float) -> Detail:
    """The level of detail at so many pixels a scene unit."""
    if scale >= NEAR_SCALE:
        return Detail.NEAR
    return Detail.MIDDLE if scale >= MIDDLE_SCALE else Detail.FAR


@dataclass(frozen=True, slots=True)
class Viewport:
    """Scene point p is painted at p * scale + (dx, dy), in the painter's logical pixels; `ratio` device pixels each."""

    scale: float
    dx: float = 0.0
    dy: float = 0.0
    ratio: float = 1.0
    crisp: bool = True  # cards on whole device pixels, pictures made at exactly this scale

    def scene_rect(self, width: float, height: float) -> QRectF:
        """What of the scene shows in a surface of this size."""
        return QRectF(-self.dx / self.scale, -self.dy / self.scale, width / self.scale, height / self.scale)


@dataclass(frozen=True, slots=True)
class Emphasis:
    """What the person at the screen points at: node ids."""

    selected: int | None = None
    hovered: int | None = None
    ring: bool = False  # the keyboard is here: a stronger ring around the selection


@dataclass
class DisplayPainter:
    """Paints one display in one theme.  `alpha` (n,): how far each card has faded in, None when all have."""

    display: Display
    theme: Theme
    cache: CardCache | None = None
    alpha: Floats | None = None
    emphasis: Emphasis = field(default_factory=Emphasis)

    def __post_init__(self) -> None:
        self.colours: Colours = colours(self.theme)
        self.geometry = EdgeGeometry(self.display.edges)

    def paint(self, painter: QPainter, viewport: Viewport, visible: QRectF, detail: Detail | None = None) -> None:
        """Paint what lies in `visible` (scene units).  The painter's transform must be the identity or the export's."""
        detail = detail_for(viewport.scale * viewport.ratio) if detail is None else detail
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing
            | QPainter.RenderHint.TextAntialiasing
            | QPainter.RenderHint.SmoothPixmapTransform
        )
        painter.save()
        painter.translate(viewport.dx, viewport.dy)
        painter.scale(viewport.scale, viewport.scale)
        self._paint_edges(painter, viewport, visible, detail)
        cards = self.cards_in(visible)
        if detail == Detail.FAR:
            self._paint_blocks(painter, viewport, cards)
        elif self.cache is None:
            for card in cards:
                self._paint_vector_card(painter, int(card), detail)
        else:
            for card in cards:
                self._paint_pixmap_card(painter, int(card), viewport, detail)
        self._paint_rings(painter, viewport)
        painter.restore()

    # which -------------------------------------------------------------------------------------------------------

    def cards_in(self, visible: QRectF) -> Indices:
        """The cards any part of which, shadow included, lies in `visible`."""
        rect = self.display.cards.rect
        x, y = rect[:, 0], rect[:, 1]
        return np.nonzero(
            (x < visible.right() + MARGIN)
            & (y < visible.bottom() + MARGIN)
            & (x + rect[:, 2] > visible.left() - MARGIN)
            & (y + rect[:, 3] > visible.top() - MARGIN)
        )[0]

    def edges_in(self, visible: QRectF) -> Indices:
        """The edges whose bounding box meets `visible`."""
        box = self.geometry.boxes
        return np.nonzero(
            (box[:, 0] < visible.right() + MARGIN)
            & (box[:, 1] < visible.bottom() + MARGIN)
            & (box[:, 2] > visible.left() - MARGIN)
            & (box[:, 3] > visible.top() - MARGIN)
        )[0]

    def look(self, card: int) -> Look:
        """What decides how a card's frame is painted."""
        cards = self.display.cards
        return Look(
            float(cards.rect[card, 2]),
            float(cards.rect[card, 3]),
            int(cards.shape[card]),
            int(cards.fill[card]),
            int(cards.line[card]),
            int(cards.accent[card]),
            int(cards.state[card]),
        )

    def _title(self, card: int) -> str:
        titles = self.display.cards.title
        return titles[card] if card < len(titles) else ""

    # edges -------------------------------------------------------------------------------------------------------

    def _paint_edges(self, painter: QPainter, viewport: Viewport, visible: QRectF, detail: Detail) -> None:
        chosen = self.edges_in(visible)
        if not len(chosen):
            return
        edges = self.display.edges
        lit = np.zeros(len(chosen), dtype=np.uint8)
        for node in {self.emphasis.hovered, self.emphasis.selected} - {None}:
            lit |= (edges.source[chosen] == node) | (edges.target[chosen] == node)
        state = edges.state[chosen]
        rank = (lit > 0) * 2 + ((state & (State.ACTIVE | State.LIT)) > 0) * 4
        width = np.minimum(np.rint(edges.width[chosen] * 8), 255)
        style = np.stack([rank, edges.role[chosen], state, edges.dashed[chosen], width, lit], axis=1).astype(np.int64)
        kinds, member = np.unique(style, axis=0, return_inverse=True)
        member = member.reshape(-1)
        straight = detail == Detail.FAR or (self.cache is not None and len(chosen) > MANY_EDGES)
        for kind, (_, role, flags, dashed, eighths, is_lit) in enumerate(kinds.tolist()):
            pen = self._edge_pen(role, flags, bool(dashed), eighths / 8, bool(is_lit), viewport)
            group = chosen[member == kind]
            if straight:
                draw_lines(painter, pen, self.geometry.segments(group))
            else:
                self._draw_paths(painter, pen, group)
            if detail == Detail.NEAR and len(edges.label):
                for edge in group:
                    self._paint_label(painter, int(edge), pen.color())

    def _edge_pen(self, role: int, flags: int, dashed: bool, width: float, lit: bool, viewport: Viewport) -> QPen:
        colour = self.colours[role]
        warm = role in (INDEX["gradient"], INDEX["gradient_edge"])
        if flags & State.ERROR:
            colour = self.colours[INDEX["error"]]
        elif flags & State.ACTIVE or lit:
            colour = self.colours[INDEX["gradient" if warm else "edge_active"]]
        elif flags & State.LIT:
            colour = self.colours[INDEX["accent"]]
        elif flags & State.FUTURE:
            colour = self.colours[INDEX["ghost"]]
        if flags & (State.ACTIVE | State.LIT) or lit:
            width += 0.75
        if flags & State.DIM and not lit:
            colour = faded(colour, DIM_OPACITY)
        width = max(width, 0.9 / (viewport.scale * viewport.ratio))
        pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)
        if dashed and width < 4:
            pen.setDashPattern([5.0 / width, 3.5 / width])
        return pen

    def _draw_paths(self, painter: QPainter, pen: QPen, group: Indices) -> None:
        geometry = self.geometry
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for edge in group:
            painter.drawPath(geometry.path(int(edge)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        for edge in group:
            painter.drawPolygon(arrow_head(geometry.points(int(edge)), pen.widthF()))

    def _paint_label(self, painter: QPainter, edge: int, colour: QColor) -> None:
        label = self.display.edges.label[edge]
        if not label:
            return
        x, y = middle(self.geometry.points(edge))
        width, height = len(label) * ADVANCE * LABEL_SIZE + 8, LABEL_SIZE + 5
        plate = QRectF(x - width / 2, y - height / 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(self.colours[INDEX["canvas"]], 0.9))
        painter.drawRoundedRect(plate, 4, 4)
        painter.setPen(colour)
        painter.setFont(code_font(LABEL_SIZE))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, label)

    # cards -------------------------------------------------------------------------------------------------------

    def _paint_blocks(self, painter: QPainter, viewport: Viewport, chosen: Indices) -> None:
        cards = self.display.cards
        least = 2.2 / (viewport.scale * viewport.ratio)
        rect = cards.rect[chosen].copy()
        grow = np.maximum(least - rect[:, 2:], 0.0)
        rect[:, :2] -= grow / 2
        rect[:, 2:] += grow
        state = cards.state[chosen].astype(np.int64)
        role = cards.accent[chosen].astype(np.int64)
        for flag, name in ((State.FUTURE, "ghost"), (State.ACTIVE, "card_active"), (State.ERROR, "error")):
            role[(state & flag) > 0] = INDEX[name]
        kinds = role * 2 + ((state & State.DIM) > 0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, bool(len(chosen) < 4000))
        for kind in np.unique(kinds).tolist():
            colour = self.colours[kind // 2]
            draw_rects(painter, faded(colour, DIM_OPACITY) if kind % 2 else colour, rect[kinds == kind])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _paint_vector_card(self, painter: QPainter, card: int, detail: Detail) -> None:
        rect = self.display.cards.rect[card]
        painter.save()
        painter.translate(float(rect[0]), float(rect[1]))
        if detail == Detail.NEAR:
            paint_card(painter, self.look(card), self.display.content(card), self.colours)
        else:
            paint_title(painter, self.look(card), self._title(card), self.colours)
        painter.restore()

    def _paint_pixmap_card(self, painter: QPainter, card: int, viewport: Viewport, detail: Detail) -> None:
        assert self.cache is not None
        look = self.look(card)
        exact = viewport.scale * viewport.ratio
        made = exact if viewport.crisp else 2.0 ** (np.ceil(np.log2(exact) * 2) / 2)
        content = self.display.content(card) if detail == Detail.NEAR else None
        key = (self.theme.name, round(made, 4), look, content.key if content else self._title(card), int(detail))
        pixmap = self.cache.get(key)
        if pixmap is None:
            pixmap = blank_pixmap(look, made)
            with QPainter(pixmap) as card_painter:
                card_painter.setRenderHints(painter.renderHints())
                card_painter.scale(made, made)
                card_painter.translate(MARGIN, MARGIN)
                if content is not None:
                    paint_card(card_painter, look, content, self.colours)
                else:
                    paint_title(card_painter, look, self._title(card), self.colours)
            self.cache.put(key, pixmap)
        if self.alpha is not None:
            painter.setOpacity(float(self.alpha[card]))
        x, y = (float(v) - MARGIN for v in self.display.cards.rect[card, :2])
        if viewport.crisp:
            x = round((x * viewport.scale + viewport.dx) * viewport.ratio)
            y = round((y * viewport.scale + viewport.dy) * viewport.ratio)
            painter.setWorldMatrixEnabled(False)
            pixmap.setDevicePixelRatio(viewport.ratio)
            painter.drawPixmap(QPointF(x / viewport.ratio, y / viewport.ratio), pixmap)
            painter.setWorldMatrixEnabled(True)
        else:
            pixmap.setDevicePixelRatio(1.0)
            size = QRectF(pixmap.rect())
            painter.drawPixmap(QRectF(x, y, size.width() / made, size.height() / made), pixmap, size)
        if self.alpha is not None:
            painter.setOpacity(1.0)

    def _paint_rings(self, painter: QPainter, viewport: Viewport) -> None:
        """Rings around what is pointed at, of a width that can be seen from any distance."""
        unit = max(1.0, 0.6 / viewport.scale)
        rings = (
            (self.emphasis.hovered, faded(self.colours[INDEX["text_dim"]], 0.55), 1.5),
            (self.emphasis.selected, self.colours[INDEX["focus"]], 2.5 if self.emphasis.ring else 2.0),
        )
        for node, colour, width in rings:
            if node is None:
                continue
            for card in np.nonzero(self.display.cards.node == node)[0].tolist():
                rect = self.display.cards.rect[card]
                painter.save()
                painter.translate(float(rect[0]), float(rect[1]))
                paint_ring(painter, self.look(card), colour, 3.0 * unit, width * unit)
                painter.restore()


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
