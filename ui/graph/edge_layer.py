"""Paints the edges of a display: their pens, arrow heads and labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ui.colours import Colours, faded, mix
from ui.fonts import code_font
from ui.graph.arrays import draw_lines
from ui.graph.bundles import bundled, clipped
from ui.graph.cards import DIM_OPACITY
from ui.graph.edges import EdgeGeometry, EdgeStyle, Indices
from ui.graph.shapes import MARGIN
from ui.graph.viewport import Detail, Emphasis, Viewport
from visgrad.picture.display import Edges, Floats, State
from visgrad.picture.edge_labels import MIDDLE, SIZE, label_box
from visgrad.picture.roles import INDEX

MANY, MANY_MOVING = 350, 120
"""More edges in view than this, and while zooming than that, are painted on the screen as straight lines."""

SMOOTH_LINES = 3000
"""More edges than this are painted without smoothing."""

SMOOTH_LENGTH = 40_000.0
"""Device pixels; if what shows of the lines that slant is longer together, it is painted without smoothing."""

FAINT = 0.45
"""So much nearer to the canvas are the lines of such a crowd, which would hide the cards' colours."""

EXACTLY = 6000
"""Of fewer edges each is looked at: does it pass through the view, or only the box around it?"""

WARM = frozenset({INDEX["gradient"], INDEX["gradient_edge"]})


class EdgeLayer:
    """`screen`: quick rather than exact when there is a crowd."""

    def __init__(self, edges: Edges, colours: Colours, screen: bool) -> None:
        self.edges = edges
        self.geometry = EdgeGeometry(edges)
        self._colours = colours
        self._screen = screen

    def within(self, visible: QRectF) -> Indices:
        """The edges that pass through `visible`."""
        area = _around(visible)
        seen = np.nonzero(_meets(self.geometry.boxes, area))[0]
        if not 0 < len(seen) < EXACTLY:
            return seen
        lines, owner = self.geometry.segments(seen)
        return np.unique(owner[_meets(_boxes(lines), area)])

    def paint(
        self,
        painter: QPainter,
        viewport: Viewport,
        visible: QRectF,
        detail: Detail,
        emphasis: Emphasis,
        patch: QRectF | None = None,
    ) -> None:
        """Paint what shows: first the ordinary, then what this step is about, then what is pointed at.

        Of a crowd only what is in the `patch`, if there is one; of few edges the painter's clip is enough.
        """
        seen, area = self.within(visible), _around(visible)
        showing = np.zeros(len(self.edges.source), dtype=bool)
        showing[seen] = True
        showing &= ~self._lit(emphasis)
        straight = self._crowded(len(seen), viewport, detail)
        for style, members in self.geometry.styles():
            group = members[showing[members]]
            many, part = len(group) > SMOOTH_LINES, area
            if many and patch is not None:
                part = _around(patch)
                group = group[_meets(self.geometry.boxes[group], part)]
            if len(group):
                pen = self._pen(style, False, viewport)
                self._draw(painter, pen, group, part if straight else None, detail, viewport, many)
        self.paint_lit(painter, viewport, visible, detail, emphasis)

    def paint_lit(
        self, painter: QPainter, viewport: Viewport, visible: QRectF, detail: Detail, emphasis: Emphasis
    ) -> None:
        """Paint the edges of what is pointed at, more strongly."""
        lit = self._lit(emphasis)
        if not lit.any():
            return
        seen, area = self.within(visible), _around(visible)
        showing = np.zeros(len(lit), dtype=bool)
        showing[seen] = lit[seen]
        for style, members in self.geometry.styles():
            group = members[showing[members]]
            if len(group):
                straight = self._crowded(len(group), viewport, detail)
                pen = self._pen(style, True, viewport)
                many = len(group) > SMOOTH_LINES
                self._draw(painter, pen, group, area if straight else None, detail, viewport, many)

    def _crowded(self, count: int, viewport: Viewport, detail: Detail) -> bool:
        """Whether so many edges are painted as straight lines."""
        return detail == Detail.FAR or (self._screen and count > (MANY if viewport.crisp else MANY_MOVING))

    def _lit(self, emphasis: Emphasis) -> NDArray[np.bool_]:
        lit = np.zeros(len(self.edges.source), dtype=bool)
        for node in {emphasis.hovered, emphasis.selected} - {None}:
            lit |= (self.edges.source == node) | (self.edges.target == node)
        return lit

    def _draw(
        self,
        painter: QPainter,
        pen: QPen,
        group: Indices,
        crowded: QRectF | None,
        detail: Detail,
        viewport: Viewport,
        many: bool,
    ) -> None:
        """Draw edges of one kind; in a crowd as straight lines, and only the pieces within that area."""
        geometry = self.geometry
        if crowded is not None:
            group = self._draw_straight(painter, pen, group, crowded, viewport, many)
        else:
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for edge in group.tolist():
                painter.drawPath(geometry.path(edge))
        if detail == Detail.FAR or many:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        for edge in group.tolist():
            painter.drawPolygon(geometry.head(edge, pen.widthF()))
        if detail == Detail.NEAR and self.edges.label:
            for edge in group.tolist():
                self._paint_label(painter, edge, pen.color())

    def _draw_straight(
        self, painter: QPainter, pen: QPen, group: Indices, area: QRectF, viewport: Viewport, many: bool
    ) -> Indices:
        """Draw the pieces in `area`; the edges whose heads are there.

        On the screen those that lie on each other are drawn once, and only those that slant are smoothed.
        """
        lines, _ = self.geometry.segments(group)
        lines = lines[_meets(_boxes(lines), area)]
        if self._screen:
            straight, lines = bundled(lines, viewport.exact)
            faint = mix(pen.color(), self._colours[INDEX["canvas"]], FAINT)
            plain = QPen(faint) if many else QPen(pen)
            plain.setWidth(1 if many else max(1, round(pen.widthF() * viewport.scale)))
            plain.setCosmetic(True)
            low, high = (area.left(), area.top()), (area.right(), area.bottom())
            lines = clipped(lines, low, high, _period(pen))
            length = float(np.abs(lines[:, 2:] - lines[:, :2]).sum()) * viewport.exact
            if many or not viewport.crisp or length > SMOOTH_LENGTH:
                straight, lines = np.concatenate([straight, lines]), lines[:0]
            straight = clipped(straight, low, high, _period(plain) / viewport.exact)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            draw_lines(painter, plain, straight)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        draw_lines(painter, pen, lines)
        tips = self.edges.points[self.edges.start[1:][group] - 1]
        return group[_meets(np.hstack([tips, tips]), area)]

    def _pen(self, style: EdgeStyle, lit: bool, viewport: Viewport) -> QPen:
        role, state, dashed, width = style
        colour = self._colours[role]
        if state & State.ERROR:
            colour = self._colours[INDEX["error"]]
        elif state & State.ACTIVE or lit:
            colour = self._colours[INDEX["gradient" if role in WARM else "edge_active"]]
        elif state & State.LIT:
            colour = self._colours[INDEX["accent"]]
        elif state & State.FUTURE:
            colour = self._colours[INDEX["ghost"]]
        if state & (State.ACTIVE | State.LIT) or lit:
            width += 0.75
        if state & State.DIM and not lit:
            colour = faded(colour, DIM_OPACITY)
        width = max(width, 0.9 / viewport.exact)
        pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)
        if dashed and width < 4:
            unit = max(1.0, 0.75 / viewport.exact) / width
            pen.setDashPattern([5.0 * unit, 3.5 * unit])
        return pen

    def _paint_label(self, painter: QPainter, edge: int, colour: QColor) -> None:
        label = self.edges.label[edge]
        if not label:
            return
        share = MIDDLE if self.edges.share is None else float(self.edges.share[edge])
        # A gradient's line runs below the data's, or on its left: labels stand on the free side of either.
        side = 1 if self.edges.role[edge] in WARM else -1
        x, y, width, height = label_box(self.geometry.points(edge), label, share, side)
        plate = QRectF(x - width / 2, y - height / 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(self._colours[INDEX["canvas"]], 0.9))
        painter.drawRoundedRect(plate, 4, 4)
        painter.setPen(colour)
        painter.setFont(code_font(SIZE))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, label)


def _period(pen: QPen) -> float:
    """How long a dash and the gap after it are; anything for lines without."""
    return sum(pen.dashPattern()) * pen.widthF() or 1.0


def _around(visible: QRectF) -> QRectF:
    """Where edges must be painted for all of them to show in `visible`, arrow heads included."""
    return visible.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)


def _boxes(lines: Floats) -> Floats:
    """Left, top, right, bottom of straight lines."""
    boxes = np.empty_like(lines)
    np.minimum(lines[:, :2], lines[:, 2:], out=boxes[:, :2])
    np.maximum(lines[:, :2], lines[:, 2:], out=boxes[:, 2:])
    return boxes


def _meets(boxes: Floats, area: QRectF) -> NDArray[np.bool_]:
    """Which boxes (left, top, right, bottom) have a part in `area`."""
    return (
        (boxes[:, 0] < area.right())
        & (boxes[:, 1] < area.bottom())
        & (boxes[:, 2] > area.left())
        & (boxes[:, 3] > area.top())
    )
