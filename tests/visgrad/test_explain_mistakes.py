"""What is said of mistakes and limits: the name that was meant, Korean particles, endings in one's language."""

from __future__ import annotations

import pytest

import visgrad
from visgrad.explain.endings import ended_at
from visgrad.explain.label import label
from visgrad.explain.mistakes import explained
from visgrad.explain.particles import settled
from visgrad.program.explanations import explain
from visgrad.program.near import asked
from visgrad.recording.model import Error, Outcome
from visgrad.worker.limits import out_of_memory, time_is_up, too_much_text


def mistake(source: str) -> Error:
    """The error that ends a program."""
    error = visgrad.record(source).error
    assert error is not None
    return error


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("weight = 1\nprint(wieght)", "weight"),
        ("def f():\n    rate = 1\n    return rat\nf()", "rate"),
        ("pritn(3)", "print"),
        ("import torch\ntorch.tensr(2.0)", "tensor"),
        ("import torch\ntorch.nn.Linaer(2, 2)", "Linear"),
        ("import torch\ntorch.ones(1).backwards()", "backward"),
        ("from torch import nn\nnn.relu", "ReLU"),
        ("x = null", "None"),
        ("x = true", "True"),
        ("import torch\ntorch.zeros(2, require_grad=True)", "requires_grad"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_name_that_was_meant(source: str, meant: str) -> None:
    error = mistake(source)
    assert asked(error.explanation)[1] == meant
    assert error.explanation.endswith(f"Did you mean {meant}?")
    korean = explained(error, "ko")
    assert korean.endswith(f"혹시 찾는 이름이 {meant}인가요?")
    assert "Did you mean" not in korean


def test_a_name_that_is_near_no_other_is_not_asked_about() -> None:
    assert "Did you mean" not in mistake("print(zebra)").explanation
    assert "Did you mean" not in mistake("import torch\ntorch.frobnicate()").explanation


def test_a_module_that_was_not_imported_is_told_from_a_name_that_was_not_defined() -> None:
    assert "imports it" in explain("NameError", "name 'np' is not defined")
    assert "imports it" not in explain("NameError", "name 'n' is not defined")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("3와(과) 2입니다", "3과 2입니다"),
        ("4은(는)", "4는"),
        ("0을(를)", "0을"),
        ("행렬이(가) [4, 2]은(는)", "행렬이 [4, 2]는"),
        ("차원와(과) 크기이(가)", "차원과 크기가"),
        ("‘10’(이)라는", "‘10’이라는"),
        ("x.T은(는)", "x.T은(는)"),
    ],
)
def test_a_korean_particle_fits_what_stands_before_it(written: str, read: str) -> None:
    assert settled(written) == read


def test_a_run_that_reached_a_limit_says_so_in_the_readers_language() -> None:
    sentences = [str(time_is_up(60.0)), str(too_much_text(4)), out_of_memory(2048)]
    for sentence, number in zip(sentences, ("60초", "4 MiB", "2,048 MiB"), strict=True):
        outcome = Outcome("limit", sentence)
        assert ended_at(outcome, "en") == sentence
        assert number in ended_at(outcome, "ko")
    assert ended_at(Outcome("limit", "Something else."), "ko") == "Something else."


def test_a_tensor_keeps_the_name_that_still_stands_for_it() -> None:
    source = "import torch\nx = torch.tensor(1.0, requires_grad=True)\ny = x\ny = torch.sin(y)\n"
    recording = visgrad.record(source)
    end = len(recording.stops)
    assert label(recording.frame(end), 0) == "x"
    assert label(recording.frame(end), 1) == "y"
