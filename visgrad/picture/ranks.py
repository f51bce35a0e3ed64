"""Which layer each node belongs to, and the lanes on which long edges cross the layers between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import Floats, Ints
from visgrad.picture.simplex import shorten

Lists = list[list[int]]
Index = NDArray[np.intp]


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


def depths(before: Lists) -> list[int]:
    """How many nodes the longest way to each node passes.  Nodes are numbered such that edges lead from lower to higher
    numbers."""
    depth = [0] * len(before)
    for v, sources in enumerate(before):
        furthest = -1
        for u in sources:
            if depth[u] > furthest:
                furthest = depth[u]
        depth[v] = furthest + 1
    return depth


def assign(before: Lists, after: Lists, depth: list[int], source: Index, target: Index) -> list[int]:
    """Layers such that every edge leads at least one layer on, and edges are short.

    As late as the users of a result allow at first, so that what belongs together stands together.
    """
    count = len(before)
    rank = [max(depth, default=0)] * count
    for v in range(count - 1, -1, -1):
        if not after[v]:
            if before[v]:
                rank[v] = depth[v]
            continue
        latest = rank[v]
        for w in after[v]:
            if rank[w] <= latest:
                latest = rank[w] - 1
        rank[v] = latest
    if count > EXACT:
        lowest = min(rank, default=0)
        return [r - lowest for r in rank]
    return shorten(rank, source, target, 2 * count)


@dataclass(frozen=True, eq=False)
class Layers:
    """Nodes 0…n-1 are cards, those after them places where a lane crosses a layer.

    `rank` of all of them.  Segments lead from `upper` to `lower`, one layer on; `weight`: how much they should be
    straight; `lines`: how many edges run along; `leave`, `enter`: where on a card they end, measured from its middle
    (0 on lanes).
    Edge k passes `count[k]` lane nodes, numbered from `first[k]` on.
    """

    cards: int
    rank: Index
    upper: Index
    lower: Index
    weight: Floats
    lines: Floats
    leave: Floats
    enter: Floats
    first: Index
    count: Index

    @property
    def size(self) -> int:
        """How many nodes there are, lanes included."""
        return len(self.rank)


DIRECT, ENDS, LANES = 1.0, 2.0, 8.0
"""Weights of a line between two cards, of where a lane begins and ends, of a lane itself."""


def cross_layers(
    rank: Index, source: Index, output: Ints, target: Index, leave: Floats, enter: Floats, limit: int
) -> Layers:
    """Cut every edge into pieces of one layer each.  Edges of one result share a lane, so they read as one line.

    At most `limit` lane nodes are made: the longest edges go without (they have no lane, and no segments either).
    """
    cards, need = len(rank), rank[target] - rank[source] - 1
    kept = _within(need, limit)
    key = source * (int(output.max(initial=0)) + 1) + output
    _, shown, trunk = np.unique(key, return_index=True, return_inverse=True)
    longest = np.zeros(len(shown), np.intp)
    np.maximum.at(longest, trunk[kept], need[kept])
    begin = cards + np.cumsum(longest) - longest
    owner = np.repeat(np.arange(len(shown)), longest)
    node = cards + np.arange(len(owner))
    step = node - begin[owner]
    starts = step == 0
    origin = source[shown][owner]
    # First the lanes of each result, then what leads to each card, in the order of the edges.
    first = begin[trunk]
    laned, ends = kept & (need > 0), np.flatnonzero(kept)
    ends_at = np.bincount((first + need)[laned] - cards, minlength=len(node) + 1)
    lines = np.cumsum(np.bincount(first[laned] - cards, minlength=len(node) + 1) - ends_at)[:-1]
    last = np.where(laned, first + need - 1, source)[ends]
    direct = ~laned[ends]
    return Layers(
        cards,
        np.concatenate([rank, rank[origin] + step + 1]),
        np.concatenate([np.where(starts, origin, node - 1), last]),
        np.concatenate([node, target[ends]]),
        np.concatenate([np.where(starts, ENDS, LANES), np.where(direct, DIRECT, ENDS)]),
        np.concatenate([lines.astype(np.float64), np.ones(len(ends))]),
        np.concatenate([np.where(starts, leave[shown][owner], 0.0), np.where(direct, leave[ends], 0.0)]),
        np.concatenate([np.zeros(len(node)), enter[ends]]),
        first,
        np.where(laned, need, 0),
    )


def _within(need: Index, limit: int) -> NDArray[np.bool_]:
    """Which edges may have lanes: all, or the shortest whose lanes together stay within the limit."""
    if need.sum() <= limit:
        return np.ones(len(need), bool)
    order = np.argsort(need, kind="stable")
    within = np.zeros(len(need), bool)
    within[order] = np.cumsum(need[order]) <= limit
    return within
