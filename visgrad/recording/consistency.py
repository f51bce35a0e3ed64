"""Whether the ids of a stretch fit what was before it: whole columns are compared, no step is made.

Owns the rules that steps have among each other; those about a step by itself are `check`'s.
"""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visgrad.recording.forms import ACCUMULATION, BIND, CONTRIBUTION, OPERATION, ContributionForm, OperationForm
from visgrad.recording.model import BackwardBegin, BackwardEnd, Clearing
from visgrad.recording.stretch import OTHER, Stretch

Numbers = NDArray[Any]


def check_stretch(stretch: Stretch, sweeps: int, arity: array[int]) -> None:
    """ValueError if a step speaks of an operation, value or sweep that is not there.

    `sweeps`: how many there are before; `arity`: how many inputs each operation before has.
    """
    kinds, places = stretch.kinds, stretch.places
    values, operations = places[3, :-1] + stretch.value, places[2, :-1] + stretch.operation
    begun = _others(stretch, values, sweeps)
    _operations(stretch, np.flatnonzero(kinds == OPERATION), values)
    bound = np.flatnonzero(kinds == BIND)
    _below(stretch.integers[places[0, bound]], values[bound], "value")
    for kind, last in ((CONTRIBUTION, 2), (ACCUMULATION, 1)):
        steps = np.flatnonzero(kinds == kind)
        at = places[0, steps]
        _below(stretch.integers[at], sweeps + np.searchsorted(begun, steps), "sweep")
        _below(stretch.integers[at + last], values[steps], "value")
    _slots(stretch, np.flatnonzero(kinds == CONTRIBUTION), operations, arity)


def _below(numbers: Numbers, limits: Numbers, what: str) -> None:
    """ValueError unless each number is at least 0 and below its limit."""
    wrong = np.flatnonzero((numbers < 0) | (numbers >= limits))
    if len(wrong):
        raise ValueError(f"there is no {what} {numbers[wrong[0]]}")


def _operations(stretch: Stretch, steps: Numbers, values: Numbers) -> None:
    """Inputs are values that are there already; an output is a view of one."""
    codes = stretch.codes[steps]
    inputs, count = stretch.forms.inputs()[codes], stretch.forms.table()[0, codes]
    starts = stretch.places[0, steps]
    total = int(inputs.sum())
    within = np.arange(total) - np.repeat(np.cumsum(inputs) - inputs, inputs)
    _below(stretch.integers[np.repeat(starts, inputs) + within], np.repeat(values[steps], inputs), "value")
    for step in steps[count > inputs].tolist():
        form = stretch.forms.forms[stretch.codes[step]]
        assert isinstance(form, OperationForm)
        at = int(stretch.places[0, step]) + form.inputs
        for value, output in enumerate(form.outputs, int(values[step])):
            if not output.new:
                if not -1 <= stretch.integers[at + 2] < value:
                    raise ValueError(f"value {value} cannot be a view of value {stretch.integers[at + 2]}")
                at += 3


def _slots(stretch: Stretch, steps: Numbers, operations: Numbers, arity: array[int]) -> None:
    """A contribution is of an operation that is there, for one of its inputs."""
    source = stretch.integers[stretch.places[0, steps] + 1]
    _below(source, operations[steps], "operation")
    own = stretch.forms.inputs()[stretch.codes[stretch.kinds == OPERATION]]
    inputs = own[np.maximum(source - stretch.operation, -1)] if len(own) else np.zeros(len(source), np.int64)
    earlier = source < stretch.operation
    if earlier.any():
        inputs[earlier] = np.frombuffer(arity, np.intc)[source[earlier]]
    forms = stretch.forms.forms
    slots = {
        code: form.slot
        for code in set(stretch.codes[steps].tolist())
        if isinstance(form := forms[code], ContributionForm)
    }
    for code, slot in slots.items():
        wrong = (stretch.codes[steps] == code) & (inputs <= slot)
        if wrong.any():
            raise ValueError(f"operation {source[wrong][0]} has no input {slot}")


def _others(stretch: Stretch, values: Numbers, sweeps: int) -> list[int]:
    """Where sweeps begin, once it is known that they and what ends them follow each other."""
    begun: list[int] = []
    for index, step in zip(np.flatnonzero(stretch.codes == OTHER).tolist(), stretch.others, strict=True):
        told: tuple[int, ...] = ()
        match step:
            case BackwardBegin():
                if step.sweep != sweeps + len(begun) or len(step.roots) != len(step.gradients):
                    raise ValueError(f"sweep {step.sweep} follows sweep {sweeps + len(begun) - 1}")
                begun.append(index)
                told = step.roots
            case BackwardEnd():
                if not 0 <= step.sweep < sweeps + len(begun):
                    raise ValueError(f"there is no sweep {step.sweep}")
            case Clearing():
                told = step.values
            case _:
                pass
        for value in told:
            if not 0 <= value < values[index]:
                raise ValueError(f"there is no value {value}")
    return begun
