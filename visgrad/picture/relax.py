"""Places on a line that keep their distances and make lines short: a linear program, solved in NumPy.

Minimises Σ w·|y_a + away − y_b| over the pulls, subject to y_b − y_a ≥ distance, by the primal–dual method of
Chambolle and Pock with diagonal steps (2011).  Every turn is a handful of array operations, so it does not matter
how the graph is shaped; the answer is near the best, and `align` makes it exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import Floats

STEP = 100.0
"""How far a unit of pull moves a node in one turn, about: screens are thousands of units wide, pulls are 1 to 8."""

STILL = 0.2
"""When no node moves further than this in a turn, the answer is good enough."""


@dataclass(frozen=True, eq=False)
class Pulls:
    """`upper[k]` draws `lower[k]` to `away[k]` from itself, and the other way round, with `weight[k]`."""

    upper: NDArray[np.intp]
    lower: NDArray[np.intp]
    away: Floats
    weight: Floats


@dataclass(frozen=True, eq=False)
class Distances:
    """`sequence`: the nodes in the order in which they stand, layer after layer.  `least[k]`: the least distance of the
    k-th and the next of them; minus infinity where a layer ends."""

    sequence: NDArray[np.intp]
    least: Floats


def relax(start: Floats, pulls: Pulls, distances: Distances, turns: int) -> Floats:
    """Places near the best.  Distances are kept but for small errors."""
    count, joined = len(start), len(pulls.weight)
    number = np.empty(count, np.intp)  # the nodes are renumbered, so that those that keep a distance are neighbours
    number[distances.sequence] = np.arange(count)
    ends = np.concatenate([number[pulls.upper], number[pulls.lower]])
    upper, lower = ends[:joined], ends[joined:]
    held = distances.least > -np.inf
    degree = np.bincount(ends, minlength=count)
    degree[:-1] += held
    degree[1:] += held
    # Forces are counted in turns: how far they would move a node that is joined to one other.
    step = 0.5 / np.maximum(degree, 1)
    most = 2 * STEP * pulls.weight
    place, ahead, moved = start[distances.sequence], np.empty(count), np.empty(count)
    drawn, pushed = np.zeros(2 * joined), np.zeros(count - 1)
    force, back = drawn[:joined], drawn[joined:]
    gap, other = np.empty(joined), np.empty(joined)
    least = -most
    for turn in range(turns):
        np.negative(force, out=back)
        net = np.asarray(np.bincount(ends, drawn, count), np.float64)
        net[:-1] += pushed
        net[1:] -= pushed
        net *= step
        np.subtract(place, net, out=moved)
        if turn % 16 == 15 and np.abs(net).max() < STILL:
            break
        np.subtract(moved, net, out=ahead)
        place, moved = moved, place
        ahead.take(upper, out=gap, mode="clip")
        ahead.take(lower, out=other, mode="clip")
        gap -= other
        gap += pulls.away
        force += gap
        np.maximum(force, least, out=force)
        np.minimum(force, most, out=force)
        pushed += ahead[:-1]
        pushed -= ahead[1:]
        pushed += distances.least
        np.maximum(pushed, 0.0, out=pushed)
    return place[number]
