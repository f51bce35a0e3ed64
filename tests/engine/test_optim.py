"""Optimizers and schedules take PyTorch's steps; data loaders give its batches in its order."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import engine
from engine.observe import Observer, observe
from tests.engine.oracle import check, recorded

torch: Any = engine


@pytest.mark.parametrize(("program", "expected"), recorded("optim"))
def test_optimizers_and_schedules_take_the_steps_torch_took(program: str, expected: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(program, expected)


@pytest.mark.parametrize(("program", "expected"), recorded("data"))
def test_data_loaders_give_the_batches_torch_gave(program: str, expected: str) -> None:
    check(program, expected)


def quadratic(optimizer: Any, x: Any, steps: int = 300) -> float:
    """The loss after some steps towards 3."""
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((x - 3.0) ** 2).sum()
        loss.backward()
        optimizer.step()
    return float(loss)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adamax", "NAdam", "RAdam", "Rprop"])
def test_every_optimizer_comes_to_the_minimum(name: str) -> None:
    x = torch.zeros(3, requires_grad=True)
    assert quadratic(getattr(torch.optim, name)([x], lr=0.1), x) < 0.01


def test_a_step_is_told_to_the_observer_as_one_operation_that_writes_its_parameter() -> None:
    seen: list[tuple[str, int]] = []

    class Watcher(Observer):
        def operation(self, op: Any, inputs: Any, args: Any, kwargs: Any, out: Any) -> None:
            seen.append((op.name, out._version))

    x = torch.ones(2, requires_grad=True)
    x.sum().backward()
    optimizer = torch.optim.SGD([x], lr=0.1)
    with observe(Watcher()):
        optimizer.step()
    assert seen == [("sgd_step", 1)]


def test_a_saved_state_continues_the_same_way() -> None:
    def run(steps: int, x: Any, optimizer: Any) -> Any:
        for _ in range(steps):
            optimizer.zero_grad()
            ((x - 3.0) ** 2).sum().backward()
            optimizer.step()
        return x

    x = torch.zeros(3, requires_grad=True)
    first = torch.optim.Adam([x], lr=0.1)
    run(5, x, first)
    y = x.detach().clone().requires_grad_()
    second = torch.optim.Adam([y], lr=0.5)
    second.load_state_dict(first.state_dict())
    assert torch.equal(run(5, x, first), run(5, y, second))


def test_a_closure_is_called_with_gradients_on() -> None:
    x = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.25)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = (x * x).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 1
    assert x.item() == 0.5


def test_an_optimizer_of_the_learners_own_may_be_written() -> None:
    class Signs(torch.optim.Optimizer):  # type: ignore[misc]
        def __init__(self, params: Any, lr: float) -> None:
            super().__init__(params, {"lr": lr})

        @torch.no_grad()  # type: ignore[untyped-decorator]
        def step(self, closure: Any = None) -> None:
            for group in self.param_groups:
                for p in group["params"]:
                    p.add_(p.grad.sign(), alpha=-group["lr"])

    x = torch.zeros(1, requires_grad=True)
    (x * 5).sum().backward()
    Signs([x], lr=0.5).step()
    assert x.item() == -0.5


def test_scheduling_before_the_first_step_warns_as_torch_does() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    with pytest.warns(UserWarning, match="before `optimizer.step"):
        schedule.step()
