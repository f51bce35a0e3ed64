"""What all distributions share: shapes, the check of parameters and values, printing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from engine.apply import run
from engine.grad_mode import no_grad
from engine.registry import OPS
from engine.sweep import TENSORS
from engine.tensor import Size, Tensor

Value: TypeAlias = Any
"""A Tensor; what its operators give is not known to the type checker."""
Check = tuple[str, Callable[[Value], Value]]
"""A constraint by torch's name for it, and whether a parameter satisfies it."""

REAL: Check = ("Real()", lambda x: x == x)
POSITIVE: Check = ("GreaterThan(lower_bound=0.0)", lambda x: x > 0)
UNIT: Check = ("Interval(lower_bound=0.0, upper_bound=1.0)", lambda x: (x >= 0) & (x <= 1))
SIMPLEX: Check = ("Simplex()", lambda x: (x >= 0).all(-1) & ((x.sum(-1) - 1).abs() < 1e-6))


def tensor(value: Any) -> Value:
    """A parameter as a tensor of the default type."""
    return value if isinstance(value, Tensor) else run(OPS["tensor"], (float(value),), {})


class Distribution:
    """Base: shapes, validation and printing; `shown` names the parameters, `checks` what they must satisfy."""

    shown: tuple[str, ...] = ()
    checks: dict[str, Check] = {}
    has_rsample = False

    def __init_subclass__(cls) -> None:
        cls.__module__ = f"torch.distributions.{cls.__name__.lower()}"

    def __init__(self, batch_shape: Any = (), validate_args: bool | None = None) -> None:
        self._batch_shape = Size(batch_shape)
        if validate_args is not False:
            for name, (constraint, holds) in self.checks.items():
                value = self.__dict__.get(name)
                if value is not None and not holds(value).all():
                    raise ValueError(
                        f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of "
                        f"distribution {self!r} to satisfy the constraint {constraint}, but found invalid values:\n"
                        f"{value if value.ndim else value.item()}"
                    )

    @property
    def batch_shape(self) -> Size:
        """The shape of the parameters: one distribution for each place."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one draw from one distribution: single numbers."""
        return Size()

    def checked(self, value: Any) -> Value:
        """A value whose probability is asked, which must fit the parameters' shape."""
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        for n, m in zip(value.shape[::-1], self._batch_shape[::-1], strict=False):
            if n != m and 1 not in (n, m):
                raise ValueError(
                    f"Value is not broadcastable with batch_shape+event_shape: {value.shape} vs {self._batch_shape}."
                )
        return value

    def extended(self, sample_shape: Any) -> Size:
        """The shape of a sample of this many draws."""
        return Size((*sample_shape, *self._batch_shape))

    def sample(self, sample_shape: Any = ()) -> Value:
        """Draws, without gradients."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Value:
        """Draws that pass gradients to the parameters."""
        raise NotImplementedError

    def log_prob(self, value: Value) -> Value:
        """The logarithm of the density, or of the probability, at `value`."""
        raise NotImplementedError

    @property
    def variance(self) -> Value:
        """The variance."""
        raise NotImplementedError

    @property
    def stddev(self) -> Value:
        """The standard deviation."""
        return self.variance.sqrt()

    def __repr__(self) -> str:
        given = {name: self.__dict__[name] for name in self.shown if name in self.__dict__}
        parts = [f"{name}: {v.item() if not v.ndim else v.size()}" for name, v in given.items()]
        return f"{type(self).__name__}({', '.join(parts)})"


def broadcast(*values: Any) -> Value:
    """Parameters as tensors of one shape."""
    return TENSORS.broadcast_tensors(*map(tensor, values))
