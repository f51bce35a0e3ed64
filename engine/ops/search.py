"""Finding elements: where they are not zero, whether they occur among others, all combinations of them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from engine.backends import Array
from engine.backward import TENSORS
from engine.registry import arr, composite, op, sample

MASK = arr(2, 3, kind="bool")
NUMBERS = arr(2, 3, low=0, high=4, kind="int")
INDEXING: dict[str, Any] = {"family": "indexing"}


@op(
    "argwhere",
    "the places where input ≠ 0",
    doc="The places of the elements that are not zero, a row for each.",
    samples=[sample(MASK), sample(NUMBERS)],
    **INDEXING,
)
def argwhere(input: Array) -> Array:
    found = np.nonzero(input if input.ndim else input.reshape(1))
    return np.stack(found, 1) if input.ndim else np.zeros((len(found[0]), 0), np.int64)


@composite(
    "nonzero",
    "the places where input ≠ 0",
    doc="The places of the elements that are not zero: a row for each, or a tensor for each dimension.",
    samples=[sample(MASK), sample(NUMBERS, as_tuple=True)],
    **INDEXING,
)
def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    if not as_tuple:
        return TENSORS.argwhere(input)
    return tuple(TENSORS.argwhere(input if input.ndim else input.reshape(1)).unbind(1))


@op(
    "isin",
    "elements ∈ test_elements",
    family="comparison",
    doc="Whether each element occurs among the test elements.",
    method=False,
    samples=[sample(NUMBERS, arr(2, low=0, high=4, kind="int")), sample(NUMBERS, 2, invert=True)],
)
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Array:
    return np.isin(elements, test_elements, assume_unique=False, invert=invert)


@composite(
    "combinations",
    "all r elements of input, in order",
    family="shape",
    doc="All choices of r elements of a vector, a row for each.",
    samples=[sample(arr(4)), sample(arr(3), 2, True)],
)
def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    if input.ndim != 1:
        raise RuntimeError("Expect a 1D vector, but got shape " + str(list(input.shape)))
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return input.new_empty((0,))
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    places = list(choose(range(input.shape[0]), r))
    if not places:
        return input[:0, None].expand(0, r)
    columns = [input[list(column)] for column in zip(*places, strict=True)]
    return TENSORS.stack(columns, 1)
