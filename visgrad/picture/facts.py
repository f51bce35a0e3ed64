"""What pictures need to know of a recording, gathered once and kept with it: when gradients flow, where numbers go
wrong, which single numbers have names.

Everything is an array, so that a picture of a few groups does not cost a walk through a hundred thousand operations.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary, proxy

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.graph import Graph, GraphBuilder
from visgrad.picture.group_cards import shows_figure
from visgrad.picture.options import ViewOptions
from visgrad.picture.problems import result_problem
from visgrad.recording.model import Accumulation, BackwardBegin, Bind, Contribution, Operation, Summary
from visgrad.recording.recording import Recording

NEVER = np.iinfo(np.int64).max
FLOATS: dict[str, np.dtype[Any]] = {"float64": np.dtype("<f8"), "float32": np.dtype("<f4"), "float16": np.dtype("<f2")}
EXACT = frozenset({"int64", "int32", "int16", "int8", "uint8", "bool"})

Steps = NDArray[np.int64]


def facts_of(recording: Recording) -> Facts:
    """The facts of a recording as it is now; kept while the recording is, and grown with it."""
    facts = _kept.get(recording)
    if facts is None:
        facts = _kept[recording] = Facts(recording)
    return facts.grow()


class Facts:
    """`problem`, `bad` (operations,): the first step at which a value, or its gradient, is not finite; else `NEVER`.
    `after[v]`: the value that value v's tensor had next, if it was written into."""

    def __init__(self, recording: Recording) -> None:
        self._recording = proxy(recording)
        self._builders: dict[bool, GraphBuilder] = {}
        self._read = 0
        self._base = array("q", [0])
        self._flowed = array("q")
        self._arrived = array("q")
        self.after: dict[int, int] = {}
        self._named: dict[int, list[int]] = {}
        self._figures: dict[int, str] = {}
        self._figured: tuple[Steps, list[str]] | None = None
        self._made = array("q")
        self._problem, self._bad = array("q"), array("q")

    def grow(self) -> Facts:
        """Read the steps that have come since."""
        recording = self._recording
        steps = recording.steps
        values: list[tuple[int, int, Summary]] = []
        gradients: list[tuple[int, int, Summary]] = []
        for index, step in enumerate(steps[self._read :], self._read):
            kind = type(step)
            if kind is Contribution:
                place = self._base[step.source] + step.slot
                if self._flowed[place] > index:
                    self._flowed[place] = index
                gradients.append((index, recording.producer[step.value], step.total))
            elif kind is Operation:
                self._made.append(index)
                self._base.append(self._base[-1] + len(step.inputs))
                self._flowed.extend([NEVER] * len(step.inputs))
                values += [(index, step.id, output.summary) for output in step.outputs]
                for output in step.outputs:
                    if output.value in recording.before:
                        self.after[recording.before[output.value]] = output.value
            elif kind is Accumulation:
                gradients.append((index, recording.producer[step.value], step.grad))
            elif kind is Bind:
                self._bind(step)
            elif kind is BackwardBegin:
                roots = zip(step.roots, step.gradients, strict=True)
                gradients += [(index, recording.producer[value], gradient) for value, gradient in roots]
        self._read = len(steps)
        more = [NEVER] * (len(self._base) - 1 - len(self._problem))
        self._problem.extend(more)
        self._bad.extend(more)
        for index, operation, _ in gradients:
            self._arrived.extend((index, operation))
        _note(self._problem, values, lambda node: bool(result_problem(recording, recording.operations[node])))
        _note(self._bad, gradients, lambda node: True)
        return self

    def graph(self, options: ViewOptions) -> Graph:
        """The graph of the whole recording."""
        builder = self._builders.get(options.constants)
        if builder is None:
            builder = self._builders[options.constants] = GraphBuilder(self._recording, options)
        return builder.grow()

    @property
    def made(self) -> Steps:
        """(operations,): the step of each."""
        return np.array(self._made, np.int64)

    @property
    def problem(self) -> Steps:
        return np.array(self._problem, np.int64)

    @property
    def bad(self) -> Steps:
        return np.array(self._bad, np.int64)

    def flowed(self, operation: NDArray[np.int32], slot: NDArray[np.int32]) -> Steps:
        """The first steps at which gradients came back along these arguments."""
        found: Steps = np.array(self._flowed, np.int64)[np.array(self._base, np.int64)[operation] + slot]
        return found

    def arrivals(self) -> tuple[Steps, Steps]:
        """The steps at which gradients arrive anywhere, in order, and the operations at whose results they do."""
        pairs = np.array(self._arrived, np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def named_before(self, tensor: int, value: int) -> int:
        """The latest version of a tensor before `value` that has a name of its own, -1 if there is none."""
        values = self._named.get(tensor, [])
        place = bisect_left(values, value)
        return values[place - 1] if place else -1

    def figures(self) -> tuple[NDArray[np.int64], list[str]]:
        """The operations whose result is a single number with a plain name, and the names."""
        if self._figured is None:
            count = len(self._figures)
            self._figured = np.fromiter(self._figures, np.int64, count), list(self._figures.values())
        return self._figured

    def _bind(self, step: Bind) -> None:
        recording = self._recording
        values = self._named.setdefault(recording.values[step.value].tensor, [])
        if not values or values[-1] < step.value:
            values.append(step.value)
        elif step.value not in values[-4:]:
            insort(values, step.value)
        operation = recording.producer[step.value]
        if step.name.isidentifier() and shows_figure(recording.operations[operation]):
            self._figures[operation] = step.name
            self._figured = None


def _note(first: array[int], found: Iterable[tuple[int, int, Summary]], counts: Callable[[int], bool]) -> None:
    """Lower the first step of operations with numbers that are not finite, where that counts as a problem.

    All numbers of one kind are looked at together.
    """
    kinds: dict[str, list[tuple[int, int, bytes]]] = {}
    for index, operation, summary in found:
        if not summary.whole and summary.sample:
            kinds.setdefault("float32", []).append((index, operation, summary.sample))
        elif summary.dtype in FLOATS:
            if summary.whole:
                kinds.setdefault(summary.dtype, []).append((index, operation, summary.whole))
        elif summary.dtype not in EXACT and (summary.nans or summary.infs) and counts(operation):
            first[operation] = min(first[operation], index)
    for kind, entries in kinds.items():
        numbers: NDArray[Any] = np.frombuffer(b"".join(data for _, _, data in entries), FLOATS[kind])
        wrong = np.flatnonzero(~np.isfinite(numbers))
        if len(wrong):
            ends = np.cumsum([len(data) // FLOATS[kind].itemsize for _, _, data in entries])
            for entry in np.unique(np.searchsorted(ends, wrong, "right")).tolist():
                index, operation, _ = entries[entry]
                if counts(operation):
                    first[operation] = min(first[operation], index)


_kept: WeakKeyDictionary[Recording, Facts] = WeakKeyDictionary()
