"""What was typed at a prompt, as documentation shows it (`>>> x.sum()`), becomes a program; what was answered goes.

Owns telling such a text from Python.  A statement that was answered ends a cell, so that its value is shown again.
"""

from __future__ import annotations

import re

FIRST = re.compile(r"^\s*(?:>>> ?|In \[\d*\]: ?)(.*)$")
NEXT = re.compile(r"^\s*\.\.\.:? ?(.*)$")


def is_session(text: str) -> bool:
    """Whether a text begins with a line typed at a prompt."""
    return FIRST.match(text.lstrip("\n").split("\n", 1)[0]) is not None


def to_program(text: str) -> str:
    """The program that was typed."""
    out: list[str] = []
    typed = answered = False
    for line in text.splitlines():
        if found := FIRST.match(line):
            if answered and out:
                out += ["", "# %%"]
            out.append(found[1].rstrip())
            typed, answered = True, False
        elif typed and (found := NEXT.match(line)):
            out.append(found[1].rstrip())
        else:
            answered = answered or (typed and bool(line.strip()))
    return "\n".join(out) + "\n"
