"""Picking, filling and placing where a mask says so."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import backends, dtypes
from engine.registry import arr, is_tensor, op, sample

Array = Any
MASK = arr(2, 3, kind="bool")


def check_mask(mask: Array, name: str) -> None:
    """Masks are boolean."""
    if mask.dtype.kind != "b":
        if name != "masked_select":
            kind = dtypes.FROM_NUMPY[mask.dtype]
            word = dtypes.SCALAR_NAMES[kind] if name == "masked_scatter" else dtypes.CPP_NAMES[kind]
            raise RuntimeError(f"{name}_ only supports boolean masks, but got mask with dtype {word}")
        raise RuntimeError(f"{name}: expected BoolTensor for mask")


def _masked_fill_name(call: dict[str, Any]) -> str:
    return "MaskedFillBackward1" if is_tensor(call["value"]) else "MaskedFillBackward0"


@op(
    "masked_fill",
    "value where mask, else input",
    family="indexing",
    doc="The tensor with one value written where a mask holds.",
    backward=_masked_fill_name,
    inplace=True,
    grads={
        "input": ("g where not mask", lambda F, g, s: F.where(s.mask, F.zeros_of(g, g.shape), g)),
        "value": ("Σ g where mask", lambda F, g, s: F.sum(F.where(s.mask, g, F.zeros_of(g, g.shape)))),
    },
    samples=[sample(arr(2, 3), MASK, 0.5), sample(arr(2, 3), MASK, arr())],
)
def masked_fill(input: Array, mask: Array, value: Any) -> Array:
    check_mask(mask, "masked_fill")
    if np.ndim(value):
        raise RuntimeError(
            "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{np.ndim(value)} dimension(s)."
        )
    return np.where(mask, backends.as_array(value, input).astype(input.dtype), input)


@op(
    "masked_select",
    "input[mask]",
    family="indexing",
    doc="The elements where a mask holds, in one row.",
    grads={"input": ("g in its places, 0 elsewhere", lambda F, g, s: F._masked_place(g, s.mask, s.input_shape))},
    samples=[sample(arr(2, 3), MASK)],
)
def masked_select(input: Array, mask: Array) -> Array:
    check_mask(mask, "masked_select")
    wide, over = np.broadcast_arrays(input, mask)
    return wide[over]


@op(
    "_masked_place",
    "g in the places of a mask",
    family="indexing",
    doc="A row of elements put where a mask holds, into zeros.",
    backward="MaskedSelectBackwardBackward0",
    grads={"input": ("g where mask", lambda F, g, s: F.masked_select(g, s.mask))},
)
def _masked_place(input: Array, mask: Array, shape: tuple[int, ...]) -> Array:
    whole = np.broadcast_shapes(mask.shape, shape)
    out = backends.zeros(whole, input.dtype, input)
    out[np.broadcast_to(mask, whole)] = input
    return out


@op(
    "masked_scatter",
    "the next of source where mask, else input",
    family="indexing",
    doc="The tensor with the elements of source, in order, written where a mask holds.",
    inplace=True,
    grads={
        "input": ("g where not mask", lambda F, g, s: F.where(s.mask, F.zeros_of(g, g.shape), g)),
        "source": ("g where mask", lambda F, g, s: _scattered(F, g, s.mask, s.source_shape)),
    },
    samples=[sample(arr(2, 3), MASK, arr(2, 3))],
)
def masked_scatter(input: Array, mask: Array, source: Array) -> Array:
    check_mask(mask, "masked_scatter")
    wide, over = np.broadcast_arrays(input, mask)
    out = backends.copied(wide)
    out[over] = source.reshape(-1)[: int(np.count_nonzero(over))]
    return out


def _scattered(F: Any, g: Any, mask: Any, shape: tuple[int, ...]) -> Any:
    row = F.masked_select(g, mask)
    count = int(np.prod(shape))
    return F.reshape(F._gather_to(row, (count,)), shape)
