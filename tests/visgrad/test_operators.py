"""`visgrad ops` lists the operator table as it is."""

from __future__ import annotations

import pytest

from engine.registry import OPS
from visgrad import cli
from visgrad.operators import families, page


def test_the_page_has_every_public_operator_once_with_its_formula() -> None:
    names = [op.name for ops in families().values() for op in ops]
    assert sorted(names) == sorted(name for name in OPS if not name.startswith("_"))
    assert "| `mul(input, other)` | input · other | input: g · other; other: g · input |" in page()


def test_every_operator_has_a_line_of_help_and_a_family() -> None:
    assert [name for name, op in OPS.items() if not name.startswith("_") and not (op.doc and op.family)] == []


def test_one_operator_is_described_and_an_unknown_one_gets_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ops", "tanh"]) == 0
    assert capsys.readouterr().out.startswith("tanh(input)\n")
    assert cli.main(["ops", "tanhh"]) == 2
    assert capsys.readouterr().err == "visgrad: there is no operator 'tanhh'; did you mean tanh?\n"
