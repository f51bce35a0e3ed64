"""The window's languages: the same keys in all, none missing, and places that match."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ui import i18n
from ui.actions import ACTIONS
from visgrad.program.builder import INITS
from visgrad.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("code", list(i18n.LANGUAGES))
def test_all_languages_have_the_same_keys_and_places(code: str) -> None:
    english, other = i18n.table("en"), i18n.table(code)
    assert set(english) == set(other)
    for key, text in english.items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", other[key])), key
        assert other[key].strip(), key


def _asked() -> set[str]:
    """The keys that the window's modules ask for literally."""
    found = set()
    for path in (ROOT / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr" and node.args:
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    found.add(str(key.value))
    return found


def test_every_text_that_is_asked_for_is_there() -> None:
    missing = _asked() - set(i18n.table("en"))
    assert not missing


def test_tables_of_actions_settings_and_ways_to_make_a_tensor_are_translated() -> None:
    keys = set(i18n.table("en"))
    wanted = {f"action.{row.name}" for row in ACTIONS} | {f"init.{init}" for init in INITS}
    for setting in SETTINGS:
        if setting.shown:
            name = setting.key.replace("/", "_")
            wanted |= {f"setting.{name}", f"setting_doc.{name}", f"setting_group.{setting.key.partition('/')[0]}"}
            wanted |= {f"choice.{choice}" for choice in setting.choices if setting.key != "appearance/theme"}
    assert wanted <= keys


def test_an_unknown_language_falls_back_to_the_desktops() -> None:
    i18n.use("xx")
    assert i18n.language() == i18n.system_language()
    i18n.use("en")
    assert i18n.tr("find.count", count=3) == "3 found"
