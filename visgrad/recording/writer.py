"""Writes steps down as columns: the forms that are known already by the quickest key, ids, values, data.

Owns the numbering of operations and values, the table of forms, and what is taken back when an entry is broken off.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from engine.backends import device_of
from visgrad.recording.forms import AccumulationForm, BindForm, ContributionForm, Forms, OperationForm
from visgrad.recording.model import Step
from visgrad.recording.retained import Retained
from visgrad.recording.stretch import CODES, INTEGERS, LARGE, MOST_FORMS, OTHER, Stretch
from visgrad.recording.summary import LITTLE, Plan, plan_of

ndarray = np.ndarray
float32: Any = np.float32 if LITTLE else None
"""The kind of number that is written as it is: its memory is what is told of it."""

SINGLE = plan_of(np.float32(0))

Draft = tuple[Plan, str, bool, tuple[int, ...], Any]
"""An output that is about to be written: its array's plan, role, whether it requires grad, the tensor, version and
`view_of` if it is not new, and the data."""


class Writer:
    """`operations`, `values`: how many there are.  A step is written with its code last, so that the codes say what
    is whole.
    """

    def __init__(self, retained: Retained) -> None:
        self.operations = self.values = 0
        self.retained = retained
        self.forms = Forms()
        self.quick: dict[Hashable, int] = {}
        self._arrays: dict[int, tuple[Plan, bytes]] = {}
        self._begin()

    def _begin(self) -> None:
        self.codes: list[int] = []
        self.integers: list[int] = []
        self.data: list[Any] = []
        self.others: list[Step] = []
        self._start = self.operations, self.values
        if len(self.forms) > MOST_FORMS:
            self.forms = Forms()
            self.quick.clear()

    def take(self) -> Stretch:
        """What was written since the last time."""
        count = len(self.codes)
        codes = np.fromiter(self.codes, CODES, count)
        wide: Any = INTEGERS if max(self.values, self.operations) > LARGE else CODES
        integers = np.fromiter(self.integers, wide, len(self.integers))
        data, others, start = b"".join(self.data), tuple(self.others), self._start
        forms = self.forms
        self._begin()
        return Stretch(forms, codes, integers, data, others, *start)

    def rewind(self) -> None:
        """Take back what was written of a step that was broken off."""
        formed = [code for code in self.codes if code != OTHER]
        del self.integers[sum([self.forms.integers[code] for code in formed]) :]
        del self.data[sum([len(self.forms.forms[code].layouts) for code in formed]) :]
        del self.others[len(self.codes) - len(formed) :]
        self.operations = self._start[0] + sum([isinstance(self.forms.forms[code], OperationForm) for code in formed])
        self.values = self._start[1] + sum([self.forms.outputs[code] for code in formed])

    def other(self, step: Step) -> None:
        """Write a step of a kind that has no form."""
        self.others.append(step)
        self.codes.append(OTHER)

    def bind(self, name: str, value: int, line: int = 0) -> None:
        """Write that a name stands for a value."""
        key = name, line
        number = self.quick.get(key)
        if number is None:
            number = self.quick[key] = self.forms.number(BindForm(name, line))
        self.integers.append(value)
        self.codes.append(number)

    def operation(self, number: int, inputs: tuple[int, ...], outputs: tuple[Draft, ...]) -> None:
        """Write an operation whose form is known; the values of its outputs have been counted."""
        self.integers += inputs
        for draft in outputs:
            self.integers += draft[3]
            self.data.append(draft[4])
        self.operations += 1
        self.codes.append(number)

    def contribution(self, sweep: int, source: int, slot: int, value: int, gradient: Any, total: Any) -> None:
        """Write a contribution of arrays."""
        plan, part = self.told(gradient)
        if total is gradient:
            key: tuple[Any, ...] = slot, plan
            self.keep("gradient", value, total, plan)
            self.data.append(part)
        else:
            sum_plan, whole = self.told(total)
            key = slot, plan, sum_plan
            self.keep("gradient", value, total, sum_plan)
            self.data += (part, whole)
        number = self.quick.get(key)
        if number is None:
            form = ContributionForm(slot, *[of.layout for of in key[1:]])
            number = self.quick[key] = self.forms.number(form)
        self.integers += (sweep, source, value)
        self.codes.append(number)

    def accumulation(self, sweep: int, value: int, grad: tuple[Plan, bytes], first: bool) -> None:
        """Write an accumulation."""
        plan, data = grad
        key = first, "accumulate", plan
        number = self.quick.get(key)
        if number is None:
            number = self.quick[key] = self.forms.number(AccumulationForm(plan.layout, first))
        self.integers += (sweep, value)
        self.data.append(data)
        self.codes.append(number)

    def told(self, array: Any) -> tuple[Plan, bytes]:
        """What is told of an array; the arrays of the entries at hand are looked at once."""
        found = self._arrays.get(id(array))
        if found is None:
            device = "cpu" if type(array) is ndarray or isinstance(array, np.generic) else str(device_of(array))
            plan = plan_of(array, device)
            found = plan, plan.pick(array)
            if array.shape:  # entries hold the arrays, so that their ids stay theirs; scalars come and go
                self._arrays[id(array)] = found
        return found

    def forget_arrays(self) -> None:
        """The arrays of the entries at hand may go now, and others take their ids."""
        self._arrays.clear()

    def keep(self, kind: str, value: int, array: Any, plan: Plan) -> None:
        """Keep an array that is not told in full for a while, should somebody ask for it."""
        if not plan.whole:
            self.retained.keep(kind, value, array)

    def value(self, value: int, array: Any) -> tuple[Plan, Any]:
        """What is told of the array of a value, which may be asked for later."""
        if type(array) is float32:
            return SINGLE, array
        plan, data = self.told(array)
        self.keep("value", value, array, plan)
        return plan, data
