"""torch.autograd: differentiation on demand, functions of one's own, and what is built on them."""

from __future__ import annotations

from engine.autograd import functional
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

Variable = Tensor

__all__ = [
    "Function",
    "GradcheckError",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
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
