"""The parametrization that keeps a matrix orthogonal, by one of three maps onto orthogonal matrices."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from engine.backward import TENSORS
from engine.dtypes import finfo
from engine.grad_mode import no_grad
from engine.nn.module import Module
from engine.tensor import wrap

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any

MAPS = ("matrix_exp", "cayley", "householder")


def householder_product(reflectors: Tensor, tau: Tensor) -> Tensor:
    """The first columns of `H₁ H₂ …` with `Hᵢ = 1 − τᵢ vᵢ vᵢᵀ`, where vᵢ is a column of `reflectors`, 1 at i."""
    n, k = reflectors.shape[-2:]
    like = {"dtype": reflectors.dtype, "device": reflectors.device}
    vectors = reflectors.tril(-1) + TENSORS.eye(n, k, **like)
    product = TENSORS.eye(n, k, **like).expand(*reflectors.shape[:-2], n, k)
    for i in reversed(range(k)):
        v = vectors[..., i : i + 1]
        product = product - tau[..., i, None, None] * v * (v.mT @ product)
    return product


def straightened(matrix: Tensor) -> Tensor:
    """The orthogonal factor of a matrix, with the signs that make the other one's diagonal positive."""
    factor, triangle = TENSORS.linalg_qr(matrix)
    return factor * triangle.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


def is_orthogonal(matrix: Tensor) -> bool:
    """Whether the columns of a tall matrix are orthonormal, to the precision of its type."""
    n, k = matrix.shape[-2:]
    unit = TENSORS.eye(k, dtype=matrix.dtype, device=matrix.device)
    return bool(TENSORS.allclose(matrix.mT @ matrix, unit, atol=10 * n * finfo(matrix.dtype).eps))


class Orthogonal(Module):
    """The map from free parameters to a matrix with orthonormal columns (or rows, if it is wide)."""

    def __init__(self, weight: Tensor, orthogonal_map: str, use_trivialization: bool) -> None:
        super().__init__()
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        self.trivial = use_trivialization
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, weight: Tensor) -> Tensor:
        """The orthogonal matrix."""
        wide = weight.size(-2) < weight.size(-1)
        free = weight.mT if wide else weight
        found = self._reflected(free) if self.orthogonal_map == "householder" else self._turned(free)
        if self.trivial:
            found = self.base @ found
        return found.mT if wide else found

    def _turned(self, free: Tensor) -> Tensor:
        """The exponential or the Cayley transform of a skew-symmetric matrix, its first columns."""
        n, k = free.shape[-2:]
        lower = free.tril()
        if n != k:
            lower = TENSORS.cat([lower, lower.new_zeros(n, n - k).expand(*lower.shape[:-2], -1, -1)], -1)
        skew = lower - lower.mT
        if self.orthogonal_map == "matrix_exp":
            return TENSORS.matrix_exp(skew)[..., :k]
        unit = TENSORS.eye(n, dtype=skew.dtype, device=skew.device)
        return TENSORS.linalg_solve(unit - 0.5 * skew, unit + 0.5 * skew)[..., :k]

    def _reflected(self, free: Tensor) -> Tensor:
        """A product of Householder's reflections, which the lower triangle holds."""
        lower = free.tril(-1)
        tau = 2.0 / (1.0 + (lower * lower).sum(-2))
        return householder_product(lower, tau) * free.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)

    def right_inverse(self, weight: Tensor) -> Tensor:
        """Free parameters that give this matrix, made orthogonal first if it is not."""
        if weight.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {weight.shape}."
            )
        with no_grad():
            wide = weight.size(-2) < weight.size(-1)
            matrix = weight.mT if wide else weight
            if not self.trivial:
                return self._reflections(matrix, wide)
            n, k = matrix.shape[-2:]
            if n != k:
                drawn = TENSORS.randn(*matrix.shape[:-2], n, n - k, dtype=matrix.dtype, device=matrix.device)
                matrix = straightened(TENSORS.cat([matrix, drawn], -1))
            else:
                matrix = matrix.clone() if is_orthogonal(matrix) else straightened(matrix)
            self.base = matrix
            start = TENSORS.zeros_like(weight)
            start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
            return start

    def _reflections(self, matrix: Tensor, wide: bool) -> Tensor:
        """The reflections of a matrix's QR decomposition."""
        if self.orthogonal_map != "householder":
            raise NotImplementedError(
                "It is not possible to assign to the matrix exponential or the Cayley parametrizations when "
                "use_trivialization=False."
            )
        found, tau = np.linalg.qr(matrix._data, mode="raw")
        free = wrap(np.ascontiguousarray(np.swapaxes(found, -1, -2)))
        diagonal = free.diagonal(dim1=-2, dim2=-1)
        diagonal.sign_()
        diagonal[wrap(tau == 0.0)] *= -1
        return free.mT if wide else free


Orthogonal.__name__ = Orthogonal.__qualname__ = "_Orthogonal"
