"""What a picture is to tell first: how the program comes to the loss that it goes back from.

A training run goes backward many times; of its loops, the first pass is told.  The *story* is what leads to where the
backward passes begin that are asked for in first passes only, as far as gradients flow along it: not the making of
data, not what an optimizer does.  Grown with the recording; each operation is looked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from visgrad.picture.groups import PASS, Group
from visgrad.recording.model import BackwardBegin
from visgrad.recording.recording import Recording


class Story:
    """`groups`: those that the story passes through; empty as long as nothing goes backward."""

    def __init__(self, recording: Recording, loops_around: Callable[[int], Sequence[int]]) -> None:
        """`loops_around`: the lines of the loops that a line lies in."""
        self._recording = recording
        self._loops_around = loops_around
        self._sweeps = 0
        self._seen: set[int] = set()

    def grow(self, groups: Sequence[Group], of: Sequence[int]) -> None:
        """Follow the backward passes that have come since."""
        sweeps = self._recording.sweeps
        for sweep in sweeps[self._sweeps :]:
            roots = [self._recording.producer[value] for value in sweep.roots]
            if all(self._told(groups, of[root], sweep) for root in roots):
                self._follow(roots)
        self._sweeps = len(sweeps)

    def groups(self, groups: Sequence[Group], of: Sequence[int]) -> set[int]:
        """The groups of what has been seen, with those around them, but of loops only the first passes."""
        leads = [True] * (len(groups) + 1)  # the last is for operations in no group
        for number in sorted(range(len(groups)), key=lambda number: groups[number].depth):
            one = groups[number]
            leads[number] = leads[one.parent] and (one.kind != PASS or one.leads)
        found: set[int] = set()
        for operation in self._seen:
            group = of[operation]
            while group >= 0 and group not in found and leads[group]:
                found.add(group)
                group = groups[group].parent
        return found

    def _told(self, groups: Sequence[Group], group: int, sweep: BackwardBegin) -> bool:
        """Whether of the loops that go backward in their passes, a group lies in first passes only."""
        around = {line for call in sweep.where for line in self._loops_around(call.span.line)}
        while group >= 0:
            one = groups[group]
            if one.kind == PASS and not one.leads and one.line in around:
                return False
            group = one.parent
        return True

    def _follow(self, roots: list[int]) -> None:
        recording = self._recording
        waiting = list(roots)
        while waiting:
            operation = waiting.pop()
            if operation in self._seen:
                continue
            values = recording.operations[operation].inputs
            before = [recording.producer[value] for value in values if recording.values[value].requires_grad]
            if before:
                self._seen.add(operation)
                waiting += before
