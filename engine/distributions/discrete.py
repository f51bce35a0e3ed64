"""Discrete distributions, given by probabilities or by logits: Bernoulli, Categorical, Multinomial."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeAlias

from engine.apply import run
from engine.distributions.distribution import (
    BOOLEAN,
    REAL,
    REAL_VECTOR,
    SIMPLEX,
    UNIT,
    Constraint,
    Distribution,
    broadcast,
    clamped,
    logits_of,
)
from engine.dtypes import finfo
from engine.grad_mode import enable_grad, no_grad
from engine.nn import functional as F
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


def check_one(probs: Any, logits: Any) -> None:
    """Refuse both or neither."""
    if (probs is None) == (logits is None):
        raise ValueError("Either `probs` or `logits` must be specified, but not both.")


class _Discrete(Distribution):
    """Given by `probs` or by `logits`; the other form is worked out when it is first asked for."""

    def _other(self, name: str) -> Tensor:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        if name not in ("probs", "logits") or not {"probs", "logits"} & self.__dict__.keys():
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        with enable_grad():
            self.__dict__[name] = self._other(name)
        return self.__dict__[name]


class Bernoulli(_Discrete):
    """Yes or no, as 1 or 0."""

    arg_constraints = {"probs": UNIT, "logits": REAL}
    support = BOOLEAN

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        check_one(probs, logits)
        if logits is None:
            (self.probs,) = broadcast(probs)
        else:
            (self.logits,) = broadcast(logits)
        super().__init__((self.probs if logits is None else self.logits).shape, validate_args=validate_args)

    def _other(self, name: str) -> Tensor:
        return logits_of(self.probs) if name == "logits" else self.logits.sigmoid()

    @property
    def mean(self) -> Tensor:
        """The probability of 1."""
        return self.probs

    @property
    def mode(self) -> Tensor:
        """The likelier of both."""
        likely = (self.probs >= 0.5).to(self.probs.dtype)
        return likely.masked_fill(self.probs == 0.5, math.nan)

    @property
    def variance(self) -> Tensor:
        """`p (1 − p)`."""
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """Zeros and ones."""
        with no_grad():
            return run(OPS["bernoulli"], (self.probs.expand(self._shape(sample_shape)),), {})

    def log_prob(self, value: Tensor) -> Tensor:
        """`ln p` or `ln(1 − p)`."""
        self._check_value(value)
        logits, value = broadcast(self.logits, value)
        return -_surprise(logits, value)

    def entropy(self) -> Tensor:
        """`−p ln p − (1 − p) ln(1 − p)`."""
        return _surprise(self.logits, self.probs)


def _surprise(logits: Tensor, value: Tensor) -> Tensor:
    return run(OPS["binary_cross_entropy_with_logits"], (logits, value), {"reduction": "none"})


class Categorical(_Discrete):
    """One of several classes, by number."""

    arg_constraints = {"probs": SIMPLEX, "logits": REAL_VECTOR}

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        check_one(probs, logits)
        given = logits if probs is None else probs
        if given.dim() < 1:
            raise ValueError(f"`{'logits' if probs is None else 'probs'}` parameter must be at least one-dimensional.")
        if probs is not None:
            self.probs = probs / probs.sum(-1, keepdim=True)
        else:
            self.logits = logits - logits.logsumexp(-1, keepdim=True)
        self._events = events = given.size(-1)
        self.support = Constraint(
            f"IntegerInterval(lower_bound=0, upper_bound={events - 1})",
            lambda x: (x % 1 == 0) & (x >= 0) & (x < events),
        )
        super().__init__(given.shape[:-1], validate_args=validate_args)

    def _other(self, name: str) -> Tensor:
        return clamped(self.probs).log() if name == "logits" else F.softmax(self.logits, -1)

    @property
    def param_shape(self) -> Any:
        """The shape of the parameter that was given."""
        return (self.probs if "probs" in self.__dict__ else self.logits).shape

    @property
    def mean(self) -> Tensor:
        """Numbers of classes have no mean."""
        return run(OPS["full"], (tuple(self._batch_shape), math.nan), {})

    @property
    def mode(self) -> Tensor:
        """The likeliest class."""
        return self.probs.argmax(-1)

    variance = mean

    def sample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """Numbers of classes."""
        shape = tuple(sample_shape)
        with no_grad():
            rows = self.probs.reshape(-1, self._events)
            drawn = run(OPS["multinomial"], (rows, math.prod(shape), True), {}).T
            return drawn.reshape(self._shape(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the class's probability."""
        self._check_value(value)
        index = value.long().unsqueeze(-1)
        index, logits = broadcast(index, self.logits)
        return logits.gather(-1, index[..., :1]).squeeze(-1)

    def entropy(self) -> Tensor:
        """`−Σ p ln p`."""
        kept = self.logits.clamp(min=finfo(self.logits.dtype).min)
        return -(kept * self.probs).sum(-1)


class _OfClasses(Distribution):
    """Vectors with an element for each of several classes."""

    arg_constraints = {"probs": SIMPLEX, "logits": REAL_VECTOR}

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._categorical = Categorical(probs, logits)
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args)

    @property
    def probs(self) -> Tensor:
        """The probabilities of the classes."""
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        """Their logarithms."""
        return self._categorical.logits


class OneHotCategorical(_OfClasses):
    """One of several classes, as a vector with a 1 in its place."""

    support = Constraint("OneHot()", lambda x: ((x == 0) | (x == 1)).all(-1) & x.sum(-1).eq(1))

    @property
    def mean(self) -> Tensor:
        """The probabilities."""
        return self.probs

    @property
    def mode(self) -> Tensor:
        """The likeliest class."""
        return self._vector(self.probs.argmax(-1))

    @property
    def variance(self) -> Tensor:
        """`p (1 − p)`."""
        return self.probs * (1 - self.probs)

    def _vector(self, index: Tensor) -> Tensor:
        return F.one_hot(index, self._event_shape[0]).to(self.probs)  # type: ignore[attr-defined]

    def sample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """Vectors with one 1."""
        return self._vector(self._categorical.sample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the class's probability."""
        self._check_value(value)
        return self._categorical.log_prob(value.max(-1)[1])

    def entropy(self) -> Tensor:
        """`−Σ p ln p`."""
        return self._categorical.entropy()


class Multinomial(_OfClasses):
    """How often each class comes in total_count draws."""

    def __init__(
        self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self.total_count = total_count
        self.support = Constraint(
            f"Multinomial(upper_bound={total_count})", lambda x: (x >= 0).all(-1) & (x.sum(-1) <= total_count)
        )
        super().__init__(probs, logits, validate_args)

    @property
    def mean(self) -> Tensor:
        """`total_count · p`."""
        return self.probs * self.total_count

    @property
    def variance(self) -> Tensor:
        """`total_count · p (1 − p)`."""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """Counts."""
        draws = self._categorical.sample((self.total_count, *sample_shape))
        last_first = draws.permute(*range(1, draws.dim()), 0)
        counts = run(OPS["new_zeros"], (self.probs, self._shape(sample_shape)), {})
        return counts.scatter_add_(-1, last_first, run(OPS["ones_like"], (last_first,), {"dtype": counts.dtype}))

    def log_prob(self, value: Tensor) -> Tensor:
        """`ln n! − Σ ln xᵢ! + Σ xᵢ ln pᵢ`."""
        self._check_value(value)
        logits, value = broadcast(self.logits, value)
        powers = (logits.masked_fill((value == 0) & (logits == -math.inf), 0) * value).sum(-1)
        return (value.sum(-1) + 1).lgamma() - (value + 1).lgamma().sum(-1) + powers
