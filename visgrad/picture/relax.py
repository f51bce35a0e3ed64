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
    """`second[k]` stands at least `least[k]` after `first[k]`."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    least: Floats


def relax(start: Floats, pulls: Pulls, distances: Distances, turns: int) -> Floats:
    """Places near the best.  Distances are kept but for small errors."""
    count = len(start)
    one = np.concatenate([pulls.upper, distances.first])
    other = np.concatenate([pulls.lower, distances.second])
    apart = np.concatenate([pulls.away, distances.least])
    most = np.concatenate([pulls.weight, np.full(len(distances.first), np.inf)])
    least = np.concatenate([-pulls.weight, np.zeros(len(distances.first))])
    degree = np.bincount(one, minlength=count) + np.bincount(other, minlength=count)
    step = STEP / np.maximum(degree, 1)
    place, force = start.copy(), np.zeros(len(one))
    for turn in range(turns):
        moved = place - step * (np.bincount(one, force, count) - np.bincount(other, force, count))
        if turn % 16 == 15 and np.abs(moved - place).max() < STILL:
            break
        ahead = 2 * moved - place
        place = moved
        force += (ahead[one] + apart - ahead[other]) / (2 * STEP)
        np.maximum(force, least, out=force)
        np.minimum(force, most, out=force)
    return place
