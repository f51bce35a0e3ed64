"""The operator table as a page to read: what `visgrad ops` prints.

Owns the wording of the page (Markdown); what it says comes from `engine.registry`, where each operator is one row.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import cache

from engine import ops
from engine.registry import OPS, Op


@cache
def families() -> dict[str, list[Op]]:
    """The public operators by family, families and operators in the order of their names."""
    ops.load()
    found: dict[str, list[Op]] = {}
    for op in sorted(OPS.values(), key=lambda op: op.name):
        if not op.name.startswith("_"):
            found.setdefault(op.family, []).append(op)
    return dict(sorted(found.items()))


def page() -> str:
    """All operators: a heading a family, a line an operator."""
    count = sum(map(len, families().values()))
    parts = [f"# Operators\n\n{count} operators in {len(families())} families. `g` is the upstream gradient."]
    for family, members in families().items():
        rows = [
            f"| `{signature(op)}` | {cell(op.formula)} | {cell(derivatives(op))} | {cell(op.doc)} |" for op in members
        ]
        head = "| operator | formula | gradient | |\n| --- | --- | --- | --- |"
        parts.append("\n".join([f"## {family}\n", head, *rows]))
    return "\n\n".join(parts) + "\n"


def describe(name: str) -> str:
    """One operator in a few lines; KeyError, naming the nearest, if there is none of that name."""
    names = [op.name for rows in families().values() for op in rows]
    op = OPS.get(name)
    if op is None or name.startswith("_"):
        near = difflib.get_close_matches(name, names, 1)
        raise KeyError(near[0] if near else "")
    return "\n".join(_lines(op)) + "\n"


def _lines(op: Op) -> Iterator[str]:
    yield signature(op)
    yield f"  {op.doc}"
    if op.formula:
        yield f"  formula:  {op.formula}"
    for parameter, text in op.derivatives.items():
        yield f"  gradient of {parameter}:  {text}"
    if op.derivatives:
        yield f"  grad_fn:  {op.backward_name}"
    else:
        yield "  is made of other operators, which have the gradients" if op.composite else "  has no gradient"


def signature(op: Op) -> str:
    """`mul(input, other)`."""
    return f"{op.name}({', '.join(op.parameters)})"


def derivatives(op: Op) -> str:
    """What goes back to each parameter, in one line."""
    return "; ".join(f"{parameter}: {text}" for parameter, text in op.derivatives.items())


def cell(text: str) -> str:
    """Text for a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")
