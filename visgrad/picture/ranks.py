"""Which layer each node belongs to, and the lanes on which long edges cross the layers between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import Floats, Ints
from visgrad.picture.simplex import shorten

Lists = list[list[int]]


def neighbours(count: int, source: Sequence[int], target: Sequence[int]) -> tuple[Lists, Lists]:
    """For each node the nodes before and the nodes after it, in the order of the edges."""
    before: Lists = [[] for _ in range(count)]
    after: Lists = [[] for _ in range(count)]
    for u, v in zip(source, target, strict=True):
        before[v].append(u)
        after[u].append(v)
    return before, after


EXACT = 1500
"""Up to this many nodes layers of the least total edge length are looked for."""


def assign(before: Lists, after: Lists, source: Ints, target: Ints) -> list[int]:
    """Layers such that every edge leads at least one layer on, and edges are short.  Nodes are numbered such that
    edges lead from lower to higher numbers.

    As late as the users of a result allow at first, so that what belongs together stands together.
    """
    count = len(before)
    depth = [0] * count
    for v in range(count):
        for u in before[v]:
            depth[v] = max(depth[v], depth[u] + 1)
    rank = [max(depth, default=0)] * count
    for v in reversed(range(count)):
        for w in after[v]:
            rank[v] = min(rank[v], rank[w] - 1)
        if not after[v] and before[v]:
            rank[v] = depth[v]
    if count > EXACT:
        lowest = min(rank, default=0)
        return [r - lowest for r in rank]
    return shorten(rank, source, target, 2 * count)


@dataclass(frozen=True, eq=False)
class Layers:
    """Nodes 0…n-1 are cards, those after them places where a lane crosses a layer.

    `rank` of all of them.  Segments lead from `upper` to `lower`, one layer on; `weight`: how much they should be
    straight; `leave`, `enter`: where on a card they end, measured from its middle (0 on lanes).
    `lane[k]`: for edge k the lane nodes it passes, in order.
    """

    cards: int
    rank: list[int]
    upper: list[int]
    lower: list[int]
    weight: list[int]
    leave: list[float]
    enter: list[float]
    lane: list[list[int]]

    @property
    def size(self) -> int:
        """How many nodes there are, lanes included."""
        return len(self.rank)


def cross_layers(
    rank: list[int], source: Ints, output: Ints, target: Ints, leave: Floats, enter: Floats, limit: int
) -> Layers:
    """Cut every edge into pieces of one layer each.  Edges of one result share a lane, so they read as one line.

    At most `limit` lane nodes are made: the longest edges go without (their `lane` is empty, and no segments either).
    """
    cards = len(rank)
    rank = list(rank)
    trunk: dict[tuple[int, int], list[int]] = {}
    pieces: dict[tuple[int, int, float, float], int] = {}
    lanes: list[list[int]] = [[] for _ in range(len(source))]
    ends = zip(source.tolist(), output.tolist(), target.tolist(), leave.tolist(), enter.tolist(), strict=True)
    spans = _within(np.asarray(rank), source, target, limit)
    for edge, (u, out, v, off, on) in enumerate(ends):
        if not spans[edge]:
            continue
        lane = trunk.setdefault((u, out), [])
        need = rank[v] - rank[u] - 1
        while len(lane) < need:
            lane.append(len(rank))
            rank.append(rank[u] + len(lane))
            before = lane[-2] if len(lane) > 1 else u
            pieces[before, lane[-1], off if before == u else 0.0, 0.0] = 8 if before >= cards else 2
        lanes[edge] = lane[:need]
        last = lane[need - 1] if need else u
        pieces[last, v, 0.0 if need else off, on] = 2 if need else 1
    upper, lower, off_, on_ = (list(column) for column in zip(*pieces, strict=True)) if pieces else ([], [], [], [])
    return Layers(cards, rank, upper, lower, list(pieces.values()), off_, on_, lanes)


def _within(rank: NDArray[np.intp], source: Ints, target: Ints, limit: int) -> NDArray[np.bool_]:
    """Which edges may have lanes: all, or the shortest whose lanes together stay within the limit."""
    need = rank[target] - rank[source] - 1
    if need.sum() <= limit:
        return np.ones(len(source), bool)
    order = np.argsort(need, kind="stable")
    within = np.zeros(len(source), bool)
    within[order] = np.cumsum(need[order]) <= limit
    return within
