"""Adafactor, which keeps a row and a column for the mean square of a matrix's gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.backends import Array
from engine.optim.optimizer import Group, Rowed, State, scalar, tick
from engine.registry import OPS, op
from engine.tensor import wrap


def towards(buffer: Array, value: Array, share: float) -> None:
    """`buffer ← buffer + share · (value − buffer)`."""
    buffer += buffer.dtype.type(share) * (value - buffer)


@op(
    "adafactor_step",
    "param − α · grad / (√v · max(1, rms / d))",
    doc="One step of Adafactor (Shazeer and Stern, 2018).",
    family="optimizer",
    function=False,
    method=False,
)
def adafactor_step(
    input: Array,
    grad: Array,
    row: Any,
    column: Any,
    square: Any,
    time: int,
    lr: float,
    beta2_decay: float,
    eps: tuple[float | None, float],
    d: float,
    weight_decay: float,
) -> Array:
    kind = input.dtype.type
    share = time**beta2_decay
    smallest = float(np.finfo(input.dtype).eps) if eps[0] is None else eps[0]
    rate = max(eps[1], float(np.linalg.norm(input)) / math.sqrt(input.size)) * min(lr, 1 / math.sqrt(time))
    if weight_decay:
        input = input * kind(1 - lr * weight_decay)
    if square is None:
        towards(row, np.mean(grad * grad, -1, keepdims=True), share)
        towards(column, np.mean(grad * grad, -2, keepdims=True), share)
        estimate = row @ column / np.maximum(np.mean(row, -2, keepdims=True), kind(smallest))
    else:
        towards(square, grad * grad, share)
        estimate = square
    update = grad / np.sqrt(np.maximum(estimate, kind(smallest * smallest)))
    rms = float(np.linalg.norm(update)) / math.sqrt(update.size)
    return input - update * kind(rate / max(1.0, rms / d))


class Adafactor(Rowed):
    """Steps scaled by an estimate of the squared gradient that takes little memory (Shazeer and Stern, 2018)."""

    row = OPS[adafactor_step.__name__]

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        if not lr >= 0.0:
            raise ValueError(f"Learning rate should be >= 0 but is: {lr}")
        if not beta2_decay <= 0.0:
            raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
        if eps[0] is not None and not eps[0] >= 0.0:
            raise ValueError(f"epsilon1 should be >= 0 but is: {eps[0]}")
        if not eps[1] >= 0.0:
            raise ValueError(f"epsilon2 should be >= 0 but is: {eps[1]}")
        if not d >= 1.0:
            raise ValueError(f"Clipping threshold d should be >= 1 but is: {d}")
        if not weight_decay >= 0.0:
            raise ValueError(f"weight_decay should be >= 0 but is: {weight_decay}")
        options = {"lr": lr, "beta2_decay": beta2_decay, "d": d, "weight_decay": weight_decay}
        super().__init__(params, {**options, "foreach": foreach, "maximize": maximize})
        for group in self.param_groups:
            group.setdefault("eps", eps)
        self.defaults["eps"] = eps

    def prepare(self, param: Any, group: Group) -> State:
        """A row and a column for a matrix, the whole mean square for a vector."""
        data = param._data
        state: State = {"step": scalar(0)}
        if data.ndim > 1:
            state["row_var"] = wrap(np.zeros_like(data[..., :1]))
            state["col_var"] = wrap(np.zeros_like(data[..., :1, :]))
        else:
            state["variance"] = wrap(np.array(np.zeros_like(data)))
        return state

    def arguments(self, param: Any, state: State, group: Group) -> tuple[Any, ...]:
        """The buffers, the time, and the options."""
        buffers = state.get("row_var"), state.get("col_var"), state.get("variance")
        options = group["lr"], group["beta2_decay"], group["eps"], group["d"], group["weight_decay"]
        return (*buffers, tick(state), *options)
