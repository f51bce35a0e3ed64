"""Reads the tensors and expressions of a program's text, for people who build instead of typing.

Pure text in, rows out.  A *tensor row* is a top-level assignment of a creation call (`x = torch.randn(2, 3)`); an
*expression row* is any other top-level statement but imports and a docstring.  Writing is `builder`'s.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from math import ceil

MAKERS = frozenset(
    {
        *("tensor", "zeros", "ones", "full", "eye", "empty", "arange", "linspace", "logspace"),
        *("rand", "randn", "randint", "randperm", "normal", "as_tensor", "from_numpy"),
        *("zeros_like", "ones_like", "rand_like", "randn_like", "full_like"),
        *("FloatTensor", "DoubleTensor", "LongTensor", "IntTensor"),
    }
)
"""The functions of torch whose assignment makes a tensor row."""

MAX_COUNT = 1e15
SHAPED = {"zeros", "ones", "rand", "randn", "empty"}


@dataclass(frozen=True)
class TensorRow:
    """A tensor made at the top level of the program; `start`, `end`: its first and last line, 1-based."""

    name: str
    init: str
    shape: str
    dtype: str
    device: str
    requires_grad: bool
    start: int
    end: int
    call: str
    values: str = ""


@dataclass(frozen=True)
class ExpressionRow:
    """A statement of the program; `start`, `end`: its first and last line, 1-based."""

    text: str
    start: int
    end: int


def parse(text: str) -> ast.Module | None:
    """The program's tree, None while it is no valid Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def tensors(text: str) -> list[TensorRow]:
    """The tensors a program makes at its top level, in order; empty while the text is no valid Python."""
    tree = parse(text)
    rows = [_tensor_row(text, statement) for statement in tree.body] if tree else []
    return [row for row in rows if row is not None]


def expressions(text: str) -> list[ExpressionRow]:
    """The other top-level statements that compute something, in order."""
    tree = parse(text)
    if tree is None:
        return []
    skipped = (ast.Import, ast.ImportFrom)
    return [
        ExpressionRow(ast.get_source_segment(text, s) or "", s.lineno, s.end_lineno or s.lineno)
        for s in tree.body
        if not isinstance(s, skipped) and not is_docstring(s) and _tensor_row(text, s) is None
    ]


def is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _tensor_row(text: str, statement: ast.stmt) -> TensorRow | None:
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target, call = statement.targets[0], statement.value
    if not isinstance(target, ast.Name) or not isinstance(call, ast.Call):
        return None
    maker = _maker(call.func)
    if maker is None:
        return None
    keywords = {k.arg: k.value for k in call.keywords if k.arg}
    flag = keywords.get("requires_grad")
    return TensorRow(
        name=target.id,
        init="values" if maker == "tensor" else maker,
        shape=_shape(maker, call, keywords),
        dtype=_dotted_tail(keywords.get("dtype")),
        device=_string(keywords.get("device")),
        requires_grad=isinstance(flag, ast.Constant) and flag.value is True,
        start=statement.lineno,
        end=statement.end_lineno or statement.lineno,
        call=ast.get_source_segment(text, call) or "",
        values=_values(text, maker, call, keywords),
    )


def _maker(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "torch":
        return function.attr if function.attr in MAKERS else None
    return None


def _shape(maker: str, call: ast.Call, keywords: dict[str, ast.expr]) -> str:
    if maker == "tensor":
        return _literal_shape(call.args[0]) if call.args else ""
    if maker in SHAPED:
        sizes = call.args or ([keywords["size"]] if "size" in keywords else [])
    elif maker == "full":
        sizes = call.args[:1]
    elif maker == "eye":
        return ", ".join(ast.unparse(a) for a in (call.args * 2)[:2])
    elif maker == "arange" and len(call.args) == 1:
        return _count(call.args[0])
    else:
        return ""
    if len(sizes) == 1 and isinstance(sizes[0], ast.Tuple | ast.List):
        sizes = sizes[0].elts
    return ", ".join(ast.unparse(s) for s in sizes)


def _count(end: ast.expr) -> str:
    """How many numbers `arange(end)` makes, where that can be read off."""
    if isinstance(end, ast.Constant) and isinstance(end.value, int | float) and 0 <= end.value < MAX_COUNT:
        return str(ceil(end.value))
    return ast.unparse(end)


def _literal_shape(value: ast.expr) -> str:
    sizes = []
    while isinstance(value, ast.List | ast.Tuple):
        sizes.append(str(len(value.elts)))
        if not value.elts:
            break
        value = value.elts[0]
    return ", ".join(sizes) if isinstance(value, ast.Constant | ast.UnaryOp | ast.List | ast.Tuple) else "?"


def _values(text: str, maker: str, call: ast.Call, keywords: dict[str, ast.expr]) -> str:
    if maker == "tensor" and call.args:
        return ast.get_source_segment(text, call.args[0]) or ""
    if maker == "full":
        value = call.args[1] if len(call.args) > 1 else keywords.get("fill_value")
        return ast.unparse(value) if value is not None else ""
    return ""


def _dotted_tail(node: ast.expr | None) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _string(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def names(text: str) -> set[str]:
    """The names a program assigns or imports at its top level."""
    tree = parse(text)
    found: set[str] = set()
    for statement in tree.body if tree else []:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.alias):
                found.add((node.asname or node.name).partition(".")[0])
    return found
