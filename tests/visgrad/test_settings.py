"""Settings: every value that is read is one the program knows."""

from __future__ import annotations

import math

import pytest

from visgrad.settings import BY_KEY, SETTINGS


def test_every_setting_has_a_default_within_its_range_and_a_line_of_explanation() -> None:
    for setting in SETTINGS:
        assert setting.read(setting.default) == setting.default
        assert setting.doc.endswith(".")
    assert len(BY_KEY) == len(SETTINGS)


@pytest.mark.parametrize("raw", ["", "abc", None, "-1", "1e99", math.nan, math.inf, [], "999999"])
def test_a_damaged_number_reads_as_the_default(raw: object) -> None:
    setting = BY_KEY["editor/font_size"]
    assert setting.read(raw) == setting.default


def test_numbers_and_flags_are_read_from_text_as_ini_files_hold_them() -> None:
    assert BY_KEY["editor/font_size"].read("14") == 14
    assert BY_KEY["playback/speed"].read("4.0") == 4.0
    assert BY_KEY["editor/check"].read("false") is False
    assert BY_KEY["appearance/theme"].read("dark") == "dark"
    assert BY_KEY["appearance/theme"].read("pink") == "system"
