"""In which order the nodes of each layer stand, so that few edges cross.

Sweeps order each layer by the weighted medians of its neighbours (Gansner et al. 1993); then `sift` moves single nodes
of all layers at once to where they cause the fewest crossings.  The best order seen is kept.
"""

from __future__ import annotations

import numpy as np

from visgrad.picture.display import Floats
from visgrad.picture.ranks import Index, Layers, neighbours
from visgrad.picture.sift import Sifter

Rows = list[list[int]]
"""The nodes of each layer, in order."""

Joined = list[list[tuple[int, float]]]
"""For each node those it is joined to on one side, and how far from the middle of their place the line ends."""

LEAST_GAIN = 0.04
"""Sweeping ends when a sweep has removed less than this share of the crossings."""


def starting_order(layers: Layers) -> Rows:
    """As a walk from the results back to the leaves meets the nodes, arguments in their order."""
    before, after = neighbours(layers.size, layers.upper.tolist(), layers.lower.tolist())
    rank = layers.rank.tolist()
    rows: Rows = [[] for _ in range(max(rank) + 1)]
    seen = [False] * layers.size
    for first in range(layers.size):
        if after[first]:
            continue
        stack = [first]
        while stack:
            node = stack.pop()
            if not seen[node]:
                seen[node] = True
                rows[rank[node]].append(node)
                stack.extend(reversed(before[node]))
    return rows


def reduce_crossings(layers: Layers, breadth: Floats, rows: Rows, rounds: int) -> Rows:
    """The order with the fewest crossings found from a starting order.  `breadth`: of every node."""
    if max(map(len, rows)) < 2:
        return rows
    # Where on a card a segment ends counts as less than a place in the layer: ends at cards are never in between.
    leave, enter = layers.leave / (breadth[layers.upper] + 1), layers.enter / (breadth[layers.lower] + 1)
    place = _places(rows, layers.size)
    crossed = crossings(layers, place, leave, enter)
    fewest, best = int(crossed.sum()), rows
    if not fewest:
        return rows
    before, after = _joined(layers, leave, enter)
    sifter = Sifter(layers, rows, leave, enter)
    for turn in range(rounds):
        down = turn % 2 == 0
        rows = _by_medians(rows, place.tolist(), before if down else after, crossed, down, turn % 4 >= 2)
        place = _places(rows, layers.size)
        rows = sifter.sifted(rows, place)
        crossed = crossings(layers, place, leave, enter)
        count = int(crossed.sum())
        gained = fewest - count
        if gained > 0:
            best, fewest = rows, count
        if (gained < LEAST_GAIN * count and turn) or not count:
            break
    return best


def _places(rows: Rows, size: int) -> Floats:
    place = np.empty(size)
    counts = np.fromiter(map(len, rows), np.intp, len(rows))
    nodes = np.fromiter((node for row in rows for node in row), np.intp, size)
    place[nodes] = np.arange(size) - np.repeat(np.cumsum(counts) - counts, counts)
    return place


def _joined(layers: Layers, leave: Floats, enter: Floats) -> tuple[Joined, Joined]:
    before: Joined = [[] for _ in range(layers.size)]
    after: Joined = [[] for _ in range(layers.size)]
    columns = (layers.upper.tolist(), layers.lower.tolist(), leave.tolist(), enter.tolist())
    for u, v, off, on in zip(*columns, strict=True):
        before[v].append((u, off))
        after[u].append((v, on))
    return before, after


def _by_medians(rows: Rows, place: list[float], joined: Joined, crossed: Index, down: bool, reverse: bool) -> Rows:
    """The rows, one after the other by the medians of those before; but not where nothing crosses."""
    rows = list(rows)
    busy = crossed > 0
    busy[1:] |= crossed[:-1] > 0
    moved = -2
    waiting = busy.tolist()
    for layer in range(len(rows)) if down else range(len(rows) - 1, -1, -1):
        row = rows[layer]
        if len(row) < 2 or not (waiting[layer] or abs(layer - moved) == 1):
            continue
        wishes = [_median(place, joined[node]) if joined[node] else place[node] for node in row]
        nodes = range(len(row) - 1, -1, -1) if reverse else range(len(row))
        new = [row[at] for at in sorted(nodes, key=wishes.__getitem__)]
        if new != row:
            rows[layer] = new
            moved = layer
            for at, node in enumerate(new):
                place[node] = float(at)
    return rows


def _median(place: list[float], joined: list[tuple[int, float]]) -> float:
    """The weighted median of a node's neighbours."""
    count = len(joined)
    if count == 1:
        node, off = joined[0]
        return place[node] + off
    if count == 2:
        (one, off), (other, on) = joined
        return (place[one] + off + place[other] + on) / 2
    ends = sorted([place[node] + off for node, off in joined])
    middle = count // 2
    if count % 2:
        return ends[middle]
    low, high = ends[middle - 1] - ends[0], ends[-1] - ends[middle]
    if not low + high:
        return (ends[middle - 1] + ends[middle]) / 2
    return (ends[middle - 1] * high + ends[middle] * low) / (low + high)


def crossings(layers: Layers, place: Floats, leave: Floats, enter: Floats) -> Index:
    """(depth,): how many pairs of segments cross between each layer and the next.  Equal ends do not count."""
    gap = layers.rank[layers.upper]
    total = np.zeros(int(layers.rank.max()) + 1)
    second = place[layers.lower] + enter
    order = np.lexsort((second, place[layers.upper] + leave, gap))
    gap, second = gap[order], second[order]
    lines = layers.lines[order]
    wrong = (second[1:] < second[:-1]) & (gap[1:] == gap[:-1])
    if wrong.any():
        crossed = np.bincount(gap[1:][wrong], minlength=len(total))[gap] > 0
        _count(second[crossed], gap[crossed], lines[crossed], total)
    return total.astype(np.intp)


def _count(second: Floats, gap: Index, lines: Floats, total: Floats) -> None:
    """Add to `total` how many inversions each gap's stretch of `second` has.

    Between equal firsts the seconds ascend, so that only true crossings are inversions.  They are found by merging runs
    that double: each step is one stable sort of the whole.
    """
    count = len(gap)
    order = np.lexsort((second, gap))
    new = np.ones(count, np.int64)
    new[1:] = (np.diff(second[order]) != 0) | (np.diff(gap[order]) != 0)
    values = np.empty(count, np.int64)
    values[order] = np.cumsum(new)
    place, width = np.arange(count), 1
    while (values[1:] < values[:-1]).any():
        start = place // (2 * width) * (2 * width)
        order = np.argsort(values + start * count, kind="stable")
        # An element of the right half passes those of the left half that are greater.
        right = order - start >= width
        values, gap, lines = values[order], gap[order], lines[order]
        lefts = np.cumsum(np.where(right, 0.0, lines))
        begin = np.where(start > 0, lefts[start - 1], 0.0)
        whole = lefts[np.minimum(start + 2 * width, count) - 1] - begin
        total += np.bincount(gap, np.where(right, lines * (whole - lefts + begin), 0.0), len(total))
        width *= 2
