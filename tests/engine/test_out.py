"""`out=`, `resize_` and `as_strided` write into storage as PyTorch does, and refuse what it refuses."""

from __future__ import annotations

import pytest

import engine
from tests.engine.oracle import check, recorded


@pytest.mark.parametrize(("program", "expected"), recorded("out"))
def test_writing_into_a_given_tensor(program: str, expected: str) -> None:
    check(program, expected)


def test_a_tensor_that_must_be_resized_to_hold_the_result_is_warned_about() -> None:
    c = engine.empty(5)
    with pytest.warns(UserWarning, match=r"resized since it had shape \[5\], which does not match .* shape \[2, 3\]"):
        engine.add(engine.ones(2, 3), 1, out=c)
    assert c.shape == (2, 3)
