"""Modified Bessel functions of order 0 and 1, plain and scaled by e^−|x|.

Near zero by their power series (all terms positive, so nothing cancels), far out by the asymptotic series.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.backends import Array
from engine.ops.gamma import SPECIAL, horner, in_double
from engine.registry import arr, op, sample

FAR = 30.0
"""Beyond, 25 terms of the asymptotic series are exact to 1e-16."""
NEAR_TERMS, FAR_TERMS = 60, 25


def power_series(order: int) -> list[float]:
    """Coefficients of Iₙ(x) / (x/2)ⁿ in (x/2)²: 1 / (k! (k + n)!)."""
    return [1 / (math.factorial(k) * math.factorial(k + order)) for k in range(NEAR_TERMS)]


def far_series(order: int) -> list[float]:
    """Coefficients of Iₙ(x) √(2πx) e⁻ˣ in 1/x."""
    found = [1.0]
    for k in range(1, FAR_TERMS):
        found.append(found[-1] * ((2 * k - 1) ** 2 - 4 * order**2) / (8 * k))
    return found


NEAR = (power_series(0), power_series(1))
FAR_OUT = (far_series(0), far_series(1))


def scaled(x: Array, order: int) -> Array:
    """e^−|x| Iₙ(x)."""
    size = np.abs(x)
    small = np.minimum(size, FAR)
    half = small / 2
    near = np.exp(-small) * half**order * horner(NEAR[order], half * half)
    large = np.maximum(size, FAR)
    far = horner(FAR_OUT[order], 1 / large) / np.sqrt(2 * math.pi * large)
    result = np.where(size > FAR, far, near)
    return np.where(x < 0, -result, result) if order else result


def plain(x: Array, order: int) -> Array:
    """Iₙ(x)."""
    return np.exp(np.abs(x)) * scaled(x, order)


def _over_input(F: Any, result: Any, x: Any) -> Any:
    """result / x where x is not 0, its limit ½ there."""
    return F.where(x == 0, 0.5, result / F.where(x == 0, 1.0, x))


PRIVATE: dict[str, Any] = SPECIAL | {"inplace": False, "function": False, "method": False}
AROUND = [sample(arr(2, 3, low=-3.0, high=3.0))]


@op(
    "i0",
    "Σ (input²/4)ᵏ / (k!)²",
    doc="The modified Bessel function of the first kind, order 0.",
    grads={"input": ("g · I₁(input)", lambda F, g, s: g * F.special_i1(s.input))},
    samples=AROUND,
    **SPECIAL,
)
def i0(input: Array) -> Array:
    return in_double(plain)(input, 0)


@op(
    "special_i0e",
    "e^−|input| I₀(input)",
    doc="I₀ scaled so that it does not overflow.",
    backward="SpecialI0EBackward0",
    grads={
        "input": (
            "g · (e^−|x| I₁(x) − sign(x) · result)",
            lambda F, g, s: g * (F.special_i1e(s.input) - F.sign(s.input) * s.result),
        )
    },
    samples=AROUND,
    **PRIVATE,
)
def special_i0e(input: Array) -> Array:
    return in_double(scaled)(input, 0)


@op(
    "special_i1",
    "Σ (input/2)²ᵏ⁺¹ / (k! (k + 1)!)",
    doc="The modified Bessel function of the first kind, order 1.",
    backward="SpecialI1Backward0",
    grads={
        "input": (
            "g · (I₀(x) − result / x)",
            lambda F, g, s: g * (F.i0(s.input) - _over_input(F, s.result, s.input)),
        )
    },
    saves=["input", "result"],
    samples=AROUND,
    **PRIVATE,
)
def special_i1(input: Array) -> Array:
    return in_double(plain)(input, 1)


@op(
    "special_i1e",
    "e^−|input| I₁(input)",
    doc="I₁ scaled so that it does not overflow.",
    backward="SpecialI1EBackward0",
    grads={
        "input": (
            "g · (e^−|x| I₀(x) − sign(x) · result − result / x)",
            lambda F, g, s: (
                g * (F.special_i0e(s.input) - F.sign(s.input) * s.result - _over_input(F, s.result, s.input))
            ),
        )
    },
    saves=["input", "result"],
    samples=AROUND,
    **PRIVATE,
)
def special_i1e(input: Array) -> Array:
    return in_double(scaled)(input, 1)
