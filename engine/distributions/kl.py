"""The Kullback–Leibler divergence of two distributions of one family."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from engine.apply import run
from engine.distributions.continuous import Exponential, Normal, Uniform
from engine.distributions.discrete import Bernoulli, Categorical
from engine.distributions.distribution import Distribution
from engine.distributions.independent import Independent
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


FORMULAS: dict[type, Callable[[Any, Any], Tensor]] = {
    Normal: _normal,
    Categorical: _categorical,
    Bernoulli: _bernoulli,
    Uniform: _uniform,
    Exponential: _exponential,
    Independent: _independent,
}


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """`∫ p (ln p − ln q)`, by the formula of the family."""
    for kind, formula in FORMULAS.items():
        if isinstance(p, kind) and isinstance(q, kind):
            return formula(p, q)
    raise NotImplementedError(
        f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
    )
