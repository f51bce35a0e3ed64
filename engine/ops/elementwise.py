"""Arithmetic, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.registry import arr, op, sample

Array = Any
BOTH = ("input", "other")
PAIR = [
    sample(arr(2, 3), arr(2, 3)),
    sample(arr(2, 3), arr(3)),
    sample(arr(2, 1), arr(3)),
    sample(arr(), arr()),
    sample(arr(3), 2.5),
    sample(arr(2, 3), arr()),
]


@op(
    "add",
    "input + alpha · other",
    family="arithmetic",
    doc="The sum, element by element; `other` may be scaled by alpha.",
    grads={
        "input": ("g", lambda F, g, s: g),
        "other": ("alpha · g", lambda F, g, s: g if s.alpha == 1 else g * s.alpha),
    },
    promote=BOTH,
    inplace=True,
    samples=[*PAIR, sample(arr(3), arr(3), alpha=2)],
)
def add(input: Array, other: Array, *, alpha: float = 1) -> Array:
    return input + other if alpha == 1 else input + alpha * other


@op(
    "mul",
    "input · other",
    family="arithmetic",
    doc="The product, element by element.",
    grads={
        "input": ("g · other", lambda F, g, s: g * s.other),
        "other": ("g · input", lambda F, g, s: g * s.input),
    },
    promote=BOTH,
    inplace=True,
    aliases=("multiply",),
    samples=PAIR,
)
def mul(input: Array, other: Array) -> Array:
    return input * other


def _pow_name(call: dict[str, Any]) -> str:
    if not hasattr(call["exponent"], "_data"):
        return "PowBackward0"
    return "PowBackward1" if hasattr(call["input"], "_data") else "PowBackward2"


def _pow_input(F: Any, g: Any, s: Any) -> Any:
    y = s.exponent
    if isinstance(y, int | float):
        if y == 0:
            return g * 0
        return g * (y * s.input ** (y - 1))
    return F.where(y == 0, g * 0, g * (y * s.input ** (y - 1)))


def _pow_exponent(F: Any, g: Any, s: Any) -> Any:
    x = s.input
    if isinstance(x, int | float):
        return g * (s.result * float(np.log(x))) if x != 0 else g * F.where(s.exponent < 0, float("nan"), 0.0)
    return F.where((x == 0) & (s.exponent >= 0), g * 0, g * (s.result * F.log(x)))


@op(
    "pow",
    "input ^ exponent",
    family="arithmetic",
    doc="The power, element by element.",
    grads={
        "input": ("g · exponent · input^(exponent − 1)", _pow_input),
        "exponent": ("g · result · ln input", _pow_exponent),
    },
    promote=("input", "exponent"),
    inplace=True,
    backward=_pow_name,
    samples=[sample(arr(2, 3), 2), sample(arr(2, 3, low=0.2), arr(3)), sample(2.0, arr(3))],
)
def pow(input: Array, exponent: Array) -> Array:
    return input**exponent
