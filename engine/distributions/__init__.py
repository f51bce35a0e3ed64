"""torch.distributions: the ones that lessons draw from, score and compare.

Samples come from the same calls as torch's own, so that a seed gives the same ones.  `rsample` passes gradients to the
parameters, `log_prob` is differentiable everywhere.
"""

from __future__ import annotations

from engine.distributions.base import Distribution, Value
from engine.distributions.continuous import Exponential, Normal, Uniform
from engine.distributions.discrete import Bernoulli, Categorical

__all__ = ["Bernoulli", "Categorical", "Distribution", "Exponential", "Normal", "Uniform", "kl_divergence"]


def kl_divergence(p: Distribution, q: Distribution) -> Value:
    """How far `q` is from `p`: the mean over `p` of log p − log q."""
    if isinstance(p, Normal) and isinstance(q, Normal):
        ratio = (p.scale / q.scale).pow(2)
        return 0.5 * (ratio + ((p.loc - q.loc) / q.scale).pow(2) - 1 - ratio.log())
    if isinstance(p, Categorical) and isinstance(q, Categorical):
        return (p.probs * (p.logits - q.logits)).sum(-1)
    if isinstance(p, Bernoulli) and isinstance(q, Bernoulli):
        yes, no = p.probs * (p.logits - q.logits), (-q.probs).log1p() - (-p.probs).log1p()
        return yes - no
    if isinstance(p, Exponential) and isinstance(q, Exponential):
        return q.rate / p.rate - (q.rate / p.rate).log() - 1
    raise NotImplementedError(
        f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
    )
