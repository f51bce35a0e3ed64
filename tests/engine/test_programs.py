"""Programs as learners write them print what they print in PyTorch, to the character."""

from __future__ import annotations

import pytest

from tests.engine.notebooks import Program, printed, programs
from tests.engine.oracle import HAS_TORCH

PROGRAMS = programs()


@pytest.mark.parametrize("program", PROGRAMS, ids=[p.title for p in PROGRAMS])
def test_a_program_prints_what_torch_printed(program: Program) -> None:
    assert printed(program.code, "engine") == program.output


@pytest.mark.skipif(not HAS_TORCH, reason="torch is not installed")
@pytest.mark.parametrize("program", PROGRAMS, ids=[p.title for p in PROGRAMS])
def test_torch_still_prints_what_was_stored(program: Program) -> None:
    assert printed(program.code, "torch") == program.output
