"""What an error means, in the reader's language: the tables `assets/translations/mistakes.<code>.toml`.

Owns the lookup; which error means what, and the English words, are `visgrad.program.explanations`'.
"""

from __future__ import annotations

import tomllib
from functools import cache

from visgrad.explain.particles import settled
from visgrad.explain.texts import sentence
from visgrad.program.explanations import explain, find
from visgrad.program.near import asked
from visgrad.recording.model import Error
from visgrad.resources import asset


@cache
def table(language: str) -> dict[str, list[str]]:
    """For each English explanation the explanation and the suggestion in a language; none if there is no such file."""
    path = asset(f"translations/mistakes.{language}.toml")
    return tomllib.loads(path.read_text("utf-8"))["mistake"] if path.is_file() else {}


def explained(error: Error, language: str) -> str:
    """The explanation that came with an error, in a language if that has it, else in English."""
    found = find(error.type, error.message)
    words, name = asked(error.explanation)
    if found is None or explain(error.type, error.message) != words:
        return error.explanation
    row, places = found
    translated = table(language).get(row.explanation)
    if translated is None:
        return error.explanation
    question = f" {sentence(language, 'mistake.near', name=name)}" if name else ""
    return settled(" ".join(translated).format_map(places) + question)
