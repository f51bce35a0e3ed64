"""Sequences of different lengths as the rows of one tensor, time step by time step."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import backends
from engine.registry import op

Array = Any
Places = tuple[tuple[int, ...], tuple[int, ...]]


def at(places: Places, like: Array) -> tuple[Array, ...]:
    """Times and sequences as an index."""
    return tuple(backends.asarray(numbers, np.int64, like) for numbers in places)


@op(
    "_pack_padded_sequence",
    "input without the padding",
    family="sequences",
    doc="The rows input[time, sequence] at the given places, one after the other.",
    grads={"input": ("g, 0 at the padding", lambda F, g, s: F._pad_packed_sequence(g, s.places, s.input_shape, 0.0))},
    backward="PackPaddedSequenceBackward0",
)
def _pack_padded_sequence(input: Array, places: Places) -> Array:
    return input[at(places, input)]


@op(
    "_pad_packed_sequence",
    "data with padding",
    family="sequences",
    doc="Rows put at the given places (time, sequence) of a tensor that is filled up with one value.",
    grads={"data": ("g without the padding", lambda F, g, s: F._pack_padded_sequence(g, s.places))},
    backward="CopySlices",
)
def _pad_packed_sequence(data: Array, places: Places, shape: tuple[int, ...], padding_value: float) -> Array:
    out = backends.empty(shape, data.dtype, data)
    out[...] = padding_value
    out[at(places, data)] = data
    return out
