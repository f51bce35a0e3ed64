"""ASGD, gradient descent that also keeps the average of where it has been."""

from __future__ import annotations

from typing import Any

from engine.optim import rules
from engine.optim.optimizer import Group, Rowed, State, scalar, tick, zeros_beside
from engine.registry import OPS


class ASGD(Rowed):
    """Averaged gradient descent (Polyak and Juditsky, 1992): the averages are in `state[p]["ax"]`."""

    row = OPS[rules.asgd_step.__name__]

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        super().__init__(params, locals())

    def prepare(self, param: Any, group: Group) -> State:
        """The step size of the next step, the share it has in the average, and the average."""
        eta, mu = scalar(group["lr"]), scalar(1)
        return {"step": scalar(0), "eta": eta, "mu": mu, "ax": zeros_beside(param)}

    def arguments(self, param: Any, state: State, group: Group) -> tuple[Any, ...]:
        """The average and the numbers of this step; the next step's are prepared."""
        eta, mu = float(state["eta"]), float(state["mu"])
        step = tick(state)
        state["eta"] = scalar(group["lr"] / (1 + group["lambd"] * group["lr"] * step) ** group["alpha"])
        state["mu"] = scalar(1 / max(1, step - group["t0"]))
        return state["ax"], eta, mu, group["lambd"], group["weight_decay"]
