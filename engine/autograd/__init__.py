"""torch.autograd: differentiation on demand, functions of one's own, and what is built on them."""

from __future__ import annotations

from engine.autograd import forward_ad, functional
from engine.autograd.function import Function, once_differentiable
from engine.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from engine.backward import backward, grad
from engine.grad_mode import (
    detect_anomaly,
    enable_grad,
    inference_mode,
    no_grad,
    set_detect_anomaly,
    set_grad_enabled,
)
from engine.tensor import Tensor


class _Wrapper(type):
    def __call__(cls, data: Tensor, requires_grad: bool = False) -> Tensor:
        return data.detach().requires_grad_(requires_grad)  # type: ignore[no-any-return]

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_Wrapper):
    """`Variable(tensor, requires_grad=True)`: how it was written before tensors themselves could ask for gradients."""


__all__ = [
    "Function",
    "GradcheckError",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "forward_ad",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "inference_mode",
    "no_grad",
    "once_differentiable",
    "set_detect_anomaly",
    "set_grad_enabled",
]
