"""Distributions of counts: Poisson, Geometric, Binomial."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from engine.apply import run
from engine.distributions.discrete import _Discrete, _surprise, check_one
from engine.distributions.distribution import (
    COUNT,
    NOT_NEGATIVE_REAL,
    REAL,
    UNIT,
    Constraint,
    Distribution,
    broadcast,
    logits_of,
)
from engine.dtypes import finfo
from engine.grad_mode import no_grad
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


class Poisson(Distribution):
    """How many events come at a rate."""

    arg_constraints = {"rate": NOT_NEGATIVE_REAL}
    support = COUNT

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = broadcast(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """`rate`."""
        return self.rate

    @property
    def mode(self) -> Tensor:
        """`⌊rate⌋`."""
        return self.rate.floor()

    variance = mean

    def sample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """Counts."""
        with no_grad():
            return run(OPS["poisson"], (self.rate.expand(self._shape(sample_shape)),), {})

    def log_prob(self, value: Tensor) -> Tensor:
        """`k ln rate − rate − ln k!`."""
        self._check_value(value)
        rate, value = broadcast(self.rate, value)
        return value.xlogy(rate) - rate - (value + 1).lgamma()


class _Chance(_Discrete):
    """Given by the probability of success, or by its logit."""

    def _other(self, name: str) -> Tensor:
        return logits_of(self.probs) if name == "logits" else self.logits.sigmoid()

    def _given(self, probs: Any, logits: Any) -> Tensor:
        check_one(probs, logits)
        if probs is None:
            (self.logits,) = broadcast(logits)
            return self.logits
        (self.probs,) = broadcast(probs)
        return self.probs


class Geometric(_Chance):
    """How many failures come before the first success."""

    arg_constraints = {"probs": UNIT, "logits": REAL}
    support = COUNT

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        super().__init__(self._given(probs, logits).shape, validate_args=validate_args)
        if self._validate_args and probs is not None and not (self.probs > 0).all():
            value = self.probs
            raise ValueError(
                f"Expected parameter probs ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                f"{self!r} to be positive but found invalid values:\n{value.detach()[~(value > 0)]}"
            )

    @property
    def mean(self) -> Tensor:
        """`1 / p − 1`."""
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Tensor:
        """Zero."""
        return self.probs * 0

    @property
    def variance(self) -> Tensor:
        """`(1 / p − 1) / p`."""
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """Counts."""
        with no_grad():
            u = run(OPS["new_empty"], (self.probs, self._shape(sample_shape)), {})
            return (u.uniform_(finfo(u.dtype).tiny, 1).log() / (-self.probs).log1p()).floor()

    def log_prob(self, value: Tensor) -> Tensor:
        """`k ln(1 − p) + ln p`."""
        self._check_value(value)
        value, probs = broadcast(value, self.probs)
        kept = probs.masked_fill((probs == 1) & (value == 0), 0)
        return value * (-kept).log1p() + self.probs.log()

    def entropy(self) -> Tensor:
        """That of one trial, over p."""
        return _surprise(self.logits, self.probs) / self.probs


class Binomial(_Chance):
    """How many of total_count trials succeed."""

    arg_constraints = {"total_count": COUNT, "probs": UNIT, "logits": REAL}

    def __init__(
        self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        given = self._given(probs, logits)
        total, given = broadcast(total_count, given)
        self.total_count = total.type_as(given)
        self.__dict__["logits" if probs is None else "probs"] = given
        most = self.total_count
        self.support = Constraint(
            f"IntegerInterval(lower_bound=0, upper_bound={most})", lambda x: (x % 1 == 0) & (x >= 0) & (x <= most)
        )
        super().__init__(given.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """`n p`."""
        return self.total_count * self.probs

    @property
    def mode(self) -> Tensor:
        """`⌊(n + 1) p⌋`."""
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self) -> Tensor:
        """`n p (1 − p)`."""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """Counts."""
        shape = self._shape(sample_shape)
        with no_grad():
            return run(OPS["binomial"], (self.total_count.expand(shape), self.probs.expand(shape)), {})

    def log_prob(self, value: Tensor) -> Tensor:
        """`ln n! − ln k! − ln (n − k)! + k logit − n ln(1 + exp(logit))`."""
        self._check_value(value)
        count, logits = self.total_count, self.logits
        above = (logits.clamp(min=0) + logits - logits.clamp(max=0)) / 2
        norm = count * above + count * (-logits.abs()).exp().log1p() - (count + 1).lgamma()
        return value * logits - (value + 1).lgamma() - (count - value + 1).lgamma() - norm
