"""A graph with groups drawn as one node each: which rows become one, and which edges remain between them.

What is folded is `fold`'s choice.  Groups are stretches of time, so a folded graph has no circles either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import Ints
from visgrad.picture.fold import Folds
from visgrad.picture.graph import Graph


@dataclass(frozen=True, eq=False)
class Folding:
    """`group` (n,): the group a row stands for, or -1.  `begins`, `ends` (n,): its first and last operation.

    `member` (operations,): the row of every operation, also of those inside of groups, -1 where it is not shown.
    `operation`, `slot`, `edge` (k,): the argument that each edge of the unfolded graph is, and the edge it is now.
    `count` (m,): how many unfolded edges an edge stands for; of one from a group, how many tensors it carries.
    """

    group: Ints
    begins: Ints
    ends: Ints
    member: Ints
    operation: Ints
    slot: Ints
    edge: Ints
    count: Ints


def unfolded(graph: Graph, count: int) -> Folding:
    """The folding that folds nothing."""
    edges = np.arange(len(graph.source), dtype=np.int32)
    return Folding(
        np.full(graph.size, -1, np.int32),
        graph.nodes,
        graph.nodes,
        graph.rows(count),
        graph.nodes[graph.target],
        graph.slot,
        edges,
        np.ones(len(edges), np.int32),
    )


def fold(graph: Graph, folds: Folds, closed: set[int]) -> tuple[Graph, Folding]:
    """The graph with the closed groups as nodes; a group's node has the id -1 - group."""
    count = len(folds.of)
    group = folds.representatives(closed)
    owner = _owners(graph, folds, group)
    if not (owner >= 0).any():
        return graph, unfolded(graph, count)
    found, inverse = np.unique(np.where(owner >= 0, -1 - owner, graph.nodes), return_inverse=True)
    firsts = folds.tree().first
    lasts = np.zeros(len(folds.groups), np.int64)
    shut = np.flatnonzero(group >= 0)
    lasts[group[shut]] = shut  # of equal indices the last counts
    folded = found < 0
    starts = np.where(folded, firsts[np.where(folded, -1 - found, 0)], found)
    order = np.argsort(starts, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    row = rank[inverse]
    nodes = found[order].astype(np.int32)
    begins = starts[order].astype(np.int32)
    ends = np.where(nodes < 0, lasts[np.where(nodes < 0, -1 - nodes, 0)], nodes).astype(np.int32)
    member = np.full(count, -1, np.int32)
    member[graph.nodes] = row
    kept, edges, merged, counts = _merge(graph, row, nodes)
    ports = np.bincount(edges.target, minlength=len(nodes))[edges.target]
    port = np.arange(len(edges.target)) - np.searchsorted(edges.target, edges.target)
    small = Graph(
        nodes,
        np.zeros(len(nodes), np.uint8),
        edges.source,
        edges.output,
        edges.target,
        edges.slot,
        port.astype(np.int32),
        ports.astype(np.int32),
    )
    operation = graph.nodes[graph.target[kept]]
    return small, Folding(
        np.where(nodes < 0, -1 - nodes, -1).astype(np.int32),
        begins,
        ends,
        member,
        operation,
        graph.slot[kept],
        merged,
        counts,
    )


def _owners(graph: Graph, folds: Folds, group: Ints) -> NDArray[np.int64]:
    """(n,): the closed group each row goes into, or -1.

    A tensor made in one group and used in one closed group only goes into the latter: parameters, which `__init__`
    made, go with their layer.
    """
    owner = group[graph.nodes].astype(np.int64)
    inside = folds.tree().of[graph.nodes] >= 0
    lowest = np.full(graph.size, np.iinfo(np.int64).max)
    highest = np.full(graph.size, -1, np.int64)
    np.minimum.at(lowest, graph.source, owner[graph.target])
    np.maximum.at(highest, graph.source, owner[graph.target])
    source = inside & (np.bincount(graph.target, minlength=graph.size) == 0)
    return np.where(source & (lowest == highest) & (highest >= 0), highest, owner)


@dataclass(frozen=True, eq=False)
class _Edges:
    source: Ints
    output: Ints
    target: Ints
    slot: Ints


def _merge(graph: Graph, row: NDArray[np.int64], nodes: Ints) -> tuple[Ints, _Edges, Ints, Ints]:
    """The old edges that lead from one row to another, the new edges, which of these each old one became, and how
    many became each.  Between two operations all remain; those that touch a group become one per pair of rows."""
    source, target = row[graph.source], row[graph.target]
    kept = np.flatnonzero(source != target)
    source, target = source[kept], target[kept]
    touching = (nodes[source] < 0) | (nodes[target] < 0)
    single = np.where(touching, -1, graph.slot[kept])
    key = (target * len(nodes) + source) * (int(graph.slot.max(initial=0)) + 2) + single + 1
    _, first, inverse, counts = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort([first, target[first]])
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    chosen = kept[first[order]]
    edges = _Edges(
        row[graph.source[chosen]].astype(np.int32),
        graph.output[chosen],
        row[graph.target[chosen]].astype(np.int32),
        graph.slot[chosen],
    )
    became = rank[inverse.ravel()]
    return kept.astype(np.int32), edges, became, _carried(graph, kept, became, nodes[edges.source] < 0, counts[order])


def _carried(
    graph: Graph, kept: NDArray[np.intp], became: Ints, grouped: NDArray[np.bool_], counts: NDArray[np.intp]
) -> Ints:
    """How many edges each new edge stands for, or how many different tensors where it is from a group (`grouped`)."""
    tensor = graph.source[kept].astype(np.int64) * (int(graph.output.max(initial=0)) + 1) + graph.output[kept]
    pairs = np.unique(np.stack([became, tensor]), axis=1)[0].astype(np.intp)
    tensors = np.bincount(pairs, minlength=len(counts))
    return np.where(grouped, tensors, counts).astype(np.int32)
