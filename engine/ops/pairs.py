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


def _not_differentiable(F: Any, g: Any, s: Any) -> Any:
    raise RuntimeError("derivative for aten::nextafter is not implemented")


@op(
    "nextafter",
    "the neighbour of input towards other",
    family="rounding",
    doc="The next number that the type can hold.",
    backward="NotImplemented",
    grads={"input": ("not differentiable", _not_differentiable), "other": ("not differentiable", _not_differentiable)},
    promote=BOTH,
)
def nextafter(input: Array, other: Array) -> Array:
    return np.nextafter(input, other)


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
    promote=BOTH,
    backward="MulBackward0",
    samples=[sample(arr(2, 3), arr(3))],
)
def ldexp(input: Array, other: Array) -> Array:
    return input * np.exp2(other)


INTS = [sample(arr(2, 3, low=1, high=30, kind="int"), arr(3, low=1, high=30, kind="int"))]


@op("gcd", "gcd(input, other)", family="arithmetic", doc="The greatest common divisor.", promote=BOTH, samples=INTS)
def gcd(input: Array, other: Array) -> Array:
    return np.gcd(input, other)


@op("lcm", "lcm(input, other)", family="arithmetic", doc="The least common multiple.", promote=BOTH, samples=INTS)
def lcm(input: Array, other: Array) -> Array:
    return np.lcm(input, other)


# Lanczos's approximation with g = 607/128 and 15 terms (Godfrey, 2001): relative error about 1e-15.
LANCZOS = (
    0.99999999999999709182, 57.156235665862923517, -59.597960355475491248, 14.136097974741747174,
    -0.49191381609762019978, 0.33994649984811888699e-4, 0.46523628927048575665e-4, -0.98374475304879564677e-4,
    0.15808870322491248884e-3, -0.21026444172410488319e-3, 0.21743961811521264320e-3, -0.16431810653676389022e-3,
    0.84418223983852743293e-4, -0.26190838401581408670e-4, 0.36899182659531622704e-5,
)  # fmt: skip


def _lgamma_right(x: Array) -> Array:
    """ln Γ(x) for x ≥ ½."""
    total = LANCZOS[0] + sum(c / (x + i - 1) for i, c in enumerate(LANCZOS) if i)
    t = x + 607 / 128 - 0.5
    return (x - 0.5) * np.log(t) - t + 0.5 * math.log(2 * math.pi) + np.log(total)


def _lgamma(input: Array) -> Array:
    x = np.asarray(input, dtype=np.float64)
    reflected = np.where(x < 0.5, 1 - x, x)
    right = _lgamma_right(reflected)
    left = math.log(math.pi) - np.log(np.abs(np.sin(math.pi * x))) - right
    whole = (x <= 0) & (x == np.floor(x))
    return np.where(whole, np.inf, np.where(x < 0.5, left, right)).astype(input.dtype)


def _polygamma(n: int, input: Array) -> Array:
    """ψ⁽ⁿ⁾ by recurrence to large arguments and the asymptotic series there."""
    x = np.asarray(input, dtype=np.float64)
    if n == 0:
        return _digamma(x).astype(input.dtype)
    sign = (-1.0) ** (n + 1) * math.factorial(n)
    total = np.zeros_like(x)
    for _ in range(20):
        total = total + 1 / x ** (n + 1)
        x = x + 1
    series = 1 / (n * x**n) + 1 / (2 * x ** (n + 1))
    for k, b in enumerate(BERNOULLI, 1):
        series = series + b * math.factorial(2 * k + n - 1) / (math.factorial(2 * k) * math.factorial(n)) / x ** (2 * k + n)
    return (sign * (total + series)).astype(input.dtype)


BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)


def _digamma(x: Array) -> Array:
    reflected = np.where(x < 0.5, 1 - x, x)
    total = np.zeros_like(x)
    y = reflected
    for _ in range(12):
        total = total - 1 / y
        y = y + 1
    series = np.log(y) - 1 / (2 * y)
    for k, b in enumerate(BERNOULLI, 1):
        series = series - b / (2 * k * y ** (2 * k))
    right = total + series
    whole = (x <= 0) & (x == np.floor(x))
    left = np.where(whole, np.nan, right - math.pi / np.tan(math.pi * x))
    return np.where(x == 0, np.copysign(np.inf, -x), np.where(x < 0.5, left, right))


unary(
    "lgamma", "ln |Γ(x)|", _lgamma, ("g · ψ(x)", lambda F, g, s: g * F.digamma(s.input)),
    "The logarithm of the gamma function.", samples=between(0.2, 4.0),
)  # fmt: skip
unary(
    "digamma", "ψ(x)", lambda input: _digamma(np.asarray(input, np.float64)).astype(input.dtype),
    ("g · ψ′(x)", lambda F, g, s: g * F.polygamma(1, s.input)), "The derivative of ln Γ.", samples=between(0.2, 4.0),
)  # fmt: skip


@op(
    "polygamma",
    "ψ⁽ⁿ⁾(input)",
    family="exponential",
    doc="The n-th derivative of ψ.",
    method=False,
    to_float=True,
    promote=("input",),
    grads={"input": ("g · ψ⁽ⁿ⁺¹⁾", lambda F, g, s: g * F.polygamma(s.n + 1, s.input))},
    samples=[sample(1, arr(2, 3, low=0.3, high=3.0)), sample(2, arr(3, low=0.3, high=3.0))],
)
def polygamma(n: int, input: Array) -> Array:
    return _polygamma(n, input)


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
unary(
    "i0", "I₀(x)", lambda input: np.i0(input).astype(input.dtype), ("g · I₁(x)", lambda F, g, s: g * F._i1(s.input)),
    "The modified Bessel function of order 0.", samples=between(-2.0, 2.0),
)  # fmt: skip


@op("_i1", "I₁(x)", family="exponential", doc="The modified Bessel function of order 1.",
    grads={"input": ("g · (I₀ − I₁/x)", lambda F, g, s: g * (F.i0(s.input) - s.result / s.input))})  # fmt: skip
def _i1(input: Array) -> Array:
    x = np.asarray(input, np.float64)
    half, term = x / 2, x / 2
    total = np.zeros_like(x) + term
    for k in range(1, 60):
        term = term * half * half / (k * (k + 1))
        total = total + term
    return total.astype(input.dtype)
