"""Errors read as PyTorch's do: the type and the first line of the message, to the letter."""

from __future__ import annotations

import pytest

from tests.engine.oracle import check, recorded


@pytest.mark.parametrize(("program", "expected"), recorded("messages"))
def test_an_error_reads_as_torch_words_it(program: str, expected: str) -> None:
    check(program, expected)
