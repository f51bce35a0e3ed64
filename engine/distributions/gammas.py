"""Distributions made of gamma draws: Gamma, Chi2, Dirichlet, Beta, StudentT."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeAlias

from engine.apply import run
from engine.distributions.distribution import (
    NOT_NEGATIVE_REAL,
    POSITIVE,
    POSITIVE_VECTOR,
    REAL,
    SIMPLEX,
    UNIT,
    Distribution,
    broadcast,
    tensor,
)
from engine.dtypes import finfo
from engine.grad_mode import no_grad
from engine.nn import functional as F
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


class Gamma(Distribution):
    """Sums of waiting times: `concentration` is the shape, `rate` the inverse of the scale."""

    has_rsample = True
    arg_constraints = {"concentration": POSITIVE, "rate": POSITIVE}
    support = NOT_NEGATIVE_REAL

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = broadcast(concentration, rate)
        super().__init__(self.concentration.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """`concentration / rate`."""
        return self.concentration / self.rate

    @property
    def mode(self) -> Tensor:
        """`(concentration − 1) / rate`, not below 0."""
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Tensor:
        """`concentration / rate²`."""
        return self.concentration / self.rate.pow(2)

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """A standard gamma draw over the rate."""
        shape = self._shape(sample_shape)
        drawn = run(OPS["_standard_gamma"], (self.concentration.expand(shape),), {}) / self.rate.expand(shape)
        with no_grad():
            drawn.detach().clamp_(min=finfo(drawn.dtype).tiny)
        return drawn

    def log_prob(self, value: Tensor) -> Tensor:
        """`α ln β + (α − 1) ln x − β x − ln Γ(α)`."""
        value = tensor(value)
        self._check_value(value)
        powers = self.concentration.xlogy(self.rate) + (self.concentration - 1).xlogy(value)
        return powers - self.rate * value - self.concentration.lgamma()

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of at most `value`."""
        self._check_value(value)
        return run(OPS["igamma"], (self.concentration, self.rate * value), {})

    def entropy(self) -> Tensor:
        """`α − ln β + ln Γ(α) + (1 − α) ψ(α)`."""
        shape = self.concentration
        return shape - self.rate.log() + shape.lgamma() + (1.0 - shape) * shape.digamma()


class Chi2(Gamma):
    """The sum of the squares of `df` standard normals."""

    arg_constraints = {"df": POSITIVE}

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    @property
    def df(self) -> Tensor:
        """The degrees of freedom."""
        return self.concentration * 2


class Dirichlet(Distribution):
    """Shares that sum to one."""

    has_rsample = True
    arg_constraints = {"concentration": POSITIVE_VECTOR}
    support = SIMPLEX

    def __init__(self, concentration: Tensor, validate_args: bool | None = None) -> None:
        if concentration.dim() < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args)

    @property
    def mean(self) -> Tensor:
        """The concentrations over their sum."""
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self) -> Tensor:
        """The likeliest shares."""
        above = (self.concentration - 1).clamp(min=0.0)
        mode = above / above.sum(-1, True)
        corner = (self.concentration < 1).all(-1)
        mode[corner] = F.one_hot(mode[corner].argmax(-1), above.shape[-1]).to(mode)  # type: ignore[attr-defined]
        return mode

    @property
    def variance(self) -> Tensor:
        """`α (Σα − α) / (Σα² (Σα + 1))`."""
        total = self.concentration.sum(-1, True)
        return self.concentration * (total - self.concentration) / (total.pow(2) * (total + 1))

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """Gamma draws over their sum."""
        return run(OPS["_sample_dirichlet"], (self.concentration.expand(self._shape(sample_shape)),), {})

    def log_prob(self, value: Tensor) -> Tensor:
        """`Σ (α − 1) ln x + ln Γ(Σα) − Σ ln Γ(α)`."""
        self._check_value(value)
        shape = self.concentration
        return (shape - 1.0).xlogy(value).sum(-1) + shape.sum(-1).lgamma() - shape.lgamma().sum(-1)

    def entropy(self) -> Tensor:
        """`ln B(α) + (Σα − k) ψ(Σα) − Σ (α − 1) ψ(α)`."""
        shape, count = self.concentration, self.concentration.size(-1)
        total = shape.sum(-1)
        rest = (count - total) * total.digamma() + ((shape - 1.0) * shape.digamma()).sum(-1)
        return shape.lgamma().sum(-1) - total.lgamma() - rest


class Beta(Distribution):
    """A share between 0 and 1."""

    has_rsample = True
    arg_constraints = {"concentration1": POSITIVE, "concentration0": POSITIVE}
    support = UNIT

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        both = run(OPS["stack"], (list(broadcast(concentration1, concentration0)), -1), {})
        self._dirichlet = Dirichlet(both, validate_args=validate_args)
        super().__init__(self._dirichlet.batch_shape, validate_args=validate_args)

    @property
    def concentration1(self) -> Tensor:
        """How much speaks for 1."""
        return self._dirichlet.concentration[..., 0]

    @property
    def concentration0(self) -> Tensor:
        """How much speaks for 0."""
        return self._dirichlet.concentration[..., 1]

    @property
    def mean(self) -> Tensor:
        """`α / (α + β)`."""
        return self.concentration1 / (self.concentration1 + self.concentration0)

    @property
    def mode(self) -> Tensor:
        """The likeliest share."""
        return self._dirichlet.mode[..., 0]

    @property
    def variance(self) -> Tensor:
        """`α β / ((α + β)² (α + β + 1))`."""
        total = self.concentration1 + self.concentration0
        return self.concentration1 * self.concentration0 / (total.pow(2) * (total + 1))

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """The first of two shares."""
        return self._dirichlet.rsample(sample_shape).select(-1, 0)

    def log_prob(self, value: Tensor) -> Tensor:
        """`(α − 1) ln x + (β − 1) ln(1 − x) − ln B(α, β)`."""
        self._check_value(value)
        return self._dirichlet.log_prob(run(OPS["stack"], ([value, 1.0 - value], -1), {}))

    def entropy(self) -> Tensor:
        """The mean of −log_prob."""
        return self._dirichlet.entropy()


class StudentT(Distribution):
    """Normals over the root of a mean of squares: heavier tails."""

    has_rsample = True
    arg_constraints = {"df": POSITIVE, "loc": REAL, "scale": POSITIVE}

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self.df, self.loc, self.scale = broadcast(df, loc, scale)
        self._chi2 = Chi2(self.df)
        super().__init__(self.df.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """`loc`, where there is a mean."""
        return self.loc.masked_fill(self.df <= 1, math.nan)

    @property
    def mode(self) -> Tensor:
        """`loc`."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """`scale² df / (df − 2)`, where there is one."""
        spread = self.scale.pow(2) * self.df / (self.df - 2)
        return spread.masked_fill(self.df <= 2, math.inf).masked_fill(self.df <= 1, math.nan)

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """`loc + scale · ε / √(χ² / df)`."""
        normal = run(OPS["new_empty"], (self.df, self._shape(sample_shape)), {}).normal_()
        return self.loc + self.scale * (normal * (self._chi2.rsample(sample_shape) / self.df).rsqrt())

    def log_prob(self, value: Tensor) -> Tensor:
        """`−½ (df + 1) ln(1 + y² / df)` less the logarithm of the norm."""
        self._check_value(value)
        y = (value - self.loc) / self.scale
        norm = self.scale.log() + 0.5 * self.df.log() + 0.5 * math.log(math.pi)
        norm = norm + (0.5 * self.df).lgamma() - (0.5 * (self.df + 1.0)).lgamma()
        return -0.5 * (self.df + 1.0) * (y**2.0 / self.df).log1p() - norm

    def entropy(self) -> Tensor:
        """The mean of −log_prob."""
        more, half = 0.5 * (self.df + 1), 0.5 * self.df
        norm = half.lgamma() + math.lgamma(0.5) - more.lgamma()
        return self.scale.log() + more * (more.digamma() - half.digamma()) + 0.5 * self.df.log() + norm
