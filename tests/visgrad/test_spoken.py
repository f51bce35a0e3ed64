"""The operator table in other languages: lines of help, and words in formulas."""

from __future__ import annotations

import re
import tomllib

import pytest

from engine import ops
from engine.registry import OPS
from visgrad.explain.spoken import help_line, spoken
from visgrad.operators import families
from visgrad.resources import asset


def test_every_line_of_help_in_korean_is_of_an_operator_that_there_is() -> None:
    families()
    table = tomllib.loads(asset("translations/operators.ko.toml").read_text("utf-8"))["help"]
    assert [name for name in table if name not in OPS] == []


def test_operators_of_every_day_have_a_line_of_help_in_korean() -> None:
    families()
    for name in ("add", "mul", "pow", "matmul", "relu", "tanh", "softmax", "sum", "mean", "view", "mse_loss", "conv2d"):
        assert help_line(name, OPS[name].doc, "ko") != OPS[name].doc, name


def test_what_is_not_translated_stays_english() -> None:
    assert help_line("no_such_operator", "A line of help.", "ko") == "A line of help."
    assert help_line("add", OPS["add"].doc, "en") == OPS["add"].doc
    assert spoken("g where x > 0", "en") == "g where x > 0"


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("g where x > 0, else 0", "x > 0이면 g, 아니면 0"),
        ("h if h > 0 else alpha · (exp(h) − 1)", "h > 0이면 h, 아니면 alpha · (exp(h) − 1)"),
        ("g where not mask", "mask의 값이 거짓이면 g"),
        ("g where a > b, ½ g at ties", "a > b이면 g, 같으면 ½ g"),
        ("g, shared equally among ties", "g (같은 것끼리 똑같이 나눔)"),
        ("g · 2 · w", "g · 2 · w"),
    ],
)
def test_words_in_formulas_are_said_in_korean(english: str, korean: str) -> None:
    assert spoken(english, "ko") == korean


@pytest.mark.parametrize(
    ("formula", "korean"),
    [
        ("h in another shape", "다른 모양의 h"),
        ("Σ 1 over the rows", "행에 걸친 Σ 1"),
        ("|x| with the sign of y", "y의 부호를 붙인 |x|"),
        ("g, summed over what was repeated", "되풀이된 곳에 걸쳐 더한 g"),
        ("5 · x", "5 · x"),
    ],
)
def test_whole_formulas_are_told_in_korean_with_any_names_in_them(formula: str, korean: str) -> None:
    assert spoken(formula, "ko") == korean


ENGLISH = re.compile(r"\b(the|with|its|where|shape|added|repeated|along|over|which|each|elsewhere)\b")


def test_no_formula_of_the_table_stays_english_in_korean() -> None:
    ops.load()
    texts = {text for op in OPS.values() for text in (op.formula, *op.derivatives.values())}
    assert sorted(text for text in texts if ENGLISH.search(spoken(text, "ko"))) == []


def test_every_operator_has_a_line_of_help_in_korean() -> None:
    public = [op for rows in families().values() for op in rows]
    assert [op.name for op in public if help_line(op.name, op.doc, "ko") == op.doc] == []
