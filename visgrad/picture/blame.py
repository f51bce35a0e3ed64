"""What to point at when a program ends in an error: the operation it is put down to, or what the failed call was given.

An operation that fails leaves no node; the tensors named in the expression that failed are the next best.
"""

from __future__ import annotations

import ast

from visgrad.picture.text import cut
from visgrad.recording.model import Error
from visgrad.recording.recording import Recording


def blamed(recording: Recording, error: Error) -> list[int]:
    """The operations to mark."""
    if error.operation >= 0:
        return [error.operation]
    if not error.where:
        return []
    wanted = _names(cut(recording.source, error.where[-1].span))
    latest: dict[str, tuple[int, int]] = {}
    for value, history in recording.names.items():
        for step, name in history:
            if name in wanted:
                latest[name] = max(latest.get(name, (-1, -1)), (step, value))
    return sorted({recording.producer[value] for _, value in latest.values()})


def _names(expression: str) -> set[str]:
    """The names and dotted names in an expression."""
    try:
        tree = ast.parse(expression.strip())
    except (SyntaxError, ValueError, RecursionError):
        return set()
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)}
