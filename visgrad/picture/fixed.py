"""What of a picture does not change from frame to frame: when things happen, and the parts of its displays.

A display is then a choice among these arrays.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from visgrad.explain.spoken import said
from visgrad.picture.cards import Card
from visgrad.picture.display import Bytes, Cards, Edges, Floats, Ints, Shape, State
from visgrad.picture.edge_labels import MIDDLE, label_shares
from visgrad.picture.facts import NEVER, Facts
from visgrad.picture.folded import Folding
from visgrad.picture.graph import Graph
from visgrad.picture.layout import Layout
from visgrad.picture.lines import boxes_of, chosen_lines, reversed_parallel
from visgrad.picture.roles import role
from visgrad.recording.frame import Frame
from visgrad.recording.recording import Recording

BESIDE = 7.0
"""Distance of a gradient's line from the data's."""


class Fixed:
    """Arrays over nodes and edges.

    Steps at which things happen, `NEVER` if they do not: `since` (a node has run), `problem` and `bad_gradient` (nan
    or inf appear), `flowed` (a gradient has come along an edge).
    """

    def __init__(
        self,
        recording: Recording,
        facts: Facts,
        graph: Graph,
        folding: Folding,
        layout: Layout,
        cards: list[Card],
        sizes: Floats,
    ) -> None:
        self.graph, self.folding, self.layout = graph, folding, layout
        made = facts.made
        begins = np.concatenate([folding.begins, graph.nodes[len(folding.begins) :]])  # portals follow at the end
        self.since = made[begins] if graph.size else np.zeros(0, np.int64)
        portal = graph.portal == 1
        if portal.any():
            first = np.full(graph.size, NEVER)
            np.minimum.at(first, graph.source, made[begins[graph.target]])
            self.since = np.where(portal, first, self.since)
        self.problem = _earliest(facts.problem, graph, folding)
        self.bad_gradient = _earliest(facts.bad, graph, folding)
        self.flowed = _flows(facts, folding)
        ended = [*recording.ended, len(recording.steps)][: len(recording.began)]
        self._sweeps = list(zip(recording.began, ended, strict=False))
        steps, operations = facts.arrivals()
        rows = folding.member[operations].astype(np.intp)
        self._arrivals = steps[rows >= 0], rows[rows >= 0]
        self._columns = [np.array(column, np.uint8) for column in zip(*(c.face[:4] for c in cards), strict=True)] or [
            np.zeros(0, np.uint8)
        ] * 4
        self._columns[0] = np.where(portal, Shape.SMALL, self._columns[0]).astype(np.uint8)
        self._rect = np.hstack([layout.position, sizes])
        self._titles = np.array([c.name or said(c.operation.op, c.language) for c in cards], object)
        self._labels = np.array([f"×{count}" if count > 1 else "" for count in folding.count.tolist()], object)
        self._share = label_shares(self._labels.tolist(), layout.points, layout.start, self._rect)
        self._back = reversed_parallel(layout.points, layout.start, BESIDE)
        self._boxes = boxes_of(layout.points, layout.start)
        self._back_boxes = boxes_of(self._back, layout.start)
        needs = np.array([any(o.requires_grad for o in c.operation.outputs) for c in cards], bool)
        self._width = np.where(needs[graph.source], 1.5, 1.0) if graph.size else np.zeros(0)

    def nodes(self, operation: int) -> NDArray[np.intp]:
        """The rows of an operation, portals included, or of the folded group it lies in."""
        rows = np.flatnonzero(self.graph.nodes == operation)
        member = self.folding.member[operation : operation + 1]  # none for one that has come since
        return rows if len(rows) else member[member >= 0].astype(np.intp)

    def edges_of(self, operation: int, slot: int | None = None) -> Ints:
        """The edges of an operation's arguments, or of one of them."""
        mine = self.folding.operation == operation
        if slot is not None:
            mine &= self.folding.slot == slot
        edges: Ints = self.folding.edge[mine]
        return edges

    def visited(self, frame: Frame) -> NDArray[np.intp]:
        """The rows that the running sweep has reached; none once it is over, for then the gradients tell."""
        for begin, end in self._sweeps:
            if begin < frame.end <= end:
                steps, rows = self._arrivals
                first, last = np.searchsorted(steps, (begin, frame.end))
                return rows[first:last]
        return np.zeros(0, np.intp)

    def cards(self, shown: NDArray[np.intp], state: Bytes) -> Cards:
        """The chosen cards."""
        shape, fill, line, accent = (column[shown] for column in self._columns)
        titles = tuple(self._titles[shown].tolist())
        return Cards(self._rect[shown], shape, fill, line, accent, state, self.graph.nodes[shown], titles)

    def edges(self, data: NDArray[np.intp], state: Bytes, flowed: NDArray[np.intp], now: Bytes, label: str) -> Edges:
        """The chosen data edges, then gradient edges; `label` stands on the one that is active."""
        graph, start = self.graph, self.layout.start
        ahead, first = chosen_lines(self.layout.points, start, data)
        back, second = chosen_lines(self._back, start, flowed)
        active = (now & State.ACTIVE) > 0
        forward = np.where(state & State.ACTIVE, role("edge_active"), role("edge"))
        return Edges(
            points=np.concatenate([ahead, back]),
            start=np.concatenate([first, first[-1] + second[1:]]).astype(np.int32),
            role=np.concatenate([forward, np.full(len(flowed), role("gradient_edge"))]).astype(np.uint8),
            state=np.concatenate([state, now]).astype(np.uint8),
            width=np.concatenate([self._width[data] + (state & State.ACTIVE > 0), np.where(active, 2.75, 1.75)]),
            dashed=np.concatenate([np.zeros(len(data)), np.ones(len(flowed))]).astype(np.uint8),
            source=_ints(graph.nodes[graph.source[data]], graph.nodes[graph.target[flowed]]),
            target=_ints(graph.nodes[graph.target[data]], graph.nodes[graph.source[flowed]]),
            slot=_ints(graph.slot[data], graph.slot[flowed]),
            share=np.concatenate([self._share[data], np.full(len(flowed), MIDDLE)]),
            boxes=np.concatenate([self._boxes[data], self._back_boxes[flowed]]),
            label=tuple(self._labels[data].tolist()) + tuple(np.where(active, label, "").tolist()),
        )


def _ints(first: Ints, second: Ints) -> Ints:
    return np.concatenate([first, second]).astype(np.int32)


def _earliest(steps: NDArray[np.int64], graph: Graph, folding: Folding) -> NDArray[np.int64]:
    """For each row, the first of its operations' steps."""
    found = np.full(graph.size, NEVER)
    known = np.flatnonzero((steps != NEVER) & (folding.member >= 0))
    np.minimum.at(found, folding.member[known], steps[known])
    return found


def _flows(facts: Facts, folding: Folding) -> NDArray[np.int64]:
    """The first step at which a gradient came along each edge."""
    found = np.full(len(folding.count), NEVER)
    np.minimum.at(found, folding.edge, facts.flowed(folding.operation, folding.slot))
    return found
