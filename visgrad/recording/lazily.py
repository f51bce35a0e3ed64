"""What sequences of steps that are made when somebody looks have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import overload

from visgrad.recording.model import Step


class LazySteps(Sequence[Step]):
    """Steps by number and by slice; equal to any sequence of the same steps."""

    __slots__ = ()

    @abstractmethod
    def step(self, index: int) -> Step:
        """One of the steps; `index` is from 0 up to the length."""

    @abstractmethod
    def part(self, start: int, stop: int) -> Sequence[Step]:
        """The steps from `start` up to `stop`."""

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Step]: ...
    def __getitem__(self, index: int | slice) -> Step | Sequence[Step]:
        length = len(self)
        if isinstance(index, slice):
            start, stop, stride = index.indices(length)
            return self.part(start, max(start, stop)) if stride == 1 else list(self)[index]
        if not -length <= index < length:
            raise IndexError("there is no such step")
        return self.step(index % length)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self)} steps>"
