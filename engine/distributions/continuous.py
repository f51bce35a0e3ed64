"""Continuous distributions: Normal, Uniform, Exponential."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeAlias

from engine.apply import run
from engine.distributions.distribution import NOT_NEGATIVE, POSITIVE, REAL, Constraint, Distribution, broadcast
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


class Located(Distribution):
    """Given by a place and a width."""

    has_rsample = True
    arg_constraints = {"loc": REAL, "scale": POSITIVE}

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @property
    def mode(self) -> Tensor:
        """`loc`."""
        return self.loc

    def _empty(self, sample_shape: Iterable[int]) -> Tensor:
        return run(OPS["new_empty"], (self.loc, self._shape(sample_shape)), {})


class Normal(Located):
    """The bell curve with mean `loc` and standard deviation `scale`."""

    @property
    def mean(self) -> Tensor:
        """`loc`."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """`scale²`."""
        return self.scale.pow(2)

    @property
    def stddev(self) -> Tensor:
        """`scale`."""
        return self.scale

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """`loc + scale · ε` with ε standard normal."""
        noise = self._empty(sample_shape).normal_()
        return self.loc + noise * self.scale

    def log_prob(self, value: Tensor) -> Tensor:
        """`−(value − loc)² / (2 scale²) − ln scale − ln √(2π)`."""
        self._check_value(value)
        return -((value - self.loc) ** 2) / (2 * self.variance) - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of at most `value`."""
        self._check_value(value)
        return 0.5 * (1 + ((value - self.loc) * self.scale.reciprocal() / math.sqrt(2)).erf())

    def icdf(self, value: Tensor) -> Tensor:
        """The quantile."""
        return self.loc + self.scale * (2 * value - 1).erfinv() * math.sqrt(2)

    def entropy(self) -> Tensor:
        """`½ + ½ ln(2π) + ln scale`."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()


class Uniform(Distribution):
    """All values in [low, high) alike."""

    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = broadcast(low, high)
        low_end, high_end = self.low, self.high
        self.arg_constraints = {
            "low": Constraint(f"LessThan(upper_bound={high_end})", lambda x: x < high_end),
            "high": Constraint(f"GreaterThan(lower_bound={low_end})", lambda x: x > low_end),
        }
        self.support = Constraint(
            f"Interval(lower_bound={low_end}, upper_bound={high_end})", lambda x: (x >= low_end) & (x <= high_end)
        )
        super().__init__(self.low.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """The middle."""
        return (self.high + self.low) / 2

    @property
    def variance(self) -> Tensor:
        """`(high − low)² / 12`."""
        return (self.high - self.low).pow(2) / 12

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """`low + u (high − low)` with u uniform in [0, 1)."""
        noise = run(OPS["new_empty"], (self.low, self._shape(sample_shape)), {}).uniform_()
        return self.low + noise * (self.high - self.low)

    def log_prob(self, value: Tensor) -> Tensor:
        """`−ln(high − low)` inside, −∞ outside."""
        self._check_value(value)
        inside = self.low.le(value).type_as(self.low) * self.high.gt(value).type_as(self.low)
        return inside.log() - (self.high - self.low).log()

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of at most `value`."""
        self._check_value(value)
        return ((value - self.low) / (self.high - self.low)).clamp(min=0, max=1)

    def icdf(self, value: Tensor) -> Tensor:
        """The quantile."""
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Tensor:
        """`ln(high − low)`."""
        return (self.high - self.low).log()


class Exponential(Distribution):
    """Waiting times at a rate."""

    has_rsample = True
    arg_constraints = {"rate": POSITIVE}
    support = NOT_NEGATIVE

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = broadcast(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """`1 / rate`."""
        return self.rate.reciprocal()

    @property
    def variance(self) -> Tensor:
        """`1 / rate²`."""
        return self.rate.pow(-2)

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """Standard exponential draws over the rate."""
        return run(OPS["new_empty"], (self.rate, self._shape(sample_shape)), {}).exponential_() / self.rate

    def log_prob(self, value: Tensor) -> Tensor:
        """`ln rate − rate · value`."""
        self._check_value(value)
        return self.rate.log() - self.rate * value

    def entropy(self) -> Tensor:
        """`1 − ln rate`."""
        return 1.0 - self.rate.log()
