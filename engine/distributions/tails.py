"""Distributions on a line beside the normal one: Laplace, Cauchy, Gumbel, HalfNormal, LogNormal."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeAlias

from engine.apply import run
from engine.distributions.continuous import Located, Normal
from engine.distributions.distribution import NOT_NEGATIVE_REAL, POSITIVE, REAL, Distribution
from engine.dtypes import finfo
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


class Laplace(Located):
    """Two exponentials, back to back."""

    @property
    def mean(self) -> Tensor:
        """`loc`."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """`2 scale²`."""
        return 2 * self.scale.pow(2)

    @property
    def stddev(self) -> Tensor:
        """`√2 scale`."""
        return 2**0.5 * self.scale

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """`loc − scale sign(u) ln(1 − |u|)` with u uniform in (−1, 1)."""
        u = self._empty(sample_shape).uniform_(finfo(self.loc.dtype).eps - 1, 1)
        return self.loc - self.scale * u.sign() * (-u.abs()).log1p()

    def log_prob(self, value: Tensor) -> Tensor:
        """`−ln(2 scale) − |value − loc| / scale`."""
        self._check_value(value)
        return -(2 * self.scale).log() - (value - self.loc).abs() / self.scale

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of at most `value`."""
        self._check_value(value)
        away = value - self.loc
        return 0.5 - 0.5 * away.sign() * (-away.abs() / self.scale).expm1()

    def icdf(self, value: Tensor) -> Tensor:
        """The quantile."""
        term = value - 0.5
        return self.loc - self.scale * term.sign() * (-2 * term.abs()).log1p()

    def entropy(self) -> Tensor:
        """`1 + ln(2 scale)`."""
        return 1 + (2 * self.scale).log()


class Cauchy(Located):
    """Tails so heavy that there is no mean."""

    @property
    def mean(self) -> Tensor:
        """None."""
        return run(OPS["full"], (tuple(self._batch_shape), math.nan), {})

    @property
    def variance(self) -> Tensor:
        """Infinite."""
        return run(OPS["full"], (tuple(self._batch_shape), math.inf), {})

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """`loc + scale tan(π (u − ½))`."""
        return self.loc + self._empty(sample_shape).cauchy_() * self.scale

    def log_prob(self, value: Tensor) -> Tensor:
        """`−ln π − ln scale − ln(1 + y²)`."""
        self._check_value(value)
        return -math.log(math.pi) - self.scale.log() - (((value - self.loc) / self.scale) ** 2).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of at most `value`."""
        self._check_value(value)
        return ((value - self.loc) / self.scale).atan() / math.pi + 0.5

    def icdf(self, value: Tensor) -> Tensor:
        """The quantile."""
        return (math.pi * (value - 0.5)).tan() * self.scale + self.loc

    def entropy(self) -> Tensor:
        """`ln(4π) + ln scale`."""
        return math.log(4 * math.pi) + self.scale.log()


class Gumbel(Located):
    """The largest of many."""

    @property
    def mean(self) -> Tensor:
        """`loc + γ scale`, with Euler's γ."""
        return self.loc + self.scale * EULER

    @property
    def variance(self) -> Tensor:
        """`(π scale)² / 6`."""
        return self.stddev.pow(2)

    @property
    def stddev(self) -> Tensor:
        """`π scale / √6`."""
        return (math.pi / math.sqrt(6)) * self.scale

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """`loc − scale ln(−ln u)`."""
        info = finfo(self.loc.dtype)
        u = self._empty(sample_shape).uniform_(0, 1).mul_(1 - info.eps - info.tiny).add_(info.tiny)
        return self.loc - self.scale * (-u.log()).log()

    def log_prob(self, value: Tensor) -> Tensor:
        """`y − eʸ − ln scale` with y = (loc − value) / scale."""
        self._check_value(value)
        y = (self.loc - value) / self.scale
        return (y - y.exp()) - self.scale.log()

    def entropy(self) -> Tensor:
        """`ln scale + 1 + γ`."""
        return self.scale.log() + (1 + EULER)


EULER = 0.5772156649015329


class HalfNormal(Distribution):
    """The size of a normal draw around zero."""

    has_rsample = True
    arg_constraints = {"scale": POSITIVE}
    support = NOT_NEGATIVE_REAL

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        self.base_dist = Normal(0, scale, validate_args=False)
        super().__init__(self.base_dist.batch_shape, validate_args=validate_args)

    @property
    def scale(self) -> Tensor:
        """The normal's."""
        return self.base_dist.scale

    @property
    def mean(self) -> Tensor:
        """`scale √(2/π)`."""
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def mode(self) -> Tensor:
        """Zero."""
        return self.scale * 0

    @property
    def variance(self) -> Tensor:
        """`scale² (1 − 2/π)`."""
        return self.scale.pow(2) * (1 - 2 / math.pi)

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """The absolute value of a normal draw."""
        return self.base_dist.rsample(sample_shape).abs()

    def log_prob(self, value: Tensor) -> Tensor:
        """The normal's, and ln 2."""
        self._check_value(value)
        return (self.base_dist.log_prob(value) + math.log(2)).masked_fill(value < 0, -math.inf)

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of at most `value`."""
        self._check_value(value)
        return 2 * self.base_dist.cdf(value) - 1

    def entropy(self) -> Tensor:
        """The normal's, less ln 2."""
        return self.base_dist.entropy() - math.log(2)


class LogNormal(Distribution):
    """The exponential of a normal draw."""

    has_rsample = True
    arg_constraints = {"loc": REAL, "scale": POSITIVE}
    support = POSITIVE

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.base_dist = Normal(loc, scale, validate_args=validate_args)
        super().__init__(self.base_dist.batch_shape, validate_args=validate_args)

    @property
    def loc(self) -> Tensor:
        """The mean of the logarithm."""
        return self.base_dist.loc

    @property
    def scale(self) -> Tensor:
        """The standard deviation of the logarithm."""
        return self.base_dist.scale

    @property
    def mean(self) -> Tensor:
        """`exp(loc + scale² / 2)`."""
        return (self.loc + self.scale.pow(2) / 2).exp()

    @property
    def mode(self) -> Tensor:
        """`exp(loc − scale²)`."""
        return (self.loc - self.scale.square()).exp()

    @property
    def variance(self) -> Tensor:
        """`(exp(scale²) − 1) exp(2 loc + scale²)`."""
        square = self.scale.pow(2)
        return square.expm1() * (2 * self.loc + square).exp()

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """`exp(loc + scale · ε)`."""
        return self.base_dist.rsample(sample_shape).exp()

    def log_prob(self, value: Tensor) -> Tensor:
        """The normal's at the logarithm, less the logarithm."""
        self._check_value(value)
        return -value.log() + self.base_dist.log_prob(value.log())

    def entropy(self) -> Tensor:
        """The normal's, and loc."""
        return self.base_dist.entropy() + self.loc
