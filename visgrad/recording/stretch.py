"""A stretch of steps as columns: what a recorder tells at a time, what is sent, and what is looked at as steps.

Owns `Stretch`, which is a sequence of steps that makes each when somebody looks, and `Columns`, its message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from visgrad.recording.forms import OPERATION, Form, Forms, form_of
from visgrad.recording.lazily import LazySteps
from visgrad.recording.model import Step

CODES, INTEGERS = np.dtype("<i4"), np.dtype("<i8")

OTHER = -1
"""The code of a step that has no form and is told as it is."""

LARGE = 2**31 - 2
"""Larger integers take eight bytes."""

MOST_FORMS = 4096
"""With more of them, a table of forms is begun anew: a program may make ever new ones."""


class Columns(msgspec.Struct, frozen=True, array_like=True):
    """A stretch as a message.  `forms`: further ones, the first of which has the number `first`.

    `codes`: of each step its form (int32), -1 for the next of `others`.  `integers` (int64) and `data`: those of all
    steps that have a form, one after the other.  Operations and values are numbered on from the stretch before.
    """

    forms: tuple[Form, ...]
    first: int
    codes: bytes
    integers: bytes
    data: bytes
    others: tuple[Step, ...] = ()


class Stretch(LazySteps):
    """Steps in columns.  `operation`, `value`: the ids of the first operation and value that they make."""

    __slots__ = ("_places", "codes", "data", "forms", "integers", "operation", "others", "value")

    def __init__(
        self,
        forms: Forms,
        codes: NDArray[np.int32],
        integers: NDArray[np.int64] | NDArray[np.int32],
        data: bytes,
        others: Sequence[Step],
        operation: int,
        value: int,
    ) -> None:
        self.forms, self.codes, self.integers, self.data, self.others = forms, codes, integers, data, others
        self.operation, self.value = operation, value
        self._places: NDArray[np.int32] | None = None

    def __len__(self) -> int:
        return len(self.codes)

    def step(self, index: int) -> Step:
        """The step with this number, made now."""
        code = int(self.codes[index])
        integer, place, operation, value, other = self.places[:, index].tolist()
        if code == OTHER:
            return self.others[int(other)]
        integers = self.integers[integer : integer + self.forms.integers[code]].tolist()
        ids = self.operation + operation, self.value + value
        return self.forms.forms[code].step(integers, 0, self.data, place, *ids)

    def __iter__(self) -> Iterator[Step]:
        forms, data, integers, others = self.forms, self.data, self.integers.tolist(), iter(self.others)
        at = place = 0
        operation, value = self.operation, self.value
        for code in self.codes.tolist():
            if code == OTHER:
                yield next(others)
                continue
            yield forms.forms[code].step(integers, at, data, place, operation, value)
            at += forms.integers[code]
            place += forms.sizes[code]
            if forms.kinds[code] == OPERATION:
                operation += 1
                value += forms.outputs[code]

    @property
    def places(self) -> NDArray[np.int32]:
        """How many integers, bytes, operations, values and others there are before each step: (5, n + 1)."""
        if self._places is None:
            self._places = np.zeros((5, len(self.codes) + 1), np.int32)
            np.cumsum(self.forms.table()[:, self.codes], axis=1, out=self._places[:, 1:])
        return self._places

    @property
    def kinds(self) -> NDArray[np.int8]:
        """Of each step the kind of its form, `OTHER` where it has none."""
        return np.array([*self.forms.kinds, OTHER], np.int8)[self.codes]

    @property
    def ends(self) -> tuple[int, int]:
        """The ids of the next operation and value."""
        _, _, operations, values, _ = self.places[:, -1].tolist()
        return self.operation + operations, self.value + values

    def part(self, start: int, stop: int) -> Stretch:
        """The steps from `start` up to `stop`."""
        if (start, stop) == (0, len(self)):
            return self
        first, place, operations, values, other = self.places[:, start].tolist()
        last, end, _, _, others = self.places[:, stop].tolist()
        return Stretch(
            self.forms,
            self.codes[start:stop],
            self.integers[first:last],
            self.data[place:end],
            self.others[other:others],
            self.operation + operations,
            self.value + values,
        )


def stretch_of(steps: Iterable[Step], forms: Forms, operation: int = 0, value: int = 0) -> Stretch:
    """Steps in columns; their forms are put into a table."""
    codes: list[int] = []
    integers: list[int] = []
    data: list[bytes] = []
    others: list[Step] = []
    for step in steps:
        found = form_of(step)
        if found is None:
            codes.append(OTHER)
            others.append(step)
            continue
        form, own, pieces = found
        codes.append(forms.number(form))
        integers += own
        data += pieces
    try:
        numbers = narrowed(np.array(integers, INTEGERS))
    except OverflowError as error:
        raise ValueError("a number is too large") from error
    columns = np.array(codes, CODES), numbers, b"".join(data)
    return Stretch(forms, *columns, tuple(others), operation, value)


def narrowed(integers: NDArray[np.int64]) -> NDArray[np.int64] | NDArray[np.int32]:
    """The same in half the memory, where they are small enough."""
    if len(integers) and (integers.max() > LARGE or integers.min() < -LARGE):
        return integers
    return integers.astype(CODES)


class Packer:
    """Makes messages of the stretches of a run."""

    def __init__(self) -> None:
        self._forms: Forms | None = None
        self._told = 0

    def pack(self, stretch: Stretch) -> Columns:
        """The message of a stretch, with the forms that the other side has not been told."""
        forms = stretch.forms
        if forms is not self._forms:
            self._forms, self._told = forms, 0
        first, self._told = self._told, len(forms)
        integers = stretch.integers.astype(INTEGERS, copy=False)
        return Columns(
            tuple(forms.forms[first:]),
            first,
            stretch.codes.astype(CODES, copy=False).tobytes(),
            integers.tobytes(),
            stretch.data,
            tuple(stretch.others),
        )


class Unpacker:
    """Makes stretches of the messages of a run, and believes none of them: what is no stretch is a ValueError."""

    def __init__(self, operation: int = 0, value: int = 0) -> None:
        self._forms = Forms()
        self._operation, self._value = operation, value

    def unpack(self, columns: Columns) -> Stretch:
        """The stretch of a message, each of whose steps can be shown by itself."""
        from visgrad.recording.check import check, check_form

        if columns.first == 0:
            self._forms = Forms()
        forms = self._forms
        if columns.first != len(forms):
            raise ValueError(f"form {columns.first} follows form {len(forms) - 1}")
        for form in columns.forms:
            check_form(form)
            forms.add(form)
        for step in columns.others:
            check(step)
            if form_of(step) is not None:
                raise ValueError("a step that has a form is told without it")
        if len(columns.codes) % CODES.itemsize or len(columns.integers) % INTEGERS.itemsize:
            raise ValueError("a column ends in the middle of a number")
        codes, integers = np.frombuffer(columns.codes, CODES), np.frombuffer(columns.integers, INTEGERS)
        if len(codes) and not (codes.min() >= OTHER and codes.max() < len(forms)):
            raise ValueError("there is no such form")
        others: tuple[Any, ...] = columns.others
        ends = forms.table()[:, codes].sum(axis=1, dtype=np.int64)
        if (ends[0], ends[1], ends[4]) != (len(integers), len(columns.data), len(others)):
            raise ValueError("columns do not fit their forms")
        ids = self._operation, self._value
        stretch = Stretch(forms, codes, narrowed(integers), columns.data, others, *ids)
        self._operation, self._value = stretch.ends
        return stretch
