"""A notebook's own commands (`%matplotlib inline`, `!pip install …`, `%%time`, `torch.add?`) are no Python.

Owns telling them from Python; they become comments, so that lines keep their places.
"""

from __future__ import annotations

import re

LINE = re.compile(r"\s*(?:[%!]\w|!\s|\?{1,2}\w|[\w.]+\?{1,2}\s*$)")
CELL = re.compile(r"\s*%%\s*(\w+)")
PYTHON = ("time", "timeit", "capture", "prun", "python", "python3")
"""Cell commands whose cell is Python all the same."""


def without_magics(code: list[str]) -> list[str]:
    """The lines of a cell with its commands as comments; all of it where another program was to read it."""
    start = next((i for i, line in enumerate(code) if line.strip()), len(code))
    found = CELL.match(code[start]) if start < len(code) else None
    if found and found[1] not in PYTHON:
        return [f"# {line}".rstrip() for line in (*code[:start], _quiet(code[start]), *code[start + 1 :])]
    return [f"# {_quiet(line)}" if LINE.match(line) or CELL.match(line) else line for line in code]


def _quiet(line: str) -> str:
    """A command that as a comment does not look like the rule of a cell."""
    return line.replace("%%", "% %", 1)
