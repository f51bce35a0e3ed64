"""A gradient that the program takes away is told of: a step, its sentence, and a value without it from then on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.visgrad.recorded import Run
from visgrad.explain.ledger import ledger
from visgrad.explain.narrate import narrate
from visgrad.explain.why_none import why_none
from visgrad.recording.file import load, save
from visgrad.recording.model import Accumulation, Clearing

START = """
w = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
opt = torch.optim.SGD([w, b], lr=0.5)
(w * b).sum().backward()
"""


def _clearings(run: Run) -> list[tuple[int, ...]]:
    return [step.values for step in run.recording.steps if isinstance(step, Clearing)]


@pytest.mark.parametrize("line", ["w.grad = None", "del w.grad"])
def test_none_put_into_a_grad_is_a_step_at_its_line(line: str) -> None:
    run = Run(START + line)
    end = run.recording.frame(len(run.recording.stops))
    assert _clearings(run) == [(run.value("w"),)]
    assert end.line == 5
    assert end.gradient(run.value("w")) is None
    assert end.accumulated(run.value("w")) is None
    assert end.gradient(run.value("b")) is not None
    before = run.recording.frame(len(run.recording.stops) - 1)
    assert before.gradient(run.value("w")) is not None


def test_an_optimizer_clears_all_its_gradients_in_one_step() -> None:
    run = Run(START + "opt.zero_grad()\nopt.zero_grad()")
    assert _clearings(run) == [(run.value("w"), run.value("b"))]


def test_a_module_clears_the_gradients_of_its_parameters() -> None:
    run = Run("m = torch.nn.Linear(2, 1)\nm(torch.ones(1, 2)).sum().backward()\nm.zero_grad()")
    (values,) = _clearings(run)
    assert [run.recording.values[value].role for value in values] == ["parameter", "parameter"]


def test_what_had_no_gradient_makes_no_step() -> None:
    run = Run("w = torch.tensor(1.0, requires_grad=True)\nw.grad = None\ntorch.nn.Linear(2, 1).zero_grad()")
    assert _clearings(run) == []


def test_the_version_that_was_told_to_have_the_gradient_loses_it() -> None:
    """An optimizer's step makes a new version; the gradient stands at the one before."""
    run = Run(START + "opt.step()\nopt.zero_grad()")
    (values,) = _clearings(run)
    assert values == (0, 1)
    assert run.recording.frame(len(run.recording.stops)).gradient(0) is None


@pytest.mark.parametrize("line", ["w.grad.zero_()", "opt.zero_grad(set_to_none=False)"])
def test_gradients_that_are_filled_with_zeros_are_told_too(line: str) -> None:
    run = Run(START + line)
    end = run.recording.frame(len(run.recording.stops))
    gradient = end.gradient(run.value("w"))
    assert gradient is not None
    assert (gradient.minimum, gradient.maximum) == (0.0, 0.0)
    assert isinstance(run.recording.steps[-1], Accumulation)


def test_clearing_is_narrated_in_english_and_korean() -> None:
    run = Run(START + "w.grad = None")
    end = run.recording.frame(len(run.recording.stops))
    assert narrate(end) == "w.grad is cleared: it is None until the next backward."
    assert narrate(end, "ko") == "w.grad 값이 지워집니다. 다음 역전파까지 None입니다."
    many = Run("ws = [torch.ones(1, requires_grad=True) for _ in range(9)]\nsum(ws).backward()\n"
               "opt = torch.optim.SGD(ws, lr=1.0)\nopt.zero_grad()")  # fmt: skip
    told = narrate(many.recording.frame(len(many.recording.stops)))
    assert told == (
        "Gradients are cleared: ws[0].grad, ws[1].grad, ws[2].grad, ws[3].grad, 5 others are None until the next "
        "backward."
    )


def test_the_ledger_and_the_reason_tell_of_it() -> None:
    run = Run(START + "opt.zero_grad()")
    end = run.recording.frame(len(run.recording.stops))
    assert [row.kind for row in ledger(end, run.value("w"))] == ["contribution", "grad", "cleared"]
    assert why_none(end, run.value("w")).text == "The program cleared w.grad; no backward has reached it since."
    again = Run(START + "opt.zero_grad()\n(w * b).sum().backward()")
    last = again.recording.frame(len(again.recording.stops))
    assert last.gradient(again.value("w")) is not None
    assert why_none(last, again.value("w")).kind == "present"


def test_the_card_loses_the_gradient(tmp_path: Path) -> None:
    run = Run(START + "w.grad = None")
    save(run.recording, tmp_path / "cleared.visgrad")
    recording = load(tmp_path / "cleared.visgrad").recording
    count = len(recording.stops)
    assert recording.to_svg(position=count - 1).count(">grad<") > recording.to_svg(position=count).count(">grad<")
