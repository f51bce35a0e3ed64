"""Functions of one variable, element by element: exponentials, trigonometry, activations, rounding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.registry import ArraySample, Rule, arr, op, sample

Array = Any
ONE_TO_ONE = [sample(arr(2, 3)), sample(arr()), sample(arr(0, 2))]
ZERO: tuple[str, Rule] = ("0", lambda F, g, s: g * 0)


def _of_input(input: Array) -> None:
    """The signature of a function of one variable."""


def between(low: float, high: float) -> list[Any]:
    """Samples within a domain."""
    shapes: Sequence[ArraySample] = (arr(2, 3, low=low, high=high), arr(low=low, high=high))
    return [sample(a) for a in shapes]


def unary(
    name: str,
    formula: str,
    compute: Callable[[Any], Any],
    derivative: tuple[str, Rule],
    doc: str,
    *,
    family: str = "exponential",
    samples: Sequence[Any] = ONE_TO_ONE,
    to_float: bool = True,
    aliases: Sequence[str] = (),
    backward: str = "",
) -> None:
    """Declare a function of one variable."""
    op(
        name,
        formula,
        family=family,
        doc=doc,
        grads={"input": derivative},
        promote=("input",) if to_float else (),
        to_float=to_float,
        inplace=True,
        aliases=aliases,
        samples=samples,
        backward=backward,
        signature=_of_input,
    )(compute)


LN2, LN10 = float(np.log(2)), float(np.log(10))
POSITIVE = between(0.2, 3.0)
INSIDE = between(-0.9, 0.9)


def _square(x: Array) -> Array:
    return np.square(x) if x.dtype.kind != "b" else x.astype(np.int64)


unary("exp", "eˣ", np.exp, ("g · result", lambda F, g, s: g * s.result), "The exponential.")
unary(
    "exp2", "2ˣ", np.exp2, ("g · result · ln 2", lambda F, g, s: g * s.result * LN2), "Two to the power of the input."
)
unary(
    "expm1", "eˣ − 1", np.expm1, ("g · (result + 1)", lambda F, g, s: g * (s.result + 1)), "exp(x) − 1, exact near 0."
)
unary("log", "ln x", np.log, ("g / x", lambda F, g, s: g / s.input), "The natural logarithm.", samples=POSITIVE)
unary(
    "log2", "log₂ x", np.log2, ("g / (x ln 2)", lambda F, g, s: g / (s.input * LN2)), "The logarithm to base 2.",
    samples=POSITIVE,
)  # fmt: skip
unary(
    "log10", "log₁₀ x", np.log10, ("g / (x ln 10)", lambda F, g, s: g / (s.input * LN10)),
    "The logarithm to base 10.", samples=POSITIVE,
)  # fmt: skip
unary(
    "log1p", "ln(1 + x)", np.log1p, ("g / (x + 1)", lambda F, g, s: g / (s.input + 1)),
    "ln(1 + x), exact near 0.", samples=POSITIVE,
)  # fmt: skip
unary(
    "sqrt", "√x", np.sqrt, ("g / (2 · result)", lambda F, g, s: g / (2 * s.result)), "The square root.",
    samples=POSITIVE,
)  # fmt: skip
unary(
    "rsqrt", "1/√x", lambda input: 1 / np.sqrt(input),
    ("−½ g · result³", lambda F, g, s: -0.5 * g * F.pow(s.result, 3)), "One over the square root.",
    samples=POSITIVE,
)  # fmt: skip
unary(
    "reciprocal", "1/x", lambda input: 1 / input, ("−g · result²", lambda F, g, s: -g * (s.result * s.result)),
    "One over the input.", samples=POSITIVE, family="arithmetic",
)  # fmt: skip
unary(
    "square", "x²", _square, ("2 g · x", lambda F, g, s: g * (2 * s.input)), "The square.",
    family="arithmetic", to_float=False, backward="PowBackward0",
)  # fmt: skip

T = "trigonometry"
unary("sin", "sin x", np.sin, ("g · cos x", lambda F, g, s: g * F.cos(s.input)), "The sine.", family=T)
unary("cos", "cos x", np.cos, ("−g · sin x", lambda F, g, s: g * -F.sin(s.input)), "The cosine.", family=T)
unary(
    "tan", "tan x", np.tan, ("g · (1 + result²)", lambda F, g, s: g * (1 + s.result * s.result)), "The tangent.",
    family=T, samples=between(-1.2, 1.2),
)  # fmt: skip
unary(
    "asin", "arcsin x", np.arcsin, ("g / √(1 − x²)", lambda F, g, s: g * F.rsqrt(1 - s.input * s.input)),
    "The inverse sine.", family=T, samples=INSIDE, aliases=("arcsin",),
)  # fmt: skip
unary(
    "acos", "arccos x", np.arccos, ("−g / √(1 − x²)", lambda F, g, s: g * -F.rsqrt(1 - s.input * s.input)),
    "The inverse cosine.", family=T, samples=INSIDE, aliases=("arccos",),
)  # fmt: skip
unary(
    "atan", "arctan x", np.arctan, ("g / (1 + x²)", lambda F, g, s: g / (s.input * s.input + 1)),
    "The inverse tangent.", family=T, aliases=("arctan",),
)  # fmt: skip
unary("sinh", "sinh x", np.sinh, ("g · cosh x", lambda F, g, s: g * F.cosh(s.input)), "The hyperbolic sine.", family=T)
unary(
    "cosh", "cosh x", np.cosh, ("g · sinh x", lambda F, g, s: g * F.sinh(s.input)), "The hyperbolic cosine.", family=T
)
unary(
    "asinh", "arsinh x", np.arcsinh, ("g / √(x² + 1)", lambda F, g, s: g * F.rsqrt(s.input * s.input + 1)),
    "The inverse hyperbolic sine.", family=T, aliases=("arcsinh",),
)  # fmt: skip
unary(
    "acosh", "arcosh x", np.arccosh, ("g / √(x² − 1)", lambda F, g, s: g * F.rsqrt(s.input * s.input - 1)),
    "The inverse hyperbolic cosine.", family=T, samples=between(1.2, 3.0), aliases=("arccosh",),
)  # fmt: skip
unary(
    "atanh", "artanh x", np.arctanh, ("g / (1 − x²)", lambda F, g, s: g * (1 / (1 - s.input * s.input))),
    "The inverse hyperbolic tangent.", family=T, samples=INSIDE, aliases=("arctanh",),
)  # fmt: skip
unary(
    "deg2rad", "x · π / 180", lambda input: input * (np.pi / 180), ("g · π / 180", lambda F, g, s: g * (np.pi / 180)),
    "Degrees as radians.", family=T,
)  # fmt: skip
unary(
    "rad2deg", "x · 180 / π", lambda input: input * (180 / np.pi), ("g · 180 / π", lambda F, g, s: g * (180 / np.pi)),
    "Radians as degrees.", family=T,
)  # fmt: skip


def _sigmoid(input: Array) -> Array:
    # exp may overflow to infinity, which gives the 0 it should; through tanh all digits of small values would be lost.
    return 1 / (1 + np.exp(-input))


def _relu(input: Array) -> Array:
    if input.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    return np.maximum(input, 0)


A = "activation"
unary(
    "tanh", "tanh x", np.tanh, ("g · (1 − result²)", lambda F, g, s: g * (1 - s.result * s.result)), "tanh.", family=A
)
unary(
    "sigmoid", "1 / (1 + e⁻ˣ)", _sigmoid,
    ("g · result · (1 − result)", lambda F, g, s: g * ((1 - s.result) * s.result)),
    "The logistic function.", family=A,
)  # fmt: skip
unary(
    "relu", "max(x, 0)", _relu, ("g where x > 0, else 0", lambda F, g, s: g * (s.result > 0)),
    "The positive part.", family=A, to_float=False,
)  # fmt: skip


def _sign(input: Array) -> Array:
    if input.dtype.kind == "b":
        return input
    signs = np.sign(input)
    return np.where(np.isnan(input), input.dtype.type(0), signs) if input.dtype.kind == "f" else signs


def _whole(rounding: Callable[[Any], Any], input: Array) -> Array:
    return rounding(input) if input.dtype.kind in "fc" else input


R = "rounding"
unary(
    "abs", "|x|", np.abs, ("g · sign x", lambda F, g, s: g * F.sign(s.input)), "The absolute value.",
    family="arithmetic", to_float=False, aliases=("absolute",),
)  # fmt: skip
unary("sign", "sign x", _sign, ZERO, "−1, 0 or 1.", family=R, to_float=False)
unary("sgn", "sign x", _sign, ZERO, "−1, 0 or 1.", family=R, to_float=False)
unary("floor", "⌊x⌋", lambda input: _whole(np.floor, input), ZERO, "Rounded down.", family=R, to_float=False)
unary("ceil", "⌈x⌉", lambda input: _whole(np.ceil, input), ZERO, "Rounded up.", family=R, to_float=False)
unary(
    "trunc", "trunc x", lambda input: _whole(np.trunc, input), ZERO, "Rounded towards zero.", family=R, to_float=False,
    aliases=("fix",),
)  # fmt: skip
unary(
    "frac", "x − trunc x", lambda input: input - np.trunc(input), ("g", lambda F, g, s: g), "The fractional part.",
    family=R, to_float=False,
)  # fmt: skip


@op(
    "round",
    "x to the nearest whole number",
    family=R,
    doc="Rounded to the nearest whole number, halves to even, or to `decimals` digits.",
    grads={"input": ZERO},
    backward=lambda call: "RoundBackward1" if call["decimals"] else "RoundBackward0",
    inplace=True,
    samples=[sample(arr(2, 3)), sample(arr(3), decimals=1)],
)
def round(input: Array, *, decimals: int = 0) -> Array:
    if input.dtype.kind not in "fc":
        return input
    if decimals == 0:
        return np.rint(input)
    scale = input.dtype.type(10.0 ** abs(decimals))
    return np.rint(input * scale) / scale if decimals > 0 else np.rint(input / scale) * scale


@op(
    "positive",
    "+input",
    family="arithmetic",
    doc="The input itself.",
    composite=True,
    samples=[sample(arr(3))],
)
def positive(input: Any) -> Any:
    if input.dtype.category == 0:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


@op(
    "nan_to_num",
    "x, with NaN and infinities replaced",
    family=R,
    doc="NaN as `nan`, infinities as the largest numbers.",
    grads={"input": ("g where x is finite", lambda F, g, s: g * F.isfinite(s.input))},
    inplace=True,
    samples=[sample(arr(2, 3))],
)
def nan_to_num(input: Array, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Array:
    if input.dtype.kind not in "fc":
        return input
    return np.nan_to_num(input, nan=nan or 0.0, posinf=posinf, neginf=neginf).astype(input.dtype)


def _logit_input(F: Any, g: Any, s: Any) -> Any:
    x = s.input
    if s.eps is None:
        return g / (x * (1 - x))
    inside = (x >= s.eps) & (x <= 1 - s.eps)
    return F.where(inside, g / (x * (1 - x)), F.zeros_of(g, g.shape))


@op(
    "logit",
    "ln(x / (1 − x))",
    family=A,
    doc="The inverse of the logistic function; `eps` keeps the input away from 0 and 1.",
    grads={"input": ("g / (x (1 − x))", _logit_input)},
    saves=("input", "eps"),
    promote=("input",),
    to_float=True,
    inplace=True,
    samples=[sample(arr(2, 3, low=0.1, high=0.9)), sample(arr(3, low=0.0, high=1.0), 0.2)],
)
def logit(input: Array, eps: float | None = None) -> Array:
    x = input if eps is None else np.clip(input, eps, 1 - eps)
    return np.log(x / (1 - x))
