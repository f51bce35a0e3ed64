"""A recording: the list of steps of one run, and the indices that make reading it at any moment quick.

Grows by `extend` while a program runs; never changes otherwise.  What holds at one moment is `frame.Frame`'s.
A *stop* is where playback pauses: after each operation, sweep start, contribution, clearing of gradients,
print and error.  Names bound,
gradients accumulated and sweeps ended belong to the stop before them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path

from visgrad.picture.options import ViewOptions
from visgrad.recording.chart import Chart
from visgrad.recording.frame import Frame
from visgrad.recording.model import (
    Accumulation,
    BackwardBegin,
    BackwardEnd,
    Bind,
    Clearing,
    Contribution,
    Error,
    Gap,
    Operation,
    Outcome,
    Output,
    Pass,
    Print,
    Step,
    Summary,
)

STOPPING = (Operation, BackwardBegin, Contribution, Clearing, Print, Chart, Error, Gap)


class Recording:
    """`steps`: all of them.  `stops[k]`: how many steps have happened at position k + 1.

    `operations[i]`, `values[v]`: by id; `producer[v]`, `slot[v]`: the operation that made value v, and as which
    output; `made[i]`: the step of operation i.  `users[v]`: (operation id, slot) pairs.  `before[v]`: the value that
    v's tensor had until v was written into it.
    `bearers[name]`: the tensor that was last called so, and how often another one came to be.
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
        self.steps: list[Step] = []
        self.stops: list[int] = []
        self.operations: list[Operation] = []
        self.made: list[int] = []
        self.values: list[Output] = []
        self.bearers: dict[str, tuple[int | None, int]] = {}
        self.producer: list[int] = []
        self.slot: list[int] = []
        self.users: list[list[tuple[int, int]]] = []
        self.before: dict[int, int] = {}
        self.names: dict[int, list[tuple[int, str]]] = {}
        self.gradients: dict[int, list[tuple[int, Summary | None]]] = {}
        self.cleared: dict[int, list[int]] = {}
        self.contributions: dict[int, list[tuple[int, Contribution]]] = {}
        self.accumulations: dict[int, list[tuple[int, Accumulation]]] = {}
        self.sweeps: list[BackwardBegin] = []
        self.began: list[int] = []
        self.ended: list[int] = []
        self.prints: list[int] = []
        self.gap = -1
        self.missing = 0
        self._versions: dict[int, int] = {}
        self.charts: list[tuple[int, Chart]] = []
        self.passes: list[tuple[int, Pass]] = []
        self.errors: list[tuple[int, Error]] = []

    @property
    def error(self) -> Error | None:
        """The last error, None if there was none."""
        return self.errors[-1][1] if self.errors else None

    @property
    def failed_last(self) -> bool:
        """Whether an error is the last that happened: no cell ran after it."""
        return bool(self.errors) and self.errors[-1][0] == len(self.steps) - 1

    def extend(self, steps: Iterable[Step]) -> None:
        """Append steps; ValueError if one speaks of an operation or value that is not there."""
        for step in steps:
            index = len(self.steps)
            self._index(index, step)
            self.steps.append(step)
            if isinstance(step, STOPPING):
                self.stops.append(index + 1)
            elif self.stops:
                self.stops[-1] = index + 1

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

    def _index(self, index: int, step: Step) -> None:
        match step:
            case Operation():
                self._index_operation(index, step)
            case Bind():
                self._check_value(step.value)
                self.names.setdefault(step.value, []).append((index, step.name))
                self._note_bearer(step.name, self.values[step.value].tensor)
            case BackwardBegin():
                self._index_sweep(index, step)
            case Contribution() | Accumulation() | Clearing():
                self._index_gradient(index, step)
            case BackwardEnd():
                self._check_sweep(step.sweep)
                self.ended.append(index)
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

    def _note_bearer(self, name: str, tensor: int) -> None:
        last, count = self.bearers.get(name, (None, 0))
        if tensor != last:
            self.bearers[name] = (tensor, count + 1)

    def _index_gradient(self, index: int, step: Contribution | Accumulation | Clearing) -> None:
        match step:
            case Contribution():
                self._check_value(step.value)
                self._check_operation(step.source)
                self._check_sweep(step.sweep)
                if not 0 <= step.slot < len(self.operations[step.source].inputs):
                    raise ValueError(f"operation {step.source} has no input {step.slot}")
                self.gradients.setdefault(step.value, []).append((index, step.total))
                self.contributions.setdefault(step.value, []).append((index, step))
            case Accumulation():
                self._check_value(step.value)
                self._check_sweep(step.sweep)
                self.gradients.setdefault(step.value, []).append((index, step.grad))
                self.accumulations.setdefault(step.value, []).append((index, step))
            case Clearing():
                for value in step.values:
                    self._check_value(value)
                for value in step.values:
                    self.gradients.setdefault(value, []).append((index, None))
                    self.cleared.setdefault(value, []).append(index)

    def _index_operation(self, index: int, step: Operation) -> None:
        if step.id != len(self.operations):
            raise ValueError(f"operation {step.id} follows operation {len(self.operations) - 1}")
        for value in step.inputs:
            self._check_value(value)
        for value, output in enumerate(step.outputs, len(self.values)):
            if output.value != value:
                raise ValueError(f"value {output.value} follows value {value - 1}")
            if not -1 <= output.view_of < value:
                raise ValueError(f"value {value} cannot be a view of value {output.view_of}")
        for argument in step.arguments:
            if not -1 <= argument.input < len(step.inputs):
                raise ValueError(f"operation {step.id} has no input {argument.input}")
        for slot, value in enumerate(step.inputs):
            self.users[value].append((step.id, slot))
        for slot, output in enumerate(step.outputs):
            self.values.append(output)
            self.producer.append(step.id)
            self.slot.append(slot)
            self.users.append([])
            if output.tensor in self._versions:
                self.before[output.value] = self._versions[output.tensor]
            self._versions[output.tensor] = output.value
        self.operations.append(step)
        self.made.append(index)

    def _index_sweep(self, index: int, step: BackwardBegin) -> None:
        if step.sweep != len(self.sweeps) or len(step.roots) != len(step.gradients):
            raise ValueError(f"sweep {step.sweep} follows sweep {len(self.sweeps) - 1}")
        for value in step.roots:
            self._check_value(value)
        for value, gradient in zip(step.roots, step.gradients, strict=True):
            self.gradients.setdefault(value, []).append((index, gradient))
        self.sweeps.append(step)
        self.began.append(index)

    def _check_value(self, value: int) -> None:
        if not 0 <= value < len(self.values):
            raise ValueError(f"there is no value {value}")

    def _check_operation(self, operation: int) -> None:
        if not 0 <= operation < len(self.operations):
            raise ValueError(f"there is no operation {operation}")

    def _check_sweep(self, sweep: int) -> None:
        if not 0 <= sweep < len(self.sweeps):
            raise ValueError(f"there is no sweep {sweep}")
