"""Ways through the graph: what a node depends on, what depends on it, the path between two, and steps along edges.

Owns which trail is lit and where the last step along an edge could have led instead.  What is reached from where is
`visgrad.picture.reach`'s; painting is the view's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QObject, Signal

from visgrad.picture.display import Ints
from visgrad.picture.draw import Picture
from visgrad.picture.reach import Reach

ABOVE, BELOW, BETWEEN = "above", "below", "between"


class Trail(NamedTuple):
    """`kind` of `node` (an operation, or -1 - g for a folded group); `other`: the far end of a path."""

    kind: str
    node: int
    other: int | None = None


class Trails(QObject):
    """`node_of`: the node that stands for an operation in the picture that is followed."""

    changed = Signal()

    def __init__(self, node_of: Callable[[int | None], int | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._node_of = node_of
        self._picture: Picture | None = None
        self._reach: Reach | None = None
        self._nodes: set[int] | None = None
        self._choice: tuple[list[int], int] = ([], 0)
        self.trail: Trail | None = None

    def follow(self, picture: Picture | None) -> None:
        """Another picture: the trail is found anew in it, and dropped where its ends are gone."""
        self._picture, self._reach, self._choice = picture, None, ([], 0)
        if self.trail is not None:
            self._nodes = self._find(self.trail)
            if self._nodes is None:
                self.trail = None

    def light(self, trail: Trail | None) -> bool:
        """Light a trail, or none; whether there is such a way."""
        nodes = self._find(trail) if trail is not None else None
        there = nodes is not None or trail is None
        if there and (trail, nodes) != (self.trail, self._nodes):
            self.trail, self._nodes = trail, nodes
            self.changed.emit()
        return there

    @property
    def nodes(self) -> Ints | None:
        """The nodes on the trail, None while there is none."""
        return np.array(sorted(self._nodes), np.int32) if self._nodes is not None else None

    def step(self, node: int, ahead: bool) -> int | None:
        """The node's first user (`ahead`) or first input, None where it has none."""
        reach = self._reached()
        neighbours = (reach.users if ahead else reach.inputs).get(node, [])
        self._choice = (neighbours, 0)
        return neighbours[0] if neighbours else None

    def beside(self, node: int, step: int) -> int | None:
        """Where the last step, which led to `node`, could have led instead: the next of these."""
        neighbours, place = self._choice
        if not neighbours or neighbours[place] != node:
            return None
        place = (place + step) % len(neighbours)
        self._choice = (neighbours, place)
        return neighbours[place]

    def _reached(self) -> Reach:
        if self._reach is None:
            if self._picture is None:
                raise ValueError("there is no picture to find a way in")
            self._reach = Reach(self._picture.graph)
        return self._reach

    def _find(self, trail: Trail) -> set[int] | None:
        """The nodes of a trail; None where its ends are not in the picture or nothing joins them."""
        node, other = self._node_of(trail.node), self._node_of(trail.other)
        if self._picture is None or node is None:
            return None
        there = np.isin([node, node if other is None else other], self._picture.graph.nodes)
        if not there.all():
            return None
        reach = self._reached()
        if trail.kind == BETWEEN and other is not None:
            return reach.between(node, other) or None
        return reach.above(node) if trail.kind == ABOVE else reach.below(node)
