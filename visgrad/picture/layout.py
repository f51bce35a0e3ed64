"""Where every card stands and how every edge runs: a layered layout, the same for the same input.

Puts the steps together: layers (`ranks`), order within them (`order`), places across (`align`), lines (`route`), and
sets unconnected parts beside each other.  Everything is computed as if data flowed to the right; for "down" the two
axes are exchanged at both ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.align import LANE, place_across
from visgrad.picture.display import Floats, Ints
from visgrad.picture.graph import Graph
from visgrad.picture.order import reduce_crossings, starting_order
from visgrad.picture.ranks import Layers, Lists, assign, cross_layers, neighbours
from visgrad.picture.route import Ends, layer_places, ports, route

GRID = 4.0
PART_GAP = 48.0
ASPECT = 1.6
TURNS = 128
"""Of the solver that places cards across their layers; it begins near the best."""


@dataclass(frozen=True, eq=False)
class Layout:
    """`position` (n, 2): top left corners.  Edge k runs through `points[start[k]:start[k + 1]]`.
    `bounds`: x, y, width, height of all cards and lines."""

    position: Floats
    points: Floats
    start: Ints
    bounds: tuple[float, float, float, float]


def place(graph: Graph, sizes: Floats, direction: str = "right") -> Layout:
    """Lay out a graph.  `sizes` (n, 2): width and height of each card, multiples of 4."""
    if not graph.size:
        return Layout(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(1, np.int32), (0.0, 0.0, 0.0, 0.0))
    along = sizes if direction == "right" else sizes[:, ::-1]
    leave, enter = ports(graph, along[:, 1])
    middle = np.zeros((graph.size, 2))
    lines: list[Floats] = [np.zeros((0, 2))] * len(graph.source)
    boxes = []
    parts = _parts(graph)
    for rows, edges in parts:
        part = _arrange(graph, rows, edges, along, leave, enter)
        middle[rows] = part.middle
        for edge, line in zip(edges.tolist(), part.lines, strict=True):
            lines[edge] = line
        boxes.append(_box(part.middle, along[rows], part.lines))
    for (rows, edges), (x, y) in zip(parts, _pack(np.array(boxes)), strict=True):
        middle[rows] += (x, y)
        for edge in edges.tolist():
            lines[edge] = lines[edge] + (x, y)
    return finish(middle, sizes, lines, direction)


def finish(middle: Floats, sizes: Floats, lines: list[Floats], direction: str) -> Layout:
    """The layout, from the middles of cards and the lines of edges, both as if data flowed to the right."""
    points = np.concatenate(lines) if lines else np.zeros((0, 2))
    if direction != "right":
        middle, points = middle[:, ::-1], points[:, ::-1]
    start = np.zeros(len(lines) + 1, np.int32)
    np.cumsum([len(line) for line in lines], out=start[1:])
    position = middle - sizes / 2
    low = np.vstack([position, points]).min(axis=0)
    high = np.vstack([position + sizes, points]).max(axis=0)
    bounds = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
    return Layout(position, np.ascontiguousarray(points), start, bounds)


@dataclass(frozen=True, eq=False)
class _Part:
    middle: Floats
    lines: list[Floats]


def _arrange(
    graph: Graph, rows: NDArray[np.intp], edges: NDArray[np.intp], sizes: Floats, leave: Floats, enter: Floats
) -> _Part:
    """One connected part, its rows and edges given in order."""
    if len(rows) == 1:
        return _Part(np.zeros((1, 2)), [])
    local = np.zeros(graph.size, np.int32)
    local[rows] = np.arange(len(rows), dtype=np.int32)
    source, target = local[graph.source[edges]], local[graph.target[edges]]
    before, after = neighbours(len(rows), source.tolist(), target.tolist())
    rank = assign(before, after, source, target)
    output = graph.output[edges]
    limit = 4 * (len(rows) + len(edges)) + 2000
    layers = cross_layers(rank, source, output, target, leave[edges], enter[edges], limit)
    rounds = int(np.clip(60_000 // layers.size, 2, 8))
    breadth = np.full(layers.size, LANE)
    breadth[: len(rows)] = sizes[rows, 1]
    order = reduce_crossings(layers, breadth, starting_order(layers), rounds)
    across = place_across(layers, order, breadth, *_straight(layers, before, after), TURNS)
    across = np.round(across / 2) * 2
    along = layer_places(layers, sizes[rows, 0], across)
    middle = np.column_stack([along.middle[rank], across[: len(rows)]])
    return _Part(middle, route(layers, Ends(source, target, leave[edges], enter[edges]), sizes[rows], across, along))


def _straight(layers: Layers, before: Lists, after: Lists) -> tuple[list[int], int]:
    """Segments that ought to be straight, the most deserving first; how many of them are on the longest path.

    Of a card's arguments it is the one with the longest way behind it; where two are equal, neither: the card then
    stands between them.  The longest path through the whole graph comes first, then lanes, then the rest.
    """
    behind, ahead = [0] * len(before), [0] * len(before)
    for v in range(len(before)):
        behind[v] = max((behind[u] + 1 for u in before[v]), default=0)
    for u in reversed(range(len(before))):
        ahead[u] = max((ahead[v] + 1 for v in after[u]), default=0)
    longest = max(behind)
    arguments: dict[int, list[int]] = {}
    ranked: list[tuple[int, int, int]] = []
    for segment, (u, v) in enumerate(zip(layers.upper, layers.lower, strict=True)):
        if u < layers.cards and v < layers.cards:
            arguments.setdefault(v, []).append(segment)
        else:
            ranked.append((1, -layers.weight[segment], segment))
    for v, segments in arguments.items():
        deepest = max(behind[layers.upper[s]] for s in segments)
        best = [s for s in segments if behind[layers.upper[s]] == deepest]
        if len(best) % 2:
            middle = best[len(best) // 2]
            through = deepest + 1 + ahead[v]
            ranked.append((0 if through == longest else 2, -through, middle))
    return [segment for *_, segment in sorted(ranked)], sum(first == 0 for first, *_ in ranked)


def _parts(graph: Graph) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """The unconnected parts, in the order in which they began: their rows (every edge leads on) and their edges."""
    root = list(range(graph.size))
    for u, v in zip(graph.source.tolist(), graph.target.tolist(), strict=True):
        a, b = _root(root, u), _root(root, v)
        root[max(a, b)] = min(a, b)
    label = np.array([_root(root, row) for row in range(graph.size)], np.intp)
    rows = graph.order()
    rows = rows[np.argsort(label[rows], kind="stable")]
    owner = label[graph.source] if len(graph.source) else np.zeros(0, np.intp)
    edges = np.argsort(owner, kind="stable")
    labels = np.unique(label)
    row_cuts, edge_cuts = np.searchsorted(label[rows], labels), np.searchsorted(owner[edges], labels)
    return list(zip(np.split(rows, row_cuts[1:]), np.split(edges, edge_cuts[1:]), strict=True))


def _root(root: list[int], node: int) -> int:
    while root[node] != node:
        root[node] = root[root[node]]
        node = root[node]
    return node


def _box(middle: Floats, sizes: Floats, lines: list[Floats]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a part."""
    ends = np.vstack([middle - sizes / 2, middle + sizes / 2, *lines])
    (left, top), (right, bottom) = ends.min(axis=0).tolist(), ends.max(axis=0).tolist()
    return left, top, right, bottom


def _pack(boxes: Floats) -> list[tuple[float, float]]:
    """How far to move each part: in rows, in order, about as wide as a screen."""
    if len(boxes) == 1:
        return [(0.0, 0.0)]
    extent = np.ceil((boxes[:, 2:] - boxes[:, :2]) / GRID) * GRID + PART_GAP
    limit = max(float(extent[:, 0].max()), float(np.sqrt(extent.prod(axis=1).sum() * ASPECT)))
    moves, x, y, tall = [], 0.0, 0.0, 0.0
    for (left, top, _, _), (width, height) in zip(boxes.tolist(), extent.tolist(), strict=True):
        if x > 0 and x + width > limit:
            x, y, tall = 0.0, y + tall, 0.0
        moves.append((x - left, y - top))
        x, tall = x + width, max(tall, height)
    return moves
