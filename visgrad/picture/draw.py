"""The picture of a recording: laid out once, then asked for its display at any position.

Owns what changes from frame to frame: what has run, what is happening, how far gradients have come.  Everything else
(places, sizes, lines) is worked out when the picture is made, so a display costs a few array operations.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.cards import Card, card, content, portal_content, portal_size
from visgrad.picture.display import Bytes, Cards, Content, Display, Edges, Floats, Ints, Shape, State
from visgrad.picture.faces import face
from visgrad.picture.graph import Graph, build
from visgrad.picture.layout import Layout, place
from visgrad.picture.lines import index_of, reversed_parallel
from visgrad.picture.options import ViewOptions
from visgrad.picture.portals import with_portals
from visgrad.picture.roles import role
from visgrad.recording.frame import Frame
from visgrad.recording.model import BackwardBegin, BackwardEnd, Contribution, Error, Operation, Summary
from visgrad.recording.recording import Recording
from visgrad.recording.summary import short

NEVER = np.iinfo(np.int64).max
MARGIN = 24.0
BESIDE = 7.0
"""Distance of a gradient's line from the data's."""


class Picture:
    """`graph`, `layout`, `cards` and their `sizes` (n, 2), of a recording under view options."""

    def __init__(self, recording: Recording, options: ViewOptions | None = None) -> None:
        self.recording = recording
        self.options = options or ViewOptions()
        self.graph = with_portals(build(recording, self.options))
        self.cards = _cards(recording, self.graph, self.options)
        self.sizes = _sizes(self.cards, self.graph)
        self.layout = place(self.graph, self.sizes, self.options.direction)
        self._fixed = _Fixed(recording, self.graph, self.layout, self.cards, self.sizes)
        self._contents: dict[tuple[int, bool, str, int], Content] = {}

    def display(self, position: int) -> Display:
        """What is to be painted at a position of the recording."""
        frame = self.recording.frame(position)
        shown = self._shown(frame)
        cards = self._fixed.cards(shown, self._states(frame)[shown])
        x, y, width, height = self.layout.bounds
        bounds = (x - MARGIN, y - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN)
        return Display(bounds, cards, self._edges(frame), self._content_of(frame, shown))

    def _shown(self, frame: Frame) -> NDArray[np.intp]:
        if self.options.ghosts:
            return np.arange(self.graph.size)
        return np.flatnonzero(self._fixed.since < frame.end)

    def _states(self, frame: Frame) -> Bytes:
        fixed = self._fixed
        states = np.where(fixed.since < frame.end, 0, State.FUTURE).astype(np.uint8)
        states[fixed.visited(frame)] |= np.uint8(State.VISITED)
        states[(fixed.problem < frame.end) | (fixed.bad_gradient < frame.end)] |= np.uint8(State.MARKED)
        match frame.step:
            case Operation(id=operation):
                states[fixed.nodes(operation)] |= np.uint8(State.ACTIVE)
            case BackwardBegin(roots=roots):
                for value in roots:
                    states[fixed.nodes(self.recording.producer[value])] |= np.uint8(State.ACTIVE)
            case Contribution(value=value):
                states[fixed.nodes(self.recording.producer[value])] |= np.uint8(State.ACTIVE)
            case Error(operation=operation) if operation >= 0:
                states[fixed.nodes(operation)] |= np.uint8(State.ERROR)
            case _:
                pass
        return states

    def _edges(self, frame: Frame) -> Edges:
        graph, fixed = self.graph, self._fixed
        step = frame.step
        state = np.where(fixed.since[graph.target] < frame.end, 0, State.FUTURE).astype(np.uint8)
        if isinstance(step, Operation):
            state[graph.nodes[graph.target] == step.id] |= np.uint8(State.ACTIVE)
        if isinstance(step, Error) and step.operation >= 0:
            state[graph.nodes[graph.target] == step.operation] |= np.uint8(State.ERROR)
        data = np.arange(len(state)) if self.options.ghosts else np.flatnonzero(state & State.FUTURE == 0)
        flowed = np.flatnonzero(fixed.flowed < frame.end) if self.options.backward else np.zeros(0, np.intp)
        now = np.zeros(len(state), np.uint8)
        label = ""
        if isinstance(step, Contribution):
            now[(graph.nodes[graph.target] == step.source) & (graph.slot == step.slot)] = State.ACTIVE
            label = short(step.gradient) if not step.gradient.shape else ""
        return fixed.edges(data, state[data], flowed, now[flowed], label)

    def _content_of(self, frame: Frame, shown: NDArray[np.intp]) -> Callable[[int], Content]:
        def content_of(index: int) -> Content:
            return self._content(int(shown[index]), frame)

        return content_of

    def _content(self, row: int, frame: Frame) -> Content:
        known = bool(self._fixed.since[row] < frame.end)
        name = _name(frame, self.cards[row].operation) if known else self.cards[row].name
        if self.graph.portal[row]:
            return portal_content(self.cards[row], name)
        gradient, count = self._gradient(row, frame)
        key = (row, known, name, count)
        found = self._contents.get(key)
        if found is None:
            found = self._contents[key] = content(self.cards[row], name, gradient, known)
        return found

    def _gradient(self, row: int, frame: Frame) -> tuple[Summary | None, int]:
        """The gradient that a card shows, and how often it has changed."""
        if not self.options.gradients:
            return None, 0
        for output in self.cards[row].operation.outputs:
            history = self.recording.gradients.get(output.value)
            count = sum(step < frame.end for step, _ in history) if history else 0
            if history and count:
                return history[count - 1][1], count
        return None, 0


def _name(frame: Frame, operation: Operation) -> str:
    return ", ".join(filter(None, (frame.name(output.value) for output in operation.outputs)))


def _cards(recording: Recording, graph: Graph, options: ViewOptions) -> list[Card]:
    end = recording.frame(len(recording.stops))
    roots = {recording.producer[value] for sweep in recording.sweeps for value in sweep.roots}
    sweeps = bool(recording.sweeps) or recording.outcome is None
    result = []
    for node in graph.nodes.tolist():
        operation = recording.operations[node]
        gradient = sweeps and any(output.requires_grad for output in operation.outputs)
        result.append(card(operation, face(operation, node in roots), _name(end, operation), gradient, options))
    return result


def _sizes(cards: list[Card], graph: Graph) -> Floats:
    sizes = np.array([(c.width, c.height) for c in cards], np.float64).reshape(-1, 2)
    for row in np.flatnonzero(graph.portal).tolist():
        sizes[row] = portal_size(cards[row].name)
    return sizes


class _Fixed:
    """What does not change from frame to frame, as arrays over nodes and edges.

    Steps at which things happen, `NEVER` if they do not: `since` (a node has run), `problem` and `bad_gradient` (nan
    or inf appear), `flowed` (a gradient has come along an edge).
    """

    def __init__(self, recording: Recording, graph: Graph, layout: Layout, cards: list[Card], sizes: Floats) -> None:
        self.graph, self.layout = graph, layout
        made = np.array(recording.made, np.int64)
        self.since = made[graph.nodes] if graph.size else np.zeros(0, np.int64)
        portal = graph.portal == 1
        if portal.any():
            first = np.full(graph.size, NEVER)
            np.minimum.at(first, graph.source, made[graph.nodes[graph.target]])
            self.since = np.where(portal, first, self.since)
        self.problem, self.bad_gradient = _problems(recording, graph)
        self.flowed = _flows(recording, graph)
        self._sweeps = _sweeps(recording)
        self._arrivals = _arrivals(recording, graph)
        self._columns = [np.array(column, np.uint8) for column in zip(*(c.face[:4] for c in cards), strict=True)] or [
            np.zeros(0, np.uint8)
        ] * 4
        self._columns[0] = np.where(portal, Shape.SMALL, self._columns[0]).astype(np.uint8)
        self._rect = np.hstack([layout.position, sizes])
        self._titles = [c.name or c.operation.op for c in cards]
        self._back = reversed_parallel(layout.points, layout.start, BESIDE)
        needs = np.array([any(o.requires_grad for o in c.operation.outputs) for c in cards], bool)
        self._width = np.where(needs[graph.source], 1.5, 1.0) if graph.size else np.zeros(0)

    def nodes(self, operation: int) -> NDArray[np.intp]:
        """The rows of an operation, portals included."""
        return np.flatnonzero(self.graph.nodes == operation)

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
        titles = tuple(self._titles[row] for row in shown.tolist())
        return Cards(self._rect[shown], shape, fill, line, accent, state, self.graph.nodes[shown], titles)

    def edges(self, data: NDArray[np.intp], state: Bytes, flowed: NDArray[np.intp], now: Bytes, label: str) -> Edges:
        """The chosen data edges, then gradient edges; `label` stands on the one that is active."""
        graph, start = self.graph, self.layout.start
        ahead, first = index_of(start, data)
        back, second = index_of(start, flowed)
        active = (now & State.ACTIVE) > 0
        forward = np.where(state & State.ACTIVE, role("edge_active"), role("edge"))
        return Edges(
            points=np.concatenate([self.layout.points[ahead], self._back[back]]),
            start=np.concatenate([first, first[-1] + second[1:]]).astype(np.int32),
            role=np.concatenate([forward, np.full(len(flowed), role("gradient_edge"))]).astype(np.uint8),
            state=np.concatenate([state, now]).astype(np.uint8),
            width=np.concatenate([self._width[data] + (state & State.ACTIVE > 0), np.where(active, 2.75, 1.75)]),
            dashed=np.concatenate([np.zeros(len(data)), np.ones(len(flowed))]).astype(np.uint8),
            source=_ints(graph.nodes[graph.source[data]], graph.nodes[graph.target[flowed]]),
            target=_ints(graph.nodes[graph.target[data]], graph.nodes[graph.source[flowed]]),
            slot=_ints(graph.slot[data], graph.slot[flowed]),
            label=("",) * len(data) + tuple(label if on else "" for on in active.tolist()),
        )


def _ints(first: Ints, second: Ints) -> Ints:
    return np.concatenate([first, second]).astype(np.int32)


def _problems(recording: Recording, graph: Graph) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First steps at which each node has a value that is not finite, and a gradient that is not."""
    count = len(recording.operations)
    problem, bad = np.full(count, NEVER), np.full(count, NEVER)
    for value, history in recording.gradients.items():
        for step, summary in history:
            if summary.nans or summary.infs:
                operation = recording.producer[value]
                bad[operation] = min(int(bad[operation]), step)
                break
    for value, output in enumerate(recording.values):
        if output.summary.nans or output.summary.infs:
            operation = recording.producer[value]
            problem[operation] = recording.made[operation]
    return problem[graph.nodes], bad[graph.nodes]


def _sweeps(recording: Recording) -> list[tuple[int, int]]:
    """The steps at which each sweep begins and ends."""
    sweeps: list[tuple[int, int]] = []
    for index, step in enumerate(recording.steps):
        if isinstance(step, BackwardBegin):
            sweeps.append((index, len(recording.steps)))
        elif isinstance(step, BackwardEnd) and sweeps:
            sweeps[-1] = (sweeps[-1][0], index)
    return sweeps


def _arrivals(recording: Recording, graph: Graph) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """The steps at which gradients arrive anywhere, in order, and the rows at which they do."""
    rows = graph.rows(len(recording.operations)).tolist()
    found = sorted(
        (step, rows[recording.producer[value]])
        for value, history in recording.gradients.items()
        for step, _ in history
        if rows[recording.producer[value]] >= 0
    )
    columns = np.array(found, np.int64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1].astype(np.intp)


def _flows(recording: Recording, graph: Graph) -> NDArray[np.int64]:
    """The first step at which a gradient came along each edge."""
    first: dict[tuple[int, int], int] = {}
    for history in recording.contributions.values():
        for step, contribution in history:
            first.setdefault((contribution.source, contribution.slot), step)
    keys = zip(graph.nodes[graph.target].tolist(), graph.slot.tolist(), strict=True)
    return np.array([first.get(key, NEVER) for key in keys], np.int64)
