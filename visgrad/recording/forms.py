"""What is the same each time: the *form* of a step, told once, so that a step is its form, some numbers and bytes.

A loop makes the same steps over and over, but for ids and values.  Everything else about them is a form, which has a
number; the ids are *integers*, the elements of the arrays are *data*, both of a length that the form says.
Owns the kinds of forms, what each holds and how a step is made of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from visgrad.recording.model import (
    Accumulation,
    Argument,
    Bind,
    Call,
    Contribution,
    Operation,
    Output,
    Step,
    Summary,
)


class Layout(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A summary without its bytes: so many of `whole`, so many of `sample`."""

    shape: tuple[int, ...]
    dtype: str
    device: str = "cpu"
    whole: int = 0
    sample: int = 0
    sample_shape: tuple[int, int] = (0, 0)

    @property
    def size(self) -> int:
        """How many bytes such a summary takes."""
        return self.whole + self.sample

    def summary(self, data: bytes, at: int) -> Summary:
        """The summary whose bytes begin at a place of the data."""
        middle = at + self.whole
        whole, sample = data[at:middle], data[middle : middle + self.sample]
        return Summary(self.shape, self.dtype, self.device, whole, sample, self.sample_shape)


def layout_of(summary: Summary) -> Layout:
    """The layout of a summary."""
    whole, sample = len(summary.whole), len(summary.sample)
    return Layout(summary.shape, summary.dtype, summary.device, whole, sample, summary.sample_shape)


class OutputForm(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An output.  `new`: a tensor of its own, else integers say the tensor, its version and whose view it is."""

    layout: Layout
    role: str
    requires_grad: bool = False
    new: bool = True


class OperationForm(msgspec.Struct, frozen=True, array_like=True, tag="op", gc=False):
    """An `Operation`.  Integers: the inputs, then (tensor, version, view_of) of every output that is not new."""

    op: str
    inputs: int
    outputs: tuple[OutputForm, ...]
    arguments: tuple[Argument, ...] = ()
    backward: str = ""
    call: str = ""
    where: tuple[Call, ...] = ()
    order: int = 0
    in_place: bool = False

    @property
    def integers(self) -> int:
        return self.inputs + 3 * sum([not output.new for output in self.outputs])

    @property
    def layouts(self) -> tuple[Layout, ...]:
        return tuple([output.layout for output in self.outputs])

    def step(self, integers: Sequence[int], at: int, data: bytes, place: int, operation: int, value: int) -> Operation:
        """The operation with this id, whose first output is `value`."""
        following = at + self.inputs
        outputs = []
        for number, form in enumerate(self.outputs, value):
            summary = form.layout.summary(data, place)
            place += form.layout.size
            tensor, version, view_of = number, 0, -1
            if not form.new:
                tensor, version, view_of = integers[following : following + 3]
                following += 3
            outputs.append(Output(number, summary, form.role, form.requires_grad, tensor, version, view_of))
        inputs = tuple(integers[at : at + self.inputs])
        told = self.arguments, self.backward, self.call, self.where, self.order, self.in_place
        return Operation(operation, self.op, inputs, tuple(outputs), *told)


class ContributionForm(msgspec.Struct, frozen=True, array_like=True, tag="grad", gc=False):
    """A `Contribution`.  Integers: sweep, source, value.  `total` None: it is the gradient, being the first."""

    slot: int
    gradient: Layout
    total: Layout | None = None

    @property
    def integers(self) -> int:
        return 3

    @property
    def layouts(self) -> tuple[Layout, ...]:
        return (self.gradient,) if self.total is None else (self.gradient, self.total)

    def step(self, integers: Sequence[int], at: int, data: bytes, place: int, *_: int) -> Contribution:
        """The contribution."""
        sweep, source, value = integers[at : at + 3]
        gradient = self.gradient.summary(data, place)
        total = gradient if self.total is None else self.total.summary(data, place + self.gradient.size)
        return Contribution(sweep, source, self.slot, value, gradient, total)


class AccumulationForm(msgspec.Struct, frozen=True, array_like=True, tag="accumulate", gc=False):
    """An `Accumulation`.  Integers: sweep, value."""

    grad: Layout
    first: bool = True

    @property
    def integers(self) -> int:
        return 2

    @property
    def layouts(self) -> tuple[Layout, ...]:
        return (self.grad,)

    def step(self, integers: Sequence[int], at: int, data: bytes, place: int, *_: int) -> Accumulation:
        """The accumulation."""
        sweep, value = integers[at : at + 2]
        return Accumulation(sweep, value, self.grad.summary(data, place), self.first)


class BindForm(msgspec.Struct, frozen=True, array_like=True, tag="bind", gc=False):
    """A `Bind`.  Integers: the value."""

    name: str
    line: int = 0

    @property
    def integers(self) -> int:
        return 1

    @property
    def layouts(self) -> tuple[Layout, ...]:
        return ()

    def step(self, integers: Sequence[int], at: int, *_: object) -> Bind:
        """The binding."""
        return Bind(self.name, integers[at], self.line)


Form: TypeAlias = OperationForm | ContributionForm | AccumulationForm | BindForm

OPERATION, CONTRIBUTION, ACCUMULATION, BIND = range(4)
KINDS: dict[type, int] = {
    OperationForm: OPERATION,
    ContributionForm: CONTRIBUTION,
    AccumulationForm: ACCUMULATION,
    BindForm: BIND,
}


class Forms:
    """Forms by number, and about each: its kind, how many integers, bytes and outputs its steps have."""

    def __init__(self) -> None:
        self.forms: list[Form] = []
        self.kinds: list[int] = []
        self.integers: list[int] = []
        self.sizes: list[int] = []
        self.outputs: list[int] = []
        self._table: NDArray[np.int64] | None = None
        self._inputs: NDArray[np.int64] | None = None
        self._numbers: dict[Form, int] = {}

    def __len__(self) -> int:
        return len(self.forms)

    def add(self, form: Form) -> int:
        """A new form; its number."""
        integers, size, outputs = form.integers, 0, 0
        if type(form) is OperationForm:
            outputs = len(form.outputs)
        for layout in form.layouts:
            size += layout.whole + layout.sample
        self.kinds.append(KINDS[type(form)])
        self.integers.append(integers)
        self.sizes.append(size)
        self.outputs.append(outputs)
        self.forms.append(form)
        return len(self.forms) - 1

    def table(self) -> NDArray[np.int64]:
        """A row each: integers, bytes, operations, outputs, and steps told as they are; the last column is these."""
        count, table = len(self.forms), self._table
        if table is None or table.shape[1] != count + 1:  # another thread may be adding
            made = [kind == OPERATION for kind in self.kinds[:count]]
            columns = self.integers[:count], self.sizes[:count], made, self.outputs[:count], [0] * count
            table = np.array([[*column, column is columns[-1]] for column in columns], np.int64)
            self._table = table
        return table

    def inputs(self) -> NDArray[np.int64]:
        """How many inputs the operations of each form have; the last is none."""
        count, inputs = len(self.forms), self._inputs
        if inputs is None or len(inputs) != count + 1:
            found = [form.inputs if isinstance(form, OperationForm) else 0 for form in self.forms[:count]]
            inputs = self._inputs = np.array([*found, 0], np.int64)
        return inputs

    def number(self, form: Form) -> int:
        """The number of a form, which is added if it is not there."""
        number = self._numbers.get(form)
        if number is None:
            number = self._numbers[form] = self.add(form)
        return number


def form_of(step: Step) -> tuple[Form, list[int], list[bytes]] | None:
    """A step as its form, integers and data; None if steps of its kind have no form."""
    match step:
        case Operation():
            return _form_of_operation(step)
        case Contribution():
            gradient, total = step.gradient, step.total
            summaries = (gradient,) if total is gradient or total == gradient else (gradient, total)
            form = ContributionForm(step.slot, *map(layout_of, summaries))
            return (
                form,
                [step.sweep, step.source, step.value],
                [part for s in summaries for part in (s.whole, s.sample)],
            )
        case Accumulation(grad=grad):
            return AccumulationForm(layout_of(grad), step.first), [step.sweep, step.value], [grad.whole, grad.sample]
        case Bind():
            return BindForm(step.name, step.line), [step.value], []
        case _:
            return None


def _form_of_operation(step: Operation) -> tuple[OperationForm, list[int], list[bytes]]:
    integers = list(step.inputs)
    data: list[bytes] = []
    outputs = []
    for output in step.outputs:
        summary = output.summary
        new = (output.tensor, output.version, output.view_of) == (output.value, 0, -1)
        if not new:
            integers += (output.tensor, output.version, output.view_of)
        data += (summary.whole, summary.sample)
        outputs.append(OutputForm(layout_of(summary), output.role, output.requires_grad, new))
    told = step.arguments, step.backward, step.call, step.where, step.order, step.in_place
    return OperationForm(step.op, len(step.inputs), tuple(outputs), *told), integers, data
