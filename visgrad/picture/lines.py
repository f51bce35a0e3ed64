"""Many polylines in one array: choosing some, turning them round, drawing parallels to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import Floats, Ints


def lengths(start: Ints) -> NDArray[np.intp]:
    """(m,): how many points each line has."""
    return np.diff(start).astype(np.intp)


def chosen_lines(points: Floats, start: Ints, chosen: NDArray[np.intp]) -> tuple[Floats, Ints]:
    """The points of the chosen lines, in order, and where each begins among them."""
    if len(chosen) and (np.diff(chosen) == 1).all():
        cut = start[chosen[0] : chosen[-1] + 2]
        return points[cut[0] : cut[-1]], cut - cut[0]
    counts = lengths(start)[chosen]
    begin = np.zeros(len(chosen) + 1, np.int32)
    np.cumsum(counts, out=begin[1:])
    index = np.arange(int(begin[-1])) + np.repeat(start[:-1][chosen] - begin[:-1], counts)
    return points.take(index, axis=0), begin


def boxes_of(points: Floats, start: Ints) -> Floats:
    """(m, 4): left, top, right, bottom of each line."""
    if len(start) < 2:
        return np.zeros((0, 4))
    x, y = np.ascontiguousarray(points.T)  # much quicker than along the first axis
    ends = (np.minimum, x), (np.minimum, y), (np.maximum, x), (np.maximum, y)
    return np.column_stack([end.reduceat(places, start[:-1]) for end, places in ends])


def reversed_parallel(points: Floats, start: Ints, distance: float) -> Floats:
    """Every line turned round and moved `distance` to the right of its former direction (down, if it ran right)."""
    if not len(points):
        return points.copy()
    counts = lengths(start)
    last = start[1:].astype(np.intp) - 1
    step = np.zeros_like(points)
    step[:-1] = points[1:] - points[:-1]
    size = np.hypot(step[:, 0], step[:, 1])
    step /= np.where(size > 0, size, 1.0)[:, None]
    step[last] = step[np.maximum(last - 1, 0)]
    before = np.roll(step, 1, axis=0)
    before[start[:-1].astype(np.intp)] = step[start[:-1].astype(np.intp)]
    # The mitre: along the sum of both normals, as long as keeps the distance from both pieces, within reason.
    normal = np.column_stack([-step[:, 1], step[:, 0]]) + np.column_stack([-before[:, 1], before[:, 0]])
    square = np.maximum((normal**2).sum(axis=1), 0.8)
    moved = points + normal * (2 * distance / square)[:, None]
    turned = np.repeat(start[:-1] + start[1:] - 1, counts) - np.arange(len(points))
    result: Floats = moved[turned]
    return result
