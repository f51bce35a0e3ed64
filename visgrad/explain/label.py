"""What a value is called: the learner's name for it, or the expression that made it.

Owns the short texts that stand for values, constants and operations in formulas and sentences.
"""

from __future__ import annotations

from visgrad.explain.spoken import said
from visgrad.recording.frame import Frame
from visgrad.recording.model import Operation

LONGEST = 32
"""Expressions longer than this are cut where they stand for a value."""


def named(frame: Frame, value: int) -> str:
    """The program's name for a value, or for the tensor it is a later version of, or ""."""
    before = frame.recording.before
    while not (name := frame.name(value)) and value in before:
        value = before[value]
    return name


def label(frame: Frame, value: int) -> str:
    """What stands for a value: its name, the expression that made it, or `#12`."""
    if name := named(frame, value):
        return name
    return _shortened(_expression(frame, value)) or f"#{value}"


def _expression(frame: Frame, value: int) -> str:
    """The expression that gives a value, "" where none gives just it."""
    operation = frame.recording.operations[frame.recording.producer[value]]
    text = one_line(operation.call)
    if operation.in_place or not text or len(operation.outputs) == 1:
        return "" if operation.in_place else text
    return "" if text.endswith("(…)") else f"{text}[{frame.recording.slot[value]}]"  # of the many inside of a layer


def _shortened(text: str) -> str:
    """An expression with its end left out if it is long: `torch.randn(40, 50, requires_g…)`."""
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST - 2].rstrip()}…)" if atomic(text) else f"{text[: LONGEST - 1].rstrip()}…"


def quoted(frame: Frame, value: int) -> str:
    """A value's label in a sentence: expressions in backticks."""
    text = label(frame, value)
    return text if named(frame, value) or text.startswith("#") else f"`{text}`"


def term(frame: Frame, value: int) -> str:
    """A value's label as a part of a formula: in parentheses where it is a compound expression."""
    text = label(frame, value)
    whole = text if named(frame, value) else _expression(frame, value)
    return text if atomic(whole) else f"({text})"


def call(operation: Operation) -> str:
    """What the learner wrote for an operation, on one line; its name where that is not known."""
    return one_line(operation.call) or f"{said(operation.op)}(…)"


def source(operation: Operation) -> str:
    """The name of an operation in a backward sweep, as PyTorch prints it."""
    return operation.backward or operation.op


def one_line(text: str) -> str:
    """Text with its line breaks and runs of blanks closed up."""
    return " ".join(text.split())


def atomic(text: str) -> bool:
    """Whether a piece of Python can stand beside any operator: a name, number, call, index or bracketed text."""
    depth = 0
    for index, character in enumerate(text):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif depth == 0 and character in " +-*/@%<>=!&|^~,:" and not (index and text[index - 1] in "eE"):
            return False
    return True
