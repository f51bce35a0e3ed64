"""The way from one display to the next: cards glide to their new places, newcomers fade in.  Pure NumPy.

Cards are matched by node, edges by source, target, slot and whether they carry a gradient.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import Display, Edges, Floats, State

MANY = 1500
"""Larger displays are not animated."""


class Opening(NamedTuple):
    """A group that is unfolded: its node, and the first and last operation in it."""

    group: int
    first: int
    last: int


class Tween:
    """`at(share)` is the display on the way and how far each card has faded in."""

    def __init__(self, old: Display, new: Display, opening: Opening | None = None) -> None:
        self.new = new
        place = {node: index for index, node in enumerate(old.cards.node.tolist())}
        origin = np.array([place.get(node, -1) for node in new.cards.node.tolist()], dtype=np.intp)
        self._known = origin >= 0
        self._start = new.cards.rect.copy()
        self._start[self._known] = old.cards.rect[origin[self._known]]
        if opening is not None and opening.group in place:
            inside = ~self._known & (new.cards.node >= opening.first) & (new.cards.node <= opening.last)
            group = old.cards.rect[place[opening.group]]
            self._start[inside, :2] = group[:2] + group[2:] / 2 - new.cards.rect[inside, 2:] / 2
        moved = bool((self._start != new.cards.rect).any())
        self._points, self._strange = new.edges.points, np.zeros(len(new.edges.source), dtype=bool)
        if moved:
            self._points, self._strange = _matched(old.edges, new.edges)
        self.moves = moved or not bool(self._known.all())

    def at(self, share: float) -> tuple[Display, Floats | None]:
        """The display at a share (0…1) of the way."""
        if share >= 1.0:
            return self.new, None
        cards, edges = self.new.cards, self.new.edges
        rect = self._start + (cards.rect - self._start) * share
        points = self._points + (edges.points - self._points) * share
        alpha = np.where(self._known, 1.0, share)
        state = np.where(self._strange, edges.state | State.DIM, edges.state).astype(np.uint8)
        moving = replace(edges, points=points, state=state, boxes=None)
        return replace(self.new, cards=replace(cards, rect=rect), edges=moving), alpha


def _keys(edges: Edges) -> list[tuple[int, int, int, int, int]]:
    """A key per edge; parallel edges are numbered."""
    seen: dict[tuple[int, int, int, int], int] = {}
    keys = []
    for row in zip(edges.source.tolist(), edges.target.tolist(), edges.slot.tolist(), edges.role.tolist(), strict=True):
        count = seen[row] = seen.get(row, -1) + 1
        keys.append((*row, count))
    return keys


def _matched(old: Edges, new: Edges) -> tuple[Floats, NDArray[np.bool_]]:
    """For every point of the new edges, where it comes from along the old edge of the same key; which have none."""
    points, strange = new.points.copy(), np.zeros(len(new.source), dtype=bool)
    place = {key: index for index, key in enumerate(_keys(old))}
    for index, key in enumerate(_keys(new)):
        before = place.get(key)
        if before is None:
            strange[index] = True
            continue
        line = old.points[int(old.start[before]) : int(old.start[before + 1])]
        first, last = int(new.start[index]), int(new.start[index + 1])
        points[first:last] = line if len(line) == last - first else _resampled(line, new.points[first:last])
    return points, strange


def _lengths(line: Floats) -> Floats:
    """How far along a polyline each of its points is, 0…1."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    total = float(along[-1])
    return along / total if total > 0 else np.linspace(0.0, 1.0, len(line))


def _resampled(line: Floats, like: Floats) -> Floats:
    """Points of `line` at the shares of its length at which `like` has its points."""
    at, along = _lengths(like), _lengths(line)
    return np.stack([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])], axis=1)
