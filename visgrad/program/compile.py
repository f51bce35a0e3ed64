"""From a program's text to code: parse, check, weave, compile.

Owns the order of these and the wording of what Python's own parser finds.  Each cell becomes a piece of code of its
own.  Positions in the code objects are those of the text, and their file name is `errors.PROGRAM`.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from types import CodeType

from visgrad.program.cells import divide, mark_results, names_of
from visgrad.program.errors import PROGRAM, Refused, lines_of
from visgrad.program.policy import Policy
from visgrad.recording.model import Span

MAX_SOURCE = 1 << 20
"""Programs are read by people; a megabyte is a data file."""


@dataclass(frozen=True)
class Cell:
    """A cell's code, with the names it needs from before it and the names it makes."""

    code: CodeType
    reads: frozenset[str]
    makes: frozenset[str]


def compile_program(source: str) -> list[Cell]:
    """The cells of a program; raises `Refused` where it is no Python or not allowed."""
    if len(source) > MAX_SOURCE:
        raise Refused("PermissionError", "a program is at most a megabyte of text", Span(1, 0, 1, 0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source, PROGRAM)
            mark_results(tree, source)
            policy = Policy()
            policy.visit(tree)
            if policy.refusals:
                raise min(policy.refusals, key=lambda refused: (refused.span.line, refused.span.column))
            codes = [compile(cell, PROGRAM, "exec", dont_inherit=True) for cell in divide(tree, source)]
            written = divide(ast.parse(source, PROGRAM), source)
            return [Cell(code, *names_of(cell)) for code, cell in zip(codes, written, strict=True)]
        except SyntaxError as error:
            raise _syntax_error(error, source) from None
        except (RecursionError, MemoryError):
            raise Refused("SyntaxError", "the program is nested too deeply", Span(1, 0, 1, 0)) from None
        except ValueError as error:
            raise Refused("SyntaxError", str(error), Span(1, 0, 1, 0)) from None


def _syntax_error(error: SyntaxError, source: str) -> Refused:
    lines = lines_of(source)
    line = min(error.lineno or 1, max(len(lines), 1))
    column = max((error.offset or 1) - 1, 0)
    end_line = error.end_lineno or line
    end_column = (error.end_offset or 0) - 1
    if (end_line, end_column) <= (line, column):
        end_line, end_column = line, column + 1
    return Refused(type(error).__name__, error.msg, Span(line, column, end_line, end_column))
