"""Stand-ins for leaves that are used all over a deep graph: short lines instead of one across the whole picture.

A recurrent network of a hundred steps uses each weight a hundred times; without portals its lines cross thousands of
times, with them hardly at all.
"""

from __future__ import annotations

import numpy as np

from visgrad.picture.graph import Graph

USES = 3
SPAN = 10
"""A leaf whose uses lie further apart than this many operations in a row gets portals."""

NEAR = 3
"""Uses this close to each other share a portal."""


def with_portals(graph: Graph) -> Graph:
    """The graph with portals where they pay; the same graph where they do not."""
    depth = _depth(graph)
    if int(depth.max(initial=0)) <= SPAN:
        return graph
    uses = np.bincount(graph.source, minlength=graph.size)
    leaf = (np.bincount(graph.target, minlength=graph.size) == 0) & (graph.nodes >= 0)  # groups are too large for it
    low, high = np.full(graph.size, np.iinfo(np.int32).max), np.zeros(graph.size, np.int64)
    np.minimum.at(low, graph.source, depth[graph.target])
    np.maximum.at(high, graph.source, depth[graph.target])
    chosen = np.flatnonzero(leaf & (uses >= USES) & (high - low > SPAN))
    if not len(chosen):
        return graph
    source = graph.source.copy()
    nodes: list[int] = []
    by_source = np.argsort(graph.source, kind="stable")
    first = np.searchsorted(graph.source[by_source], chosen)
    for row, begin in zip(chosen.tolist(), first.tolist(), strict=True):
        edges = by_source[begin : begin + int(uses[row])]
        where = depth[graph.target[edges]]
        order = np.argsort(where, kind="stable")
        # A new group begins where the use is too far from the first of its group.
        group, start = -1, int(where[order[0]])
        for edge, place in zip(edges[order].tolist(), where[order].tolist(), strict=True):
            if place - start > NEAR:
                group, start = len(nodes), place
                nodes.append(int(graph.nodes[row]))
            if group >= 0:
                source[edge] = graph.size + group
    return Graph(
        np.concatenate([graph.nodes, np.array(nodes, np.int32)]),
        np.concatenate([graph.portal, np.ones(len(nodes), np.uint8)]),
        source,
        graph.output,
        graph.target,
        graph.slot,
        graph.port,
        graph.ports,
    )


def _depth(graph: Graph) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """(n,): about the layer each node will stand in: as late as its users allow."""
    depth = [0] * graph.size
    edges = list(zip(graph.source.tolist(), graph.target.tolist(), strict=True))
    for u, v in edges:
        depth[v] = max(depth[v], depth[u] + 1)
    late = [max(depth, default=0)] * graph.size
    for u, v in reversed(edges):
        late[u] = min(late[u], late[v] - 1)
    return np.array(late, np.int64)
