"""Functions of two variables, and functions of one that go beyond the elementary: gamma, sinc, entropy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.ops.elementwise import between, unary
from engine.registry import arr, is_tensor, op, sample

Array = Any
BOTH = ("input", "other")
POSITIVE = arr(2, 3, low=0.3, high=3.0)
PAIR = [sample(arr(2, 3), arr(3)), sample(arr(), arr())]


@op(
    "atan2",
    "angle of (other, input)",
    family="trigonometry",
    doc="The angle of the point (other, input), from −π to π.",
    grads={
        "input": ("g · other / (input² + other²)", lambda F, g, s: g * _atan2(F, s.other, s.input, s.other)),
        "other": ("−g · input / (input² + other²)", lambda F, g, s: g * _atan2(F, -s.input, s.input, s.other)),
    },
    promote=BOTH,
    to_float=True,
    inplace=True,
    aliases=("arctan2",),
    samples=PAIR,
)
def atan2(input: Array, other: Array) -> Array:
    return np.arctan2(input, other)


def _atan2(F: Any, top: Any, x: Any, y: Any) -> Any:
    """`top / (x² + y²)`, zero at the origin."""
    square = x * x + y * y
    return F.where(square == 0, top * 0, top / square)


@op(
    "hypot",
    "√(input² + other²)",
    family="arithmetic",
    doc="The length of the hypotenuse.",
    grads={
        "input": ("g · input / result", lambda F, g, s: g * (s.input / s.result)),
        "other": ("g · other / result", lambda F, g, s: g * (s.other / s.result)),
    },
    promote=BOTH,
    inplace=True,
    samples=PAIR,
)
def hypot(input: Array, other: Array) -> Array:
    return np.hypot(input, other)


@op(
    "logaddexp",
    "ln(eˣ + eʸ)",
    family="exponential",
    doc="The logarithm of a sum of exponentials, without overflow.",
    grads={
        "input": ("g · e^(input − result)", lambda F, g, s: g * F.exp(s.input - s.result)),
        "other": ("g · e^(other − result)", lambda F, g, s: g * F.exp(s.other - s.result)),
    },
    promote=BOTH,
    samples=PAIR,
)
def logaddexp(input: Array, other: Array) -> Array:
    return np.logaddexp(input, other)


@op(
    "logaddexp2",
    "log₂(2ˣ + 2ʸ)",
    family="exponential",
    doc="The same to base 2.",
    grads={
        "input": ("g · 2^(input − result)", lambda F, g, s: g * F.exp2(s.input - s.result)),
        "other": ("g · 2^(other − result)", lambda F, g, s: g * F.exp2(s.other - s.result)),
    },
    promote=BOTH,
    samples=PAIR,
)
def logaddexp2(input: Array, other: Array) -> Array:
    return np.logaddexp2(input, other)


def _xlogy_name(call: dict[str, Any]) -> str:
    if not is_tensor(call["other"]):
        return "XlogyBackward2"
    return "XlogyBackward0" if is_tensor(call["input"]) else "XlogyBackward1"


def _xlogy_input(F: Any, g: Any, s: Any) -> Any:
    if not hasattr(s.other, "shape"):
        return g * F.where(s.input == 0, F.zeros_of(g, g.shape), g * 0 + math.log(s.other))
    quiet = (s.input == 0) & (s.other <= 0)
    return g * F.where(quiet, F.zeros_of(g, g.shape), F.log(s.other) + g * 0)


@op(
    "xlogy",
    "input · ln other, 0 where input = 0",
    family="exponential",
    doc="x ln y, and 0 where x is 0.",
    backward=_xlogy_name,
    grads={
        "input": ("g · ln other", _xlogy_input),
        "other": ("g · input / other", lambda F, g, s: g * (s.input / s.other)),
    },
    saves=("input", "other"),
    promote=BOTH,
    to_float=True,
    inplace=True,
    samples=[sample(arr(2, 3), arr(3, low=0.3)), sample(arr(3), 2.0)],
)
def xlogy(input: Array, other: Array) -> Array:
    return np.where((input == 0) & ~np.isnan(other), input * 0, input * np.log(other)).astype(input.dtype)


@op(
    "nextafter",
    "the neighbour of input towards other",
    family="rounding",
    doc="The next number that the type can hold.",
    grads={
        "input": ("g where input ≠ other", lambda F, g, s: F.where(s.input == s.other, F.zeros_of(g, g.shape), g)),
        "other": ("0", lambda F, g, s: F.zeros_of(g, g.shape)),
    },
    promote=BOTH,
    inplace=True,
    samples=PAIR,
)
def nextafter(input: Array, other: Array) -> Array:
    return np.nextafter(input, other)


@op(
    "frexp",
    "m and e with input = m · 2^e",
    family="exponential",
    doc="The mantissa, between ½ and 1 in size, and the exponent of two.",
    returns=("mantissa", "exponent"),
    grads={"input": ("g / 2^exponent", lambda F, g, s: F.ldexp(g[0], -s.result[1]))},
    saves=("result",),
    samples=[sample(arr(2, 3))],
)
def frexp(input: Array) -> tuple[Array, Array]:
    if input.dtype.kind != "f":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    return np.frexp(input)


@op(
    "ldexp",
    "input · 2^other",
    family="exponential",
    doc="The input times a power of two.",
    grads={
        "input": ("g · 2^other", lambda F, g, s: g * 2.0**s.other),
        "other": ("g · result · ln 2", lambda F, g, s: g * s.result * math.log(2)),
    },
    to_float=True,
    inplace=True,
    promote=BOTH,
    samples=[sample(arr(2, 3), arr(3))],
)
def ldexp(input: Array, other: Array) -> Array:
    return input * np.exp2(other)


INTS = [sample(arr(2, 3, low=1, high=30, kind="int"), arr(3, low=1, high=30, kind="int"))]


@op(
    "gcd",
    "gcd(input, other)",
    family="arithmetic",
    doc="The greatest common divisor.",
    promote=BOTH,
    inplace=True,
    samples=INTS,
)
def gcd(input: Array, other: Array) -> Array:
    return np.gcd(input, other)


@op(
    "lcm",
    "lcm(input, other)",
    family="arithmetic",
    doc="The least common multiple.",
    promote=BOTH,
    inplace=True,
    samples=INTS,
)
def lcm(input: Array, other: Array) -> Array:
    return np.lcm(input, other)


def _sinc(input: Array) -> Array:
    return np.sinc(input).astype(input.dtype)


def _sinc_input(F: Any, g: Any, s: Any) -> Any:
    x = s.input * math.pi
    slope = (x * F.cos(x) - F.sin(x)) / (x * s.input)
    return g * F.where(s.input == 0, F.zeros_of(g, g.shape), slope)


unary(
    "sinc", "sin(πx) / (πx)", _sinc, ("g · (πx cos πx − sin πx) / (πx²)", _sinc_input), "The normalised sinc.",
    family="trigonometry", samples=between(0.2, 2.0),
)  # fmt: skip
