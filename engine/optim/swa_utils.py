"""`torch.optim.swa_utils`: averages of the weights a model has gone through, and the schedule that goes with them."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, TypeAlias

from engine.apply import run
from engine.grad_mode import no_grad
from engine.nn.module import Module
from engine.nn.normalisation import _BatchNorm
from engine.optim.optimizer import Optimizer
from engine.optim.schedules import LRScheduler
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any
Average = Callable[[Tensor, Tensor, Tensor], Tensor]

__all__ = ["SWALR", "AveragedModel", "get_ema_avg_fn", "get_ema_multi_avg_fn", "update_bn"]


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """The average that forgets: `decay · average + (1 − decay) · new`."""
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")
    return lambda average, new, count: decay * average + (1 - decay) * new


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable[[list[Tensor], list[Tensor], Tensor], None]:
    """The average that forgets, of lists of parameters in place."""
    one = get_ema_avg_fn(decay)

    def update(averages: list[Tensor], values: list[Tensor], count: Tensor) -> None:
        for average, value in zip(averages, values, strict=True):
            average.copy_(one(average, value, count))

    return update


def _equal_weights(average: Tensor, new: Tensor, count: Tensor) -> Tensor:
    return average + (new - average) / (count + 1)


class AveragedModel(Module):
    """A copy of a model that holds the average of its weights (Izmailov and others, 2018)."""

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Any = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model)
        if device is not None:
            self.module.to(device)
        self.register_buffer("n_averaged", run(OPS["tensor"], (0,), {"device": device}))
        self.avg_fn = avg_fn or _equal_weights
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The averaged model's output."""
        return self.module(*args, **kwargs)

    def _averaged(self, model: Module) -> list[Tensor]:
        return list(chain(model.parameters(), model.buffers())) if self.use_buffers else list(model.parameters())

    def update_parameters(self, model: Module) -> None:
        """Take the model's weights into the average; the first time they are the average."""
        own, new = self._averaged(self.module), self._averaged(model)
        with no_grad():
            if int(self.n_averaged) == 0:
                for average, value in zip(own, new, strict=True):
                    average.copy_(value)
            elif self.multi_avg_fn is not None:
                self.multi_avg_fn(own, new, self.n_averaged)
            else:
                for average, value in zip(own, new, strict=True):
                    average.copy_(self.avg_fn(average, value, self.n_averaged))
            if not self.use_buffers:
                for own_buffer, buffer in zip(self.module.buffers(), model.buffers(), strict=True):
                    own_buffer.copy_(buffer)
            self.n_averaged += 1


def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running moments of batch norms anew, from the batches of a loader."""
    norms = [module for module in model.modules() if isinstance(module, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    if not norms:
        return
    was_training = model.training
    model.train()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    with no_grad():
        for batch in loader:
            input = batch[0] if isinstance(batch, list | tuple) else batch
            model(input if device is None else input.to(device))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """The rate goes to swa_lr within anneal_epochs and stays there."""

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must by one of 'cos' or 'linear', instead got {anneal_strategy}")
        self.anneal_epochs = anneal_epochs
        self.anneal_strategy = anneal_strategy
        rates = swa_lr if isinstance(swa_lr, list) else [swa_lr] * len(optimizer.param_groups)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["swa_lr"] = rate
        super().__init__(optimizer, last_epoch)

    def _share(self, step: int) -> float:
        """How far the rate has gone to swa_lr, from 0 to 1."""
        time = max(0.0, min(1.0, step / max(1, self.anneal_epochs)))
        return (1 - math.cos(math.pi * time)) / 2 if self.anneal_strategy == "cos" else time

    def get_lr(self) -> list[float]:
        """The first rate and swa_lr, mixed; the first rate follows from the rate before."""
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(step - 1), self._share(step)
        found = []
        for group in self.optimizer.param_groups:
            goal = group["swa_lr"]
            first = goal if before == 1 else (group["lr"] - before * goal) / (1 - before)
            found.append(goal * now + first * (1 - now))
        return found
