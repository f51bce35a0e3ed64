"""The Kullback–Leibler divergence of two distributions of one family."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from engine.apply import run
from engine.backward import TENSORS
from engine.distributions.continuous import Exponential, Normal, Uniform
from engine.distributions.counts import Geometric, Poisson
from engine.distributions.discrete import Bernoulli, Categorical, OneHotCategorical
from engine.distributions.distribution import Distribution
from engine.distributions.gammas import Beta, Dirichlet, Gamma
from engine.distributions.independent import Independent
from engine.distributions.multivariate import MultivariateNormal
from engine.distributions.tails import HalfNormal, Laplace, LogNormal
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


def _normal(p: Normal, q: Normal) -> Tensor:
    ratio = (p.scale / q.scale).pow(2)
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale).pow(2) - 1 - ratio.log())


def _categorical(p: Categorical, q: Categorical) -> Tensor:
    terms = p.probs * (p.logits - q.logits)
    terms = terms.masked_fill((q.probs == 0).expand_as(terms), math.inf)
    return terms.masked_fill((p.probs == 0).expand_as(terms), 0).sum(-1)


def _bernoulli(p: Bernoulli, q: Bernoulli) -> Tensor:
    softplus = OPS["softplus"]
    yes = p.probs * (run(softplus, (-q.logits,), {}) - run(softplus, (-p.logits,), {}))
    yes = yes.masked_fill((q.probs == 0).expand_as(yes), math.inf).masked_fill((p.probs == 0).expand_as(yes), 0)
    no = (1 - p.probs) * (run(softplus, (q.logits,), {}) - run(softplus, (p.logits,), {}))
    no = no.masked_fill((q.probs == 1).expand_as(no), math.inf).masked_fill((p.probs == 1).expand_as(no), 0)
    return yes + no


def _uniform(p: Uniform, q: Uniform) -> Tensor:
    result = ((q.high - q.low) / (p.high - p.low)).log()
    return result.masked_fill((q.low > p.low) | (q.high < p.high), math.inf)


def _exponential(p: Exponential, q: Exponential) -> Tensor:
    ratio = q.rate / p.rate
    return -ratio.log() + ratio - 1


def _independent(p: Independent, q: Independent) -> Tensor:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError
    return p._summed(kl_divergence(p.base_dist, q.base_dist))


def _gamma(p: Gamma, q: Gamma) -> Tensor:
    more = q.concentration * (p.rate / q.rate).log() + q.concentration.lgamma() - p.concentration.lgamma()
    slope = (p.concentration - q.concentration) * p.concentration.digamma()
    return more + slope + (q.rate - p.rate) * (p.concentration / p.rate)


def _beta(p: Beta, q: Beta) -> Tensor:
    total, wanted = p.concentration1 + p.concentration0, q.concentration1 + q.concentration0
    norms = q.concentration1.lgamma() + q.concentration0.lgamma() + total.lgamma()
    norms = norms - (p.concentration1.lgamma() + p.concentration0.lgamma() + wanted.lgamma())
    first = (p.concentration1 - q.concentration1) * p.concentration1.digamma()
    second = (p.concentration0 - q.concentration0) * p.concentration0.digamma()
    return norms + first + second + (wanted - total) * total.digamma()


def _dirichlet(p: Dirichlet, q: Dirichlet) -> Tensor:
    total = p.concentration.sum(-1)
    norms = total.lgamma() - q.concentration.sum(-1).lgamma()
    each = (p.concentration.lgamma() - q.concentration.lgamma()).sum(-1)
    slopes = p.concentration.digamma() - total.digamma().unsqueeze(-1)
    return norms - each + ((p.concentration - q.concentration) * slopes).sum(-1)


def _laplace(p: Laplace, q: Laplace) -> Tensor:
    ratio, away = p.scale / q.scale, (p.loc - q.loc).abs()
    return -ratio.log() + away / q.scale + ratio * (-away / p.scale).exp() - 1


def _poisson(p: Poisson, q: Poisson) -> Tensor:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


def _geometric(p: Geometric, q: Geometric) -> Tensor:
    return -p.entropy() - (-q.probs).log1p() / p.probs - q.logits


def _multivariate(p: MultivariateNormal, q: MultivariateNormal) -> Tensor:
    if p.event_shape != q.event_shape:
        raise ValueError(
            "KL-divergence between two Multivariate Normals with different event shapes cannot be computed"
        )
    size = p.event_shape[0]
    inside = TENSORS.linalg_solve_triangular(q.scale_tril, p.scale_tril, upper=False).pow(2).sum((-2, -1))
    away = TENSORS.linalg_solve_triangular(q.scale_tril, (q.loc - p.loc).unsqueeze(-1), upper=False)
    return q._half_log_det() - p._half_log_det() + 0.5 * (inside + away.pow(2).sum((-2, -1)) - size)


FORMULAS: list[tuple[type, type, Callable[[Any, Any], Tensor]]] = [
    *(
        (kind, kind, formula)
        for kind, formula in (
            (Normal, _normal),
            (Categorical, _categorical),
            (Bernoulli, _bernoulli),
            (Uniform, _uniform),
            (Exponential, _exponential),
            (Independent, _independent),
            (Gamma, _gamma),
            (Beta, _beta),
            (Dirichlet, _dirichlet),
            (Laplace, _laplace),
            (Poisson, _poisson),
            (Geometric, _geometric),
            (MultivariateNormal, _multivariate),
        )
    ),
    (OneHotCategorical, OneHotCategorical, lambda p, q: _categorical(p._categorical, q._categorical)),
    (LogNormal, LogNormal, lambda p, q: _normal(p.base_dist, q.base_dist)),
    (HalfNormal, HalfNormal, lambda p, q: _normal(p.base_dist, q.base_dist)),
]
"""Pairs of families with the divergence of the first from the second."""


def register_kl(type_p: type, type_q: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator for the formula of a pair of families of one's own."""
    for kind in (type_p, type_q):
        if not (isinstance(kind, type) and issubclass(kind, Distribution)):
            name = "type_p" if kind is type_p else "type_q"
            raise TypeError(f"Expected {name} to be a subclass of Distribution but got {kind}")

    def decorator(formula: Callable[..., Any]) -> Callable[..., Any]:
        FORMULAS.insert(0, (type_p, type_q, formula))
        return formula

    return decorator


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """`∫ p (ln p − ln q)`, by the formula of the family."""
    for first, second, formula in FORMULAS:
        if isinstance(p, first) and isinstance(q, second):
            return formula(p, q)
    raise NotImplementedError(
        f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
    )
