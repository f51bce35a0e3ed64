"""Moving single nodes to where their lines cross the fewest others, in all layers at once.

Sifting (Matuszewski et al. 1999) tries every place in its layer for one node after the other.  What it costs that one
node stands before another depends on neighbouring layers only, so every second layer is sifted at the same time: one
matrix of costs each, all of them one array.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import Floats
from visgrad.picture.ranks import Index, Layers

WIDEST = 48
"""Layers with more nodes than this are ordered by medians alone."""

MOST_PAIRS = 20_000
"""Nor are layers with more pairs of segments than this sifted."""

MOST_ALTOGETHER = 2_000_000
"""Pairs of all layers; of a very large graph the largest layers are left as they are."""

EXCHANGES = 12
"""Turns in which neighbours change places, before single nodes go further."""


class Sifter:
    """Ready to improve orders of some layers; which nodes a layer has does not change."""

    def __init__(self, layers: Layers, rows: list[list[int]], leave: Floats, enter: Floats) -> None:
        pairs = _squares(layers.rank[layers.upper], len(rows)) + _squares(layers.rank[layers.lower], len(rows))
        smallest = np.argsort(pairs, kind="stable")
        few = pairs <= 2 * MOST_PAIRS
        few[smallest[np.cumsum(pairs[smallest]) > 2 * MOST_ALTOGETHER]] = False
        narrow = [layer for layer, row in enumerate(rows) if 1 < len(row) <= WIDEST and few[layer]]
        self._batches = []
        for parity in (0, 1):
            for least, most in ((2, 12), (13, WIDEST)):
                chosen = [layer for layer in narrow if layer % 2 == parity and least <= len(rows[layer]) <= most]
                if chosen:
                    self._batches.append(_Batch(layers, rows, chosen, leave, enter))

    def sifted(self, rows: list[list[int]], place: Floats) -> list[list[int]]:
        """The rows with nodes moved; `place` follows."""
        rows = list(rows)
        for batch in self._batches:
            batch.sift(rows, place)
        return rows


class _Batch:
    """Some layers, no two of them neighbours.  `nodes` (layers, widest): the nodes of each, -1 where it has fewer.

    Pairs of segments that end in two different nodes of one layer: `one`, `other` are their far ends, `off` by how much
    these ends lie apart if their nodes stand together; `cell`: where in the array of costs the pair counts.
    """

    def __init__(self, layers: Layers, rows: list[list[int]], chosen: list[int], leave: Floats, enter: Floats) -> None:
        widest = max(len(rows[layer]) for layer in chosen)
        self.chosen = chosen
        self.nodes = np.array([rows[layer] + [-1] * (widest - len(rows[layer])) for layer in chosen], np.intp)
        local = np.full(layers.size, -1, np.intp)
        flat = np.flatnonzero(self.nodes.ravel() >= 0)
        local[self.nodes.ravel()[flat]] = flat
        parts = [
            _pairs(local, layers.upper, layers.lower, enter, layers.lines, widest),
            _pairs(local, layers.lower, layers.upper, leave, layers.lines, widest),
        ]
        columns = (np.concatenate(column) for column in zip(*parts, strict=True))
        self.one, self.other, self.off, self.lines, self.cell = columns

    def sift(self, rows: list[list[int]], place: Floats) -> None:
        """Move nodes to their best places while that helps."""
        count, widest = self.nodes.shape
        gap = place[self.one] - place[self.other] + self.off
        crossed = np.bincount(self.cell, np.sign(gap) * self.lines, count * widest * widest)
        costs = np.asarray(crossed, np.float64).reshape(count, widest, widest)
        costs -= costs.transpose(0, 2, 1)
        at = np.where(self.nodes >= 0, place[self.nodes], np.arange(widest)).astype(np.intp)
        start, at = at, _exchanged(costs, at)
        moved = (at != start).any(axis=1)
        _move(costs, at, moved)
        for layer in np.flatnonzero(moved).tolist():
            row = rows[self.chosen[layer]]
            nodes = self.nodes[layer, : len(row)]
            place[nodes] = at[layer, : len(row)]
            rows[self.chosen[layer]] = nodes[np.argsort(at[layer, : len(row)])].tolist()


def _squares(layer: Index, depth: int) -> Index:
    """(depth,): the square of how often each layer is named."""
    squares: Index = np.bincount(layer, minlength=depth) ** 2
    return squares


def _pairs(
    local: Index, own: Index, far: Index, off: Floats, lines: Floats, widest: int
) -> tuple[Index, Index, Floats, Floats, Index]:
    """Far ends of each pair of segments on one side of a layer, how far these are apart beside their places, the cell
    of their nodes."""
    mine = np.flatnonzero(local[own] >= 0)
    layer = local[own[mine]] // widest
    mine = mine[np.argsort(layer, kind="stable")]
    cell = local[own[mine]]
    layer = cell // widest
    earlier = np.arange(len(mine)) - np.searchsorted(layer, layer)
    first = np.repeat(np.arange(len(mine)), earlier)
    second = (
        np.arange(len(first)) - np.repeat(np.cumsum(earlier) - earlier, earlier) + np.searchsorted(layer, layer[first])
    )
    apart = cell[first] != cell[second]
    first, second = first[apart], second[apart]
    a, b = mine[first], mine[second]
    return far[a], far[b], off[a] - off[b], lines[a] * lines[b], cell[first] * widest + cell[second] % widest


def _exchanged(costs: Floats, at: Index) -> Index:
    """The places after neighbours have changed theirs as long as that helps, every second pair at the same time."""
    order = np.argsort(at, axis=1)
    each = np.arange(len(at))[:, None]
    still = 0
    for turn in range(EXCHANGES):
        left, right = order[:, turn % 2 : -1 : 2], order[:, turn % 2 + 1 :: 2]
        better = costs[each, left, right] > 1e-9
        still = 0 if better.any() else still + 1
        if still == 2:
            break
        first = left.copy()
        np.copyto(left, right, where=better)
        np.copyto(right, first, where=better)
    return np.argsort(order, axis=1)


def _move(costs: Floats, at: Index, moved: NDArray[np.bool_]) -> None:
    """One try for each node that is not where it had best be; marks the layers in which any moved.

    `costs` (layers, n, n): what it costs more that one node stands before another than after it; `at` (layers, n): the
    places of the nodes.
    """
    for layer, node in _movers(costs, at):
        where = at[layer, node]
        row = np.zeros((len(layer), costs.shape[1] + 1))
        np.put_along_axis(row[:, 1:], at[layer], costs[layer, node], axis=1)
        gain = np.cumsum(row, axis=1, out=row)
        goal = gain.argmax(axis=1)
        each = np.arange(len(layer))
        better = gain[each, goal] > gain[each, where] + 1e-9
        if not better.any():
            continue
        layer, node, where, goal = layer[better], node[better], where[better], goal[better]
        goal -= goal > where
        places = at[layer]
        low, high = np.minimum(where, goal)[:, None], np.maximum(where, goal)[:, None]
        between = (places >= low) & (places <= high)
        places += between * np.sign(where - goal)[:, None]
        places[np.arange(len(layer)), node] = goal
        at[layer] = places
        moved[layer] = True


def _movers(costs: Floats, at: Index) -> Iterator[tuple[Index, Index]]:
    """Nodes for which there seems to be a better place, at most one of each layer at a time."""
    order = np.argsort(at, axis=1)
    each = np.arange(len(at))[:, None]
    passed = np.take_along_axis(costs, order[:, None, :], axis=2).cumsum(axis=2)
    now = passed[each, np.arange(at.shape[1]), at]
    layer, node = np.nonzero(np.maximum(passed.max(axis=2), 0.0) > now + 1e-9)
    turn = np.arange(len(layer)) - np.searchsorted(layer, layer)
    for number in range(int(turn.max(initial=-1)) + 1):
        mine = turn == number
        yield layer[mine], node[mine]
