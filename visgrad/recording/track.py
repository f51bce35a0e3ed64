"""The steps of a recording: stretches one after the other, and steps where somebody looks.

Owns `Track`, and the sequences of operations and of values that read it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import overload

import numpy as np

from visgrad.recording.lazily import LazySteps
from visgrad.recording.model import Operation, Output, Step
from visgrad.recording.stretch import Stretch


class Track(LazySteps):
    """Steps that are kept as columns.  Grows by `append` alone; a part of it stays as it is."""

    __slots__ = ("_length", "_starts", "pieces")

    def __init__(self, pieces: Sequence[Stretch] = ()) -> None:
        self.pieces: list[Stretch] = []
        self._starts: list[int] = []
        self._length = 0
        for piece in pieces:
            self.append(piece)

    def append(self, piece: Stretch) -> None:
        """Further steps."""
        if piece:
            self.pieces.append(piece)
            self._starts.append(self._length)
            self._length += len(piece)

    def __len__(self) -> int:
        return self._length

    def step(self, index: int) -> Step:
        """The step with this number, made by its stretch."""
        number = bisect_right(self._starts, index) - 1
        return self.pieces[number].step(index - self._starts[number])

    def __iter__(self) -> Iterator[Step]:
        return chain.from_iterable(list(self.pieces))

    def of_kind(self, kind: int, start: int = 0) -> Iterator[tuple[int, Step]]:
        """The steps of one kind of forms (or without one: `stretch.OTHER`), from a number on: (number, step)."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        for begin, piece in list(zip(self._starts[first:], self.pieces[first:], strict=True)):
            for index in np.flatnonzero(piece.kinds == kind).tolist():
                if begin + index >= start:
                    yield begin + index, piece[index]

    def part(self, start: int, stop: int) -> Track:
        """The steps from `start` up to `stop`, which share their columns with these."""
        part = Track()
        first = max(bisect_right(self._starts, start) - 1, 0)
        for begin, piece in zip(self._starts[first:], self.pieces[first:], strict=True):
            if begin >= stop:
                break
            low, high = max(start - begin, 0), min(stop - begin, len(piece))
            if low < high:
                part.append(piece.part(low, high))
        return part


class Operations(Sequence[Operation]):
    """The operations by id, each made once somebody looks; `made`: the step of each."""

    def __init__(self, track: Track, made: Sequence[int]) -> None:
        self._track, self._made = track, made
        self._seen: list[Operation | None] = []

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, index: int) -> Operation: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Operation]: ...
    def __getitem__(self, index: int | slice) -> Operation | Sequence[Operation]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        try:
            found = self._seen[index] if index >= 0 else None
        except IndexError:
            found = None
        if found is None:
            step = self._track[self._made[index]]
            assert isinstance(step, Operation)
            found = step
            self._seen += [None] * (len(self) - len(self._seen))
            self._seen[index] = found
        return found


class Values(Sequence[Output]):
    """The values by id; `producer`, `slot`: which operation made each, as which of its outputs."""

    def __init__(self, operations: Operations, producer: Sequence[int], slot: Sequence[int]) -> None:
        self._operations, self._producer, self._slot = operations, producer, slot

    def __len__(self) -> int:
        return len(self._producer)

    @overload
    def __getitem__(self, index: int) -> Output: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Output]: ...
    def __getitem__(self, index: int | slice) -> Output | Sequence[Output]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        return self._operations[self._producer[index]].outputs[self._slot[index]]
