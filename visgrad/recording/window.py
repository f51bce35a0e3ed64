"""The sliding window of a long run: its beginning is kept in full, and after it only the latest steps.

Owns what is dropped and how the latest steps are joined to the beginning, so that the whole is an ordinary recording:
ids are dense again, what the latest steps need of the dropped ones is told by operations called "earlier", and a `Gap`
says how many steps are missing.  The steps come in *parts*; when a third one begins the oldest is dropped.  A part
speaks of the beginning, of itself and of the part before it only (`decoder.Decoder.forget` sees to it).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, groupby

from msgspec.structs import replace

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
    Output,
    Pass,
    Print,
    Step,
)
from visgrad.recording.stretch import Stretch


class Counts:
    """How many operations and values some steps speak of, and their sweeps; `open`: those that have not ended."""

    def __init__(self) -> None:
        self.steps = self.operations = self.values = self.sweeps = 0
        self.open: list[int] = []

    def add(self, steps: Stretch) -> None:
        """Count further steps."""
        self.steps += len(steps)
        self.operations, self.values = steps.ends
        for step in steps.others:
            match step:
                case BackwardBegin(sweep=sweep):
                    self.sweeps += 1
                    self.open.append(sweep)
                case BackwardEnd(sweep=sweep) if sweep in self.open:
                    self.open.remove(sweep)
                case _:
                    pass


class Window:
    """The latest steps, after a beginning of so many operations, values and sweeps.  `dropped`: how many steps were."""

    def __init__(self, beginning: Counts) -> None:
        self.dropped = 0
        self._beginning = beginning
        self._older: list[Stretch] = []
        self._latest: list[Stretch] = []
        self._carried: dict[int, tuple[Output, str]] = {}
        self._passes: dict[int, Pass] = {}
        self.values: dict[int, int] = {}

    def __len__(self) -> int:
        return sum(map(len, self._latest))

    def add(self, steps: Stretch) -> None:
        """Further steps of the part at hand."""
        self._latest.append(steps)

    def slide(self) -> list[Print]:
        """A new part begins: drop the oldest, save for what it printed, which is returned."""
        gone, self._older, self._latest = self._older, self._latest, []
        if not gone:
            return []
        made = dict(self._carried)
        printed: list[Print] = []
        for step in chain.from_iterable(gone):
            match step:
                case Operation(outputs=outputs):
                    made.update((output.value, (output, "")) for output in outputs)
                case Bind(name=name, value=value) if value in made:
                    made[value] = made[value][0], name
                case Pass():
                    self._passes.pop(step.line, None)
                    self._passes[step.line] = step
                case Print():
                    printed.append(step)
                case _:
                    pass
        needed = {value for step in chain.from_iterable(self._older) for value in _speaks_of(step)}
        self._carried = {value: made[value] for value in sorted(needed) if value in made}
        self.dropped += sum(map(len, gone)) - len(printed)
        return list(_joined(printed))

    def join(self) -> list[Step]:
        """What follows the beginning: all that came, or a gap and the latest."""
        kept = list(chain(*self._older, *self._latest))
        if not self.dropped:
            return kept
        joint = _Joint(self._beginning)
        for sweep in self._beginning.open:
            joint.steps.append(BackwardEnd(sweep))
        joint.steps += [Gap(self.dropped), *self._passes.values()]
        for value, (output, name) in self._carried.items():
            joint.earlier(value, output, name)
        for step in kept:
            joint.add(step)
        self.values = {new: old for old, new in joint.values.items()}
        return joint.steps


class _Joint:
    """Numbers steps anew, so that they follow a beginning; what speaks of dropped things is left out."""

    def __init__(self, beginning: Counts) -> None:
        self.steps: list[Step] = []
        self.values: dict[int, int] = {}
        self._operations: dict[int, int] = {}
        self._sweeps: dict[int, int] = {}
        self._beginning = beginning
        self._made = [0, 0]  # operations, values

    def earlier(self, value: int, output: Output, name: str) -> None:
        """A value that was made by a dropped step."""
        self._add(Operation(-1, "earlier", (), (replace(output, value=value),)))
        if name:
            self.steps.append(Bind(name, self.values[value]))

    def add(self, step: Step) -> None:
        """A step that was kept."""
        match step:
            case Operation():
                self._add(step)
            case BackwardBegin():
                self._begin(step)
            case Contribution() | Accumulation() | BackwardEnd():
                self._gradient(step)
            case Clearing():
                if values := tuple([new for value in step.values if (new := self._value(value)) >= 0]):
                    self.steps.append(replace(step, values=values))
            case Bind():
                if (value := self._value(step.value)) >= 0:
                    self.steps.append(replace(step, value=value))
            case Error():
                self.steps.append(replace(step, operation=self._operation(step.operation)))
            case _:
                self.steps.append(step)

    def _value(self, value: int) -> int:
        return value if value < self._beginning.values else self.values.get(value, -1)

    def _operation(self, operation: int) -> int:
        return operation if operation < self._beginning.operations else self._operations.get(operation, -1)

    def _sweep(self, sweep: int) -> int:
        if sweep < self._beginning.sweeps:
            return -1 if sweep in self._beginning.open else sweep
        return self._sweeps.get(sweep, -1)

    def _known(self, value: int) -> int:
        new = self._value(value)
        if new < 0:
            raise ValueError(f"there is no value {value}")
        return new

    def _add(self, step: Operation) -> None:
        inputs = tuple([self._known(value) for value in step.inputs])
        number = self._beginning.operations + self._made[0]
        for place, output in enumerate(step.outputs):
            self.values[output.value] = self._beginning.values + self._made[1] + place
        outputs = tuple([self._output(output) for output in step.outputs])
        new = replace(step, id=number, inputs=inputs, outputs=outputs)
        self._operations[step.id] = number
        self._made[0] += 1
        self._made[1] += len(outputs)
        self.steps.append(new)

    def _output(self, output: Output) -> Output:
        view_of = self._value(output.view_of) if output.view_of >= 0 else -1
        return replace(output, value=self.values[output.value], view_of=view_of)

    def _begin(self, step: BackwardBegin) -> None:
        number = self._sweeps[step.sweep] = self._beginning.sweeps + len(self._sweeps)
        roots = tuple([self._known(value) for value in step.roots])
        self.steps.append(replace(step, sweep=number, roots=roots))

    def _gradient(self, step: Contribution | Accumulation | BackwardEnd) -> None:
        sweep = self._sweep(step.sweep)
        if sweep < 0:
            return
        if isinstance(step, BackwardEnd):
            self.steps.append(BackwardEnd(sweep))
        elif (value := self._value(step.value)) < 0:
            return
        elif isinstance(step, Accumulation):
            self.steps.append(replace(step, sweep=sweep, value=value))
        elif (source := self._operation(step.source)) >= 0:
            self.steps.append(replace(step, sweep=sweep, value=value, source=source))


def _speaks_of(step: Step) -> tuple[int, ...]:
    """The values that a step needs."""
    match step:
        case Operation(inputs=inputs, outputs=outputs):
            return (*inputs, *[output.view_of for output in outputs if output.view_of >= 0])
        case BackwardBegin(roots=roots):
            return roots
        case Contribution(value=value) | Accumulation(value=value) | Bind(value=value):
            return (value,)
        case Clearing(values=values):
            return values
        case _:
            return ()


def _joined(printed: list[Print]) -> Iterator[Print]:
    """What was printed on one stream without interruption, as one text."""
    for stream, steps in groupby(printed, lambda step: step.stream):
        texts = list(steps)
        if stream == "result":  # each a line of its own
            yield from texts
        else:
            yield replace(texts[0], text="".join([step.text for step in texts]))
