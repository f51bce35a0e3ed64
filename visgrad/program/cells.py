"""Cells: a program may be divided by `# %%` lines, and shows the value of each cell's last expression.

Owns where cells begin and which expressions are shown.  A program without such lines is one cell.  As in a notebook,
a `;` after the last expression keeps it quiet.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right

from visgrad.program.errors import lines_of

RULE = re.compile(r"^# ?%%.*$", re.MULTILINE)


def cell_lines(source: str) -> list[int]:
    """The 1-based lines of the `# %%` rules."""
    return [source.count("\n", 0, found.start()) + 1 for found in RULE.finditer(source)]


def mark_results(tree: ast.Module, source: str) -> None:
    """Wrap the last expression of every cell in a call of `<result>`."""
    from visgrad.program.policy import RESULT, call, constant, place

    rules = cell_lines(source)
    lines = lines_of(source)
    body = tree.body
    for index, statement in enumerate(body):
        last = index + 1 == len(body) or _cell(rules, statement.lineno) != _cell(rules, body[index + 1].lineno)
        if not last or not isinstance(statement, ast.Expr) or (index == 0 and _is_text(statement)):
            continue
        rest = lines[(statement.end_lineno or 1) - 1].encode()[statement.end_col_offset :]
        if rest.lstrip().startswith(b";"):
            continue
        shown = call(RESULT, [statement.value, constant(statement.lineno, statement)], statement)
        body[index] = place(ast.Expr(shown), statement)


def _cell(rules: list[int], line: int) -> int:
    return bisect_right(rules, line)


def _is_text(statement: ast.Expr) -> bool:
    return isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
