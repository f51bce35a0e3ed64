"""Where a choice had to be made the engine makes PyTorch's.

Promotion, rounding, slopes at kinks and ties, views, indexing, versions, hooks, accumulation, Python's protocols.
"""

from __future__ import annotations

import pytest

from tests.engine.oracle import check, recorded


@pytest.mark.parametrize(("program", "expected"), recorded("behaviours"))
def test_the_engine_chooses_as_torch_does(program: str, expected: str) -> None:
    check(program, expected)
