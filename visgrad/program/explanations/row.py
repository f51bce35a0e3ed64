"""A row of the tables of mistakes."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """`example`: a last line of a traceback that the row explains; `pattern` is searched in such lines."""

    example: str
    pattern: str
    explanation: str
    suggestion: str
