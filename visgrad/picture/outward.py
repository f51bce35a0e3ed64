"""Places across to begin with: the widest layer stands close together; from there back to the leaves, and then on from
the leaves, every node stands as near as it may to the middle of what it is most strongly joined to.  `relax` goes on
from there.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from visgrad.picture.display import Floats
from visgrad.picture.order import Rows
from visgrad.picture.relax import Distances, Pulls

LOOSE = 0.05
"""How strongly a node stays beside its neighbour that is joined to nothing itself."""


def outward(rows: Rows, pulls: Pulls, distances: Distances) -> Floats:
    """(size,): a place for every node; all distances are kept."""
    place = [0.0] * len(distances.sequence)
    before, after = _sides(len(place), pulls)
    cuts = np.cumsum([0, *map(len, rows)]).tolist()
    least = distances.least.tolist()
    gaps = [least[start : end - 1] for start, end in pairwise(cuts)]
    widest = max(range(len(rows)), key=lambda layer: sum(gaps[layer]))
    _settle(place, rows[widest], gaps[widest], _Side(len(place)))
    for layer in range(widest - 1, -1, -1):
        _settle(place, rows[layer], gaps[layer], after)
    # Where there is a choice, arguments decide: the widest layer is set again.
    for layer in range(1, len(rows)):
        _settle(place, rows[layer], gaps[layer], before)
    return np.array(place)


class _Side:
    """What each node is joined to on one side, most strongly: how strongly, to which, how far it would stand away."""

    def __init__(self, size: int) -> None:
        self.weight = [0.0] * size
        self.others: list[list[tuple[int, float]]] = [[] for _ in range(size)]

    def join(self, one: int, other: int, away: float, weight: float) -> None:
        if weight > self.weight[one]:
            self.weight[one] = weight
            self.others[one] = [(other, away)]
        elif weight == self.weight[one]:
            self.others[one].append((other, away))


def _sides(size: int, pulls: Pulls) -> tuple[_Side, _Side]:
    before, after = _Side(size), _Side(size)
    columns = (pulls.upper.tolist(), pulls.lower.tolist(), pulls.away.tolist(), pulls.weight.tolist())
    for u, v, away, weight in zip(*columns, strict=True):
        before.join(v, u, away, weight)
        after.join(u, v, -away, weight)
    return before, after


def _settle(place: list[float], row: list[int], gaps: list[float], side: _Side) -> None:
    """Give a layer's nodes the places nearest to their wishes (weighted least squares): neighbours whose wishes leave
    too little room between them stand together, where they wish to on average."""
    if len(row) == 1:
        near = side.others[row[0]]
        place[row[0]] = sum([place[other] + away for other, away in near]) / len(near) if near else 0.0
        return
    from_first = [0.0]
    for gap in gaps:
        from_first.append(from_first[-1] + gap)
    groups: list[tuple[float, float, int]] = []  # the wish for their first node's place, its weight, how many
    wish = 0.0
    for node, offset in zip(row, from_first, strict=True):
        near, weight, count = side.others[node], side.weight[node], 1
        if near:
            wish = sum([place[other] + away for other, away in near]) / len(near) - offset
        else:
            weight = LOOSE
        here = wish
        while groups and groups[-1][0] >= here:
            other, heavy, more = groups.pop()
            here = (here * weight + other * heavy) / (weight + heavy)
            weight, count = weight + heavy, count + more
        groups.append((here, weight, count))
    at = 0
    for here, _, count in groups:
        for node in row[at : at + count]:
            place[node] = here + from_first[at]
            at += 1
