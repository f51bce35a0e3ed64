"""Arithmetic, element by element: sums, products, quotients, remainders and powers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import dtypes
from engine.registry import arr, composite, is_tensor, op, sample
from engine.tensor import Tensor

Array = Any
BOTH = ("input", "other")
POSITIVE = arr(2, 3, low=0.3, high=2.0)
PAIR = [
    sample(arr(2, 3), arr(2, 3)),
    sample(arr(2, 3), arr(3)),
    sample(arr(2, 1), arr(3)),
    sample(arr(), arr()),
    sample(arr(3), 2.5),
    sample(arr(2, 3), arr()),
    sample(arr(0, 3), arr(3)),
]
QUOTIENTS = [
    sample(arr(2, 3), POSITIVE),
    sample(arr(2, 3), arr(3, low=-2.0, high=-0.3)),
    sample(arr(3), 0.7),
    sample(arr(), arr(low=0.3)),
]


def kind(x: Any) -> str:
    """The NumPy kind of an array or Python number."""
    return str(np.asarray(x).dtype.kind) if not hasattr(x, "dtype") else str(x.dtype.kind)


def check_divisor(input: Array, other: Array) -> None:
    """Integers cannot be divided by zero."""
    if kind(input) in "iub" and kind(other) in "iub" and np.any(np.equal(other, 0)):
        raise RuntimeError("ZeroDivisionError")


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


def _no_bools(input: Array, other: Array) -> None:
    if kind(input) == "b" and kind(other) == "b":
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
            "operator instead."
        )
    if kind(input) == "b" or kind(other) == "b":
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, "
            "use the `~` or `logical_not()` operator instead."
        )


@op(
    "sub",
    "input − alpha · other",
    family="arithmetic",
    doc="The difference, element by element; `other` may be scaled by alpha.",
    grads={
        "input": ("g", lambda F, g, s: g),
        "other": ("−alpha · g", lambda F, g, s: -g if s.alpha == 1 else g * -s.alpha),
    },
    promote=BOTH,
    inplace=True,
    aliases=("subtract",),
    check=_no_bools,
    samples=[*PAIR, sample(arr(3), arr(3), alpha=2)],
)
def sub(input: Array, other: Array, *, alpha: float = 1) -> Array:
    return input - other if alpha == 1 else input - alpha * other


@op(
    "rsub",
    "other − alpha · input",
    family="arithmetic",
    doc="The difference the other way round: `2 - x` is `rsub(x, 2)`.",
    grads={
        "input": ("−alpha · g", lambda F, g, s: -g if s.alpha == 1 else g * -s.alpha),
        "other": ("g", lambda F, g, s: g),
    },
    promote=BOTH,
    backward=lambda call: "RsubBackward0" if is_tensor(call["other"]) else "RsubBackward1",
    check=_no_bools,
    samples=[sample(arr(2, 3), 2), sample(arr(2, 3), arr(3), alpha=2)],
)
def rsub(input: Array, other: Array, *, alpha: float = 1) -> Array:
    return other - input if alpha == 1 else other - alpha * input


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


def _div_name(call: dict[str, Any]) -> str:
    return "DivBackward0" if call["rounding_mode"] is None else "DivBackward2"


def _div_promotes(call: dict[str, Any]) -> bool:
    return call["rounding_mode"] is None


def _div_input(F: Any, g: Any, s: Any) -> Any:
    return g / s.other if s.rounding_mode is None else g * 0


def _div_other(F: Any, g: Any, s: Any) -> Any:
    return -g * ((s.input / s.other) / s.other) if s.rounding_mode is None else g * 0


@op(
    "div",
    "input / other",
    family="arithmetic",
    doc="The quotient, element by element; rounding_mode 'floor' or 'trunc' rounds it.",
    grads={"input": ("g / other", _div_input), "other": ("−g · input / other²", _div_other)},
    promote=BOTH,
    to_float=_div_promotes,
    backward=_div_name,
    inplace=True,
    aliases=("divide",),
    samples=[*QUOTIENTS, sample(arr(3), POSITIVE, rounding_mode="floor")],
)
def div(input: Array, other: Array, *, rounding_mode: str | None = None) -> Array:
    if rounding_mode is None:
        return np.true_divide(input, other)
    check_divisor(input, other)
    if rounding_mode == "floor":
        return np.floor_divide(input, other)
    if rounding_mode != "trunc":
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )
    if kind(input) in "iu" and kind(other) in "iu":
        quotient = np.floor_divide(input, other)
        return quotient + ((quotient < 0) & (quotient * other != input)).astype(quotient.dtype)
    return np.trunc(np.true_divide(input, other))


@op(
    "true_divide",
    "input / other",
    family="arithmetic",
    doc="The quotient, element by element.",
    grads={
        "input": ("g / other", lambda F, g, s: g / s.other),
        "other": ("−g · input / other²", lambda F, g, s: -g * ((s.input / s.other) / s.other)),
    },
    promote=BOTH,
    to_float=True,
    backward="DivBackward0",
    inplace=True,
    samples=QUOTIENTS,
)
def true_divide(input: Array, other: Array) -> Array:
    return np.true_divide(input, other)


def _no_floor_divide(F: Any, g: Any, s: Any) -> Any:
    raise RuntimeError("derivative for aten::floor_divide is not implemented")


@op(
    "floor_divide",
    "⌊input / other⌋",
    family="arithmetic",
    doc="The quotient rounded down; it has no derivative.",
    grads={"input": ("not differentiable", _no_floor_divide), "other": ("not differentiable", _no_floor_divide)},
    promote=BOTH,
    backward="NotImplemented",
    inplace=True,
)
def floor_divide(input: Array, other: Array) -> Array:
    check_divisor(input, other)
    return np.floor_divide(input, other)


@op(
    "remainder",
    "input − other · ⌊input / other⌋",
    family="arithmetic",
    doc="The remainder with the sign of the divisor, as Python's %.",
    grads={
        "input": ("g", lambda F, g, s: g),
        "other": ("−g · ⌊input / other⌋", lambda F, g, s: -g * F.div(s.input, s.other, rounding_mode="floor")),
    },
    backward=lambda call: "RemainderBackward1" if is_tensor(call["other"]) else "RemainderBackward0",
    promote=BOTH,
    inplace=True,
    samples=[sample(arr(2, 3), arr(3, low=0.3)), sample(arr(3), 0.7)],
)
def remainder(input: Array, other: Array) -> Array:
    check_divisor(input, other)
    if kind(input) != "f" and kind(other) != "f":
        return np.remainder(input, other)
    rest = np.fmod(input, other)  # a zero keeps the sign of the dividend, as in PyTorch
    return np.where((rest != 0) & ((rest < 0) != np.less(other, 0)), rest + other, rest)


@op(
    "fmod",
    "input − other · trunc(input / other)",
    family="arithmetic",
    doc="The remainder with the sign of the dividend, as C's fmod.",
    grads={
        "input": ("g", lambda F, g, s: g),
        "other": ("−g · trunc(input / other)", lambda F, g, s: -g * F.div(s.input, s.other, rounding_mode="trunc")),
    },
    backward=lambda call: "FmodBackward1" if is_tensor(call["other"]) else "FmodBackward0",
    promote=BOTH,
    inplace=True,
    samples=[sample(arr(2, 3), arr(3, low=0.3)), sample(arr(3), 0.7)],
)
def fmod(input: Array, other: Array) -> Array:
    check_divisor(input, other)
    return np.fmod(input, other)


def _pow_name(call: dict[str, Any]) -> str:
    if not is_tensor(call["exponent"]):
        return "PowBackward0"
    return "PowBackward1" if is_tensor(call["input"]) else "PowBackward2"


def _pow_input(F: Any, g: Any, s: Any) -> Any:
    y = s.exponent
    if isinstance(y, int | float):
        if y == 2 and not is_tensor(s.input):  # in a graph of gradients it stays a power, as in torch
            return g * (2 * s.input)
        return g * 0 if y == 0 else g * (y * F.pow(s.input, y - 1))
    return F.where(y == 0, F.zeros_of(g, g.shape), g * (y * F.pow(s.input, y - 1)))


def _pow_exponent(F: Any, g: Any, s: Any) -> Any:
    x = s.input
    if isinstance(x, int | float):
        if x == 0:
            return F.where(s.exponent >= 0, F.zeros_of(g, g.shape), g * (s.result * -math.inf))
        return g * (s.result * (math.log(x) if x > 0 else math.nan))
    return F.where((x == 0) & (s.exponent >= 0), F.zeros_of(g, g.shape), g * (s.result * F.log(x)))


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
    backward=_pow_name,
    inplace=True,
    samples=[
        *(sample(arr(2, 3), n) for n in (0, 1, 2, 3, 4)),
        *(sample(POSITIVE, n) for n in (0.5, -0.5, -1, -2, 1.7)),
        sample(POSITIVE, arr(3)),
        sample(2.0, arr(3)),
        sample(arr(low=0.3), arr()),
    ],
)
def pow(input: Array, exponent: Array) -> Array:
    if exponent.__class__ is int or exponent.__class__ is float:
        if exponent == 2:
            return input * input
        if exponent == 3:
            return input * input * input
        if exponent == 0.5:
            return np.sqrt(input)
        if exponent == -1 and kind(input) == "f":
            return np.reciprocal(input)
    if kind(exponent) == "i" and kind(input) in "iub" and np.any(np.less(exponent, 0)):
        if not np.ndim(exponent):
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        return _whole_inverse(input, exponent)
    return np.power(input, exponent)


def _whole_inverse(input: Array, exponent: Array) -> Array:
    """Powers of integers where exponents are negative: zero but for 1 and -1."""
    power = np.power(input, np.abs(exponent))
    return np.where((exponent >= 0) | (np.abs(input) == 1), power, 0)


@composite(
    "float_power",
    "input ^ exponent",
    family="arithmetic",
    doc="The power in double precision.",
    samples=[sample(POSITIVE, 2.5)],
)
def float_power(input: Any, exponent: Any) -> Any:
    return input.double() ** (exponent.double() if is_tensor(exponent) else exponent)


def float_power_(self: Tensor, exponent: Any) -> Tensor:
    """In place, which only a double can hold."""
    if self.dtype is not dtypes.float64:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {dtypes.SCALAR_NAMES[self.dtype]} but the operation's result "
            "requires dtype Double"
        )
    return self.copy_(float_power(self, exponent))  # type: ignore[no-any-return]


setattr(Tensor, "float_power_", float_power_)  # noqa: B010 - mypy knows no such attribute


def _no_bool_negation(input: Array) -> Array:
    if input.dtype.kind == "b":
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use "
            "the `~` or `logical_not()` operator instead."
        )
    return np.negative(input)


op(
    "neg",
    "−input",
    family="arithmetic",
    doc="The negative, element by element.",
    grads={"input": ("−g", lambda F, g, s: -g)},
    inplace=True,
    aliases=("negative",),
    samples=[sample(arr(2, 3)), sample(arr())],
)(_no_bool_negation)
