"""The picture of a recording: laid out once, then asked for its display at any position.

Owns what changes from frame to frame: what has run, what is happening, how far gradients have come.  Everything else
(places, sizes, lines) is worked out when the picture is made, so a display costs a few array operations.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from copy import copy
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.blame import blamed
from visgrad.picture.cards import Card, band_of, card, content, portal_content, portal_size
from visgrad.picture.colouring import Colouring
from visgrad.picture.display import Bytes, Content, Display, Edges, Floats, State
from visgrad.picture.faces import face
from visgrad.picture.facts import Facts, facts_of
from visgrad.picture.find import find, parse
from visgrad.picture.fixed import Fixed
from visgrad.picture.fold import Folds, folds_of
from visgrad.picture.folded import Folding, fold
from visgrad.picture.graph import Graph
from visgrad.picture.group_cards import Inside, group_content
from visgrad.picture.grouped import group_cards
from visgrad.picture.growing import extend
from visgrad.picture.layout import Layout, place
from visgrad.picture.legend import with_legend
from visgrad.picture.naming import Naming, told
from visgrad.picture.options import ViewOptions
from visgrad.picture.parts import MARGIN, fitted
from visgrad.picture.portals import with_portals
from visgrad.recording.frame import Frame
from visgrad.recording.model import BackwardBegin, Clearing, Contribution, Error, Operation, Summary
from visgrad.recording.recording import Recording
from visgrad.recording.summary import short


class Picture:
    """`graph`, `layout`, `cards` and their `sizes` (n, 2), of a recording under view options."""

    def __init__(self, recording: Recording, options: ViewOptions | None = None, after: Picture | None = None) -> None:
        """`after`: an earlier picture of the same, growing recording under the same options: what is on it stays where
        it is, and what is new is added.  Without it, everything is laid out afresh."""
        self.recording = recording
        self.options = options or ViewOptions()
        self.graph: Graph
        self.cards: list[Card]
        self.layout: Layout
        self.folds = folds_of(recording)
        self._facts = facts_of(recording)
        self._naming = Naming(recording)
        closed = self.folds.closed(self.options.detail, self.options.unfolded, self.options.folded)
        graph, self.folding = fold(self._facts.graph(self.options), self.folds, closed)
        if after is not None and after.continues(graph, self.options):
            self.graph = graph
            self.cards = _kept(
                after.cards, _cards(recording, graph, self.folding, self.folds, self._facts, self.options)
            )
            self.sizes = _sizes(self.cards, graph)
            self.layout = extend(after.layout, graph, self.sizes, self.options.direction)
        else:
            self.graph = with_portals(graph)
            self.cards = _cards(recording, self.graph, self.folding, self.folds, self._facts, self.options)
            self.sizes = _sizes(self.cards, self.graph)
            self.layout = place(self.graph, self.sizes, self.options.direction, self._goals())
        self._fixed = Fixed(recording, self._facts, self.graph, self.folding, self.layout, self.cards, self.sizes)
        self._colouring = self._coloured()
        self._contents: dict[tuple[int, bool, str, int], Content] = {}

    def _goals(self) -> list[int]:
        """The rows of the results that sweeps began from."""
        operations = {self.recording.producer[value] for sweep in self.recording.sweeps for value in sweep.roots}
        return sorted({int(row) for row in self.folding.member[list(operations)] if row >= 0})

    def _coloured(self) -> Colouring | None:
        by = self.options.colour
        return Colouring(self.recording, by, self.graph, self.folding, self.options.language) if by != "role" else None

    def coloured(self, by: str) -> Picture:
        """The same picture coloured by something else: nothing is laid out again."""
        other = copy(self)
        other.options = replace(self.options, colour=by)
        other._colouring = other._coloured()
        return other

    @property
    def detail(self) -> float:
        """How much is unfolded, 0…1, also where nobody has said."""
        return self.folds.detail(self.graph.size) if self.options.detail is None else self.options.detail

    def continues(self, graph: Graph, options: ViewOptions) -> bool:
        """Whether a graph is this picture's with something added."""
        count, edges = self.graph.size, len(self.graph.source)
        return (
            options == self.options
            and bool(count)
            and not self.graph.portal.any()
            and np.array_equal(graph.nodes[:count], self.graph.nodes)
            and np.array_equal(graph.source[:edges], self.graph.source)
            and np.array_equal(graph.target[:edges], self.graph.target)
        )

    def display(self, position: int) -> Display:
        """What is to be painted at a position of the recording."""
        frame = self.recording.frame(position)
        shown = self._shown(frame)
        cards, legend = self._fixed.cards(shown, self._states(frame)[shown]), None
        if self._colouring is not None:
            cards, legend = self._colouring.painted(cards, shown, frame), self._colouring.legend
        x, y, width, height = self.layout.bounds
        bounds = (x - MARGIN, y - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN)
        return Display(bounds, cards, self._edges(frame), self._content_of(frame, shown), legend=legend)

    def still(self, position: int, part: Callable[[Display], Display] = fitted) -> Display:
        """The display of a position, or a `part` of it, as a picture by itself: no larger than what is drawn by then,
        with its legend."""
        return with_legend(part(self.display(position)))

    def found(self, query: str, position: int) -> set[int]:
        """The nodes of the operations that a query (as in `find`) is true of at a position, folded ones in their
        groups."""
        operations = find(self.recording.frame(position), parse(query), self._naming)
        rows = self.folding.member[operations]
        return set(self.graph.nodes[rows[rows >= 0]].tolist())

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
            case Clearing(values=values):
                for value in values:
                    states[fixed.nodes(self.recording.producer[value])] |= np.uint8(State.ACTIVE)
            case Error():
                for operation in blamed(self.recording, frame.step):
                    states[fixed.nodes(operation)] |= np.uint8(State.ERROR)
            case _:
                pass
        return states

    def _edges(self, frame: Frame) -> Edges:
        graph, fixed = self.graph, self._fixed
        step = frame.step
        state = np.where(fixed.since[graph.target] < frame.end, 0, State.FUTURE).astype(np.uint8)
        if isinstance(step, Operation):
            state[fixed.edges_of(step.id)] |= np.uint8(State.ACTIVE)
        if isinstance(step, Error) and step.operation >= 0:
            state[fixed.edges_of(step.operation)] |= np.uint8(State.ERROR)
        data = np.arange(len(state)) if self.options.ghosts else np.flatnonzero(state & State.FUTURE == 0)
        flowed = np.flatnonzero(fixed.flowed < frame.end) if self.options.backward else np.zeros(0, np.intp)
        now = np.zeros(len(state), np.uint8)
        label = ""
        if isinstance(step, Contribution):
            now[fixed.edges_of(step.source, step.slot)] = State.ACTIVE
            label = short(step.gradient) if not step.gradient.shape else ""
        return fixed.edges(data, state[data], flowed, now[flowed], label)

    def _content_of(self, frame: Frame, shown: NDArray[np.intp]) -> Callable[[int], Content]:
        def content_of(index: int) -> Content:
            return self._content(int(shown[index]), frame)

        return content_of

    def _content(self, row: int, frame: Frame) -> Content:
        known = bool(self._fixed.since[row] < frame.end)
        inside = self.cards[row].inside
        if inside is not None:
            return self._group_content(row, inside, frame)
        name = self._naming.name(frame, self.cards[row].operation) if known else self.cards[row].name
        if self.graph.portal[row]:
            return portal_content(self.cards[row], name)
        gradient, count, cleared = self._gradient(row, frame)
        key = (row, known, name, count)
        found = self._contents.get(key)
        if found is None:
            found = self._contents[key] = content(self.cards[row], name, gradient, known, cleared)
        return found

    def _group_content(self, row: int, inside: Inside, frame: Frame) -> Content:
        operations = self.recording.operations
        count = bisect_left(inside.results, frame.end, key=self.recording.made.__getitem__)
        gradient, changes, cleared = self._gradient(row, frame)
        key = (row, bool(count), str(count), changes)
        found = self._contents.get(key)
        if found is None:
            ends = (inside.results[0], inside.results[count - 1]) if count else ()
            values = [operations[end].outputs[0].summary for end in ends if operations[end].outputs]
            found = self._contents[key] = group_content(self.cards[row], inside, values, gradient, cleared)
        return found

    def _gradient(self, row: int, frame: Frame) -> tuple[Summary | None, int, bool]:
        """The gradient that a card shows, how often it has changed, and whether the program has since taken it away.

        What was written over before that, as parameters are by an optimizer's step, tells what its gradient was.
        """
        if not self.options.gradients:
            return None, 0, False
        for output in self.cards[row].operation.outputs:
            history = self.recording.gradients.of(output.value)
            count = history.until(frame.end)
            if count:
                step, gradient = history[count - 1]
                if gradient is None and count > 1 and self._written_over(output.value, step):
                    return history[count - 2][1], count, True
                return gradient, count, False
        return None, 0, False

    def _written_over(self, value: int, step: int) -> bool:
        """Whether a value's tensor had got another value by a step."""
        after = self._facts.after.get(value)
        return after is not None and self.recording.made[self.recording.producer[after]] < step


def _cards(
    recording: Recording, graph: Graph, folding: Folding, folds: Folds, facts: Facts, options: ViewOptions
) -> list[Card]:
    end = recording.frame(len(recording.stops))
    roots = {recording.producer[value] for sweep in recording.sweeps for value in sweep.roots}
    naming = Naming(recording)
    result = []
    groups = group_cards(recording, graph, folding, folds, facts, options)
    for row, node in enumerate(graph.nodes.tolist()):
        if node < 0:
            result.append(groups[row])
            continue
        operation = told(end, recording.operations[node], options.language)
        gradient = band_of(recording, operation.outputs)
        result.append(card(operation, face(operation, node in roots), naming.name(end, operation), gradient, options))
    return result


def _kept(old: list[Card], new: list[Card]) -> list[Card]:
    """The new cards, as large as they were."""
    same = [
        replace(card, width=before.width, height=before.height, numbers=before.numbers, band=before.band)
        for before, card in zip(old, new, strict=False)
    ]
    return same + new[len(same) :]


def _sizes(cards: list[Card], graph: Graph) -> Floats:
    sizes = np.array([(c.width, c.height) for c in cards], np.float64).reshape(-1, 2)
    for row in np.flatnonzero(graph.portal).tolist():
        sizes[row] = portal_size(cards[row].name)
    return sizes
