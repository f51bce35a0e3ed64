"""Where every card stands and how every edge runs: a layered layout, the same for the same input.

Puts the steps together: layers (`ranks`), order within them (`order`), places across (`align`), lines (`route`), and
sets unconnected parts beside each other.  Everything is computed as if data flowed to the right; for "down" the two
axes are exchanged at both ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import add

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.align import LANE, Straight, place_across
from visgrad.picture.display import Floats, Ints
from visgrad.picture.graph import Graph
from visgrad.picture.lines import chosen_lines
from visgrad.picture.order import reduce_crossings, starting_order
from visgrad.picture.ranks import DIRECT, Layers, Lists, assign, cross_layers, depths, neighbours
from visgrad.picture.route import Ends, Lines, layer_places, ports, route

GRID = 4.0
PART_GAP = 48.0
ASPECT = 1.6
LEAST_TURNS, MOST_TURNS = 128, 512
"""Of the solver that places cards across their layers; small graphs get more."""


@dataclass(frozen=True, eq=False)
class Layout:
    """`position` (n, 2): top left corners.  Edge k runs through `points[start[k]:start[k + 1]]`.
    `bounds`: x, y, width, height of all cards and lines."""

    position: Floats
    points: Floats
    start: Ints
    bounds: tuple[float, float, float, float]


def place(graph: Graph, sizes: Floats, direction: str = "right", goals: Sequence[int] = ()) -> Layout:
    """Lay out a graph.  `sizes` (n, 2): width and height of each card, multiples of 4.  `goals`: the rows that matter
    most; the way to one of them is drawn straight."""
    if not graph.size:
        return Layout(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(1, np.int32), (0.0, 0.0, 0.0, 0.0))
    along = sizes if direction == "right" else sizes[:, ::-1]
    leave, enter = ports(graph, along[:, 1])
    goal = np.zeros(graph.size, bool)
    goal[list(goals)] = True
    parts = _parts(graph)
    arranged = [_arrange(graph, rows, edges, along, leave, enter, goal[rows]) for rows, edges in parts]
    moves = _pack(np.array([_box(part, along[rows]) for part, (rows, _) in zip(arranged, parts, strict=True)]))
    middle = np.empty((graph.size, 2))
    for (rows, _), part, move in zip(parts, arranged, moves, strict=True):
        middle[rows] = part.middle + move
        part.lines.points[:] += move
    return finish(middle, sizes, _together([edges for _, edges in parts], [part.lines for part in arranged]), direction)


def _together(edges: list[NDArray[np.intp]], lines: list[Lines]) -> Lines:
    """The lines of all parts, in the order of the edges."""
    if len(lines) == 1:
        return lines[0]
    counts = np.concatenate([part.count for part in lines])
    start = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=start[1:])
    order = np.argsort(np.concatenate(edges), kind="stable")
    points = np.concatenate([part.points for part in lines])
    return Lines(chosen_lines(points, start, order)[0], counts[order])


def finish(middle: Floats, sizes: Floats, lines: Lines, direction: str) -> Layout:
    """The layout, from the middles of cards and the lines of edges, both as if data flowed to the right."""
    points = lines.points
    if direction != "right":
        middle, points = middle[:, ::-1], points[:, ::-1]
    start = np.zeros(len(lines.count) + 1, np.int32)
    np.cumsum(lines.count, out=start[1:])
    position = middle - sizes / 2
    low = np.vstack([position, points]).min(axis=0)
    high = np.vstack([position + sizes, points]).max(axis=0)
    bounds = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
    return Layout(position, np.ascontiguousarray(points), start, bounds)


@dataclass(frozen=True, eq=False)
class _Part:
    middle: Floats
    lines: Lines


def _arrange(
    graph: Graph,
    rows: NDArray[np.intp],
    edges: NDArray[np.intp],
    sizes: Floats,
    leave: Floats,
    enter: Floats,
    goal: NDArray[np.bool_],
) -> _Part:
    """One connected part, its rows and edges given in order."""
    if len(rows) == 1:
        return _Part(np.zeros((1, 2)), Lines(np.zeros((0, 2)), np.zeros(0, np.intp)))
    local = np.zeros(graph.size, np.intp)
    local[rows] = np.arange(len(rows))
    source, target = local[graph.source[edges]], local[graph.target[edges]]
    before, after = neighbours(len(rows), source.tolist(), target.tolist())
    depth = depths(before)
    rank = np.array(assign(before, after, depth, source, target), np.intp)
    limit = 4 * (len(rows) + len(edges)) + 2000
    layers = cross_layers(rank, source, graph.output[edges], target, leave[edges], enter[edges], limit)
    rounds = int(np.clip(60_000 // layers.size, 2, 8))
    breadth = np.full(layers.size, LANE)
    breadth[: len(rows)] = sizes[rows, 1]
    order = reduce_crossings(layers, breadth, starting_order(layers), rounds)
    turns = int(np.clip(50_000 // layers.size, LEAST_TURNS, MOST_TURNS))
    straight = _straight(layers, depth, _ahead(after, goal.tolist()), after)
    across = place_across(layers, order, breadth, straight, turns)
    across = np.round(across / 2) * 2
    along = layer_places(layers, sizes[rows, 0], across)
    middle = np.column_stack([along.middle[rank], across[: len(rows)]])
    return _Part(middle, route(layers, Ends(source, target, leave[edges], enter[edges]), sizes[rows], across, along))


def _ahead(after: Lists, goal: list[bool]) -> list[int]:
    """How many nodes the longest way on from each node passes; ways to a goal count as longer than all others."""
    ahead = [len(after) if one else 0 for one in goal]
    for u in range(len(after) - 1, -1, -1):
        furthest = ahead[u]
        for v in after[u]:
            if ahead[v] >= furthest:
                furthest = ahead[v] + 1
        ahead[u] = furthest
    return ahead


def _straight(layers: Layers, behind: list[int], ahead: list[int], after: Lists) -> Straight:
    """Of a card's arguments it is the one with the longest way behind it; where two are equal, neither: the card then
    stands between them.  The longest path through the whole graph comes first, then lanes, then the rest.
    """
    upper, lower = layers.upper, layers.lower
    longest = max(map(add, behind, ahead))
    lanes = np.flatnonzero(layers.weight > DIRECT)
    lanes = lanes[np.argsort(-layers.weight[lanes], kind="stable")]
    arguments: dict[int, list[int]] = {}
    direct = np.flatnonzero(layers.weight == DIRECT)
    ends = zip(direct.tolist(), upper[direct].tolist(), lower[direct].tolist(), strict=True)
    for segment, u, v in ends:
        best = arguments.setdefault(v, [-1])
        if behind[u] > best[0]:
            best[:] = (behind[u], segment)
        elif behind[u] == best[0]:
            best.append(segment)
    only: list[int] = []
    spine: list[int] = []
    rest: list[tuple[int, int]] = []
    goal = len(behind)
    single = ahead.count(goal) == 1  # between the goals of a training loop there are many ways
    for v, (deepest, *best) in arguments.items():
        if len(best) % 2:
            segment, through = best[len(best) // 2], deepest + 1 + ahead[v]
            if through < longest:
                rest.append((-through, segment))
            elif single and ahead[v] >= goal and sum(ahead[w] >= goal for w in after[upper[segment]]) == 1:
                only.append(segment)
            else:
                spine.append(segment)
    return Straight(only + spine + lanes.tolist() + [s for _, s in sorted(rest)], len(only), len(only) + len(spine))


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


def _box(part: _Part, sizes: Floats) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a part."""
    ends = np.vstack([part.middle - sizes / 2, part.middle + sizes / 2, part.lines.points])
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
