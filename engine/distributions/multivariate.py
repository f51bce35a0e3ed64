"""Vectors of normals that depend on one another."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeAlias

from engine.apply import run
from engine.backward import TENSORS
from engine.distributions.distribution import LOWER, POSITIVE_DEFINITE, REAL_VECTOR, Distribution
from engine.queries import broadcast_shapes
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any

FORMS = ("covariance_matrix", "precision_matrix", "scale_tril")


def tril_of_precision(precision: Tensor) -> Tensor:
    """The Cholesky factor of the inverse of a matrix."""
    flipped = TENSORS.linalg_cholesky(precision.flip((-2, -1)))
    inverse = flipped.flip((-2, -1)).transpose(-2, -1)
    unit = TENSORS.eye(precision.shape[-1], dtype=precision.dtype, device=precision.device)
    return TENSORS.linalg_solve_triangular(inverse, unit, upper=False)


class MultivariateNormal(Distribution):
    """Normals with a covariance, given by it, by its inverse, or by its Cholesky factor."""

    has_rsample = True
    support = REAL_VECTOR
    arg_constraints = {
        "loc": REAL_VECTOR,
        "covariance_matrix": POSITIVE_DEFINITE,
        "precision_matrix": POSITIVE_DEFINITE,
        "scale_tril": LOWER,
    }

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Tensor = None,
        precision_matrix: Tensor = None,
        scale_tril: Tensor = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        given = zip(FORMS, (covariance_matrix, precision_matrix, scale_tril), strict=True)
        forms = [(name, matrix) for name, matrix in given if matrix is not None]
        if len(forms) != 1:
            raise ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        ((name, matrix),) = forms
        if matrix.dim() < 2:
            kind = f"{name} matrix" if name == "scale_tril" else name
            raise ValueError(f"{kind} must be at least two-dimensional, with optional leading batch dimensions")
        shape = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        self.loc = loc.expand((*shape, -1))
        self.__dict__[name] = matrix.expand((*shape, -1, -1))
        super().__init__(shape, self.loc.shape[-1:], validate_args)
        if name == "covariance_matrix":
            self._tril = TENSORS.linalg_cholesky(matrix)
        else:
            self._tril = matrix if name == "scale_tril" else tril_of_precision(matrix)

    def __getattr__(self, name: str) -> Any:
        if name not in FORMS or "_tril" not in self.__dict__:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        if name == "scale_tril":
            found = self._tril
        else:
            found = self._tril @ self._tril.mT if name == "covariance_matrix" else TENSORS.cholesky_inverse(self._tril)
        size = (*self._batch_shape, *self._event_shape, *self._event_shape)
        self.__dict__[name] = found.expand(size)
        return self.__dict__[name]

    @property
    def mean(self) -> Tensor:
        """`loc`."""
        return self.loc

    @property
    def mode(self) -> Tensor:
        """`loc`."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The covariance's diagonal."""
        return self._tril.pow(2).sum(-1).expand((*self._batch_shape, *self._event_shape))

    def rsample(self, sample_shape: Iterable[int] = ()) -> Tensor:
        """`loc + L ε` with L the Cholesky factor."""
        noise = run(OPS["new_empty"], (self.loc, self._shape(sample_shape)), {}).normal_()
        return self.loc + (self._tril @ noise.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        """`−½ (k ln 2π + |L⁻¹ (value − loc)|²) − Σ ln Lᵢᵢ`."""
        self._check_value(value)
        away = (value - self.loc).unsqueeze(-1)
        tril = self._tril.expand((*away.shape[:-2], *self._tril.shape[-2:]))
        distance = TENSORS.linalg_solve_triangular(tril, away, upper=False).pow(2).sum((-2, -1))
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + distance) - self._half_log_det()

    def entropy(self) -> Tensor:
        """`½ k (1 + ln 2π) + Σ ln Lᵢᵢ`."""
        half = 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + self._half_log_det()
        return half.expand(tuple(self._batch_shape)) if self._batch_shape else half

    def _half_log_det(self) -> Tensor:
        return self._tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
