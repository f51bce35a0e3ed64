"""The geometry of edges for painting: rounded paths and arrow heads near by, arrays of straight lines from afar."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from visgrad.picture.display import ARROW, RADIUS, Edges, Floats, State
from visgrad.picture.lines import boxes_of

Indices = NDArray[np.intp]


class EdgeStyle(NamedTuple):
    """What decides which pen an edge is drawn with."""

    role: int
    state: int
    dashed: bool
    width: float


def _style(key: int) -> EdgeStyle:
    return EdgeStyle(key >> 32 & 0xFF, key >> 16 & 0xFF, bool(key >> 8 & 0xFF), (key & 0xFF) / 8)


def _kinds(key: NDArray[np.int64]) -> list[int]:
    """The numbers that occur, in order.  There are few, so they are quicker taken out one by one than sorted."""
    kinds = []
    while len(key):
        kinds.append(int(key[0]))
        key = key[key != key[0]]
    return sorted(kinds)


class EdgeGeometry:
    """What is derived from `Edges`, each part when it is first asked for."""

    def __init__(self, edges: Edges) -> None:
        self.edges = edges
        self._boxes: Floats | None = None
        self._paths: dict[int, QPainterPath] = {}
        self._heads: dict[tuple[int, float], QPolygonF] = {}
        self._styles: list[tuple[EdgeStyle, Indices]] | None = None

    @property
    def boxes(self) -> Floats:
        """(m, 4): left, top, right, bottom of each edge."""
        if self._boxes is None:
            edges = self.edges
            self._boxes = boxes_of(edges.points, edges.start) if edges.boxes is None else edges.boxes
        return self._boxes

    def path(self, edge: int) -> QPainterPath:
        """The rounded line of an edge, ending where its arrow head begins."""
        path = self._paths.get(edge)
        if path is None:
            path = self._paths[edge] = rounded_path(self.points(edge))
        return path

    def head(self, edge: int, width: float) -> QPolygonF:
        """The arrow head of an edge whose line is so wide."""
        head = self._heads.get((edge, width))
        if head is None:
            head = self._heads[edge, width] = arrow_head(self.points(edge), width)
        return head

    def styles(self) -> list[tuple[EdgeStyle, Indices]]:
        """The edges by how they look, those that matter at this step last."""
        if self._styles is None:
            edges = self.edges
            width = np.minimum(np.rint(edges.width * 8), 255).astype(np.int64)
            rank = ((edges.state & (State.ACTIVE | State.LIT)) > 0).astype(np.int64)
            key = rank << 40 | edges.role.astype(np.int64) << 32 | edges.state.astype(np.int64) << 16
            key = key | (edges.dashed > 0).astype(np.int64) << 8 | width
            self._styles = [(_style(kind), np.flatnonzero(key == kind)) for kind in _kinds(key)]
        return self._styles

    def points(self, edge: int) -> list[list[float]]:
        """The corners of an edge."""
        start = self.edges.start
        corners: list[list[float]] = self.edges.points[int(start[edge]) : int(start[edge + 1])].tolist()
        return corners

    def segments(self, chosen: Indices) -> tuple[Floats, Indices]:
        """(k, 4): x1, y1, x2, y2 of all straight pieces of the chosen edges, and (k,) whose they are."""
        first = self.edges.start[:-1][chosen].astype(np.intp)
        count = self.edges.start[1:][chosen].astype(np.intp) - first - 1
        total = int(count.sum())
        index = np.arange(total) + np.repeat(first - np.cumsum(count) + count, count)
        points = self.edges.points
        lines = np.empty((total, 4))
        lines[:, :2], lines[:, 2:] = points[index], points[index + 1]
        return lines, np.repeat(chosen, count)


def rounded_path(points: list[list[float]]) -> QPainterPath:
    """A polyline with its bends rounded by `RADIUS`, ended short of the last point to leave room for the arrow."""
    path = QPainterPath(QPointF(*points[0]))
    for (ax, ay), (bx, by), (cx, cy) in zip(points, points[1:], points[2:], strict=False):
        before, after = math.hypot(bx - ax, by - ay), math.hypot(cx - bx, cy - by)
        radius = min(RADIUS, before / 2, after / 2)
        if radius < 0.5:
            path.lineTo(bx, by)
            continue
        path.lineTo(bx + (ax - bx) * radius / before, by + (ay - by) * radius / before)
        path.quadTo(bx, by, bx + (cx - bx) * radius / after, by + (cy - by) * radius / after)
    (ax, ay), (bx, by) = points[-2], points[-1]
    length = math.hypot(bx - ax, by - ay) or 1.0
    short = min(ARROW * 0.7, length) / length
    path.lineTo(bx + (ax - bx) * short, by + (ay - by) * short)
    return path


def arrow_head(points: list[list[float]], width: float) -> QPolygonF:
    """The arrow head at the last point, slightly swept back, growing with the line's width."""
    (ax, ay), (bx, by) = points[-2], points[-1]
    length = math.hypot(bx - ax, by - ay) or 1.0
    ux, uy = (bx - ax) / length, (by - ay) / length
    size = ARROW + 1.6 * max(width - 1.0, 0.0)
    half = size * 0.52
    back_x, back_y = bx - ux * size * 1.15, by - uy * size * 1.15
    return QPolygonF(
        [
            QPointF(bx, by),
            QPointF(back_x - uy * half, back_y + ux * half),
            QPointF(back_x + ux * size * 0.25, back_y + uy * size * 0.25),
            QPointF(back_x + uy * half, back_y - ux * half),
        ]
    )
