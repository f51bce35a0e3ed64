"""Muon, which makes the momentum of a matrix nearly orthogonal before it steps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.backends import Array
from engine.optim.optimizer import Group, Rowed, State, zeros_beside
from engine.registry import OPS, op

ADJUSTMENTS = (None, "original", "match_rms_adamw")


def rounded(x: Array) -> Array:
    """float32 rounded to the eight bits of precision of bfloat16, in which torch iterates."""
    bits = x.astype(np.float32).view(np.uint32)
    even = (bits >> 16) & 1
    return ((bits + 0x7FFF + even) & 0xFFFF0000).astype(np.uint32).view(np.float32)


def orthogonalised(grad: Array, coefficients: tuple[float, float, float], steps: int, eps: float) -> Array:
    """The matrix with its singular values brought near one, by Newton and Schulz's iteration."""
    a, b, c = coefficients
    x = rounded(grad)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = rounded(x / np.maximum(rounded(np.asarray([np.linalg.norm(x)]))[0], np.float32(eps)))
    for _ in range(steps):
        gram = rounded(x @ x.T)
        x = rounded(np.float32(a) * x + rounded(np.float32(b) * gram + np.float32(c) * (gram @ gram)) @ x)
    return (x.T if tall else x).astype(grad.dtype)


@op(
    "muon_step",
    "param · (1 − lr · weight_decay) − lr · orthogonal(momentum)",
    doc="One step of Muon (Jordan and others, 2024).",
    family="optimizer",
    function=False,
    method=False,
)
def muon_step(
    input: Array,
    grad: Array,
    buffer: Array,
    lr: float,
    weight_decay: float,
    momentum: float,
    nesterov: bool,
    coefficients: tuple[float, float, float],
    eps: float,
    steps: int,
    adjust: str | None,
) -> Array:
    kind = input.dtype.type
    buffer += kind(1 - momentum) * (grad - buffer)
    update = grad + kind(momentum) * (buffer - grad) if nesterov else buffer
    update = orthogonalised(update, coefficients, steps, eps)
    rows, columns = input.shape
    ratio = math.sqrt(max(1, rows / columns)) if adjust != "match_rms_adamw" else 0.2 * math.sqrt(max(rows, columns))
    return input * kind(1 - lr * weight_decay) - kind(lr * ratio) * update


class Muon(Rowed):
    """Orthogonalised momentum for the matrices inside a network (Jordan and others, 2024)."""

    row = OPS[muon_step.__name__]

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        super().__init__(params, locals())
        for name, value in (("Learning rate", lr), ("momentum", momentum), ("weight decay", weight_decay)):
            if not value >= 0.0:
                raise ValueError(f"{name} should be >= 0 but is: {value}")
        if adjust_lr_fn not in ADJUSTMENTS:
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        for group in self.param_groups:
            for param in group["params"]:
                if param.dim() != 2:
                    size = param.size()
                    raise ValueError(f"Muon only supports 2D parameters whereas we found a parameter with size: {size}")

    def prepare(self, param: Any, group: Group) -> State:
        """The momentum."""
        return {"momentum_buffer": zeros_beside(param)}

    def arguments(self, param: Any, state: State, group: Group) -> tuple[Any, ...]:
        """The momentum and the options."""
        names = ("lr", "weight_decay", "momentum", "nesterov", "ns_coefficients", "eps", "ns_steps", "adjust_lr_fn")
        return (state["momentum_buffer"], *(group[name] for name in names))
