"""A recording: the list of steps of one run, and the indices that make reading it at any moment quick.

Grows by `extend` while a program runs; never changes otherwise.  What holds at one moment is `frame.Frame`'s.
A *stop* is where playback pauses: after each operation, sweep start, contribution, clearing of gradients,
print and error.  Names bound,
gradients accumulated and sweeps ended belong to the stop before them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.options import ViewOptions
from visgrad.recording.chart import Chart
from visgrad.recording.consistency import check_stretch
from visgrad.recording.forms import BIND, CONTRIBUTION, OPERATION, Forms
from visgrad.recording.frame import Frame
from visgrad.recording.histories import Arrivals, Users
from visgrad.recording.model import (
    BackwardBegin,
    BackwardEnd,
    Bind,
    Clearing,
    Contribution,
    Error,
    Gap,
    Operation,
    Outcome,
    Pass,
    Print,
    Step,
)
from visgrad.recording.stretch import OTHER, Stretch, stretch_of
from visgrad.recording.track import Operations, Track, Values

STOPPING = (Operation, BackwardBegin, Contribution, Clearing, Print, Chart, Error, Gap)


class Recording:
    """`steps`: all of them.  `stops[k]`: how many steps have happened at position k + 1.

    `operations[i]`, `values[v]`: by id; `producer[v]`, `slot[v]`: the operation that made value v, and as which
    output; `made[i]`: the step of operation i.  `users[v]`: (operation id, slot) pairs.  `before[v]`: the value that
    v's tensor had until v was written into it.
    `names[v]`: (step, name); `gradients[v]`: (step, Summary), the running total or `.grad` as it changed (None: it was
    taken away, which is also in `cleared[v]`: steps);
    `contributions[v]`: (step, Contribution); `accumulations[v]`: (step, Accumulation).  `sweeps`: the BackwardBegin of
    each sweep, `began[s]` and `ended[s]` its first and last step.  `prints`: the steps that wrote text.
    `gap`: the step that stands for those that were not kept, -1 if all were;
    `missing`: how many these are, so far.
    `charts`, `passes` and `errors`: (step, Chart), (step, Pass) and (step, Error).
    """

    def __init__(self, source: str = "", name: str = "program.py") -> None:
        self.source = source
        self.name = name
        self.outcome: Outcome | None = None
        self.steps = Track()
        self.stops: array[int] = array("i")
        self.made: array[int] = array("i")
        self.producer: array[int] = array("i")
        self.slot: array[int] = array("i")
        self.operations = Operations(self.steps, self.made)
        self.values = Values(self.operations, self.producer, self.slot)
        self.users = Users()
        self.before: dict[int, int] = {}
        self.names: dict[int, list[tuple[int, str]]] = {}
        self._arrivals = Arrivals(lambda step: self.steps[step])
        self.gradients = self._arrivals.gradients
        self.contributions = self._arrivals.contributions
        self.accumulations = self._arrivals.accumulations
        self.cleared: dict[int, list[int]] = {}
        self.sweeps: list[BackwardBegin] = []
        self.began: list[int] = []
        self.ended: list[int] = []
        self.prints: list[int] = []
        self.gap = -1
        self.missing = 0
        self.charts: list[tuple[int, Chart]] = []
        self.passes: list[tuple[int, Pass]] = []
        self.errors: list[tuple[int, Error]] = []
        self._arity: array[int] = array("i")
        self._versions: dict[int, int] = {}
        self._forms = Forms()
        self._bearers: dict[str, tuple[int | None, int]] = {}
        self._bound: list[tuple[str, int]] = []

    @property
    def bearers(self) -> dict[str, tuple[int | None, int]]:
        """By name the tensor that was last called so, and how often another one came to be."""
        bound, self._bound = self._bound, []
        for name, value in bound:
            tensor = self.values[value].tensor
            last, count = self._bearers.get(name, (None, 0))
            if tensor != last:
                self._bearers[name] = tensor, count + 1
        return self._bearers

    @property
    def error(self) -> Error | None:
        """The last error, None if there was none."""
        return self.errors[-1][1] if self.errors else None

    @property
    def failed_last(self) -> bool:
        """Whether an error is the last that happened: no cell ran after it."""
        return bool(self.errors) and self.errors[-1][0] == len(self.steps) - 1

    def extend(self, steps: Iterable[Step]) -> None:
        """Append steps; ValueError if one speaks of an operation or value that is not there, and none is appended."""
        if isinstance(steps, Track):
            pieces = list(steps.pieces)
        elif isinstance(steps, Stretch):
            pieces = [steps]
        else:
            pieces = [self._columns(list(steps))]
        for piece in pieces:
            if piece:
                self._append(piece)

    def _columns(self, steps: list[Step]) -> Stretch:
        """Steps that were made one by one."""
        operation, value = len(self.made), len(self.producer)
        for step in steps:
            if isinstance(step, Operation):
                if step.id != operation:
                    raise ValueError(f"operation {step.id} follows operation {operation - 1}")
                for number, output in enumerate(step.outputs, value):
                    if output.value != number:
                        raise ValueError(f"value {output.value} follows value {number - 1}")
                for argument in step.arguments:
                    if not -1 <= argument.input < len(step.inputs):
                        raise ValueError(f"operation {step.id} has no input {argument.input}")
                operation += 1
                value += len(step.outputs)
        return stretch_of(steps, self._forms, len(self.made), len(self.producer))

    def frame(self, position: int) -> Frame:
        """The recording at a position: 0 is before the first stop, `len(stops)` the end."""
        return Frame(self, max(0, min(position, len(self.stops))))

    def position_of(self, operation: int) -> int:
        """The position at which an operation has just run."""
        return bisect_right(self.stops, self.made[operation]) + 1

    def to_svg(
        self,
        path: str | Path | None = None,
        position: int | None = None,
        theme: str = "light",
        options: ViewOptions | None = None,
    ) -> str:
        """The picture at a position (the end by default) as SVG text, also written to `path` if there is one."""
        from visgrad.export import svg  # pictures read recordings, not the other way round
        from visgrad.picture import draw, roles

        picture = draw.Picture(self, options)
        display = picture.still(len(self.stops) if position is None else position)
        text = svg.to_svg(display, roles.theme(theme), title=self.name)
        if path is not None:
            Path(path).write_text(text, "utf-8")
        return text

    def _repr_svg_(self) -> str:
        """What a notebook shows."""
        return self.to_svg()

    def _append(self, stretch: Stretch) -> None:
        if (stretch.operation, stretch.value) != (len(self.made), len(self.producer)):
            raise ValueError(f"operation {stretch.operation} follows operation {len(self.made) - 1}")
        check_stretch(stretch, len(self.sweeps), self._arity)
        start, kinds = len(self.steps), stretch.kinds
        self.steps.append(stretch)
        self._arrivals.add(start, stretch)
        self.users.add(stretch)
        made = np.flatnonzero(kinds == OPERATION)
        codes = stretch.codes[made]
        outputs = stretch.forms.table()[3, codes]
        slots = np.arange(int(outputs.sum())) - np.repeat(np.cumsum(outputs) - outputs, outputs)
        _add(self.producer, np.repeat(np.arange(len(made)) + stretch.operation, outputs))
        _add(self.slot, slots)
        _add(self._arity, stretch.forms.inputs()[codes])
        _add(self.made, made + start)
        self._note_versions(stretch, made)
        for index in np.flatnonzero(kinds == BIND).tolist():
            step = stretch[index]
            assert isinstance(step, Bind)
            self.names.setdefault(step.value, []).append((start + index, step.name))
            self._bound.append((step.name, step.value))
        stopping = (kinds == OPERATION) | (kinds == CONTRIBUTION)
        for index, step in zip(np.flatnonzero(kinds == OTHER).tolist(), stretch.others, strict=True):
            stopping[index] = isinstance(step, STOPPING)
            self._index(start + index, step)
        self._stop(start, len(stretch), np.flatnonzero(stopping))

    def _stop(self, start: int, count: int, stopping: NDArray[np.intp]) -> None:
        """Playback pauses after each of these steps, and what follows up to the next."""
        ends = np.append(stopping, count) + start
        if self.stops:
            self.stops[-1] = int(ends[0])
        _add(self.stops, ends[1:])

    def _note_versions(self, stretch: Stretch, made: NDArray[np.intp]) -> None:
        """Note which values are later versions of a tensor; only those that are no new tensors can be."""
        table, inputs = stretch.forms.table(), stretch.forms.inputs()
        codes = stretch.codes[made]
        for index in made[table[0, codes] > inputs[codes]].tolist():
            step = stretch[index]
            assert isinstance(step, Operation)
            for output in step.outputs:
                tensor, value = output.tensor, output.value
                before = self._versions.get(tensor)
                if before is None and 0 <= tensor < value and self.values[tensor].tensor == tensor:
                    before = tensor
                if before is not None:
                    self.before[value] = before
                if tensor != value:
                    self._versions[tensor] = value

    def _index(self, index: int, step: Step) -> None:
        match step:
            case BackwardBegin():
                self.sweeps.append(step)
                self.began.append(index)
            case BackwardEnd():
                self.ended.append(index)
            case Clearing(values=values):
                for value in values:
                    self.cleared.setdefault(value, []).append(index)
            case Print():
                self.prints.append(index)
            case Gap():
                self.gap, self.missing = index, step.steps
            case Chart():
                self.charts.append((index, step))
            case Pass():
                self.passes.append((index, step))
            case Error():
                self.errors.append((index, step))
            case _:
                pass


def _add(numbers: array[int], more: NDArray[Any]) -> None:
    numbers.frombytes(more.astype(np.intc, copy=False).tobytes())
