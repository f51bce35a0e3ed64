"""The window's words in the reader's language, from the tables in `assets/translations`.

Owns which language is spoken and the lookup `tr("section.key", name=value)`.  A table is a TOML file
`ui.<code>.toml` of sections of strings with `{name}` places.  What a step *means* is told by `visgrad.explain`,
which is given `language()`.
"""

from __future__ import annotations

import tomllib
from functools import cache

from PySide6.QtCore import QLocale

from visgrad.resources import asset

LANGUAGES = {"en": "English", "ko": "한국어"}
"""The languages there are, by code, in their own words."""

_language = "en"


@cache
def table(code: str) -> dict[str, str]:
    """All strings of a language, by `section.key`."""
    sections = tomllib.loads(asset(f"translations/ui.{code}.toml").read_text("utf-8"))
    return {f"{section}.{key}": text for section, strings in sections.items() for key, text in strings.items()}


def system_language() -> str:
    """The language of the desktop, where there is a table for it, else English."""
    code = QLocale.system().name().partition("_")[0]
    return code if code in LANGUAGES else "en"


def use(code: str) -> None:
    """Speak a language from now on ("system" for the desktop's); what is shown already stays as it is."""
    global _language
    _language = system_language() if code not in LANGUAGES else code


def language() -> str:
    """The code of the language spoken now."""
    return _language


def choice(value: str) -> str:
    """What a value that can be chosen is called: its translation, or for an added theme the name itself."""
    return table(_language).get(f"choice.{value}") or value.replace("_", " ").capitalize()


def tr(key: str, /, **values: object) -> str:
    """The text for a key with its places filled; KeyError if English has none."""
    text = table(_language).get(key) or table("en")[key]
    return text.format(**values) if values else text
