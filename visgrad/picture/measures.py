"""What operations can be compared by: a number or a word for each, gathered once and kept with the recording.

Owns the arrays; which colour a number or a word has is `colouring`'s.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from math import prod
from weakref import WeakKeyDictionary, proxy

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import Floats, Ints
from visgrad.recording.model import Accumulation, BackwardBegin, Clearing, Contribution, Operation, Summary
from visgrad.recording.recording import Recording
from visgrad.recording.statistics import elements

SIZES = {"bool": 1, "uint8": 1, "int8": 1, "int16": 2, "float16": 2, "bfloat16": 2, "int32": 4, "float32": 4}
WIDEST = 8

Reduction = Callable[[Floats, NDArray[np.intp], NDArray[np.intp]], Floats]
"""From numbers, where each piece of them begins, and how long it is, to one number a piece."""


def measures_of(recording: Recording) -> Measures:
    """The measures of a recording as it is now; kept while the recording is, and grown with it."""
    found = _kept.get(recording)
    if found is None:
        found = _kept[recording] = Measures(recording)
    return found.grow()


class Measures:
    """(operations,): `value`, the number a result is, or the mean of its elements; `bytes`, what its results take up
    for themselves; `dtype`, `device`: places in `dtypes` and `devices`, -1 for operations without a result."""

    def __init__(self, recording: Recording) -> None:
        self._recording = proxy(recording)
        self._read = 0
        self._value, self._bytes = array("d"), array("d")
        self._dtype, self._device = array("i"), array("i")
        self._steps, self._operations, self._size = array("q"), array("q"), array("d")
        self.dtypes: list[str] = []
        self.devices: list[str] = []

    def grow(self) -> Measures:
        """Read the steps that have come since."""
        recording, end = self._recording, len(self._recording.steps)
        made: list[Operation] = []
        arrived: list[tuple[int, int, Summary | None]] = []
        for index, found in enumerate(recording.steps[self._read : end], self._read):
            match found:
                case Operation() as step:
                    made.append(step)
                case Contribution(value=value, total=gradient) | Accumulation(value=value, grad=gradient):
                    arrived.append((index, recording.producer[value], gradient))
                case BackwardBegin(roots=roots, gradients=gradients):
                    pairs = zip(roots, gradients, strict=True)
                    arrived += [(index, recording.producer[value], gradient) for value, gradient in pairs]
                case Clearing(values=values):
                    arrived += [(index, recording.producer[value], None) for value in values]
                case _:
                    pass
        self._read = end
        self._add(made)
        self._steps.extend(index for index, _, _ in arrived)
        self._operations.extend(operation for _, operation, _ in arrived)
        self._size.extend(numbers((gradient for _, _, gradient in arrived), _largest).tolist())
        return self

    def _add(self, made: list[Operation]) -> None:
        results = [step.outputs[0].summary if step.outputs else None for step in made]
        self._value.extend(numbers(results, _mean).tolist())
        for step, result in zip(made, results, strict=True):
            self._bytes.append(
                sum(size_of(one.summary) for one in step.outputs if one.view_of < 0 and not step.in_place)
            )
            self._dtype.append(_place(self.dtypes, result.dtype) if result else -1)
            self._device.append(_place(self.devices, result.device) if result else -1)

    @property
    def value(self) -> Floats:
        return np.array(self._value, np.float64)

    @property
    def bytes(self) -> Floats:
        return np.array(self._bytes, np.float64)

    @property
    def dtype(self) -> Ints:
        return np.array(self._dtype, np.int32)

    @property
    def device(self) -> Ints:
        return np.array(self._device, np.int32)

    def gradients(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
        """Steps at which the gradient of an operation's result changes, the operation, and the largest absolute
        element from then on; nan where it has none."""
        return np.array(self._steps, np.int64), np.array(self._operations, np.int64), np.array(self._size, np.float64)


def size_of(summary: Summary) -> int:
    """The bytes of an array."""
    return prod(summary.shape) * (16 if summary.dtype == "complex128" else SIZES.get(summary.dtype, WIDEST))


def numbers(summaries: Iterable[Summary | None], reduction: Reduction) -> Floats:
    """One number for each summary, nan where there is nothing to tell one by; all of one dtype are read together."""
    kinds: dict[str, list[tuple[int, bytes]]] = {}
    count = 0
    for place, summary in enumerate(summaries):
        count += 1
        if summary is not None and (summary.whole or summary.sample):
            kind, data = (summary.dtype, summary.whole) if summary.whole else ("float32", summary.sample)
            kinds.setdefault(kind, []).append((place, data))
    found = np.full(count, np.nan)
    for kind, entries in kinds.items():
        try:
            parts = elements(kind, b"".join(data for _, data in entries)).astype(np.float64)
        except TypeError:  # a dtype that NumPy has no numbers for
            continue
        width = len(parts) / sum(len(data) for _, data in entries)
        lengths = np.array([round(len(data) * width) for _, data in entries], np.intp)
        with np.errstate(all="ignore"):
            found[[place for place, _ in entries]] = reduction(parts, np.cumsum(lengths) - lengths, lengths)
    return found


def _mean(parts: Floats, begin: NDArray[np.intp], lengths: NDArray[np.intp]) -> Floats:
    means: Floats = np.add.reduceat(parts, begin) / lengths
    return means


def _largest(parts: Floats, begin: NDArray[np.intp], lengths: NDArray[np.intp]) -> Floats:
    """The largest absolute element; infinite where one is not a number."""
    sizes = np.abs(parts)
    largest: Floats = np.maximum.reduceat(np.where(np.isnan(sizes), np.inf, sizes), begin)
    return largest


def _place(words: list[str], word: str) -> int:
    if word not in words:
        words.append(word)
    return words.index(word)


_kept: WeakKeyDictionary[Recording, Measures] = WeakKeyDictionary()
