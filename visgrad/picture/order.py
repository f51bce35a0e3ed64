"""In which order the nodes of each layer stand, so that few edges cross.

Sweeps order each layer by the weighted medians of its neighbours (Gansner et al. 1993), then move single nodes to
where they cause the fewest crossings with both neighbouring layers (sifting, Matuszewski et al. 1999), for which the
crossings of every pair are one matrix product.  The best order seen is kept.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import Floats
from visgrad.picture.ranks import Layers

Order = list[NDArray[np.intp]]

SIFTED = 160
"""Layers with more nodes than this (fewer in large graphs) are ordered by medians alone."""

ONE_WALK = 20_000
"""Of graphs with more nodes than this only one order is improved."""


class Crossings:
    """The segments between neighbouring layers, ready for counting."""

    def __init__(self, layers: Layers, breadth: Floats) -> None:
        self.rank = np.array(layers.rank, np.intp)
        self.depth = int(self.rank.max(initial=-1)) + 1
        upper, lower = np.array(layers.upper, np.intp), np.array(layers.lower, np.intp)
        # Where on a card a segment ends counts as less than a place in the layer: ends at cards are never in between.
        leave = np.array(layers.leave, np.float64) / (breadth[upper] + 1)
        enter = np.array(layers.enter, np.float64) / (breadth[lower] + 1)
        gap = self.rank[upper]
        by_gap = np.argsort(gap, kind="stable")
        cuts = np.searchsorted(gap[by_gap], np.arange(self.depth + 1))
        self.gaps = []
        for layer in range(self.depth):
            chosen = by_gap[cuts[layer] : cuts[layer + 1]]
            self.gaps.append((upper[chosen], lower[chosen], leave[chosen], enter[chosen]))
        self.place = np.zeros(layers.size)
        self.sifted = min(400_000 // max(layers.size, 1), SIFTED)

    def arrange(self, order: Order) -> None:
        """Take over an order."""
        for nodes in order:
            self.place[nodes] = np.arange(len(nodes))

    def count(self) -> int:
        """How many pairs of segments cross in the order as arranged."""
        return sum(self._count(layer) for layer in range(self.depth))

    def _count(self, layer: int) -> int:
        upper, lower, leave, enter = self.gaps[layer]
        if len(upper) < 2:
            return 0
        return inversions(self.place[upper] + leave, self.place[lower] + enter)

    def ends(self, layer: int, above: bool) -> tuple[NDArray[np.intp], Floats]:
        """The segments of a layer on one side: which of its nodes, and the place of their other end."""
        if above:
            upper, lower, leave, _ = self.gaps[layer - 1]
            return lower, self.place[upper] + leave
        upper, lower, _, enter = self.gaps[layer]
        return upper, self.place[lower] + enter

    def pairs(self, nodes: NDArray[np.intp], layer: int) -> Floats:
        """[i, j]: how many crossings there are if `nodes[i]` stands before `nodes[j]`, less if it stands after."""
        count = len(nodes)
        local = np.empty(len(self.place), np.intp)
        local[nodes] = np.arange(count)
        total = np.zeros((count, count))
        for above in (True, False):
            if not 0 <= layer - above < self.depth:
                continue
            own, place = self.ends(layer, above)
            if not len(own):
                continue
            order = np.argsort(place, kind="stable")
            column = np.empty(len(own), np.intp)
            column[order] = np.cumsum(np.diff(place[order], prepend=place[order[0]]) > 0)
            width = int(column[order[-1]]) + 1
            ends = np.bincount(local[own] * width + column, minlength=count * width).reshape(count, width)
            ends = ends.astype(np.float64)
            total += ends @ (np.cumsum(ends, axis=1) - ends).T
        return total - total.T


def inversions(first: Floats, second: Floats) -> int:
    """How many pairs are in one order by `first` and in the other by `second`; equal ends do not count."""
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    if len(first) <= 512:
        crossed = (first[:, None] < first[None, :]) & (second[:, None] > second[None, :])
        return int(np.count_nonzero(crossed))
    # Between equal firsts the seconds ascend, so that only true crossings are inversions of the sequence.
    ranks = np.unique(second, return_inverse=True)[1].astype(np.int64)
    return _merge_count(ranks)


def _merge_count(values: NDArray[np.int64]) -> int:
    """Inversions of a sequence, by merging runs that double: each step is one stable sort of the whole."""
    total, width, count = 0, 1, len(values)
    place = np.arange(count)
    span = int(values.max(initial=0)) + 1
    while width < count:
        block = place // (2 * width)
        order = np.argsort(values + block * span, kind="stable")
        # An element of the right half passes those of the left half that are greater.
        right = (order // width) % 2 == 1
        start = block * 2 * width
        lefts = np.cumsum(~right)
        before = lefts - np.where(start > 0, lefts[start - 1], 0)
        size = np.minimum(start + width, count) - start
        total += int((size - before)[right].sum())
        values = values[order]
        width *= 2
    return total


def reduce_crossings(layers: Layers, breadth: Floats, starts: list[Order], rounds: int) -> Order:
    """The order with the fewest crossings found from any of the starting orders.  `breadth`: of every node."""
    crossings = Crossings(layers, breadth)
    best: Order = starts[0]
    fewest = -1
    for start in starts:
        order, count = _improve(crossings, [nodes.copy() for nodes in start], rounds)
        if fewest < 0 or count < fewest:
            best, fewest = order, count
        if not fewest:
            break
    return best


def _improve(crossings: Crossings, order: Order, rounds: int) -> tuple[Order, int]:
    crossings.arrange(order)
    best, fewest = [nodes.copy() for nodes in order], crossings.count()
    stale = 0
    for turn in range(rounds):
        if not fewest or stale >= 2:
            break
        down = turn % 2 == 0
        for layer in range(crossings.depth) if down else range(crossings.depth - 1, -1, -1):
            _order_layer(crossings, order, layer, down, turn % 4 >= 2)
        count = crossings.count()
        stale += 1
        if count < fewest:
            best, fewest, stale = [nodes.copy() for nodes in order], count, 0
    return best, fewest


def _order_layer(crossings: Crossings, order: Order, layer: int, above: bool, reverse: bool) -> None:
    nodes = order[layer]
    if len(nodes) < 2:
        return
    if 0 <= layer - above < crossings.depth:
        nodes = nodes[np.argsort(_medians(crossings, nodes, layer, above, reverse), kind="stable")]
    if len(nodes) <= crossings.sifted:
        crossings.place[nodes] = np.arange(len(nodes))
        nodes = _sift(crossings.pairs(nodes, layer), nodes)
    order[layer] = nodes
    crossings.place[nodes] = np.arange(len(nodes))


def _medians(crossings: Crossings, nodes: NDArray[np.intp], layer: int, above: bool, reverse: bool) -> Floats:
    """The weighted median of each node's neighbours; nodes without any stay about where they are."""
    own, place = crossings.ends(layer, above)
    result = crossings.place[nodes].astype(np.float64)
    by_node: dict[int, list[float]] = {}
    for node, where in zip(own.tolist(), place.tolist(), strict=True):
        by_node.setdefault(node, []).append(where)
    for index, node in enumerate(nodes.tolist()):
        places = by_node.get(node)
        if places:
            result[index] = _weighted_median(sorted(places))
    return result + (1e-9 if not reverse else -1e-9) * np.arange(len(nodes))


def _weighted_median(places: list[float]) -> float:
    middle = len(places) // 2
    if len(places) % 2:
        return places[middle]
    if len(places) == 2:
        return (places[0] + places[1]) / 2
    left, right = places[middle - 1] - places[0], places[-1] - places[middle]
    if left + right <= 0:
        return (places[middle - 1] + places[middle]) / 2
    return (places[middle - 1] * right + places[middle] * left) / (left + right)


def _sift(pairs: Floats, nodes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Move nodes to their best places while that helps.  `pairs[i, j]` > 0: i had better stand after j."""
    sequence = list(range(len(nodes)))
    for _ in range(4):
        index = np.array(sequence)
        # passed[i, k]: what it costs the i-th to have passed the first k + 1; the least may be to pass none.
        passed = np.cumsum(-pairs[index[:, None], index], axis=1)
        movers = index[np.minimum(passed.min(axis=1), 0.0) < passed.diagonal() - 1e-9]
        if not len(movers):
            break
        for node in movers.tolist():
            at = sequence.index(node)
            del sequence[at]
            cost = np.zeros(len(nodes))
            np.cumsum(-pairs[node, sequence], out=cost[1:])
            place = int(cost.argmin())
            sequence.insert(place if cost[place] < cost[at] - 1e-9 else at, node)
    return nodes[sequence]


def starting_orders(layers: Layers) -> list[Order]:
    """Two orders to start from: as a walk from the results back to the leaves meets the nodes, arguments in their
    order; and, of graphs that are not huge, as a walk from the leaves on does."""
    before: list[list[int]] = [[] for _ in range(layers.size)]
    after: list[list[int]] = [[] for _ in range(layers.size)]
    for u, v in zip(layers.upper, layers.lower, strict=True):
        before[v].append(u)
        after[u].append(v)
    walks = [_walk(layers, before, after)]
    return walks if layers.size > ONE_WALK else [*walks, _walk(layers, after, before)]


def _walk(layers: Layers, onward: list[list[int]], back: list[list[int]]) -> Order:
    order: list[list[int]] = [[] for _ in range(max(layers.rank) + 1)]
    seen = [False] * layers.size
    for first in range(layers.size):
        if back[first] or seen[first]:
            continue
        stack = [first]
        while stack:
            node = stack.pop()
            if not seen[node]:
                seen[node] = True
                order[layers.rank[node]].append(node)
                stack.extend(reversed(onward[node]))
    return [np.array(nodes, np.intp) for nodes in order]
