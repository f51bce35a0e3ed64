"""Cells: a program may be divided by `# %%` lines, and shows the value of each cell's last expression.

Owns where cells begin, which expressions are shown, and what each cell reads and makes.  A program without such lines
is one cell.  As in a notebook, a `;` after the last expression keeps it quiet.
"""

from __future__ import annotations

import ast
import re
import symtable
from bisect import bisect_right
from itertools import groupby

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


def divide(tree: ast.Module, source: str) -> list[ast.Module]:
    """The cells of a program as programs of their own, at least one."""
    rules = cell_lines(source)
    groups = groupby(tree.body, lambda statement: _cell(rules, statement.lineno))
    return [ast.Module(list(body), []) for _, body in groups] or [ast.Module([], [])]


def names_of(cell: ast.Module) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a cell needs from before it, and those that it makes at its top level."""
    table = symtable.symtable(ast.unparse(cell), "<cell>", "exec")
    makes = frozenset(s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported())
    reads = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    inner = table.get_children()
    while inner:
        scope = inner.pop()
        reads |= {s.get_name() for s in scope.get_symbols() if s.is_global() and s.is_referenced()}
        inner += scope.get_children()
    return frozenset(reads - makes), makes


def _cell(rules: list[int], line: int) -> int:
    return bisect_right(rules, line)


def _is_text(statement: ast.Expr) -> bool:
    return isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
