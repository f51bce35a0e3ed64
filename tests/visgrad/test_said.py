"""What operations are called on cards: never by a name that no program has."""

from __future__ import annotations

import pytest

from engine import ops
from engine.registry import OPS
from visgrad.explain.spoken import said


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_operator_goes_by_an_internal_name(language: str) -> None:
    ops.load()
    called = {name: said(name, language) for name in OPS}
    assert [name for name, words in called.items() if words.startswith("_") or words.endswith("_step")] == []
    assert called["mul"] == "mul"
    assert called["linalg_inv"] == "linalg.inv"


def test_words_are_translated_where_they_are_words() -> None:
    assert said("_sum_to", "ko") != said("_sum_to", "en")
    assert said("_unsafe_view", "ko") == said("_unsafe_view", "en") == "view"
