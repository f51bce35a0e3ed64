"""Random variates that PyTorch draws one by one, by rejection: gamma, Dirichlet, Poisson, binomial.

The algorithms and the order of their draws are those of ATen's `Distributions.h`, so that a seed gives the same numbers
as on PyTorch's CPU.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.random import Generator, normal_one, uniform


def unit(source: Generator) -> float:
    """One uniform number in [0, 1) in double precision."""
    return float(uniform(source, 1, np.float64)[0])


def gamma_one(source: Generator, alpha: Any) -> float:
    """One standard gamma of shape `alpha`, a NumPy float (Marsaglia and Tsang, 2000)."""
    kind = type(alpha)
    scale = 1.0
    if alpha < 1:
        if alpha == 0:
            return 0.0
        scale = (1 - unit(source)) ** float(kind(1) / alpha)
        alpha = alpha + kind(1)
    d = float(alpha - kind(np.float32(1) / np.float32(3)))
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        y = 0.0
        while y <= 0:
            x = normal_one(source)
            y = 1.0 + c * x
        v, u, xx = y * y * y, 1 - unit(source), x * x
        if u < 1.0 - float(np.float32(0.0331)) * xx * xx:
            return scale * d * v
        if math.log(u) < 0.5 * xx + d * (1.0 - v + math.log(v)):
            return scale * d * v


def poisson_one(source: Generator, rate: float) -> int:
    """One count of a Poisson process: by products of uniforms, or by transformed rejection (Hörmann, 1993)."""
    if rate == 0:
        return 0
    if rate < 10:
        count, product, end = 0, unit(source), math.exp(-rate)
        while product > end:
            count, product = count + 1, product * unit(source)
        return count
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    ratio = 0.9277 - 3.6224 / (b - 2)
    while True:
        u = unit(source) - 0.5
        v = unit(source)
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + rate + 0.43)
        if us >= 0.07 and v <= ratio:
            return k
        if k < 0 or (us < 0.013 and v > us):
            continue
        left = math.log(v) + math.log(inverse_alpha) - math.log(a / (us * us) + b)
        if left <= -rate + k * math.log(rate) - math.lgamma(k + 1):
            return k


def binomial_one(source: Generator, count: float, chance: float, kind: Any = float) -> float:
    """How many of `count` trials succeed; `kind` is the type that a chance of failure is rounded to."""
    if count <= 0 or chance <= 0:
        return 0.0
    if chance >= 1:
        return count
    if chance > 0.5:
        return count - binomial_one(source, count, float(kind(1 - chance)))
    return _rejected(source, count, chance) if count * chance >= 10 else _counted(source, count, chance)


def _counted(source: Generator, count: float, chance: float) -> float:
    """The number of geometric waits that fit into `count` trials."""
    total, waits, log = 0.0, 0, math.log1p(-chance)
    while True:
        u = unit(source)
        total += math.ceil(math.log(u) / log) if u > 0 else math.inf
        if total > count:
            return float(waits)
        waits += 1


def _rejected(source: Generator, count: float, chance: float) -> float:
    """Transformed rejection with squeeze (Hörmann, 1993)."""
    spread = math.sqrt(count * chance * (1 - chance))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * chance
    ratio, odds = 0.92 - 4.2 / b, chance / (1 - chance)
    alpha = (2.83 + 5.1 / b) * spread
    m = math.floor((count + 1) * chance)
    while True:
        u = unit(source) - 0.5
        v = unit(source)
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + count * chance + 0.5)
        if us >= 0.07 and v <= ratio:
            return float(k)
        if k < 0 or k > count:
            continue
        v = math.log(v * alpha / (a / (us * us) + b))
        bound = (m + 0.5) * math.log((m + 1) / (odds * (count - m + 1)))
        bound += (count + 1) * math.log((count - m + 1) / (count - k + 1))
        bound += (k + 0.5) * math.log(odds * (count - k + 1) / (k + 1))
        if v <= bound + _tail(m) + _tail(count - m) - _tail(k) - _tail(count - k):
            return float(k)


def _tail(k: float) -> float:
    """What Stirling's formula leaves out of `ln k!`."""
    return math.lgamma(k + 1) - ((k + 0.5) * math.log(k + 1) - (k + 1) + 0.5 * math.log(2 * math.pi))
