"""Finding operations: a line of words, shapes and comparisons, and which operations at a frame it speaks of.

    relu                  a name, an operation, a backward function or the text of a call has this in it
    op:mul  name:w        the operation is called just so; something is named just so
    "nan"                 the text itself, where a word would mean something else
    (2, 3)  2x3  *x3      a result of this shape; * stands for any length
    value < 0  grad > 10  an element of the value, or of the gradient, compares so; |grad| for absolute values
    nan  inf  vanished  exploded  saturated  problem

Several of these must all be true of an operation.  Owns the language and its meaning; who lights what was found is
the window's.  Of large arrays, only the sample that a recording keeps is looked at.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from visgrad.picture.naming import Naming
from visgrad.picture.problems import KINDS, held, problem_of
from visgrad.recording.frame import Frame
from visgrad.recording.model import Operation, Summary

PIECES = re.compile(
    r"""
    "(?P<literal>[^"]*)"?
  | (?P<field>op|name):(?P<exact>\S+)
  | (?P<bar>\|?)(?P<what>value|gradient|grad)(?P=bar)
    \s*(?P<compare><=|>=|==|!=|<|>|=)\s*(?P<number>[-+]?[\w.]+(?:[-+]\d+)?)
  | (?P<shape>[(\[]\s*(?:[\d*?]+\s*(?:,\s*[\d*?]+\s*)*,?)?\s*[)\]](?!\S) | [\d*?]+(?:[x×][\d*?]+)+(?!\S))
  | (?P<word>\S+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
COMPARE: dict[str, Callable[[Any, float], Any]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
}
PROBLEMS = frozenset({"problem", *KINDS})
ALSO = {"문제": "problem", "폭발": "exploded", "소실": "vanished", "포화": "saturated"}
"""Problems in other languages."""


@dataclass(frozen=True, slots=True)
class Word:
    """Text that is a part of a name, an operation or a call; in lower case."""

    text: str


@dataclass(frozen=True, slots=True)
class Exact:
    """`field` ("op" or "name") is just this; in lower case."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Shaped:
    """A result of this shape; None is any length."""

    shape: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """An element of the value, or of the gradient, compares so with a number."""

    gradient: bool
    absolute: bool
    compare: str
    number: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """One of `PROBLEMS`."""

    kind: str


Term: TypeAlias = Word | Exact | Shaped | Range | Trouble


def parse(text: str) -> tuple[Term, ...]:
    """The terms of a query; anything that is not special is a word, so every text has a meaning."""
    return tuple(term for match in PIECES.finditer(text) for term in _term(match))


def _term(match: re.Match[str]) -> Iterator[Term]:
    part = match.groupdict()
    word = (part["word"] or "").lower()
    word = ALSO.get(word, word)
    if part["literal"] is not None:
        yield from [Word(part["literal"].lower())] if part["literal"] else []
    elif part["exact"]:
        yield Exact(part["field"].lower(), part["exact"].lower())
    elif part["what"]:
        number = _number(part["number"])
        if number is not None:
            yield Range(part["what"].lower() != "value", bool(part["bar"]), part["compare"], number)
        else:
            yield from (Word(piece.lower()) for piece in match.group().split())
    elif part["shape"]:
        lengths = re.findall(r"\d+|[*?]", part["shape"])
        yield Shaped(tuple(None if length in "*?" else int(length) for length in lengths))
    else:
        yield Trouble(word) if word in PROBLEMS else Word(word)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def find(frame: Frame, query: tuple[Term, ...], naming: Naming | None = None) -> list[int]:
    """The operations that have run at a frame and of which all terms are true, in order; none for an empty query."""
    if not query:
        return []
    naming = naming or Naming(frame.recording)
    operations = frame.recording.operations[: frame.operation_count]
    return [one.id for one in operations if all(_true(frame, naming, one, term) for term in query)]


def _true(frame: Frame, naming: Naming, operation: Operation, term: Term) -> bool:
    match term:
        case Word(text):
            texts = (operation.op, operation.backward, operation.call, naming.name(frame, operation))
            return any(text in one.lower() for one in texts)
        case Exact("op", text):
            return text in (operation.op.lower(), operation.backward.lower())
        case Exact(_, text):
            return text in [name.lower() for name in naming.name(frame, operation).split(", ")]
        case Shaped(shape):
            return any(_shaped(output.summary.shape, shape) for output in operation.outputs)
        case Range():
            return any(_within(summary, term) for summary in _summaries(frame, operation, term.gradient))
        case Trouble("problem"):
            return bool(problem_of(frame, operation))
        case Trouble("nan"):
            return any(summary.nans for summary in _both(frame, operation))
        case Trouble("inf"):
            return any(summary.infs for summary in _both(frame, operation))
        case Trouble(kind):
            return problem_of(frame, operation) == kind


def _shaped(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(b is None or a == b for a, b in zip(shape, wanted, strict=True))


def _both(frame: Frame, operation: Operation) -> list[Summary]:
    return _summaries(frame, operation, False) + _summaries(frame, operation, True)


def _summaries(frame: Frame, operation: Operation, gradient: bool) -> list[Summary]:
    if not gradient:
        return [output.summary for output in operation.outputs]
    found = (frame.gradient(output.value) for output in operation.outputs)
    return [summary for summary in found if summary is not None]


def _within(summary: Summary, term: Range) -> bool:
    numbers = held(summary)
    if np.isnan(term.number):
        return bool(np.isnan(numbers).any())
    with np.errstate(invalid="ignore"):
        return bool(COMPARE[term.compare](np.abs(numbers) if term.absolute else numbers, term.number).any())
