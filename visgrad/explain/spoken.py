"""What the operator table says in English, in a reader's language: the lines of help, and the words in formulas; and
what operations are called that programs have no name for.

Owns the lookup in `assets/translations/operators.<code>.toml`.  What is not there stays English.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any

from visgrad.resources import asset


@cache
def _table(language: str) -> dict[str, Any]:
    path = asset(f"translations/operators.{language}.toml")
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


@cache
def _phrases(language: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern), words) for pattern, words in _table(language).get("phrases", ())]


@cache
def _formulas(language: str) -> list[tuple[re.Pattern[str], str]]:
    """Whole formulas and what is said for them; the words that both have are parameters, and stand for any text.  Those
    that say most come first."""
    pairs: list[list[str]] = _table(language).get("formulas", [])
    return [_matched(*pair) for pair in sorted(pairs, key=lambda pair: -len(pair[0]))]


def _matched(english: str, words: str) -> tuple[re.Pattern[str], str]:
    places: dict[str, int] = {}
    both = set(PARAMETER.findall(english)) & set(PARAMETER.findall(words)) - FIXED

    def place(found: re.Match[str]) -> str:
        word = found[0]
        if word not in both:
            return re.escape(word)
        if word in places:
            return f"(?P=p{places[word]})"
        places[word] = len(places)
        return f"(?P<p{places[word]}>.+?)"

    pattern = PARAMETER.sub(place, re.escape(english).replace(r"\_", "_"))
    said = PARAMETER.sub(lambda found: f"\\g<p{places[found[0]]}>" if found[0] in places else found[0], words)
    return re.compile(pattern), said


def help_line(operator: str, doc: str, language: str) -> str:
    """An operator's line of help; `doc` is the English one."""
    return str(_table(language).get("help", {}).get(operator, doc))


PARAMETER = re.compile(r"[A-Za-z][A-Za-z_]*\d?")
FIXED = {"NaN", "Adam", "exp", "ln", "max", "min", "sign", "diag", "tanh"}
"""Words that stand for themselves."""

NAMESPACES = ("linalg", "special", "fft")


def said(operator: str, language: str = "en") -> str:
    """What an operator is called: its name in programs, or for one that has none a few words."""
    words = _table(language).get("short", {}).get(operator) or _table("en")["short"].get(operator)
    if words:
        return str(words)
    space, _, rest = operator.partition("_")
    return f"{space}.{rest}" if space in NAMESPACES and rest else operator


_NUMBERS = re.compile(r"\[[-\d\[][-+\d.,einfa \[\]…]*\]|\(\d[\d, ]*\) mean \S+")
"""Arrays, whose commas and words are no sentence's."""


def spoken(formula: str, language: str) -> str:
    """A formula, or one side of an equation, with its words in a language: `g where x > 0` is `x > 0이면 g`."""
    if not _table(language):
        return formula
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"⟦{len(kept) - 1}⟧"

    formula = _NUMBERS.sub(keep, formula)
    formula = _said_whole(formula, language) or _said_in_parts(formula, language)
    return re.sub(r"⟦(\d+)⟧", lambda found: kept[int(found[1])], formula)


def _said_whole(formula: str, language: str) -> str:
    for pattern, words in _formulas(language):
        if found := pattern.fullmatch(formula):
            return found.expand(words)
    return ""


def _said_in_parts(formula: str, language: str) -> str:
    for pattern, words in _phrases(language):
        formula = pattern.sub(words, formula)
    return formula
