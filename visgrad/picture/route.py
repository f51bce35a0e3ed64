"""How edges run: level through the layers, slanting only in the gaps between them, so never through a card."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visgrad.picture.display import Floats, Ints
from visgrad.picture.graph import Graph
from visgrad.picture.ranks import Index, Layers

PORT = 20.0
"""Distance of two arguments' arrow heads where the card has room; the gradient's line runs in between."""

STUB = 10.0
"""How far an edge runs level before it slants, so that arrow heads point the way data flows."""

LEAST_GAP, MOST_GAP = 56.0, 96.0
OVER = 12.0
"""Distance of lines that run past everything."""


def ports(graph: Graph, breadth: Floats) -> tuple[Floats, Floats]:
    """(m,), (m,): where each edge leaves its source and enters its target, from the middle of the card's side."""
    outputs = np.ones(graph.size)
    np.maximum.at(outputs, graph.source, graph.output + 1.0)
    leave = _spread(graph.output, outputs[graph.source], breadth[graph.source])
    return leave, _spread(graph.port, graph.ports, breadth[graph.target])


def _spread(place: Ints, count: Ints | Floats, side: Floats) -> Floats:
    step = np.minimum(PORT, np.maximum(side - 16.0, 1.0) / np.maximum(count, 1))
    spread: Floats = (place - (count - 1) / 2) * step
    return spread


@dataclass(frozen=True, eq=False)
class Along:
    """Along the flow, by layer: the middle of its cards, and between which lines edges run level."""

    middle: Floats
    enter: Floats
    leave: Floats


def layer_places(layers: Layers, extent: Floats, across: Floats) -> Along:
    """Where each layer stands.  `extent`: of the cards, along the flow.  Gaps are wider where lines are steeper."""
    rank = layers.rank
    depth = int(rank.max()) + 1
    thick = np.zeros(depth)
    np.maximum.at(thick, rank[: layers.cards], extent)
    rise = np.zeros(depth)
    steep = np.abs(across[layers.upper] + layers.leave - across[layers.lower] - layers.enter)
    np.maximum.at(rise, rank[layers.upper], steep)
    gap = np.ceil(np.clip(LEAST_GAP + 0.06 * (rise - 40.0), LEAST_GAP, MOST_GAP) / 4) * 4
    start = np.concatenate([[0.0], np.cumsum(thick + gap)[:-1]])
    return Along(start + thick / 2, start - STUB, start + thick + STUB)


@dataclass(frozen=True, eq=False)
class Ends:
    """The edges of one part: rows of their cards, and where on the cards they end."""

    source: Index
    target: Index
    leave: Floats
    enter: Floats


@dataclass(frozen=True, eq=False)
class Lines:
    """Polylines: all `points` (p, 2), and how many each line has, `count` (m,)."""

    points: Floats
    count: Index


def route(layers: Layers, ends: Ends, sizes: Floats, across: Floats, along: Along) -> Lines:
    """The line of each edge.  `sizes` (n, 2): along and across the flow."""
    u, v, lane = ends.source, ends.target, layers.count
    out, into = layers.rank[u], layers.rank[v]
    last = across[v] + ends.enter
    first = np.where(lane > 0, across[np.minimum(layers.first, layers.size - 1)], last)
    # A line leaves level where it is to arrive, if the card is broad enough for that.
    room = np.minimum(sizes[u, 1] / 2 - 10.0, PORT)
    first = np.where(np.abs(first - across[u]) > room, across[u] + ends.leave, first)
    over = (lane == 0) & (into - out > 1)
    count = 4 + 2 * lane + 2 * over
    end = np.cumsum(count)
    begin = end - count
    points = np.empty((int(count.sum()), 2))
    for at, x, y in (
        (begin, along.middle[out] + sizes[u, 0] / 2, first),
        (begin + 1, along.leave[out], first),
        (end - 2, along.enter[into], last),
        (end - 1, along.middle[into] - sizes[v, 0] / 2, last),
    ):
        points[at, 0], points[at, 1] = x, y
    edge = np.repeat(np.arange(len(lane)), lane)
    step = np.arange(len(edge)) - (np.cumsum(lane) - lane)[edge]
    node, at = layers.first[edge] + step, begin[edge] + 2 + 2 * step
    points[at, 0], points[at + 1, 0] = along.enter[layers.rank[node]], along.leave[layers.rank[node]]
    points[at, 1] = points[at + 1, 1] = across[node]
    if over.any():
        at = begin[over] + 2
        top = float((across[: layers.cards] - sizes[:, 1] / 2).min()) - OVER * (1 + np.arange(len(at)))
        points[at, 0], points[at + 1, 0] = along.leave[out[over]] + STUB, along.enter[into[over]] - STUB
        points[at, 1] = points[at + 1, 1] = top
    return simplified(Lines(points, count))


def simplified(lines: Lines) -> Lines:
    """The lines without points on a level stretch."""
    level = lines.points[:, 1]
    kept = np.ones(len(level), bool)
    kept[1:-1] = (level[1:-1] != level[:-2]) | (level[1:-1] != level[2:])
    end = np.cumsum(lines.count)
    kept[end - 1] = kept[end - lines.count] = True
    passed = np.cumsum(kept)
    return Lines(lines.points[kept], np.diff(passed[end - 1], prepend=0))
