"""`torch.nn.utils.parametrizations`: weights held to a length, a spectral norm, or to be orthogonal."""

from __future__ import annotations

from typing import Any, TypeAlias

from engine.grad_mode import no_grad
from engine.nn import functional as F
from engine.nn.module import Module
from engine.nn.utils.norms import lengths, matrix, output_dim, scaled, unit
from engine.nn.utils.orthogonal import MAPS, Orthogonal
from engine.nn.utils.parametrize import register_parametrization
from engine.tensor import Tensor as TensorType

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


class _WeightNorm(Module):
    def __init__(self, dim: int | None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, length: Tensor, direction: Tensor) -> Tensor:
        return scaled(length, direction, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return lengths(weight, self.dim), weight


class _SpectralNorm(Module):
    def __init__(self, weight: Tensor, n_power_iterations: int, dim: int, eps: float) -> None:
        super().__init__()
        self.dim, self.eps, self.n_power_iterations = dim, eps, n_power_iterations
        flat = matrix(weight, dim)
        for name, count in zip(("_u", "_v"), flat.shape, strict=True):
            self.register_buffer(name, unit(count, weight, eps))
        self._iterate(flat, 15)

    def _iterate(self, flat: Tensor, times: int) -> None:
        with no_grad():
            for _ in range(times):
                self._u.copy_(F.normalize(flat.mv(self._v), dim=0, eps=self.eps))
                self._v.copy_(F.normalize(flat.t().mv(self._u), dim=0, eps=self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        flat = matrix(weight, self.dim)
        if self.training:
            self._iterate(flat, self.n_power_iterations)
        return weight / self._u.clone().dot(flat.mv(self._v.clone()))


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Train length and direction of a weight apart (Salimans and Kingma, 2016)."""
    return register_parametrization(module, name, _WeightNorm(dim), unsafe=True)


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Divide a weight by its largest singular value, found by power iteration (Miyato and others, 2018)."""
    along = output_dim(module) if dim is None else dim
    return register_parametrization(module, name, _SpectralNorm(getattr(module, name), n_power_iterations, along, eps))


def orthogonal(
    module: Module, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> Module:
    """Keep a matrix orthogonal while it is trained (Lezcano-Casado, 2019)."""
    weight = getattr(module, name, None)
    if not isinstance(weight, TensorType):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.dim() < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.dim()} dimensions.")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.size(-2) == weight.size(-1) else "householder"
    if orthogonal_map not in MAPS:
        raise ValueError(
            f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}'
        )
    held = Orthogonal(weight, orthogonal_map, use_trivialization)
    return register_parametrization(module, name, held, unsafe=True)
