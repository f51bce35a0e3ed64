"""The sentences of the explanations, by language: the tables `assets/translations/narrate.<code>.toml`.

Owns the lookup.  A language is one file; one that lacks a sentence, or is not there at all, gives the English one.
"""

from __future__ import annotations

import tomllib
from functools import cache

from visgrad.resources import asset


@cache
def table(language: str) -> dict[str, str]:
    """All sentences of a language by `section.key`; none if there is no such file."""
    path = asset(f"translations/narrate.{language}.toml")
    if not path.is_file():
        return {}
    sections = tomllib.loads(path.read_text("utf-8"))
    return {f"{section}.{key}": text for section, texts in sections.items() for key, text in texts.items()}


def sentence(language: str, key: str, **places: object) -> str:
    """The sentence for a key with its places filled; KeyError if English has none."""
    text = table(language).get(key) or table("en")[key]
    return text.format(**places)
