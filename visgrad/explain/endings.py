"""How a run ended that reached a limit, in the reader's language.

The worker, which knows no languages, says it in English (`visgrad.worker.limits`); here its sentences are recognised.
"""

from __future__ import annotations

import re

from visgrad.explain.texts import sentence
from visgrad.recording.model import Outcome

SENTENCES = {
    "time": re.compile(r"Stopped after (?P<amount>[\d.e+]+) seconds, the time limit of a run\."),
    "printed": re.compile(r"Stopped after printing (?P<amount>\d+) MiB, the limit of a run\."),
    "memory": re.compile(r"The program asked for more memory than its limit of (?P<amount>[\d,]+) MiB\."),
}


def ended_at(outcome: Outcome, language: str) -> str:
    """The message of an outcome, in a language where it is a known sentence, else as it is."""
    for key, pattern in SENTENCES.items():
        if outcome.kind == "limit" and (found := pattern.fullmatch(outcome.message)):
            return sentence(language, f"ending.{key}", amount=found["amount"])
    return outcome.message
