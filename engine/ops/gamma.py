"""The gamma function and its family: log-gamma, digamma, polygamma, the Hurwitz zeta function, incomplete gamma.

NumPy has none of them.  Each is moved by its recurrence to where a divergent series is exact to double precision, and
computed there; float32 goes through float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.backends import Array, asarray
from engine.registry import arr, op, sample

SHIFT = 10
"""The series in 1/x below are exact to 1e-16 from here on."""
# B₂ₙ, and from them the terms of Stirling’s series for ln Γ and of its derivative.
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330)
STIRLING = [b / (2 * n * (2 * n - 1)) for n, b in enumerate(BERNOULLI, 1)]
SLOPES = [b / (2 * n) for n, b in enumerate(BERNOULLI, 1)]
TERMS = 500


def in_double(compute: Callable[..., Any]) -> Callable[..., Any]:
    """`compute` on float64 arrays; the result in the first array's type."""

    def through(first: Array, *rest: Array) -> Array:
        wide = [x.astype(np.float64) if hasattr(x, "dtype") else x for x in (first, *rest)]
        return compute(*wide).astype(first.dtype)[()]

    return through


def horner(coefficients: Any, x: Array) -> Array:
    """The polynomial c₀ + c₁ x + c₂ x² + …"""
    total = x * 0 + coefficients[-1]
    for c in coefficients[-2::-1]:
        total = total * x + c
    return total


def sine_of_pi(x: Array) -> Array:
    """sin(πx), zero at whole numbers."""
    turn = x - 2 * np.rint(x / 2)
    return np.sign(turn) * np.sin(math.pi * np.minimum(np.abs(turn), 1 - np.abs(turn)))


def log_gamma(x: Array) -> Array:
    """ln |Γ(x)|."""
    flipped = np.where(x < 0.5, 1 - x, x)
    moved = np.where(flipped < SHIFT, flipped + SHIFT, flipped)
    product = moved * 0 + 1
    for k in range(SHIFT):
        product = product * np.where(flipped < SHIFT, flipped + k, 1)
    inverse = 1 / moved
    series = inverse * horner(STIRLING, inverse * inverse)
    whole = (moved - 0.5) * np.log(moved) - moved + 0.5 * math.log(2 * math.pi) + series - np.log(product)
    result = np.where(x < 0.5, math.log(math.pi) - np.log(np.abs(sine_of_pi(x))) - whole, whole)
    return np.where(np.isinf(x), math.inf, result)


def digamma_of(x: Array) -> Array:
    """The slope of ln Γ."""
    flipped = np.where(x < 0, 1 - x, x)
    low = flipped < SHIFT
    moved = np.where(low, flipped + SHIFT, flipped)
    total = moved * 0
    for k in range(SHIFT - 1, -1, -1):
        total = total + np.where(low, 1 / (flipped + k), 0)
    inverse = 1 / moved
    square = inverse * inverse
    result = np.log(moved) - inverse / 2 - square * horner(SLOPES, square) - total
    turn = x - np.rint(x)
    result = np.where(x < 0, result - math.pi / np.tan(math.pi * turn), result)
    result = np.where((x < 0) & (turn == 0), math.nan, result)
    result = np.where(x == 0, np.copysign(math.inf, -x), result)
    return np.where(x == math.inf, math.inf, result)


def zeta_of(x: Array, q: Array) -> Array:
    """Hurwitz's ζ(x, q) = Σ (q + k)⁻ˣ: terms one by one up to q + k > 10, the rest by Euler and Maclaurin."""
    x, q = np.broadcast_arrays(x, q)
    total, at = np.zeros_like(q), q * 1.0
    usable = (x > 1) & (q > 0) | (x > 1) & (q != np.floor(q)) & (x == np.floor(x))
    for number in range(10**6):
        going = usable & ((at <= SHIFT) | (number < SHIFT))
        if not np.any(going):
            break
        total = total + np.where(going, at**-x, 0)
        at = np.where(going, at + 1, at)
    tail = at ** (1 - x) / (x - 1) + at**-x / 2
    factor = x
    for n, b in enumerate(BERNOULLI, 1):
        tail = tail + b / math.factorial(2 * n) * factor * at ** (-x - 2 * n + 1)
        factor = factor * (x + 2 * n - 1) * (x + 2 * n)
    at_pole = (x > 1) & (q <= 0) & (q == np.floor(q))
    result = np.where(usable, total + tail, np.where(at_pole | (x == 1), math.inf, math.nan))
    return np.where(np.isnan(x) | np.isnan(q), math.nan, result)


def trigamma_of(x: Array) -> Array:
    """ψ′, reflected below ½."""
    right = zeta_of(np.full_like(x, 2.0), np.where(x < 0.5, 1 - x, x))
    return np.where(x < 0.5, (math.pi / np.sin(math.pi * x)) ** 2 - right, right)


def lower_gamma(a: Array, x: Array) -> Array:
    """P(a, x), the regularised lower incomplete gamma function, by its power series or 1 − its continued fraction."""
    a, x = np.broadcast_arrays(a, x)
    return np.where(x < a + 1, _series(a, x), 1 - _fraction(a, x))


def upper_gamma(a: Array, x: Array) -> Array:
    """Q(a, x) = 1 − P(a, x)."""
    a, x = np.broadcast_arrays(a, x)
    return np.where(x < a + 1, 1 - _series(a, x), _fraction(a, x))


def _weight(a: Array, x: Array) -> Array:
    return np.exp(a * np.log(x) - x - log_gamma(a))


def _series(a: Array, x: Array) -> Array:
    term = 1 / a
    total = term
    for n in range(1, TERMS):
        term = term * x / (a + n)
        total = total + term
    result = np.where(x == 0, 0.0, total * _weight(a, x))
    return _at_edges(a, x, np.where(a == 0, 1.0, result), 0.0)


def _fraction(a: Array, x: Array) -> Array:
    # Lentz's method (Press et al., Numerical Recipes, 6.2).
    tiny = 1e-300
    b = x + 1 - a
    c, d = b * 0 + 1 / tiny, 1 / np.where(b == 0, tiny, b)
    h = d
    for n in range(1, TERMS):
        step = -n * (n - a)
        b = b + 2
        d = step * d + b
        c = b + step / c
        d = 1 / np.where(np.abs(d) < tiny, tiny, d)
        c = np.where(np.abs(c) < tiny, tiny, c)
        h = h * d * c
    return _at_edges(a, x, np.where(x == math.inf, 0.0, h * _weight(a, x)), 1.0)


def _at_edges(a: Array, x: Array, result: Array, infinite: float) -> Array:
    bad = (a < 0) | (x < 0) | np.isnan(a) | np.isnan(x) | (a == 0) & (x == 0) | np.isinf(a) & np.isinf(x)
    return np.where(bad, math.nan, np.where(np.isinf(a), infinite, result))


SPECIAL: dict[str, Any] = {"family": "special", "promote": ("input",), "to_float": True, "inplace": True}
PAIR: dict[str, Any] = SPECIAL | {"promote": ("input", "other")}
POSITIVE = [sample(arr(2, 3, low=0.2, high=4.0))]


@op(
    "lgamma",
    "ln |Γ(input)|",
    doc="The logarithm of the gamma function's size.",
    grads={"input": ("g · ψ(input)", lambda F, g, s: g * F.digamma(s.input))},
    samples=POSITIVE,
    **SPECIAL,
)
def lgamma(input: Array) -> Array:
    return in_double(log_gamma)(input)


@op(
    "digamma",
    "ψ(input) = d/dx ln Γ(input)",
    doc="The slope of the logarithm of the gamma function.",
    grads={"input": ("g · ψ′(input)", lambda F, g, s: g * F._polygamma(s.input, 1))},
    samples=POSITIVE,
    **SPECIAL,
)
def digamma(input: Array) -> Array:
    return in_double(digamma_of)(input)


@op(
    "_polygamma",
    "ψ⁽ⁿ⁾(input)",
    doc="The n-th derivative of digamma.",
    backward="PolygammaBackward0",
    aliases=("polygamma",),
    grads={"input": ("g · ψ⁽ⁿ⁺¹⁾(input)", lambda F, g, s: g * F._polygamma(s.input, s.n + 1))},
    samples=[sample(arr(2, 3, low=0.2, high=4.0), 1), sample(arr(3, low=0.2, high=4.0), 2)],
    **SPECIAL,
)
def _polygamma(input: Array, n: int) -> Array:
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    if n == 0:
        return in_double(digamma_of)(input)
    if n == 1:
        return in_double(trigamma_of)(input)
    sign = (-1.0) ** (n + 1) * math.factorial(n)
    return in_double(lambda x: sign * zeta_of(np.full_like(x, n + 1.0), x))(input)


@op(
    "special_zeta",
    "Σ (other + k)⁻ⁱⁿᵖᵘᵗ, k = 0, 1, …",
    doc="Hurwitz's zeta function.",
    backward=lambda values: "SpecialZetaBackward0" if hasattr(values["other"], "_data") else "SpecialZetaBackward2",
    grads={
        "input": ("not differentiable", lambda F, g, s: _no_derivative("zeta")),
        "other": (
            "−g · input · ζ(input + 1, other)",
            lambda F, g, s: g * -s.input * F.special_zeta(s.input + 1, s.other),
        ),
    },
    samples=[sample(2.5, arr(3, low=0.5, high=3.0))],
    **(PAIR | {"inplace": False, "function": False, "method": False}),
)
def special_zeta(input: Array, other: Array) -> Array:
    kind = other if hasattr(other, "dtype") else input
    return in_double(lambda like, x, q: zeta_of(asarray(x, float, like), asarray(q, float, like)))(kind, input, other)


def _no_derivative(name: str) -> Any:
    raise NotImplementedError(f"the derivative for '{name}' is not implemented.")


def _density(F: Any, a: Any, x: Any) -> Any:
    """xᵃ⁻¹ e⁻ˣ / Γ(a), the slope of P(a, x)."""
    return F.exp((a - 1) * F.log(x) - x - F.lgamma(a))


@op(
    "igamma",
    "1/Γ(input) ∫₀ᵒᵗʰᵉʳ tⁱⁿᵖᵘᵗ⁻¹ e⁻ᵗ dt",
    doc="The regularised lower incomplete gamma function.",
    grads={
        "input": ("not differentiable", lambda F, g, s: _no_derivative("igamma: input")),
        "other": ("g · xᵃ⁻¹ e⁻ˣ / Γ(a)", lambda F, g, s: g * _density(F, s.input, s.other)),
    },
    saves=["input", "other"],
    samples=[sample(arr(3, low=0.5, high=3.0), arr(3, low=0.5, high=3.0))],
    **PAIR,
)
def igamma(input: Array, other: Array) -> Array:
    return in_double(lower_gamma)(input, other)


@op(
    "igammac",
    "1/Γ(input) ∫ₒₜₕₑᵣ^∞ tⁱⁿᵖᵘᵗ⁻¹ e⁻ᵗ dt",
    doc="The regularised upper incomplete gamma function.",
    grads={
        "input": ("not differentiable", lambda F, g, s: _no_derivative("igammac: input")),
        "other": ("−g · xᵃ⁻¹ e⁻ˣ / Γ(a)", lambda F, g, s: -g * _density(F, s.input, s.other)),
    },
    saves=["input", "other"],
    samples=[sample(arr(3, low=0.5, high=3.0), arr(3, low=0.5, high=3.0))],
    **PAIR,
)
def igammac(input: Array, other: Array) -> Array:
    return in_double(upper_gamma)(input, other)


def _mvlgamma_input(F: Any, g: Any, s: Any) -> Any:
    slopes = F.digamma(s.input)
    for j in range(1, s.p):
        slopes = slopes + F.digamma(s.input - j / 2)
    return g * slopes


@op(
    "mvlgamma",
    "p(p − 1)/4 ln π + Σⱼ ln Γ(input − j/2)",
    doc="The logarithm of the gamma function of p dimensions.",
    grads={"input": ("g · Σⱼ ψ(input − j/2)", _mvlgamma_input)},
    saves=["input", "p"],
    samples=[sample(arr(3, low=2.0, high=4.0), 2)],
    **SPECIAL,
)
def mvlgamma(input: Array, p: int) -> Array:
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    constant = p * (p - 1) / 4 * math.log(math.pi)
    return in_double(lambda x: constant + sum(log_gamma(x - j / 2) for j in range(p)))(input)
