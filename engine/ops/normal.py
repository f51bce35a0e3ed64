"""The normal distribution function, its inverse and logarithm; entropy and x ln(1 + y), right where they are 0 · ∞."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.backends import Array
from engine.ops.gamma import PAIR, SPECIAL, in_double
from engine.ops.special import SLOPE, erfc_of
from engine.registry import arr, composite, op, sample

ROOT_HALF, ROOT_TWO_PI = math.sqrt(0.5), math.sqrt(2 * math.pi)
SMALL = 1e-300
PRIVATE: dict[str, Any] = SPECIAL | {"inplace": False, "function": False, "method": False}
AROUND = [sample(arr(2, 3))]
INSIDE = [sample(arr(2, 3, low=0.1, high=0.9))]


def erfcx_of(x: Array) -> Array:
    """exp(x²) erfc(x): a product where neither factor is extreme, a continued fraction far out."""
    near = np.exp(np.minimum(x * x, 700)) * erfc_of(x)
    far = np.zeros_like(x)
    large = np.maximum(x, 5)
    for k in range(60, 0, -1):
        far = k / 2 / (large + far)
    fraction = 1 / (large + far) / math.sqrt(math.pi)
    result = np.where(x > 5, fraction, near)
    return np.where(x < -26.6287357137514, math.inf, result)


def log_ndtr_of(x: Array) -> Array:
    """ln Φ(x)."""
    left = np.minimum(x, -1)
    low = np.log(erfcx_of(-left * ROOT_HALF) / 2) - left * left / 2
    return np.where(x < -1, low, np.log1p(-erfc_of(np.maximum(x, -1) * ROOT_HALF) / 2))


def ndtri_of(p: Array) -> Array:
    """Φ⁻¹(p): Newton's method on ln Φ, which is concave, in the lower half; the upper half by symmetry."""
    lower = np.clip(np.where(p > 0.5, 1 - p, p), SMALL, 0.5)
    goal = np.log(lower)
    # Starting left of the solution of a concave rising function, every step goes right and none overshoots.
    x = -np.sqrt(-2 * goal)
    for _ in range(12):
        value = log_ndtr_of(x)
        x = x - (value - goal) * ROOT_TWO_PI * np.exp(np.maximum(value + x * x / 2, -700))
    x = np.where(p > 0.5, -x, x)
    x = np.where(p == 0.5, 0.0, x)
    x = np.where(p == 0, -math.inf, np.where(p == 1, math.inf, x))
    return np.where((p < 0) | (p > 1) | np.isnan(p), math.nan, x)


@op(
    "special_xlog1py",
    "input · ln(1 + other)",
    doc="The product, 0 where the input is 0.",
    backward="SpecialXlog1PyBackward0",
    grads={
        "input": (
            "g · ln(1 + other), 0 where the input is 0 and other ≤ −1",
            lambda F, g, s: F.where((s.input == 0) & (s.other <= -1), 0.0, g * F.log1p(s.other)),
        ),
        "other": ("g · input / (1 + other)", lambda F, g, s: g * s.input / (s.other + 1)),
    },
    samples=[sample(arr(2, 3), arr(2, 3, low=0.2, high=3.0))],
    **(PAIR | {"inplace": False, "function": False, "method": False}),
)
def special_xlog1py(input: Array, other: Array) -> Array:
    return np.where(np.isnan(other), np.nan, np.where(input == 0, 0, input * np.log1p(other)))


@op(
    "special_entr",
    "−input · ln input",
    doc="What one probability adds to the entropy; −∞ below 0.",
    backward="SpecialEntrBackward0",
    grads={"input": ("−g · (1 + ln input)", lambda F, g, s: g * -(1 + F.log(s.input)))},
    samples=INSIDE,
    **PRIVATE,
)
def special_entr(input: Array) -> Array:
    inside = np.where(input > 0, -input * np.log(np.where(input > 0, input, 1)), np.where(input == 0, 0, -math.inf))
    return np.where(np.isnan(input), input, inside).astype(input.dtype)


@op(
    "special_erfcx",
    "exp(input²) erfc(input)",
    doc="The complement of the error function, scaled so that it does not underflow.",
    backward="SpecialErfcxBackward0",
    grads={
        "input": ("g · (2 · input · result − 2/√π)", lambda F, g, s: g * (2 * s.input * s.result - SLOPE)),
    },
    samples=AROUND,
    **PRIVATE,
)
def special_erfcx(input: Array) -> Array:
    return in_double(erfcx_of)(input)


@composite(
    "special_ndtr",
    "Φ(input)",
    family="special",
    doc="The normal distribution function.",
    function=False,
    method=False,
    samples=AROUND,
)
def special_ndtr(input: Any) -> Any:
    return (input * -ROOT_HALF).erfc() * 0.5


@op(
    "special_ndtri",
    "Φ⁻¹(input)",
    doc="The inverse of the normal distribution function.",
    backward="SpecialNdtriBackward0",
    grads={
        "input": ("g · √(2π) exp(result²/2)", lambda F, g, s: g * (ROOT_TWO_PI * F.exp(s.result * s.result / 2))),
    },
    samples=INSIDE,
    **PRIVATE,
)
def special_ndtri(input: Array) -> Array:
    return in_double(ndtri_of)(input)


@op(
    "special_log_ndtr",
    "ln Φ(input)",
    doc="The logarithm of the normal distribution function, exact far out.",
    backward="SpecialLogNdtrBackward0",
    grads={
        "input": (
            "g · √(2/π) / erfcx(−input/√2)",
            lambda F, g, s: g / F.special_erfcx(s.input * -ROOT_HALF) * math.sqrt(2 / math.pi),
        )
    },
    samples=AROUND,
    **PRIVATE,
)
def special_log_ndtr(input: Array) -> Array:
    return in_double(log_ndtr_of)(input)


@composite(
    "polygamma",
    "ψ⁽ⁿ⁾(input)",
    family="special",
    doc="The n-th derivative of digamma: `torch.polygamma(n, x)` or `x.polygamma(n)`.",
    samples=[sample(1, arr(3, low=0.5, high=3.0))],
)
def polygamma(n: Any, input: Any) -> Any:
    # As a method the tensor comes first.
    return n._polygamma(input) if hasattr(n, "_data") else input._polygamma(n)
