"""Layers of the least total edge length: the network simplex method (Gansner et al. 1993).

The state is a spanning tree of tight edges.  A tree edge may go when moving everything on one side of it apart makes
edges shorter on the whole; the tightest edge that leads the other way takes its place.  How much there is to gain is
the sum of a weight over a subtree; an exchange changes these sums along one circle of the tree only, and ranks in one
subtree only, so that it costs as much as these are long.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray


def shorten(rank: Sequence[int], source: NDArray[np.intp], target: NDArray[np.intp], turns: int) -> list[int]:
    """Layers with the least sum of edge lengths (after at most `turns` exchanges), from any valid layers of a connected
    graph.  Of equal solutions the one whose nodes are later: what is computed stands where it is needed."""
    layers = np.asarray(rank)
    if (layers[target] - layers[source] == 1).all():
        return list(rank)
    tree = _Tree(list(rank), source.tolist(), target.tolist())
    for _ in range(turns):
        if not tree.improve():
            break
    lowest = min(tree.rank)
    return [layer - lowest for layer in tree.rank]


class _Tree:
    """`up[v]`: the edge from v to its parent, -1 at the root; `below[v]`: the children; `pull[v]`: how strongly v and
    all below it are drawn to later layers, less how strongly they are held back."""

    def __init__(self, rank: list[int], source: list[int], target: list[int]) -> None:
        self.rank, self.source, self.target = rank, source, target
        count = len(rank)
        self.edges: list[list[int]] = [[] for _ in range(count)]
        self.pull = [1] * count  # lateness decides where edges do not
        for edge, (u, v) in enumerate(zip(source, target, strict=True)):
            self.edges[u].append(edge)
            self.edges[v].append(edge)
            self.pull[u] += count + 1
            self.pull[v] -= count + 1
        self.up = [-1] * count
        self.below: list[set[int]] = [set() for _ in range(count)]
        # The gain of moving a subtree: negative where edges become shorter.
        self.gain = [0] * count
        self.at = 0
        for node in reversed(self._span()):
            edge = self.up[node]
            if edge >= 0:
                parent = self._other(edge, node)
                self.below[parent].add(node)
                self.pull[parent] += self.pull[node]
                self._weigh(node)

    def _other(self, edge: int, node: int) -> int:
        source = self.source[edge]
        return self.target[edge] if source == node else source

    def _slack(self, edge: int) -> int:
        """By how many layers an edge is longer than it needs to be."""
        return self.rank[self.target[edge]] - self.rank[self.source[edge]] - 1

    def _weigh(self, node: int) -> None:
        self.gain[node] = self.pull[node] if self.source[self.up[node]] == node else -self.pull[node]

    def _span(self) -> list[int]:
        """Grow a tree of tight edges from node 0; where none leads on, move the tree to the nearest node.  The nodes in
        the order in which they came to it."""
        inside = [False] * len(self.rank)
        inside[0] = True
        found = [0]
        walked = 0
        while True:
            while walked < len(found):
                node = found[walked]
                walked += 1
                for edge in self.edges[node]:
                    other = self._other(edge, node)
                    if not inside[other] and not self._slack(edge):
                        inside[other] = True
                        self.up[other] = edge
                        found.append(other)
            if len(found) == len(inside):
                return found
            self._approach(found, inside)
            walked = 0

    def _approach(self, found: list[int], inside: list[bool]) -> None:
        """Move the nodes found so far until an edge that leads out of them is tight."""
        leaving = [edge for edge, u in enumerate(self.source) if inside[u] != inside[self.target[edge]]]
        nearest = min(leaving, key=self._slack)
        move = self._slack(nearest) if inside[self.source[nearest]] else -self._slack(nearest)
        for node in found:
            self.rank[node] += move

    def improve(self) -> bool:
        """Exchange one edge of the tree; False if none is worth it."""
        # From where the last one was found on: near it there are small subtrees, which cost little.
        child = next(
            (node for node in chain(range(self.at, len(self.gain)), range(self.at)) if self.gain[node] < 0), -1
        )
        if child < 0:
            return False
        self.at = child + 1
        outward = self.source[self.up[child]] == child
        subtree = self._subtree(child)
        edge = self._entering(subtree, outward)
        move = -self._slack(edge) if outward else self._slack(edge)
        for node in subtree:
            self.rank[node] += move
        inner = self.target[edge] if outward else self.source[edge]
        self._hang(child, inner, edge)
        return True

    def _subtree(self, node: int) -> list[int]:
        found = [node]
        for one in found:  # grows while it is walked
            found += self.below[one]
        return found

    def _entering(self, subtree: list[int], outward: bool) -> int:
        """The tightest edge between a subtree and the rest that leads the other way than `outward`."""
        inside = set(subtree)
        near, far = (self.target, self.source) if outward else (self.source, self.target)
        best, least = -1, len(self.rank) * len(self.rank)
        for node in subtree:
            for edge in self.edges[node]:
                if near[edge] == node and far[edge] not in inside:
                    slack = self._slack(edge)
                    if slack < least or (slack == least and edge < best):
                        best, least = edge, slack
        return best

    def _hang(self, child: int, inner: int, edge: int) -> None:
        """Cut a subtree off above `child` and hang it up again at `inner`, by an edge that leads out of it."""
        whole = self.pull[child]
        self._carry(self._other(self.up[child], child), -whole)
        node, link, above = inner, edge, self._other(edge, inner)
        passed = 0
        while True:
            old = self.up[node]
            parent = self._other(old, node)
            self.below[parent].discard(node)
            self.below[above].add(node)
            # What lay below has changed sides: all of the subtree but what has been passed.
            self.pull[node], passed = whole - passed, self.pull[node]
            self.up[node] = link
            self._weigh(node)
            if node == child:
                break
            node, link, above = parent, old, node
        self._carry(self._other(edge, inner), whole)

    def _carry(self, node: int, pull: int) -> None:
        """Add to the pull of a node and of all above it."""
        while True:
            self.pull[node] += pull
            edge = self.up[node]
            if edge < 0:
                return
            self._weigh(node)
            node = self._other(edge, node)
