"""What became of the gradients of values, and who used them: found from the columns when somebody asks.

A history is a sequence of (step, what it brought); only the numbers of the steps are kept.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, overload

import numpy as np

from visgrad.recording.forms import ACCUMULATION, CONTRIBUTION, OPERATION
from visgrad.recording.model import Accumulation, BackwardBegin, Clearing, Contribution, Step, Summary
from visgrad.recording.stretch import OTHER, Stretch

Found = TypeVar("Found")


class History(Sequence[tuple[int, Found]]):
    """(step, what it brought), oldest first; `steps`: the numbers alone."""

    __slots__ = ("_pick", "_value", "steps")

    def __init__(self, steps: Sequence[int], value: int, pick: Callable[[int, int], Found]) -> None:
        self.steps, self._value, self._pick = steps, value, pick

    def __len__(self) -> int:
        return len(self.steps)

    @overload
    def __getitem__(self, index: int) -> tuple[int, Found]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[int, Found]]: ...
    def __getitem__(self, index: int | slice) -> tuple[int, Found] | Sequence[tuple[int, Found]]:
        if isinstance(index, slice):
            return History(self.steps[index], self._value, self._pick)
        return self.steps[index], self._pick(self.steps[index], self._value)

    def until(self, end: int) -> int:
        """How many of the steps are before `end`."""
        return bisect_left(self.steps, end)


NOTHING: History[Any] = History((), -1, lambda step, value: None)


class Histories(Mapping[int, History[Found]]):
    """The histories of values that have one."""

    def __init__(
        self, steps: dict[int, array[int]], look: Callable[[], None], pick: Callable[[int, int], Found]
    ) -> None:
        self._steps, self._look, self._pick = steps, look, pick

    def __getitem__(self, value: int) -> History[Found]:
        self._look()
        return History(self._steps[value], value, self._pick)

    def of(self, value: int) -> History[Found]:
        """The history of a value, empty if it has none."""
        self._look()
        steps = self._steps.get(value)
        return NOTHING if steps is None else History(steps, value, self._pick)

    def __contains__(self, value: object) -> bool:
        self._look()
        return value in self._steps

    def __iter__(self) -> Iterator[int]:
        self._look()
        return iter(self._steps)

    def __len__(self) -> int:
        self._look()
        return len(self._steps)


class Arrivals:
    """`gradients`, `contributions`, `accumulations` of a recording whose steps are found by `step`."""

    def __init__(self, step: Callable[[int], Step]) -> None:
        self._step = step
        self._waiting: list[tuple[int, Stretch]] = []
        self._all: dict[int, array[int]] = {}
        self._given: dict[int, array[int]] = {}
        self._added: dict[int, array[int]] = {}
        self.gradients: Histories[Summary | None] = Histories(self._all, self._look, self._gradient)
        self.contributions: Histories[Contribution] = Histories(self._given, self._look, self._contribution)
        self.accumulations: Histories[Accumulation] = Histories(self._added, self._look, self._accumulation)

    def add(self, start: int, stretch: Stretch) -> None:
        """Further steps, the first of which has the number `start`."""
        self._waiting.append((start, stretch))

    def _look(self) -> None:
        while self._waiting:
            start, stretch = self._waiting.pop(0)
            kinds = stretch.kinds
            given, added = np.flatnonzero(kinds == CONTRIBUTION), np.flatnonzero(kinds == ACCUMULATION)
            events = _pairs(self._given, start, given, stretch.integers[stretch.places[0, given] + 2])
            events += _pairs(self._added, start, added, stretch.integers[stretch.places[0, added] + 1])
            for index, step in zip(np.flatnonzero(stretch.codes == OTHER).tolist(), stretch.others, strict=True):
                values = step.roots if isinstance(step, BackwardBegin) else ()
                values = step.values if isinstance(step, Clearing) else values
                events += [(start + index, value) for value in values]
            events.sort(key=lambda event: event[0])
            _note(self._all, events)

    def _contribution(self, step: int, value: int) -> Contribution:
        found = self._step(step)
        assert isinstance(found, Contribution)
        return found

    def _accumulation(self, step: int, value: int) -> Accumulation:
        found = self._step(step)
        assert isinstance(found, Accumulation)
        return found

    def _gradient(self, step: int, value: int) -> Summary | None:
        match self._step(step):
            case Contribution(total=gradient) | Accumulation(grad=gradient):
                return gradient
            case BackwardBegin(roots=roots, gradients=gradients):
                return gradients[len(roots) - 1 - roots[::-1].index(value)]
            case _:
                return None


def _pairs(histories: dict[int, array[int]], start: int, steps: Any, values: Any) -> list[tuple[int, int]]:
    events = list(zip((steps + start).tolist(), values.tolist(), strict=True))
    _note(histories, events)
    return events


def _note(histories: dict[int, array[int]], events: list[tuple[int, int]]) -> None:
    for step, value in events:
        steps = histories.get(value)
        if steps is None:
            histories[value] = array("i", (step,))
        else:
            steps.append(step)


class Users:
    """Who used each value: (operation id, slot) pairs, in order."""

    def __init__(self) -> None:
        self._waiting: list[Stretch] = []
        self._pairs: dict[int, array[int]] = {}

    def add(self, stretch: Stretch) -> None:
        """Further steps."""
        self._waiting.append(stretch)

    def __getitem__(self, value: int) -> list[tuple[int, int]]:
        while self._waiting:
            self._look(self._waiting.pop(0))
        flat = self._pairs.get(value, ())
        return list(zip(flat[::2], flat[1::2], strict=True))

    def _look(self, stretch: Stretch) -> None:
        made = np.flatnonzero(stretch.kinds == OPERATION)
        inputs = stretch.forms.inputs()[stretch.codes[made]].tolist()
        integers = stretch.integers.tolist()
        for number, (at, count) in enumerate(
            zip(stretch.places[0, made].tolist(), inputs, strict=True), stretch.operation
        ):
            for slot in range(count):
                self._pairs.setdefault(integers[at + slot], array("i")).extend((number, slot))
