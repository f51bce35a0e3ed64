"""A mixture of distributions of one family."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from engine.distributions.discrete import Categorical
from engine.distributions.distribution import Distribution
from engine.grad_mode import no_grad
from engine.nn import functional as F

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


class MixtureSameFamily(Distribution):
    """One of several components, chosen by a Categorical; they are the last dimension of their batch."""

    def __init__(
        self,
        mixture_distribution: Categorical,
        component_distribution: Distribution,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(" The Mixture distribution needs to be an  instance of torch.distributions.Categorical")
        if not isinstance(component_distribution, Distribution):
            raise ValueError("The Component distribution needs to be an instance of torch.distributions.Distribution")
        chosen, held = mixture_distribution.logits.shape[-1], component_distribution.batch_shape[-1]
        if chosen != held:
            raise ValueError(
                f"`mixture_distribution component` ({chosen}) does not equal `component_distribution.batch_shape[-1]` "
                f"({held})"
            )
        self.mixture_distribution = mixture_distribution
        self.component_distribution = component_distribution
        self.support = component_distribution.support
        event = component_distribution.event_shape
        self._dims = len(event)
        super().__init__(component_distribution.batch_shape[:-1], event, validate_args)

    def _weights(self) -> Tensor:
        probs = self.mixture_distribution.probs
        return probs.reshape((*probs.shape, *(1,) * self._dims))

    @property
    def mean(self) -> Tensor:
        """The weighted mean of the components' means."""
        return (self._weights() * self.component_distribution.mean).sum(-1 - self._dims)

    @property
    def variance(self) -> Tensor:
        """The mean of the variances and the variance of the means."""
        weights, along = self._weights(), -1 - self._dims
        within = (weights * self.component_distribution.variance).sum(along)
        away = self.component_distribution.mean - self.mean.unsqueeze(along)
        return within + (weights * away.pow(2.0)).sum(along)

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of at most `value`."""
        return (self.component_distribution.cdf(value.unsqueeze(-1)) * self.mixture_distribution.probs).sum(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the weighted sum of densities."""
        self._check_value(value)
        each = self.component_distribution.log_prob(value.unsqueeze(-1 - self._dims))
        return (each + F.log_softmax(self.mixture_distribution.logits, -1)).logsumexp(-1)

    def sample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """A draw of the component that was chosen."""
        shape = tuple(sample_shape)
        with no_grad():
            along = len(shape) + len(self._batch_shape)
            chosen = self.mixture_distribution.sample(shape)
            drawn = self.component_distribution.sample(shape)
            index = chosen.reshape((*chosen.shape, *(1,) * (self._dims + 1)))
            index = index.repeat((1,) * (chosen.dim() + 1) + tuple(self._event_shape))
            return drawn.gather(along, index).squeeze(along)

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self.mixture_distribution},\n  {self.component_distribution})"
