"""The loops of a program's text: where each begins and ends, and which lie around a line."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Loop:
    """A loop of the text: its line, the last line of its body, its header without the colon."""

    line: int
    end: int
    header: str


class Loops:
    """The loops of a text, in order of lines; `headers`: by the line of each that is not a `while`."""

    def __init__(self, source: str) -> None:
        self._all = loops(source)
        self._lines = [loop.line for loop in self._all]
        self._around: dict[int, tuple[Loop, ...]] = {}
        self.headers = {loop.line: loop.header for loop in self._all if not loop.header.startswith("while")}

    def around(self, line: int) -> tuple[Loop, ...]:
        """The loops a line lies in, outermost first; a loop's own header is outside of it."""
        found = self._around.get(line)
        if found is None:
            found = self._around[line] = tuple(loop for loop in self._all if loop.line < line <= loop.end)
        return found

    def at(self, line: int) -> Loop | None:
        """The loop at a line, or the last that begins before it; None where none does."""
        place = bisect_right(self._lines, line) - 1
        return self._all[place] if place >= 0 else None

    def inside(self, outer: Loop) -> Iterator[Loop]:
        """The loops in another's body."""
        place = bisect_right(self._lines, outer.line)
        for loop in self._all[place:]:
            if loop.line > outer.end:
                break
            yield loop


def loops(source: str) -> list[Loop]:
    """The loops of a program's text in order of lines; none where it cannot be parsed.

    One-line loops (`for …: x = f(x)`) have no lines of their own and are not folded.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    lines = source.splitlines()
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.While) and node.body[0].lineno > node.lineno:
            header = lines[node.lineno - 1].strip().removesuffix(":")
            found.append(Loop(node.lineno, node.body[-1].end_lineno or node.lineno, header))
    return sorted(found, key=lambda loop: loop.line)
