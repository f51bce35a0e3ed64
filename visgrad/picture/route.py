"""How edges run: level through the layers, slanting only in the gaps between them, so never through a card."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visgrad.picture.display import Floats, Ints
from visgrad.picture.graph import Graph
from visgrad.picture.ranks import Layers

PORT = 20.0
"""Distance of two arguments' arrow heads where the card has room; the gradient's line runs in between."""

STUB = 10.0
"""How far an edge runs level before it slants, so that arrow heads point the way data flows."""

LEAST_GAP, MOST_GAP = 56.0, 96.0


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
    rank = np.array(layers.rank)
    depth = int(rank.max()) + 1
    thick = np.zeros(depth)
    np.maximum.at(thick, rank[: layers.cards], extent)
    rise = np.zeros(depth)
    if layers.upper:
        upper, lower = np.array(layers.upper), np.array(layers.lower)
        steep = np.abs(across[upper] + layers.leave - across[lower] - layers.enter)
        np.maximum.at(rise, rank[upper], steep)
    gap = np.ceil(np.clip(LEAST_GAP + 0.06 * (rise - 40.0), LEAST_GAP, MOST_GAP) / 4) * 4
    start = np.concatenate([[0.0], np.cumsum(thick + gap)[:-1]])
    return Along(start + thick / 2, start - STUB, start + thick + STUB)


@dataclass(frozen=True, eq=False)
class Ends:
    """The edges of one part: rows of their cards, and where on the cards they end."""

    source: Ints
    target: Ints
    leave: Floats
    enter: Floats


def route(layers: Layers, ends: Ends, sizes: Floats, across: Floats, along: Along) -> list[Floats]:
    """The line of each edge.  `sizes` (n, 2): along and across the flow."""
    rank, where = layers.rank, across.tolist()
    half = (sizes / 2).tolist()
    middle, entry, exit_ = along.middle.tolist(), along.enter.tolist(), along.leave.tolist()
    top = float((across[: layers.cards] - sizes[:, 1] / 2).min(initial=0.0))
    lines = []
    columns = (ends.source.tolist(), ends.target.tolist(), ends.leave.tolist(), ends.enter.tolist(), layers.lane)
    for u, v, leave, enter, lane in zip(*columns, strict=True):
        last = where[v] + enter
        first = where[lane[0]] if lane else last
        # A line leaves level where it is to arrive, if the card is broad enough for that.
        if abs(first - where[u]) > min(half[u][1] - 10.0, PORT):
            first = where[u] + leave
        line = [(middle[rank[u]] + half[u][0], first), (exit_[rank[u]], first)]
        if not lane and rank[v] - rank[u] > 1:
            top -= 12.0
            line += [(exit_[rank[u]] + STUB, top), (entry[rank[v]] - STUB, top)]
        for node in lane:
            line += [(entry[rank[node]], where[node]), (exit_[rank[node]], where[node])]
        line += [(entry[rank[v]], last), (middle[rank[v]] - half[v][0], last)]
        lines.append(simplified(line))
    return lines


def simplified(line: list[tuple[float, float]]) -> Floats:
    """The line without points on a level stretch."""
    kept = [line[0]]
    for before, point, after in zip(line, line[1:], line[2:], strict=False):
        if not before[1] == point[1] == after[1]:
            kept.append(point)
    kept.append(line[-1])
    return np.array(kept)
