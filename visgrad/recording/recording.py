"""A recording: the list of steps of one run, and the indices that make reading it at any moment quick.

Grows by `extend` while a program runs; never changes otherwise.  What holds at one moment is `frame.Frame`'s.
A *stop* is where playback pauses: after each operation, sweep start, contribution, print and error.  Names bound,
gradients accumulated and sweeps ended belong to the stop before them.
"""

from __future__ import annotations

from collections.abc import Iterable

from visgrad.recording.frame import Frame
from visgrad.recording.model import (
    Accumulation,
    BackwardBegin,
    Bind,
    Contribution,
    Error,
    Operation,
    Outcome,
    Output,
    Step,
    Summary,
)

STOPPING = (Operation, BackwardBegin, Contribution, Error)


class Recording:
    """`steps`: all of them.  `stops[k]`: how many steps have happened at position k + 1.

    `operations[i]`, `values[v]`: by id; `producer[v]`, `slot[v]`: the operation that made value v, and as which
    output; `made[i]`: the step of operation i.  `users[v]`: (operation id, slot) pairs.
    `names[v]`: (step, name); `gradients[v]`: (step, Summary), the running total or `.grad` as it changed;
    `contributions[v]`: (step, Contribution).  `sweeps`: the BackwardBegin of each sweep.
    """

    def __init__(self, source: str = "", name: str = "program.py") -> None:
        self.source = source
        self.name = name
        self.outcome: Outcome | None = None
        self.steps: list[Step] = []
        self.stops: list[int] = []
        self.operations: list[Operation] = []
        self.made: list[int] = []
        self.values: list[Output] = []
        self.producer: list[int] = []
        self.slot: list[int] = []
        self.users: list[list[tuple[int, int]]] = []
        self.names: dict[int, list[tuple[int, str]]] = {}
        self.gradients: dict[int, list[tuple[int, Summary]]] = {}
        self.contributions: dict[int, list[tuple[int, Contribution]]] = {}
        self.sweeps: list[BackwardBegin] = []
        self.error: Error | None = None

    def extend(self, steps: Iterable[Step]) -> None:
        """Append steps; ValueError if one speaks of an operation or value that is not there."""
        for step in steps:
            index = len(self.steps)
            self._index(index, step)
            self.steps.append(step)
            if isinstance(step, STOPPING) or (not isinstance(step, Bind | Accumulation) and step_prints(step)):
                self.stops.append(index + 1)
            elif self.stops:
                self.stops[-1] = index + 1

    def frame(self, position: int) -> Frame:
        """The recording at a position: 0 is before the first stop, `len(stops)` the end."""
        return Frame(self, max(0, min(position, len(self.stops))))

    def position_of(self, operation: int) -> int:
        """The position at which an operation has just run."""
        from bisect import bisect_right

        return bisect_right(self.stops, self.made[operation]) + 1

    def _index(self, index: int, step: Step) -> None:
        match step:
            case Operation():
                self._index_operation(index, step)
            case Bind():
                self._check_value(step.value)
                self.names.setdefault(step.value, []).append((index, step.name))
            case BackwardBegin():
                for value in step.roots:
                    self._check_value(value)
                for value, gradient in zip(step.roots, step.gradients, strict=True):
                    self.gradients.setdefault(value, []).append((index, gradient))
                self.sweeps.append(step)
            case Contribution():
                self._check_value(step.value)
                self._check_operation(step.source)
                self.gradients.setdefault(step.value, []).append((index, step.total))
                self.contributions.setdefault(step.value, []).append((index, step))
            case Accumulation():
                self._check_value(step.value)
                self.gradients.setdefault(step.value, []).append((index, step.grad))
            case Error():
                self.error = step
            case _:
                pass

    def _index_operation(self, index: int, step: Operation) -> None:
        if step.id != len(self.operations):
            raise ValueError(f"operation {step.id} follows operation {len(self.operations) - 1}")
        for slot, value in enumerate(step.inputs):
            self._check_value(value)
            self.users[value].append((step.id, slot))
        for slot, output in enumerate(step.outputs):
            if output.value != len(self.values):
                raise ValueError(f"value {output.value} follows value {len(self.values) - 1}")
            self.values.append(output)
            self.producer.append(step.id)
            self.slot.append(slot)
            self.users.append([])
        self.operations.append(step)
        self.made.append(index)

    def _check_value(self, value: int) -> None:
        if not 0 <= value < len(self.values):
            raise ValueError(f"there is no value {value}")

    def _check_operation(self, operation: int) -> None:
        if not 0 <= operation < len(self.operations):
            raise ValueError(f"there is no operation {operation}")


def step_prints(step: Step) -> bool:
    """Whether a step wrote text."""
    from visgrad.recording.model import Print

    return isinstance(step, Print)
