"""Adds to a layout while a program runs: what has been placed stays where it is.

A new card goes right of what it is made from, level with its first argument where there is room, else as near as
there is; its lines take the nearest free way through the cards in between.  When the program is over, `layout` lays
out the whole.
"""

from __future__ import annotations

from bisect import insort

import numpy as np

from visgrad.picture.align import CARD_GAP, LANE
from visgrad.picture.display import Floats
from visgrad.picture.graph import Graph
from visgrad.picture.layout import Layout, finish
from visgrad.picture.route import LEAST_GAP, PORT, STUB, Lines, ports

BUCKET = 512.0
CLEAR = 12.0
"""Lines keep this distance from cards they pass."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class _Taken:
    """The places that are taken, found by where they are along the flow."""

    def __init__(self) -> None:
        self._buckets: dict[int, list[Box]] = {}

    def add(self, box: Box) -> None:
        for bucket in range(int(box[0] // BUCKET), int(box[2] // BUCKET) + 1):
            self._buckets.setdefault(bucket, []).append(box)

    def nearest(self, left: float, right: float, wish: float, half: float) -> float:
        """The middle nearest to `wish` of a free strip from left to right, `half` broad to either side."""
        spans: list[tuple[float, float]] = []
        for bucket in range(int(left // BUCKET), int(right // BUCKET) + 1):
            for box in self._buckets.get(bucket, ()):
                if box[0] < right and box[2] > left:
                    insort(spans, (box[1] - half, box[3] + half))
        above = below = wish
        for low, high in spans:  # downwards: push on as long as something is in the way
            if low < below < high:
                below = high
        for low, high in sorted(spans, key=lambda span: -span[1]):
            if low < above < high:
                above = low
        return above if wish - above < below - wish else below


def extend(previous: Layout, graph: Graph, sizes: Floats, direction: str = "right") -> Layout:
    """The layout of a graph whose first rows and edges are those of `previous`.  Sizes of those must not have grown."""
    flip = slice(None) if direction == "right" else slice(None, None, -1)
    size = sizes[:, flip]
    placed = len(previous.position)
    known = len(previous.start) - 1
    middle = np.zeros((graph.size, 2))
    middle[:placed] = previous.position[:, flip] + size[:placed] / 2
    lines = [previous.points[a:b, flip] for a, b in zip(previous.start[:-1], previous.start[1:], strict=True)]
    taken = _Taken()
    for (x, y), (w, h) in zip(middle[:placed].tolist(), size[:placed].tolist(), strict=True):
        taken.add((x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    for line in lines:
        _occupy(taken, line)
    leave, enter = ports(graph, size[:, 1])
    first = np.searchsorted(graph.target[known:], np.arange(placed, graph.size + 1)) + known
    lines += [  # into cards that were there: a folded loop goes on
        _line(graph, edge, middle, size, float(leave[edge]), float(enter[edge]), taken)
        for edge in range(known, int(first[0]))
    ]
    for row in range(placed, graph.size):
        edges = range(int(first[row - placed]), int(first[row - placed + 1]))
        middle[row] = _spot(graph, row, edges, middle, size, taken)
        x, y = middle[row].tolist()
        w, h = size[row].tolist()
        taken.add((x - w / 2, y - h / 2, x + w / 2, y + h / 2))
        for edge in edges:
            line = _line(graph, edge, middle, size, float(leave[edge]), float(enter[edge]), taken)
            lines.append(line)
            _occupy(taken, line)
    points = np.concatenate(lines) if lines else np.zeros((0, 2))
    return finish(middle, sizes, Lines(points, np.array([len(line) for line in lines], np.intp)), direction)


def _spot(graph: Graph, row: int, edges: range, middle: Floats, size: Floats, taken: _Taken) -> tuple[float, float]:
    """The middle of a new card."""
    width, height = size[row].tolist()
    sources = [int(graph.source[edge]) for edge in edges]
    if sources:
        left = max(float(middle[u, 0] + size[u, 0] / 2) for u in sources) + LEAST_GAP
        main = max(sources, key=lambda u: float(middle[u, 0]))
        wish = float(middle[main, 1])
    elif row:
        left, wish = float(middle[row - 1, 0] - size[row - 1, 0] / 2), float(middle[row - 1, 1])
    else:
        left = wish = 0.0
    across = taken.nearest(left - STUB, left + width + STUB, wish, height / 2 + CARD_GAP)
    return left + width / 2, float(np.round(across / 2) * 2)


def _line(graph: Graph, edge: int, middle: Floats, size: Floats, leave: float, enter: float, taken: _Taken) -> Floats:
    u, v = int(graph.source[edge]), int(graph.target[edge])
    begin, end = float(middle[u, 0] + size[u, 0] / 2), float(middle[v, 0] - size[v, 0] / 2)
    source, last = float(middle[u, 1]), float(middle[v, 1]) + enter
    first = last if abs(last - source) <= min(float(size[u, 1]) / 2 - 10.0, PORT) else source + leave
    line = [(begin, first), (begin + STUB, first)]
    if end - begin > 2 * LEAST_GAP:
        way = taken.nearest(begin + LEAST_GAP, end - LEAST_GAP, first, LANE / 2 + CLEAR)
        if abs(way - first) < 1.0:
            line.append((end - LEAST_GAP + STUB, first))
        else:
            line += [(begin + LEAST_GAP - STUB, way), (end - LEAST_GAP + STUB, way)]
    return _simplified([*line, (end - STUB, last), (end, last)])


def _simplified(line: list[tuple[float, float]]) -> Floats:
    """The line without points on a level stretch."""
    kept = [line[0]]
    for before, point, after in zip(line, line[1:], line[2:], strict=False):
        if not before[1] == point[1] == after[1]:
            kept.append(point)
    return np.array([*kept, line[-1]])


def _occupy(taken: _Taken, line: Floats) -> None:
    """Let cards that come later keep off the level parts of a line."""
    for (ax, ay), (bx, by) in zip(line[:-1].tolist(), line[1:].tolist(), strict=True):
        if ay == by and bx - ax > LEAST_GAP:
            taken.add((ax + STUB, ay - LANE / 2, bx - STUB, by + LANE / 2))
