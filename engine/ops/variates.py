"""Rows of the variates drawn by rejection, and how gamma and Dirichlet draws follow their parameters.

A draw is a function of its parameter at a fixed quantile: its derivative is `−(∂F/∂α) / f` with the distribution
function F and the density f (implicit reparametrisation, Figurnov and others, 2018).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.backends import Array, to_numpy
from engine.ops.draw import beside, source_of
from engine.ops.gamma import digamma_of
from engine.registry import arr, op, sample
from engine.variates import binomial_one, gamma_one, poisson_one

NODES, WEIGHTS = np.polynomial.legendre.leggauss(96)
NODES, WEIGHTS = (NODES + 1) / 2, WEIGHTS / 2


def below(x: Array, a: Array, b: Array, shift: Array, whole: bool) -> Array:
    """`∫₀ˣ t^(a−1) w(t) (ln t + shift) dt / (x^(a−1) w(x))` with w = (1 − t)^(b−1), or e^(−t) if not `whole`.

    With t = x r^(1/a), r = q⁴, the power of t is gone and the logarithm is tame.
    """
    x, a, b, shift = (v[..., None] for v in (x, a, b, shift))
    t = x * NODES ** (4 / a)
    logarithm = (b - 1) * (np.log1p(-t) - np.log1p(-x)) if whole else x - t
    inside = np.exp(logarithm) * (np.log(x) + 4 * np.log(NODES) / a + shift)
    return (x / a * (inside * 4 * NODES**3) @ WEIGHTS[:, None])[..., 0]


def gamma_slope(alpha: Array, x: Array) -> Array:
    """How a standard gamma draw changes with its shape."""
    alpha, x = np.float64(alpha), np.float64(x)
    return -below(x, alpha, np.ones_like(x), -digamma_of(alpha), False)


def beta_slope(x: Array, alpha: Array, total: Array) -> Array:
    """How a beta draw changes with its first parameter; beyond the mean, seen from the other end."""
    beta = total - alpha
    shift = digamma_of(total) - digamma_of(alpha)
    low = -below(x, alpha, beta, shift, True)
    # From the other end the logarithm is that of 1 − u, which has no singularity at 0.
    u, r = (1 - x)[..., None], NODES ** (4 / beta[..., None])
    t = u * r
    inside = np.exp((alpha[..., None] - 1) * (np.log1p(-t) - np.log1p(-u))) * (np.log1p(-t) + shift[..., None])
    high = (u / beta[..., None] * (inside * 4 * NODES**3) @ WEIGHTS[:, None])[..., 0]
    return np.where(x * total < alpha, low, high)


@op(
    "_gamma_slope",
    "∂x/∂α",
    family="random",
    doc="How a standard gamma draw changes with its shape.",
)
def _gamma_slope(input: Array, draw: Array) -> Array:
    return beside(gamma_slope(to_numpy(input), to_numpy(draw)), input).astype(input.dtype)


@op(
    "_dirichlet_slope",
    "∂x/∂α",
    family="random",
    doc="How the part of a Dirichlet draw that belongs to a concentration changes with it.",
)
def _dirichlet_slope(input: Array, draw: Array) -> Array:
    alpha, x = np.float64(to_numpy(input)), np.float64(to_numpy(draw))
    total = np.broadcast_to(alpha.sum(-1, keepdims=True), alpha.shape)
    return beside(beta_slope(x, alpha, total) / (1 - x), input).astype(input.dtype)


def _follow(F: Any, g: Any, s: Any) -> Any:
    """A Dirichlet draw moves as its parts do, with their sum kept at one."""
    slope = F._dirichlet_slope(s.input, s.result)
    return slope * (g - (s.result * g).sum(-1)[..., None])


@op(
    "_standard_gamma",
    "x ~ Gamma(input, 1)",
    family="random",
    doc="A draw from the gamma distribution of each shape.",
    grads={"input": ("g · ∂x/∂α", lambda F, g, s: g * F._gamma_slope(s.input, s.result))},
)
def _standard_gamma(input: Array, *, generator: Any = None) -> Array:
    source = source_of("_standard_gamma", generator)
    kind = input.dtype.type
    shapes = to_numpy(input).astype(input.dtype)
    drawn = np.array([gamma_one(source, alpha) for alpha in shapes.reshape(-1)]).reshape(shapes.shape)
    return beside(np.maximum(drawn.astype(input.dtype), np.finfo(kind).tiny), input)


@op(
    "_sample_dirichlet",
    "x ~ Dirichlet(input)",
    family="random",
    doc="A draw of shares that sum to one, for each row of concentrations.",
    grads={"input": ("∂x/∂α · (g − Σ x g)", _follow)},
)
def _sample_dirichlet(input: Array, *, generator: Any = None) -> Array:
    source = source_of("_sample_dirichlet", generator)
    shapes = to_numpy(input).astype(np.float64)
    drawn = np.array([gamma_one(source, alpha) for alpha in shapes.reshape(-1)]).reshape(shapes.shape)
    shares = (drawn / drawn.sum(-1, keepdims=True)).astype(input.dtype)
    kind = input.dtype.type
    return beside(np.clip(shares, np.finfo(kind).tiny, np.nextafter(kind(1), kind(0))), input)


@op(
    "poisson",
    "k ~ Poisson(input)",
    family="random",
    doc="A count for each rate.",
    grads={"input": ("0", lambda F, g, s: g * 0)},
    method=False,
    samples=[sample(arr(3, low=0.1, high=4.0))],
)
def poisson(input: Array, generator: Any = None) -> Array:
    rates = to_numpy(input)
    if not (rates >= 0).all():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    source = source_of("poisson", generator)
    drawn = np.array([poisson_one(source, float(rate)) for rate in rates.reshape(-1)], np.float64)
    return beside(drawn.reshape(rates.shape), input).astype(input.dtype)


@op(
    "binomial",
    "k ~ Binomial(count, prob)",
    family="random",
    doc="How many of count trials succeed, each with its probability.",
    grads={
        "count": ("0", lambda F, g, s: g * 0),
        "prob": ("0", lambda F, g, s: g * 0),
    },
    promote=("count", "prob"),
    method=False,
    samples=[sample(arr(3, low=5.0, high=20.0), arr(3, low=0.1, high=0.9))],
)
def binomial(count: Array, prob: Array, generator: Any = None) -> Array:
    source = source_of("binomial", generator)
    counts, chances = np.broadcast_arrays(to_numpy(count), to_numpy(prob))
    pairs = zip(counts.reshape(-1).tolist(), chances.reshape(-1).tolist(), strict=True)
    drawn = np.array([binomial_one(source, n, p, prob.dtype.type) for n, p in pairs]).reshape(counts.shape)
    return beside(drawn, count).astype(count.dtype)
