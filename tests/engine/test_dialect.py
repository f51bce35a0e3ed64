"""The small print of the dialect: classes and limits as they are shown, hooks around hooks, transforms of functions."""

from __future__ import annotations

import pytest

from tests.engine.oracle import check, recorded


@pytest.mark.parametrize(("program", "expected"), recorded("dialect"))
def test_what_is_shown_reads_as_in_torch(program: str, expected: str) -> None:
    check(program, expected)


@pytest.mark.parametrize(("program", "expected"), recorded("distributions"))
def test_distributions_draw_and_tell_what_torch_does(program: str, expected: str) -> None:
    check(program, expected)


@pytest.mark.parametrize(("program", "expected"), recorded("transforms"))
def test_functions_made_from_functions_give_what_torch_gives(program: str, expected: str) -> None:
    check(program, expected)


def test_a_refused_operand_does_not_spoil_the_next_call() -> None:
    import engine as torch

    x = torch.ones(2)
    for name in ("gt", "fmod", "pow", "bitwise_and", "maximum"):
        with pytest.raises((TypeError, NotImplementedError)):
            getattr(x, name)("a")
    assert x.gt(0).tolist() == [True, True]
    assert x.fmod(2).tolist() == x.pow(2).tolist() == [1.0, 1.0]
