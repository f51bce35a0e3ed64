"""Layers of the least total edge length: the network simplex method (Gansner et al. 1993).

The state is a spanning tree of tight edges.  A tree edge may go when moving everything on one side of it apart makes
edges shorter on the whole; the tightest edge that leads the other way takes its place.  How much there is to gain is
the sum of a weight over a subtree, so that one running sum along a walk of the tree gives it for all tree edges.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def shorten(rank: Integers, source: Integers, target: Integers, turns: int) -> Integers:
    """Layers with the least sum of edge lengths (after at most `turns` exchanges), from any valid layers of a connected
    graph.  Of equal solutions the one whose nodes are later: what is computed stands where it is needed."""
    count = len(rank)
    weight = count + 1
    pull = np.ones(count, np.int64)  # out-edges hold a node back, in-edges draw it on, lateness decides
    np.add.at(pull, source, weight)
    np.add.at(pull, target, -weight)
    tree = _Tree(rank.astype(np.int64), source, target)
    for _ in range(turns):
        if not tree.improve(pull):
            break
    layers: Integers = tree.rank - tree.rank.min()
    return layers


class _Tree:
    def __init__(self, rank: Integers, source: Integers, target: Integers) -> None:
        self.rank, self.source, self.target = rank, source, target
        self.ends = list(zip(source.tolist(), target.tolist(), strict=True))
        self.joined: list[dict[int, int]] = [{} for _ in range(len(rank))]  # by edge of the tree: its other end
        self._span()

    def slack(self) -> Integers:
        """(m,): by how many layers each edge is longer than it needs to be."""
        slack: Integers = self.rank[self.target] - self.rank[self.source] - 1
        return slack

    def _span(self) -> None:
        """Grow a tree of tight edges from node 0; where none leads on, move the tree to the nearest node."""
        inside = np.zeros(len(self.rank), bool)
        inside[0] = True
        slack = self.slack()
        while not inside.all():
            leaving = inside[self.source] != inside[self.target]
            edge = int(np.argmin(np.where(leaving, slack, np.iinfo(np.int64).max)))
            if slack[edge]:
                self.rank[inside] += slack[edge] if inside[self.source[edge]] else -slack[edge]
                slack = self.slack()
            self._join(edge)
            inside[list(self.ends[edge])] = True

    def _join(self, edge: int) -> None:
        u, v = self.ends[edge]
        self.joined[u][edge], self.joined[v][edge] = v, u

    def _walk(self) -> tuple[list[int], Integers, Integers, Integers]:
        """Nodes as a walk from node 0 leaves them; when, by node; the first left below each; the edge upwards."""
        count = len(self.rank)
        left, first, up = [0] * count, [0] * count, [-1] * count
        order: list[int] = []
        stack, joined = [0], self.joined
        while stack:
            node = stack.pop()
            if node < 0:
                left[~node] = len(order)
                order.append(~node)
                continue
            first[node] = len(order)
            stack.append(~node)
            parent = up[node]
            for edge, child in joined[node].items():
                if edge != parent:
                    up[child] = edge
                    stack.append(child)
        return order, np.array(left), np.array(first), np.array(up)

    def improve(self, pull: Integers) -> bool:
        """Exchange one edge of the tree; False if none is worth it."""
        order, left, first, up = self._walk()
        sums = np.concatenate([[0], np.cumsum(pull[order])])
        below = sums[left + 1] - sums[first]
        nodes = np.arange(len(self.rank))
        outward = self.source[up] == nodes  # the edge leads from the subtree to the rest
        gain = np.where(outward, below, -below)
        gain[0] = 0
        child = int(np.argmin(gain))
        if gain[child] >= 0:
            return False
        subtree = (left >= first[child]) & (left <= left[child])
        back = (
            (subtree[self.target] & ~subtree[self.source])
            if outward[child]
            else (subtree[self.source] & ~subtree[self.target])
        )
        slack = self.slack()
        edge = int(np.argmin(np.where(back, slack, np.iinfo(np.int64).max)))
        self.rank[subtree] += -slack[edge] if outward[child] else slack[edge]
        for node in self.ends[up[child]]:
            del self.joined[node][int(up[child])]
        self._join(edge)
        return True
