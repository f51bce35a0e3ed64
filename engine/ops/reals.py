"""What functions of complex numbers are for real ones, and splits that know their dimension."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.backends import Array
from engine.registry import arr, composite, op, sample

SAMPLES = [sample(arr(2, 3))]
REAL: dict[str, Any] = {"family": "arithmetic", "doc": "The input itself, which is real.", "samples": SAMPLES}


@composite("real", "input", method=False, **REAL)
def real(input: Any) -> Any:
    return input


@composite("conj", "input", aliases=("resolve_conj", "resolve_neg"), **REAL)
def conj(input: Any) -> Any:
    return input


@composite("conj_physical", "input", inplace=True, **REAL)
def conj_physical(input: Any) -> Any:
    return input


@op(
    "angle",
    "π where input < 0, else 0",
    family="trigonometry",
    doc="The angle of a number in the plane, which for real ones is 0 or π.",
    grads={"input": ("0", lambda F, g, s: F.zeros_of(g, g.shape))},
    promote=("input",),
    to_float=True,
    samples=SAMPLES,
)
def angle(input: Array) -> Array:
    turned = np.where(input < 0, math.pi, 0.0).astype(input.dtype)
    return np.where(np.isnan(input), input, turned)


def split_at(name: str, least: int, place: int) -> None:
    """Declare a split along a dimension that the name tells."""

    @composite(
        name,
        "the parts of input",
        family="shape",
        doc=f"The input in parts along dimension {place}, by their number or by the places between them.",
        samples=[sample(arr(2, 2, 4), 2)],
    )
    def split(input: Any, indices_or_sections: Any) -> Any:
        if input.ndim < least:
            raise RuntimeError(
                f"torch.{name} requires a tensor with at least {least} dimension, "
                f"but got a tensor with {input.ndim} dimensions!"
            )
        dim = 0 if input.ndim == 1 else place
        sections = indices_or_sections
        if isinstance(sections, int) and (sections == 0 or input.shape[dim] % sections):
            raise RuntimeError(
                f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension "
                f"{input.shape[dim]} is not divisible by the split_size {sections}!"
            )
        return input.tensor_split(sections, dim)


split_at("hsplit", 1, 1)
split_at("vsplit", 2, 0)
split_at("dsplit", 3, 2)


@composite(
    "diagflat",
    "diag(input, flattened)",
    family="linear algebra",
    doc="A matrix with the input's elements on a diagonal.",
    samples=SAMPLES,
)
def diagflat(input: Any, offset: int = 0) -> Any:
    return input.reshape(-1).diag(offset)
