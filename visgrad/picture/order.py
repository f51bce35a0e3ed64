"""In which order the nodes of each layer stand, so that few edges cross.

Sweeps order each layer by the weighted medians of its neighbours (Gansner et al. 1993), then move single nodes to
where they cause the fewest crossings with both neighbouring layers (sifting, Matuszewski et al. 1999), for which the
crossings of every pair are one matrix product.  The best order seen is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import Floats
from visgrad.picture.ranks import Layers

Order = list[NDArray[np.intp]]

SIFTED = 160
"""Layers with more nodes than this (fewer in large graphs) are ordered by medians alone."""


LEAST_GAIN = 0.04
"""Sweeping ends when a sweep has removed less than this share of the crossings."""


@dataclass(frozen=True, eq=False)
class _Side:
    """The segments between a layer and one of its neighbours, sorted by the layer's nodes.

    `nodes`: those that have any; segments of the k-th are `begin[k]` to `begin[k + 1]`.  `other`: the far ends;
    `off`: how far from the middle of its place each lies.
    """

    nodes: NDArray[np.intp]
    begin: NDArray[np.intp]
    owner: NDArray[np.intp]
    other: NDArray[np.intp]
    off: Floats

    @property
    def single(self) -> bool:
        """Whether no node has two."""
        return len(self.nodes) == len(self.other)


def _side(own: NDArray[np.intp], other: NDArray[np.intp], off: Floats) -> _Side:
    order = own.argsort(kind="stable")
    nodes, begin = np.unique(own[order], return_index=True)
    counts = np.concatenate([begin[1:], [len(own)]]) - begin
    return _Side(nodes, begin, np.repeat(np.arange(len(nodes)), counts), other[order], off[order])


class Crossings:
    """The segments between neighbouring layers, ready for counting."""

    def __init__(self, layers: Layers, breadth: Floats) -> None:
        rank = np.array(layers.rank, np.intp)
        self.depth = int(rank.max(initial=-1)) + 1
        upper, lower = np.array(layers.upper, np.intp), np.array(layers.lower, np.intp)
        # Where on a card a segment ends counts as less than a place in the layer: ends at cards are never in between.
        leave = np.array(layers.leave, np.float64) / (breadth[upper] + 1)
        enter = np.array(layers.enter, np.float64) / (breadth[lower] + 1)
        gap = rank[upper]
        by_gap = np.argsort(gap, kind="stable")
        cuts = np.searchsorted(gap[by_gap], np.arange(self.depth + 1))
        self.gaps = []
        for layer in range(self.depth):
            chosen = by_gap[cuts[layer] : cuts[layer + 1]]
            self.gaps.append((upper[chosen], lower[chosen], leave[chosen], enter[chosen]))
        self._sides: dict[tuple[int, bool], _Side | None] = {}
        self.place = np.zeros(layers.size)
        self.local = np.zeros(layers.size, np.intp)
        self.sifted = min(400_000 // max(layers.size, 1), SIFTED)

    def arrange(self, order: Order) -> None:
        """Take over an order."""
        for nodes in order:
            self.place[nodes] = np.arange(len(nodes))

    def count(self, layer: int) -> int:
        """How many pairs of segments cross between a layer and the next, in the order as arranged."""
        upper, lower, leave, enter = self.gaps[layer]
        if len(upper) < 2:
            return 0
        return inversions(self.place[upper] + leave, self.place[lower] + enter)

    def side(self, layer: int, above: bool) -> _Side | None:
        """The segments of a layer on one side, None if there are none."""
        if (layer, above) not in self._sides:
            self._sides[layer, above] = self._side(layer, above)
        return self._sides[layer, above]

    def _side(self, layer: int, above: bool) -> _Side | None:
        if layer < above:
            return None
        upper, lower, leave, enter = self.gaps[layer - above]
        if not len(upper):
            return None
        return _side(lower, upper, leave) if above else _side(upper, lower, enter)

    def medians(self, nodes: NDArray[np.intp], side: _Side) -> Floats:
        """The weighted median of each node's neighbours; nodes without any stay about where they are."""
        result = self.place[nodes]
        self.local[nodes] = np.arange(len(nodes))
        place = self.place[side.other] + side.off
        if side.single:
            result[self.local[side.nodes]] = place
            return result
        place = place[np.lexsort((place, side.owner))]
        ends = np.append(side.begin[1:], len(place))
        count = ends - side.begin
        left, right = side.begin + (count - 1) // 2, side.begin + count // 2
        low, high = place[left] - place[side.begin], place[ends - 1] - place[right]
        share = np.full(len(count), 0.5)
        uneven = (count > 2) & (low + high > 0)
        share[uneven] = (low / np.where(uneven, low + high, 1.0))[uneven]
        result[self.local[side.nodes]] = place[left] + (place[right] - place[left]) * share
        return result

    def pairs(self, nodes: NDArray[np.intp], layer: int) -> Floats:
        """[i, j]: how many crossings there are if `nodes[i]` stands before `nodes[j]`, less if it stands after."""
        count = len(nodes)
        total = np.zeros((count, count))
        self.local[nodes] = np.arange(count)
        for above in (True, False):
            side = self.side(layer, above)
            if side is None:
                continue
            place = self.place[side.other] + side.off
            after = (place[:, None] > place[None, :]).astype(np.float64)
            if not side.single:
                after = np.add.reduceat(np.add.reduceat(after, side.begin, axis=0), side.begin, axis=1)
            mine = self.local[side.nodes]
            if len(mine) == count:
                place_of = np.empty(count, np.intp)
                place_of[mine] = np.arange(count)
                total += after[place_of][:, place_of]
            else:
                total[np.ix_(mine, mine)] += after
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


def reduce_crossings(layers: Layers, breadth: Floats, start: Order, rounds: int) -> Order:
    """The order with the fewest crossings found from a starting order.  `breadth`: of every node."""
    return _improve(Crossings(layers, breadth), start, rounds)


def _improve(crossings: Crossings, order: Order, rounds: int) -> Order:
    """Sweep down and up until a sweep gains next to nothing."""
    crossings.arrange(order)
    sweeps = _Sweeps(crossings, order)
    best, fewest = list(order), sweeps.count()
    for turn in range(rounds):
        if not fewest:
            break
        sweeps.run(down=turn % 2 == 0, reverse=turn % 4 >= 2)
        count = sweeps.count()
        gained = fewest - count
        if gained > 0:
            best, fewest = list(order), count
        if gained < LEAST_GAIN * count and turn:
            break
    return best


class _Sweeps:
    """Orders layer after layer, but not those that are as they were, between layers as they were, the time before, nor
    those beside which nothing crosses."""

    def __init__(self, crossings: Crossings, order: Order) -> None:
        self._crossings, self._order = crossings, order
        self._version = list(range(crossings.depth + 2))  # of layer k at k + 1, with a border on either side
        self._changes = crossings.depth + 2
        self._seen: dict[tuple[int, bool, bool], list[int]] = {}
        self._counts: list[tuple[int, int, int]] = [(-1, -1, 0)] * crossings.depth

    def count(self) -> int:
        """How many pairs of segments cross."""
        total = 0
        for layer in range(self._crossings.depth):
            upper, lower = self._version[layer + 1], self._version[layer + 2]
            old = self._counts[layer]
            if old[:2] != (upper, lower):
                old = self._counts[layer] = (upper, lower, self._crossings.count(layer))
            total += old[2]
        return total

    def run(self, down: bool, reverse: bool) -> None:
        """One sweep over all layers."""
        depth = self._crossings.depth
        for layer in range(depth) if down else range(depth - 1, -1, -1):
            if len(self._order[layer]) < 2:
                continue
            around = self._version[layer : layer + 3]
            if self._seen.get((layer, down, reverse)) == around or self._free(layer):
                continue
            nodes = self._ordered(layer, down, reverse)
            if not np.array_equal(nodes, self._order[layer]):
                self._order[layer] = nodes
                self._changes += 1
                self._version[layer + 1] = self._changes
            else:
                self._seen[layer, down, reverse] = around

    def _free(self, layer: int) -> bool:
        """Whether no segments are known to cross beside a layer."""
        version = self._version
        for upper in (layer - 1, layer):
            if upper >= 0 and self._counts[upper] != (version[upper + 1], version[upper + 2], 0):
                return False
        return True

    def _ordered(self, layer: int, above: bool, reverse: bool) -> NDArray[np.intp]:
        crossings, nodes = self._crossings, self._order[layer]
        ranks = np.arange(len(nodes), dtype=np.float64)
        side = crossings.side(layer, above)
        if side is not None:
            wishes = crossings.medians(nodes, side) + (-1e-9 if reverse else 1e-9) * ranks
            nodes = nodes[wishes.argsort(kind="stable")]
        if len(nodes) <= crossings.sifted:
            crossings.place[nodes] = ranks
            nodes = _sift(crossings.pairs(nodes, layer), nodes)
        crossings.place[nodes] = ranks
        return nodes


def _sift(pairs: Floats, nodes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Move nodes to their best places while that helps.  `pairs[i, j]` > 0: i had better stand after j."""
    sequence = list(range(len(nodes)))
    for turn in range(4):
        index = np.array(sequence)
        # passed[i, k]: what it costs the i-th to have passed the first k + 1; the least may be to pass none.
        passed = (pairs[index[:, None], index] if turn else pairs).cumsum(axis=1)
        np.negative(passed, out=passed)
        movers = index[np.minimum(passed.min(axis=1), 0.0) < passed.diagonal() - 1e-9]
        if not len(movers):
            break
        for node in movers.tolist():
            at = sequence.index(node)
            del sequence[at]
            cost = np.zeros(len(nodes))
            np.negative(pairs[node, sequence].cumsum(), out=cost[1:])
            place = int(cost.argmin())
            sequence.insert(place if cost[place] < cost[at] - 1e-9 else at, node)
    return nodes[sequence]


def starting_order(layers: Layers) -> Order:
    """As a walk from the results back to the leaves meets the nodes, arguments in their order."""
    before: list[list[int]] = [[] for _ in range(layers.size)]
    after: list[list[int]] = [[] for _ in range(layers.size)]
    for u, v in zip(layers.upper, layers.lower, strict=True):
        before[v].append(u)
        after[u].append(v)
    return _walk(layers, before, after)


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
