"""Rprop, the optimizer that reads only the signs of gradients."""

from __future__ import annotations

from typing import Any

from engine.optim import rules
from engine.optim.optimizer import Group, Rowed, State, scalar, tick, zeros_beside
from engine.registry import OPS


class Rprop(Rowed):
    """Steps by the sign of the gradient alone (Riedmiller and Braun, 1992)."""

    row = OPS[rules.rprop_step.__name__]

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        super().__init__(params, locals())

    def prepare(self, param: Any, group: Group) -> State:
        """The gradient before and the step sizes."""
        return {"step": scalar(0), "prev": zeros_beside(param), "step_size": zeros_beside(param, group["lr"])}

    def arguments(self, param: Any, state: State, group: Group) -> tuple[Any, ...]:
        """The buffers and the options."""
        tick(state)
        return state["prev"], state["step_size"], group["etas"], group["step_sizes"]
