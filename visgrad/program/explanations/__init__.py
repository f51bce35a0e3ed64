"""The commonest mistakes, in plain words: what an error message means and what to try.

Owns the tables, one module a subject, and the lookup.  A row is a message it is about, a pattern of `Type: message`,
an explanation and a suggestion; named groups of the pattern may be used in both.  The first row that matches speaks.
A new row needs nothing but a line in its module, and its translations.
"""

from __future__ import annotations

import re

from visgrad.program.explanations.gradients import GRADIENTS
from visgrad.program.explanations.modules import MODULES
from visgrad.program.explanations.python import PYTHON
from visgrad.program.explanations.row import Row
from visgrad.program.explanations.shapes import SHAPES
from visgrad.program.explanations.types import TYPES

__all__ = ["TABLE", "Row", "explain", "find"]

TABLE: tuple[Row, ...] = (*GRADIENTS, *SHAPES, *TYPES, *MODULES, *PYTHON)


def find(kind: str, message: str) -> tuple[Row, dict[str, str]] | None:
    """The row for an error and what stands in its places, None when the table has none."""
    text = f"{kind}: {message[:2000]}"
    for row in TABLE:
        if found := re.search(row.pattern, text, re.IGNORECASE):
            return row, found.groupdict()
    return None


def explain(kind: str, message: str) -> str:
    """The explanation and the suggestion for an error, or "" when the table has none."""
    found = find(kind, message)
    return f"{found[0].explanation} {found[0].suggestion}".format_map(found[1]) if found else ""
