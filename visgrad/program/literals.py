"""The numbers in a program's text, as things to turn: where they stand, and how another value is written there.

Pure text in, pure text out.  `given` finds the numbers that a tensor is made of, `number_at` the one at a place.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from visgrad.program.rows import parse
from visgrad.recording.model import Span

MOST = 4
"""Tensors of more numbers than these are not turned number by number."""

_NUMBER = re.compile(r"(?<![\w.])(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])")
_SIGN = re.compile(r"(?:^|[(,\[{=:*/%@<>+-]|\breturn|\bin)\s*-$")


@dataclass(frozen=True)
class Number:
    """A number of the text: characters `start` to `end`, its sign among them, and what is written there."""

    start: int
    end: int
    text: str

    @property
    def value(self) -> float:
        """What it stands for."""
        return float(self.text.replace("_", "").replace(" ", ""))

    @property
    def whole(self) -> bool:
        """Whether it is written as a whole number, and has to stay one."""
        return not set(self.text) & set(".eE")


def number_at(text: str, position: int) -> Number | None:
    """The number at a place of the text (or right before it), None where there is none."""
    begin = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line = text[begin : end if end >= 0 else len(text)]
    for found in _NUMBER.finditer(line):
        if found.start() <= position - begin <= found.end():
            minus = _SIGN.search(line[: found.start()].rstrip())
            start = line.rindex("-", 0, found.start()) if minus else found.start()
            return Number(begin + start, begin + found.end(), line[start : found.end()])
    return None


def given(text: str, span: Span) -> tuple[Number, ...]:
    """The numbers that the call at a span of the text is given for its values; none if they are many, or no numbers."""
    tree = parse(text)
    lines = text.splitlines(keepends=True)
    if tree is None or span.end_line > len(lines):
        return ()
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def place(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode(errors="ignore"))

    begin, end = starts[span.line - 1] + span.column, starts[span.end_line - 1] + span.end_column
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or (node.end_lineno, node.end_col_offset) == (None, None):
            continue
        if (place(node.lineno, node.col_offset), place(*_end(node))) == (begin, end):
            places = [(place(n.lineno, n.col_offset), place(*_end(n))) for n in _values(node)]
            return tuple(Number(a, b, text[a:b]) for a, b in places) if len(places) <= MOST else ()
    return ()


def _end(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


def _values(node: ast.expr) -> Iterator[ast.expr]:
    """The numbers in a nest of lists, or in what a call is given; nothing else counts."""
    match node:
        case ast.Constant(value=bool()):
            return
        case (
            ast.Constant(value=int() | float())
            | ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float()))
        ):
            yield node
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            for element in elements:
                yield from _values(element)
        case ast.Call(func=ast.Attribute(attr="full") | ast.Name(id="full"), args=[_, value, *_]):
            yield from _values(value)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[value, *_]) if name in MAKERS:
            yield from _values(value)


MAKERS = frozenset(
    {"tensor", "as_tensor", "FloatTensor", "DoubleTensor", "Parameter", "requires_grad_", "float", "double"}
)
"""Calls whose first argument is the values themselves."""


def reach(number: Number) -> float:
    """How far from zero a number is turned: the next of 1, 2, 5, 10 … above twice its size."""
    least = 2 * abs(number.value) or 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10, 20) if factor * power >= least * (1 - 1e-9))


def written(value: float, number: Number, resolution: float) -> str:
    """How a value is written in a number's place, as fine as the resolution and in the style of what stood there."""
    if number.whole:
        return str(round(value))
    decimals = max(1, math.ceil(-math.log10(resolution) - 1e-9))
    text = f"{value:.{decimals}f}".rstrip("0")
    text = "0." if text == "-0." else text
    return text + "0" if text.endswith(".") and not number.text.endswith(".") else text


def unit(number: Number) -> float:
    """The least step of a number as it is written: of its last digit, a tenth for `2.0`."""
    if number.whole:
        return 1.0
    mantissa, _, exponent = number.text.lower().partition("e")
    return 10.0 ** (int(exponent or 0) - max(1, len(mantissa.partition(".")[2])))
