"""Short programs print, and fail, as they do in PyTorch 2.13: recorded, and asked of torch again if it is there."""

from __future__ import annotations

import pytest

import engine
from tests.engine.outcome import Case, cases, outcome

CASES = [*cases("core.txt"), *cases("autograd.txt"), *cases("programs.txt")]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.code[:60])
def test_a_short_program_does_what_pytorch_does(case: Case) -> None:
    assert outcome(engine, case.code) == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.code[:60])
def test_the_record_is_what_torch_says(case: Case) -> None:
    torch = pytest.importorskip("torch")
    assert outcome(torch, case.code) == case.expected
