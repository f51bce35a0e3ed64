"""What all distributions share: shapes, checks of parameters and values, the printed form.

`batch_shape` are the shapes of independent distributions in one object, `event_shape` that of one draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from engine.apply import run
from engine.backward import TENSORS
from engine.dtypes import finfo
from engine.grad_mode import no_grad
from engine.registry import OPS
from engine.tensor import Size
from engine.tensor import Tensor as TensorType

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


class Constraint(NamedTuple):
    """What a parameter or a value must satisfy: its printed form and the test, element by element."""

    text: str
    holds: Callable[[Tensor], Tensor]


REAL = Constraint("Real()", lambda x: x == x)
POSITIVE = Constraint("GreaterThan(lower_bound=0.0)", lambda x: x > 0)
NOT_NEGATIVE = Constraint("GreaterThanEq(lower_bound=0)", lambda x: x >= 0)
NOT_NEGATIVE_REAL = Constraint("GreaterThanEq(lower_bound=0.0)", lambda x: x >= 0)
COUNT = Constraint("IntegerGreaterThan(lower_bound=0)", lambda x: (x % 1 == 0) & (x >= 0))
UNIT = Constraint("Interval(lower_bound=0.0, upper_bound=1.0)", lambda x: (x >= 0) & (x <= 1))
BOOLEAN = Constraint("Boolean()", lambda x: (x == 0) | (x == 1))
SIMPLEX = Constraint("Simplex()", lambda x: (x >= 0).all(-1) & ((x.sum(-1) - 1).abs() < 1e-6))
REAL_VECTOR = Constraint("IndependentConstraint(Real(), 1)", lambda x: (x == x).all(-1))
POSITIVE_VECTOR = Constraint("IndependentConstraint(GreaterThan(lower_bound=0.0), 1)", lambda x: (x > 0).all(-1))
LOWER = Constraint(
    "LowerCholesky()", lambda x: (x.tril() == x).flatten(-2).all(-1) & (x.diagonal(dim1=-2, dim2=-1) > 0).all(-1)
)


def _positive_definite(matrix: Tensor) -> Tensor:
    alike = run(OPS["isclose"], (matrix, matrix.mT), {"atol": 1e-6}).flatten(-2).all(-1)
    return alike & TENSORS.linalg_cholesky_ex(matrix).info.eq(0)


POSITIVE_DEFINITE = Constraint("PositiveDefinite()", _positive_definite)


def tensor(value: Any) -> Tensor:
    """A number as a tensor."""
    return value if isinstance(value, TensorType) else run(OPS["tensor"], (float(value),), {})


def broadcast(*values: Any) -> tuple[Tensor, ...]:
    """Numbers and tensors in one shape."""
    tensors = [tensor(value) for value in values]
    shape = np.broadcast_shapes(*(one.shape for one in tensors))
    return tuple(one if one.shape == shape else one.expand(shape) for one in tensors)


def logits_of(probs: Tensor) -> Tensor:
    """`ln(p / (1 − p))`, with p kept off 0 and 1."""
    kept = clamped(probs)
    return kept.log() - (-kept).log1p()


def clamped(probs: Tensor) -> Tensor:
    """Probabilities kept off 0 and 1, so that their logarithms are finite."""
    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


class Distribution:
    """A family of distributions with parameters: draws, densities, moments."""

    has_rsample = False
    arg_constraints: dict[str, Constraint] = {}
    support: Constraint = REAL
    _validate_args = True

    def __init__(
        self, batch_shape: Iterable[int] = (), event_shape: Iterable[int] = (), validate_args: bool | None = None
    ) -> None:
        self._batch_shape = Size(batch_shape)
        self._event_shape = Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            for name, constraint in self.arg_constraints.items():
                if name in self.__dict__ or isinstance(getattr(type(self), name, None), property):
                    self._check_parameter(name, constraint)

    def _check_parameter(self, name: str, constraint: Constraint) -> None:
        value = getattr(self, name)
        with no_grad():
            if not constraint.holds(value).all():
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                    f"{self!r} to satisfy the constraint {constraint.text}, but found invalid values:\n{value}"
                )

    def _check_value(self, value: Any) -> None:
        """Refuse a value that no draw could give."""
        if not self._validate_args:
            return
        if not isinstance(value, TensorType):
            raise ValueError("The value argument to log_prob must be a Tensor")
        expected = self._batch_shape + self._event_shape
        for i, j in zip(reversed(value.shape), reversed(expected), strict=False):
            if i != 1 and j not in (1, i):
                raise ValueError(
                    f"Value is not broadcastable with batch_shape+event_shape: {value.shape} vs {Size(expected)}."
                )
        with no_grad():
            if not self.support.holds(value).all():
                raise ValueError(
                    f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be within the "
                    f"support ({self.support.text}) of the distribution {self!r}, but found invalid values:\n{value}"
                )

    @property
    def batch_shape(self) -> Size:
        """The shape of the independent distributions."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one draw from one of them."""
        return self._event_shape

    def _shape(self, sample_shape: Iterable[int]) -> tuple[int, ...]:
        """The shape of so many draws."""
        return (*sample_shape, *self._batch_shape, *self._event_shape)

    def sample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """Draws through which no gradient flows."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """Draws as a function of the parameters, through which gradients flow."""
        raise NotImplementedError

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density or probability."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """The mean of −log_prob."""
        raise NotImplementedError

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of at most `value`."""
        raise NotImplementedError

    @property
    def mean(self) -> Tensor:
        """The mean."""
        raise NotImplementedError

    @property
    def variance(self) -> Tensor:
        """The variance."""
        raise NotImplementedError

    @property
    def stddev(self) -> Tensor:
        """The standard deviation."""
        return self.variance.sqrt()

    def perplexity(self) -> Tensor:
        """`exp(entropy)`."""
        return self.entropy().exp()

    def __repr__(self) -> str:
        shown = []
        for name in self.arg_constraints:
            if name in self.__dict__:
                value = self.__dict__[name]
                shown.append(f"{name}: {value if value.numel() == 1 else value.size()}")
        return f"{type(self).__name__}({', '.join(shown)})"
