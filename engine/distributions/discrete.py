"""Distributions of choices: yes or no, one of several."""

from __future__ import annotations

from typing import Any

from engine.distributions.base import SIMPLEX, UNIT, Distribution, Value, tensor
from engine.grad_mode import enable_grad, no_grad
from engine.sweep import TENSORS
from engine.tensor import Size


class Choices(Distribution):
    """Base of those given by probabilities or by logits, whichever the other is made from."""

    def __init__(self, probs: Any, logits: Any, validate_args: bool | None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        name, given = ("probs", probs) if logits is None else ("logits", logits)
        self.__dict__[name] = self.normalised(name, tensor(given))
        shape = self.__dict__[name].shape
        super().__init__(shape[:-1] if isinstance(self, Categorical) else shape, validate_args)

    def normalised(self, name: str, given: Value) -> Value:
        """The parameter as it is kept."""
        return given

    def __getattr__(self, name: str) -> Any:
        other, change = {"probs": ("logits", self.to_probs), "logits": ("probs", self.to_logits)}.get(name, ("", None))
        if change is not None and other in self.__dict__:
            with enable_grad():
                return self.__dict__.setdefault(name, change(self.__dict__[other]))
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def to_probs(self, logits: Value) -> Value:
        """Probabilities from logits."""
        raise NotImplementedError

    def to_logits(self, probs: Value) -> Value:
        """Logits from probabilities."""
        raise NotImplementedError


def clamped(probs: Value) -> Value:
    """Probabilities kept away from 0 and 1, where logarithms end."""
    eps = 1.1920928955078125e-07 if probs.itemsize == 4 else 2.220446049250313e-16
    return probs.clamp(eps, 1 - eps)


class Bernoulli(Choices):
    """1 with a probability, else 0."""

    shown = ("probs", "logits")
    checks = {"probs": UNIT}

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        super().__init__(probs, logits, validate_args)

    def to_probs(self, logits: Value) -> Value:
        """The logistic function."""
        return logits.sigmoid()

    def to_logits(self, probs: Value) -> Value:
        """log p − log(1 − p)."""
        probs = clamped(probs)
        return probs.log() - (-probs).log1p()

    mean = property(lambda self: self.probs)
    variance = property(lambda self: self.probs * (1 - self.probs))

    def sample(self, sample_shape: Any = ()) -> Value:
        """Draws, without gradients."""
        with no_grad():
            return self.probs.expand(self.extended(sample_shape)).bernoulli()

    def log_prob(self, value: Value) -> Value:
        """log p where the value is 1, log(1 − p) where it is 0."""
        logits, value = TENSORS.broadcast_tensors(self.logits, self.checked(value))
        return -TENSORS.binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Value:
        """−Σ p log p."""
        return TENSORS.binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")


class Categorical(Choices):
    """The number of one of several choices; the last dimension of the parameter counts them."""

    shown = ("probs", "logits")
    checks = {"probs": SIMPLEX}

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        super().__init__(probs, logits, validate_args)

    def normalised(self, name: str, given: Value) -> Value:
        """Probabilities that sum to 1."""
        if given.ndim < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        if name == "probs":
            return given / given.sum(-1, keepdim=True)
        return given - given.logsumexp(-1, keepdim=True)

    def to_probs(self, logits: Value) -> Value:
        """Softmax."""
        return logits.softmax(-1)

    def to_logits(self, probs: Value) -> Value:
        """The logarithms."""
        return clamped(probs).log()

    mode = property(lambda self: self.probs.argmax(-1))

    def sample(self, sample_shape: Any = ()) -> Value:
        """Draws, without gradients."""
        shape = self.extended(sample_shape)
        with no_grad():
            rows = self.probs.reshape(-1, self.probs.shape[-1])
            drawn = rows.multinomial(Size(sample_shape).numel(), True).T
            return drawn.reshape(shape)

    def log_prob(self, value: Value) -> Value:
        """The logarithm of the chosen one's probability."""
        chosen, logits = TENSORS.broadcast_tensors(self.checked(value).long().unsqueeze(-1), self.logits)
        return logits.gather(-1, chosen[..., :1]).squeeze(-1)

    def entropy(self) -> Value:
        """−Σ p log p."""
        return -(self.logits * self.probs).sum(-1)
