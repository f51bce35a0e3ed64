"""Shapes: views of an array, and putting arrays together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine import backends, views
from engine.registry import op

Array = Any


@op(
    "_sum_to",
    "Σ over what was broadcast",
    family="shape",
    doc="The sum down to a shape.",
    backward="SumBackward1",
    grads={"input": ("g, repeated", lambda F, g, s: F.expand(g, s.input_shape))},
)
def _sum_to(input: Array, shape: Sequence[int]) -> Array:
    lead = input.ndim - len(shape)
    axes = tuple(range(lead)) + tuple(
        i for i in range(lead, input.ndim) if shape[i - lead] == 1 and input.shape[i] != 1
    )
    return np.add.reduce(input, axes).reshape(shape)


@op(
    "_cast",
    "input",
    family="shape",
    doc="A change of type.",
    backward="ToCopyBackward0",
    grads={"input": ("g", lambda F, g, s: g)},
)
def _cast(input: Array, dtype: Any) -> Array:
    return input.astype(dtype)


@op("zeros_of", "0", family="creation", doc="Zeros of another array's kind.", function=False, method=False)
def zeros_of(input: Array, shape: Sequence[int]) -> Array:
    return backends.zeros(shape, input.dtype, input)


@op(
    "_view_take",
    "the part a view shows",
    family="shape",
    doc="A copy of the part of an array that a chain of views shows.",
    backward="AsStridedBackward0",
    grads={"input": ("g in its place, 0 elsewhere", lambda F, g, s: F._view_put(F.zeros_of(g, s.input_shape), g, s.steps))},
)
def _view_take(input: Array, steps: Any) -> Array:
    return views.replay(steps, np.ascontiguousarray(input)).copy()


@op(
    "_view_put",
    "input with src in the part a view shows",
    family="shape",
    doc="A copy of an array with the part a chain of views shows replaced.",
    backward="AsStridedScatterBackward0",
    grads={
        "input": ("g, 0 in that part", lambda F, g, s: F._view_put(g, F.zeros_of(g, s.src_shape), s.steps)),
        "src": ("g in that part", lambda F, g, s: F._view_take(g, s.steps)),
    },
)
def _view_put(input: Array, src: Array, steps: Any) -> Array:
    out = np.array(input, order="C") if isinstance(input, np.generic) else input.copy(order="C")
    views.replay(steps, out)[...] = src
    return out


@op(
    "expand",
    "input repeated along its dimensions of size 1",
    family="shape",
    doc="A larger view: dimensions of size 1 are repeated without copying.",
    view=True,
    function=False,
    variadic="size",
    grads={"input": ("g, summed over what was repeated", lambda F, g, s: F._sum_to(g, s.input_shape))},
)
def expand(input: Array, size: Sequence[int]) -> Array:
    lead = len(size) - input.ndim
    shape = tuple(input.shape[i - lead] if n == -1 else n for i, n in enumerate(size))
    return np.broadcast_to(input, shape)
