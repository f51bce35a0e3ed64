"""Distributions of real numbers: normal, uniform, exponential."""

from __future__ import annotations

import math
from typing import Any

from engine.distributions.base import POSITIVE, REAL, Distribution, Value, broadcast, tensor
from engine.grad_mode import no_grad
from engine.sweep import TENSORS


class Normal(Distribution):
    """The normal distribution."""

    shown = ("loc", "scale")
    checks = {"loc": REAL, "scale": POSITIVE}
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast(loc, scale)
        super().__init__(self.loc.shape, validate_args)

    mean = mode = property(lambda self: self.loc)
    variance = property(lambda self: self.scale.pow(2))
    stddev = property(lambda self: self.scale)

    def sample(self, sample_shape: Any = ()) -> Value:
        """Draws, without gradients."""
        shape = self.extended(sample_shape)
        with no_grad():
            return TENSORS.normal(self.loc.expand(shape), self.scale.expand(shape))

    def rsample(self, sample_shape: Any = ()) -> Value:
        """`loc` + ε · `scale`, ε standard normal: the reparametrisation trick."""
        noise = self.loc.new_empty(self.extended(sample_shape)).normal_()
        return self.loc + noise * self.scale

    def log_prob(self, value: Any) -> Value:
        """−(x − loc)² / 2 scale² − log scale − log √2π."""
        square = (self.checked(value) - self.loc) ** 2 / (2 * self.scale**2)
        return -square - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value: Any) -> Value:
        """The probability of a smaller value."""
        return 0.5 * (1 + ((value - self.loc) * self.scale.reciprocal() / math.sqrt(2)).erf())

    def icdf(self, value: Value) -> Value:
        """The value below which a draw is with a given probability."""
        return self.loc + self.scale * (2 * value - 1).erfinv() * math.sqrt(2)

    def entropy(self) -> Value:
        """½ + log √2π + log scale."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()


class Uniform(Distribution):
    """Any number between two, alike."""

    shown = ("low", "high")
    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = broadcast(low, high)
        top = self.high.item() if not self.high.ndim else self.high
        self.checks = {"low": (f"LessThan(upper_bound={top})", lambda low: low < self.high)}
        super().__init__(self.low.shape, validate_args)

    mean = property(lambda self: (self.high + self.low) / 2)
    variance = property(lambda self: (self.high - self.low).pow(2) / 12)

    def rsample(self, sample_shape: Any = ()) -> Value:
        """A random part of the way from low to high."""
        part = TENSORS.rand(self.extended(sample_shape), dtype=self.low.dtype)
        return self.low + part * (self.high - self.low)

    def log_prob(self, value: Value) -> Value:
        """−log(high − low) inside."""
        value = self.checked(value)
        inside = (self.low <= value).type_as(self.low) * (self.high > value).type_as(self.low)
        return inside.log() - (self.high - self.low).log()

    def cdf(self, value: Value) -> Value:
        """The probability of a smaller value."""
        return ((value - self.low) / (self.high - self.low)).clamp(0, 1)

    def entropy(self) -> Value:
        """log(high − low)."""
        return (self.high - self.low).log()


class Exponential(Distribution):
    """Waiting times."""

    shown = ("rate",)
    checks = {"rate": POSITIVE}
    has_rsample = True

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        self.rate = tensor(rate)
        super().__init__(self.rate.shape, validate_args)

    mean = stddev = property(lambda self: self.rate.reciprocal())
    variance = property(lambda self: self.rate.pow(-2))

    def rsample(self, sample_shape: Any = ()) -> Value:
        """A standard waiting time / rate."""
        return self.rate.new_empty(self.extended(sample_shape)).exponential_() / self.rate

    def log_prob(self, value: Value) -> Value:
        """log rate − rate · x."""
        return self.rate.log() - self.rate * self.checked(value)

    def cdf(self, value: Value) -> Value:
        """The probability of a smaller value."""
        return 1 - (-self.rate * value).exp()

    def entropy(self) -> Value:
        """1 − log rate."""
        return 1 - self.rate.log()
