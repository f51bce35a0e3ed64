"""`torch.nn.utils`: clipping gradients, parameters as one vector; sequences are in rnn.py."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeAlias

from engine.apply import run
from engine.grad_mode import no_grad
from engine.nn.utils import rnn
from engine.nn.utils.norms import remove_weight_norm, spectral_norm, weight_norm
from engine.registry import OPS
from engine.tensor import Tensor as TensorType

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "get_total_norm",
    "parameters_to_vector",
    "remove_weight_norm",
    "rnn",
    "spectral_norm",
    "vector_to_parameters",
    "weight_norm",
]

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


def _gradients(parameters: Any) -> list[Tensor]:
    listed = [parameters] if isinstance(parameters, TensorType) else list(parameters)
    return [p.grad for p in listed if p.grad is not None]


def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: Any = None
) -> Tensor:
    """Scale all gradients together so that their norm is at most max_norm; the norm they had."""
    gradients = _gradients(parameters)
    with no_grad():
        if not gradients:
            return run(OPS["tensor"], (0.0,), {})
        norms = run(OPS["stack"], ([g.norm(norm_type) for g in gradients],), {})
        total = norms.norm(norm_type)
        if error_if_nonfinite and not math.isfinite(float(total)):
            raise RuntimeError(
                f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
                "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
                "`error_if_nonfinite=False`"
            )
        factor = (max_norm / (total + 1e-6)).clamp(max=1.0)
        for gradient in gradients:
            gradient.mul_(factor)
    return total


def clip_grad_value_(parameters: Any, clip_value: float, foreach: Any = None) -> None:
    """Cut every gradient off at ± clip_value."""
    with no_grad():
        for gradient in _gradients(parameters):
            gradient.clamp_(-float(clip_value), float(clip_value))


def get_total_norm(tensors: Iterable[Tensor], norm_type: float = 2.0) -> Tensor:
    """The norm of all tensors as one vector."""
    with no_grad():
        return run(OPS["stack"], ([t.norm(norm_type) for t in tensors],), {}).norm(norm_type)


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters in one vector."""
    return run(OPS["cat"], ([p.view(-1) for p in parameters],), {})


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Put one vector into all parameters."""
    offset = 0
    for parameter in parameters:
        count = parameter.numel()
        parameter.data = vec[offset : offset + count].view_as(parameter).data
        offset += count
