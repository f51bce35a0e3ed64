"""Where across its layer each node stands: straight lines first, then short ones, never an overlap.

Nodes joined by segments that ought to be straight form blocks (the linear segments of Sander 1996); a block moves as
one.  Blocks keep the order of their layers and a distance, and are drawn towards the medians of what they are joined
to.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise

import numpy as np

from visgrad.picture.display import Floats
from visgrad.picture.order import Order
from visgrad.picture.ranks import Layers

CARD_GAP = 28.0
LANE_GAP = 16.0
LANE = 4.0
"""Breadth of a lane itself."""


def place_across(layers: Layers, order: Order, breadth: Floats, straight: list[int], rounds: int) -> Floats:
    """(size,): the middle of each node across the layers.

    `breadth`: of every node, lanes included.  `straight`: segments (indices) in the order in which they deserve to be
    straight.
    """
    block, shift = _blocks(layers, order, straight)
    blocks = _Blocks(layers, order, breadth, block, shift)
    across: Floats = blocks.settle(rounds)[np.array(block)] + np.array(shift)
    return across


def _blocks(layers: Layers, order: Order, straight: list[int]) -> tuple[list[int], list[float]]:
    """The block of each node and its place relative to the block's."""
    size = layers.size
    index = [0] * size
    for nodes in order:
        for place, node in enumerate(nodes.tolist()):
            index[node] = place
    below: list[int] = [-1] * size
    above: list[int] = [-1] * size
    taken: list[list[tuple[int, int]]] = [[] for _ in order]
    offset = [0.0] * size  # of a node against the one above it in its block
    for segment in straight:
        u, v = layers.upper[segment], layers.lower[segment]
        if below[u] >= 0 or above[v] >= 0:
            continue
        accepted = taken[layers.rank[u]]
        ends = (index[u], index[v])
        at = bisect_left(accepted, ends)
        if (at and accepted[at - 1][1] > ends[1]) or (at < len(accepted) and accepted[at][1] < ends[1]):
            continue
        accepted.insert(at, ends)
        below[u], above[v] = v, u
        if u >= layers.cards > v:
            offset[v] = -layers.enter[segment]  # the lane arrives at its port
    block, shift = [-1] * size, [0.0] * size
    count = 0
    for nodes in order:
        for node in nodes.tolist():
            if above[node] < 0:
                block[node] = count
                count += 1
            else:
                block[node] = block[above[node]]
                shift[node] = shift[above[node]] + offset[node]
    return block, shift


class _Blocks:
    """Blocks, numbered so that none stands after one with a greater number."""

    def __init__(self, layers: Layers, order: Order, breadth: Floats, block: list[int], shift: list[float]) -> None:
        self.count = max(block, default=-1) + 1
        half = (breadth / 2).tolist()
        least: dict[tuple[int, int], float] = {}
        for nodes in order:
            sequence = nodes.tolist()
            for a, b in pairwise(sequence):
                gap = CARD_GAP if a < layers.cards and b < layers.cards else LANE_GAP
                distance = half[a] + gap + half[b] + shift[a] - shift[b]
                key = (block[a], block[b])
                if distance > least.get(key, -np.inf):
                    least[key] = distance
        self.before: list[list[tuple[int, float]]] = [[] for _ in range(self.count)]
        self.after: list[list[tuple[int, float]]] = [[] for _ in range(self.count)]
        for (a, b), distance in least.items():
            self.after[a].append((b, distance))
            self.before[b].append((a, distance))
        self.order = self._sorted()
        self.pulls: list[list[tuple[int, float, int]]] = [[] for _ in range(self.count)]
        for u, v, leave, enter, weight in zip(
            layers.upper, layers.lower, layers.leave, layers.enter, layers.weight, strict=True
        ):
            a, b = block[u], block[v]
            if a != b:
                away = shift[u] + leave - shift[v] - enter
                self.pulls[b].append((a, away, weight))
                self.pulls[a].append((b, -away, weight))

    def _sorted(self) -> list[int]:
        waiting = [len(before) for before in self.before]
        ready = [b for b in range(self.count) if not waiting[b]]
        result: list[int] = []
        for b in ready:
            result.append(b)
            for after, _ in self.after[b]:
                waiting[after] -= 1
                if not waiting[after]:
                    ready.append(after)
        assert len(result) == self.count, "blocks cross"
        return result

    def settle(self, rounds: int) -> Floats:
        """The place of each block."""
        place = self._pushed_down([0.0] * self.count)
        best, shortest = place, self._length(place)
        for turn in range(rounds):
            wish = [self._median(b, place) for b in range(self.count)]
            down, up = self._pushed_down(wish), self._pushed_up(wish)
            share = 0.5 if turn < rounds - 4 else 1.0
            place = [p + share * ((a + b) / 2 - p) for p, a, b in zip(place, down, up, strict=True)]
            length = self._length(place)
            if length < shortest:
                best, shortest = place, length
        place = list(best)
        for turn in range(6):
            for b in self.order if turn % 2 else reversed(self.order):
                place[b] = self._nearest(b, place)
        return np.array(place)

    def _nearest(self, b: int, place: list[float]) -> float:
        """As near to its wish as the neighbours on both sides allow."""
        wish = self._median(b, place)
        low = max((place[a] + distance for a, distance in self.before[b]), default=wish)
        high = min((place[a] - distance for a, distance in self.after[b]), default=wish)
        return max(min(wish, high), low)

    def _pushed_down(self, wish: list[float]) -> list[float]:
        place = list(wish)
        for b in self.order:
            here = place[b]
            for a, distance in self.before[b]:
                here = max(here, place[a] + distance)
            place[b] = here
        return place

    def _pushed_up(self, wish: list[float]) -> list[float]:
        place = list(wish)
        for b in reversed(self.order):
            here = place[b]
            for a, distance in self.after[b]:
                here = min(here, place[a] - distance)
            place[b] = here
        return place

    def _median(self, b: int, place: list[float]) -> float:
        pulls = self.pulls[b]
        if not pulls:
            return place[b]
        if len(pulls) == 1:
            other, away, _ = pulls[0]
            return place[other] + away
        wishes = sorted((place[other] + away, weight) for other, away, weight in pulls)
        half = sum(weight for _, weight in wishes) / 2
        passed = 0
        for at, (wish, weight) in enumerate(wishes):
            passed += weight
            if passed > half:
                return wish
            if passed == half:
                return (wish + wishes[at + 1][0]) / 2
        return wishes[-1][0]

    def _length(self, place: list[float]) -> float:
        return sum(
            weight * abs(place[other] + away - place[b])
            for b in range(self.count)
            for other, away, weight in self.pulls[b]
        )
