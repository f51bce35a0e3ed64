"""The optimizers themselves: options, checks and state; the arithmetic is in rules.py."""

from __future__ import annotations

from typing import Any

from engine.optim import rules
from engine.optim.optimizer import Group, Rowed, State, scalar, tick, zeros_beside
from engine.registry import OPS


class SGD(Rowed):
    """Gradient descent, with momentum if wanted."""

    row = OPS[rules.sgd_step.__name__]

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, locals())

    def prepare(self, param: Any, group: Group) -> State:
        """The momentum buffer, once there is a gradient to start it."""
        return {"momentum_buffer": None} if group["momentum"] else {}

    def arguments(self, param: Any, state: State, group: Group) -> tuple[Any, ...]:
        """Buffer, whether it is the first step, and the options."""
        first = bool(group["momentum"]) and state.get("momentum_buffer") is None
        if first:
            state["momentum_buffer"] = zeros_beside(param)
        options = group["lr"], group["momentum"], group["dampening"], group["weight_decay"], group["nesterov"]
        return (state.get("momentum_buffer"), first, *options)


class Adam(Rowed):
    """Steps scaled by running means of the gradient and its square (Kingma and Ba, 2014)."""

    row = OPS[rules.adam_step.__name__]
    decoupled = False

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        super().__init__(params, locals())

    def prepare(self, param: Any, group: Group) -> State:
        """The running means."""
        state = {"step": scalar(0), "exp_avg": zeros_beside(param), "exp_avg_sq": zeros_beside(param)}
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = zeros_beside(param)
        return state

    def arguments(self, param: Any, state: State, group: Group) -> tuple[Any, ...]:
        """The means, the time, and the options."""
        buffers = (state["exp_avg"], state["exp_avg_sq"], state.get("max_exp_avg_sq"), tick(state))
        return (
            *buffers,
            group["lr"],
            *group["betas"],
            group["eps"],
            group["weight_decay"],
            group["decoupled_weight_decay"],
        )


class AdamW(Adam):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2017)."""

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )


class RMSprop(Rowed):
    """Steps scaled by the running mean of squared gradients (Hinton, 2012)."""

    row = OPS[rules.rmsprop_step.__name__]

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        super().__init__(params, locals())

    def prepare(self, param: Any, group: Group) -> State:
        """The running means and the momentum buffer."""
        names = ["square_avg"] + ["momentum_buffer"] * (group["momentum"] > 0) + ["grad_avg"] * group["centered"]
        return {"step": scalar(0), **{name: zeros_beside(param) for name in names}}

    def arguments(self, param: Any, state: State, group: Group) -> tuple[Any, ...]:
        """The buffers and the options."""
        names = ("lr", "alpha", "eps", "weight_decay", "momentum")
        tick(state)
        buffers = (state["square_avg"], state.get("grad_avg"), state.get("momentum_buffer"))
        return (*buffers, *(group[name] for name in names))


class Adagrad(Rowed):
    """Steps scaled by the sum of all squared gradients (Duchi and others, 2011)."""

    row = OPS[rules.adagrad_step.__name__]

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(params, locals())

    def prepare(self, param: Any, group: Group) -> State:
        """The sum of squares."""
        return {"step": scalar(0), "sum": zeros_beside(param, group["initial_accumulator_value"])}

    def arguments(self, param: Any, state: State, group: Group) -> tuple[Any, ...]:
        """The sum and the options, the rate decayed."""
        rate = group["lr"] / (1 + (tick(state) - 1) * group["lr_decay"])
        return state["sum"], rate, group["eps"], group["weight_decay"]


class Adadelta(Rowed):
    """Steps as large as the steps before (Zeiler, 2012)."""

    row = OPS[rules.adadelta_step.__name__]

    def __init__(
        self,
        params: Any,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        super().__init__(params, locals())

    def prepare(self, param: Any, group: Group) -> State:
        """The running means of squared gradients and squared steps."""
        return {"step": scalar(0), "square_avg": zeros_beside(param), "acc_delta": zeros_beside(param)}

    def arguments(self, param: Any, state: State, group: Group) -> tuple[Any, ...]:
        """The means and the options."""
        tick(state)
        means = (state["square_avg"], state["acc_delta"])
        return (*means, group["lr"], group["rho"], group["eps"], group["weight_decay"])


class Adamax(Rowed):
    """Adam scaled by the largest gradient (Kingma and Ba, 2014)."""

    row = OPS[rules.adamax_step.__name__]

    def __init__(
        self,
        params: Any,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        super().__init__(params, locals())

    def prepare(self, param: Any, group: Group) -> State:
        """The running mean and the largest gradient."""
        return {"step": scalar(0), "exp_avg": zeros_beside(param), "exp_inf": zeros_beside(param)}

    def arguments(self, param: Any, state: State, group: Group) -> tuple[Any, ...]:
        """The buffers, the time, and the options."""
        buffers = (state["exp_avg"], state["exp_inf"], tick(state))
        return (*buffers, group["lr"], *group["betas"], group["eps"], group["weight_decay"])


class NAdam(Rowed):
    """Adam with Nesterov's momentum (Dozat, 2016)."""

    row = OPS[rules.nadam_step.__name__]

    def __init__(
        self,
        params: Any,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        super().__init__(params, locals())

    def prepare(self, param: Any, group: Group) -> State:
        """The running means and the product of momenta."""
        return {
            "step": scalar(0),
            "mu_product": scalar(1),
            "exp_avg": zeros_beside(param),
            "exp_avg_sq": zeros_beside(param),
        }

    def arguments(self, param: Any, state: State, group: Group) -> tuple[Any, ...]:
        """The means, the time, the options, and the weights of gradient and mean."""
        time, beta1, decay = tick(state), group["betas"][0], group["momentum_decay"]
        now = beta1 * (1.0 - 0.5 * 0.96 ** (time * decay))
        later = beta1 * (1.0 - 0.5 * 0.96 ** ((time + 1) * decay))
        product = float(state["mu_product"]) * now
        state["mu_product"] = scalar(product)
        weights = ((1 - now) / (1 - product), later / (1 - product * later))
        options = (group["lr"], *group["betas"], group["eps"], group["weight_decay"], group["decoupled_weight_decay"])
        return (state["exp_avg"], state["exp_avg_sq"], time, *options, weights)


class RAdam(Rowed):
    """Adam, its first steps rectified (Liu and others, 2019)."""

    row = OPS[rules.radam_step.__name__]

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        super().__init__(params, locals())

    def prepare(self, param: Any, group: Group) -> State:
        """The running means."""
        return {"step": scalar(0), "exp_avg": zeros_beside(param), "exp_avg_sq": zeros_beside(param)}

    def arguments(self, param: Any, state: State, group: Group) -> tuple[Any, ...]:
        """The means, the time, and the options."""
        options = (group["lr"], *group["betas"], group["eps"], group["weight_decay"], group["decoupled_weight_decay"])
        return (state["exp_avg"], state["exp_avg_sq"], tick(state), *options)
