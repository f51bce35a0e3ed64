"""Where across its layer each node stands: short lines, straight where they can be, never an overlap.

`relax` finds places near the best.  Here lines that came out almost straight are made exactly straight: their nodes
form blocks that move as one (the linear segments of Sander 1996), distances are enforced to the unit, and each block
goes as near as it may to the median of what it is joined to.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import chain
from math import inf

import numpy as np

from visgrad.picture.display import Floats
from visgrad.picture.order import Rows
from visgrad.picture.outward import outward
from visgrad.picture.ranks import LANES, Layers
from visgrad.picture.relax import Distances, Pulls, relax

CARD_GAP = 28.0
LANE_GAP = 16.0
LANE = 4.0
"""Breadth of a lane itself."""

SPINE = 6.0
"""How strongly the longest path is drawn straight; lines between cards count 1, lanes 8."""

STILL = 2.0
"""When no block moves further than this, all have found their places."""

SETTLING = 2
"""So often at most; `relax` has done most of it."""

NEARLY = 14.0
"""Lines that miss being straight by less than this are made straight."""

NEARLY_LANES = 40.0
"""The same for lanes: a long line has few bends."""

NEVERTHELESS = 170.0
"""The same for the only way to a goal: about the height of two cards."""


@dataclass(frozen=True, eq=False)
class Straight:
    """`segments` that ought to be straight, the most deserving first: `only` of them lie on the only way to a goal and
    are straight even at some cost; `spine` of them, those included, are on the longest path."""

    segments: list[int]
    only: int
    spine: int


def place_across(layers: Layers, rows: Rows, breadth: Floats, straight: Straight, turns: int) -> Floats:
    """(size,): the middle of each node across the layers.  `breadth`: of every node, lanes included."""
    distances = _distances(layers, rows, breadth)
    pulls = _pulls(layers, straight)
    near = relax(outward(rows, pulls, distances), pulls, distances, turns)
    missed = np.abs(near[pulls.upper] + pulls.away - near[pulls.lower])
    segments, only = straight.segments, straight.only
    limit = np.where(layers.weight == LANES, NEARLY_LANES, NEARLY)
    limit[segments[:only]] = NEVERTHELESS
    close = (missed < limit).tolist()
    chosen = [segment for segment in segments if close[segment]]
    block, shift = _blocks(layers, rows, chosen, pulls.away.tolist())
    blocks = _Blocks(block, shift, pulls, distances)
    across: Floats = blocks.settle(near - shift)[block] + shift
    return across


def _distances(layers: Layers, rows: Rows, breadth: Floats) -> Distances:
    sequence = np.fromiter(chain.from_iterable(rows), np.intp, layers.size)
    first, second = sequence[:-1], sequence[1:]
    both = (first < layers.cards) & (second < layers.cards)
    least = (breadth[first] + breadth[second]) / 2 + np.where(both, CARD_GAP, LANE_GAP)
    least[layers.rank[first] != layers.rank[second]] = -np.inf
    return Distances(sequence, least)


def _pulls(layers: Layers, straight: Straight) -> Pulls:
    """Lines between cards that ought to be straight count from middle to middle: they leave level with their port."""
    away, weight = layers.leave - layers.enter, layers.weight.copy()
    upper, lower = layers.upper, layers.lower
    chosen = np.array(straight.segments, np.intp)
    cards = chosen[(upper[chosen] < layers.cards) & (lower[chosen] < layers.cards)]
    away[cards] = 0.0
    weight[cards] += 1.0
    weight[chosen[: straight.spine]] = SPINE
    return Pulls(upper, lower, away, weight)


def _blocks(
    layers: Layers, rows: Rows, straight: list[int], away: list[float]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], Floats]:
    """The block of each node, and its place relative to the block's."""
    size = layers.size
    index = [0] * size
    for nodes in rows:
        for place, node in enumerate(nodes):
            index[node] = place
    upper, lower, rank = layers.upper.tolist(), layers.lower.tolist(), layers.rank.tolist()
    below, above = [-1] * size, [-1] * size
    offset = [0.0] * size  # of a node against the one above it in its block
    taken: list[list[tuple[int, int]]] = [[] for _ in rows]
    for segment in straight:
        u, v = upper[segment], lower[segment]
        if below[u] >= 0 or above[v] >= 0:
            continue
        accepted = taken[rank[u]]
        ends = (index[u], index[v])
        at = bisect_left(accepted, ends)
        if (at and accepted[at - 1][1] > ends[1]) or (at < len(accepted) and accepted[at][1] < ends[1]):
            continue  # it crosses one that is straight already
        accepted.insert(at, ends)
        below[u], above[v], offset[v] = v, u, away[segment]
    block, shift = [0] * size, [0.0] * size
    count = 0
    for nodes in rows:
        for node in nodes:
            if above[node] < 0:
                block[node] = count
                count += 1
            else:
                block[node] = block[above[node]]
                shift[node] = shift[above[node]] + offset[node]
    return np.array(block, np.intp), np.array(shift)


class _Blocks:
    """Nodes that move as one."""

    def __init__(
        self, block: np.ndarray[tuple[int], np.dtype[np.intp]], shift: Floats, pulls: Pulls, distances: Distances
    ) -> None:
        self.block = block
        self.count = int(block.max(initial=-1)) + 1
        self.before: list[list[tuple[int, float]]] = [[] for _ in range(self.count)]
        self.after: list[list[tuple[int, float]]] = [[] for _ in range(self.count)]
        self.pulls: list[list[tuple[int, float, float]]] = [[] for _ in range(self.count)]
        held = distances.least > -inf
        first, second = distances.sequence[:-1][held], distances.sequence[1:][held]
        least = distances.least[held] + shift[first] - shift[second]
        furthest: dict[tuple[int, int], float] = {}
        pairs = zip(block[first].tolist(), block[second].tolist(), least.tolist(), strict=True)
        for a, b, distance in pairs:
            furthest[a, b] = max(distance, furthest.get((a, b), -inf))
        for (a, b), distance in furthest.items():
            self.after[a].append((b, distance))
            self.before[b].append((a, distance))
        away = pulls.away + shift[pulls.upper] - shift[pulls.lower]
        ends = zip(block[pulls.upper].tolist(), block[pulls.lower].tolist(), strict=True)
        for (a, b), distance, weight in zip(ends, away.tolist(), pulls.weight.tolist(), strict=True):
            if a != b:
                self.pulls[b].append((a, distance, weight))
                self.pulls[a].append((b, -distance, weight))
        self.order = self._sorted()

    def _sorted(self) -> list[int]:
        """Blocks in an order in which none comes after one that it stands before."""
        waiting = [len(before) for before in self.before]
        order = [b for b in range(self.count) if not waiting[b]]
        for b in order:  # grows while it is walked
            for after, _ in self.after[b]:
                waiting[after] -= 1
                if not waiting[after]:
                    order.append(after)
        return order

    def settle(self, near: Floats) -> Floats:
        """The place of each block, from the places its nodes would like it to have."""
        sums = np.bincount(self.block, near, self.count) / np.bincount(self.block, minlength=self.count)
        wish = sums.tolist()
        down, up = self._pushed(wish, self.order, self.before, 1), self._pushed(wish, self.order[::-1], self.after, -1)
        # Both keep all distances, and so does what lies half way between.
        place = [(a + b) / 2 for a, b in zip(down, up, strict=True)]
        for turn in range(SETTLING):
            if self._approach(place, self.order if turn % 2 else self.order[::-1]) < STILL:
                break
        return np.array(place)

    def _approach(self, place: list[float], order: list[int]) -> float:
        """Move each block as near to its wish as the neighbours on both sides allow; how far the furthest moved."""
        furthest = 0.0
        before, after, pulls = self.before, self.after, self.pulls
        for b in order:
            pulled = pulls[b]
            if not pulled:
                continue
            if len(pulled) == 1:
                other, away, _ = pulled[0]
                wish = place[other] + away
            else:
                wish = _median([(place[other] + away, weight) for other, away, weight in pulled])
            for a, distance in after[b]:
                if place[a] - distance < wish:
                    wish = place[a] - distance
            for a, distance in before[b]:
                if place[a] + distance > wish:
                    wish = place[a] + distance
            moved = abs(wish - place[b])
            if moved > furthest:
                furthest = moved
            place[b] = wish
        return furthest

    @staticmethod
    def _pushed(wish: list[float], order: list[int], held: list[list[tuple[int, float]]], sign: int) -> list[float]:
        """The wishes, each moved on as far as those that came before it demand."""
        place = list(wish)
        for b in order:
            here = place[b] * sign
            for a, distance in held[b]:
                here = max(here, place[a] * sign + distance)
            place[b] = here * sign
        return place


def _median(wishes: list[tuple[float, float]]) -> float:
    """Half of the weight lies on either side of it; it lies in the middle of where that can be.  Pairs of place and
    weight."""
    wishes.sort()
    if len(wishes) == 2 and wishes[0][1] == wishes[1][1]:
        return (wishes[0][0] + wishes[1][0]) / 2
    half = sum([weight for _, weight in wishes]) / 2
    passed = 0.0
    for at, (wish, weight) in enumerate(wishes):
        passed += weight
        if passed > half:
            return wish
        if passed == half:
            return (wish + wishes[at + 1][0]) / 2
    return wishes[-1][0]
