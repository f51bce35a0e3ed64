"""What can end a program, and how an error is told: the program's own frames, in the program's own words.

Owns the exceptions that end a run and the making of an `Error` step.  Plain-word explanations are `explanations`'.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from itertools import islice
from types import CodeType, TracebackType

from visgrad.program.explanations import explain
from visgrad.program.near import meant, question
from visgrad.recording.model import Call, Error, Part, Span

PROGRAM = "<program>"
"""The file name of every code object of a program; nothing else is compiled under it."""

MAX_MESSAGE = 20_000
MAX_FRAMES = 200
MAX_WIDTH, MAX_DEPTH, MAX_PARTS = 15, 10, 200
"""How much of an exception group Python prints."""


class Refused(Exception):
    """The program's text is no Python, or asks for something the policy does not allow."""

    def __init__(self, kind: str, message: str, span: Span) -> None:
        super().__init__(message)
        self.kind = kind
        self.span = span


class Stopped(BaseException):
    """The person asked for the run to end."""


class LimitReached(BaseException):
    """The run has used up one of its limits; the message says which."""


def lines_of(source: str) -> list[str]:
    """The lines as Python's parser counts them (`str.splitlines` ends lines at many more characters)."""
    return re.split(r"\r\n|\r|\n", source)


def span_of(code: CodeType, lasti: int, lines: list[str]) -> Span:
    """The piece of text an instruction was made from, with columns in characters."""
    if lasti < 0:
        return Span(code.co_firstlineno, 0, code.co_firstlineno, 0)
    line, end_line, column, end_column = next(islice(code.co_positions(), lasti // 2, None), (None,) * 4)
    line = line or code.co_firstlineno
    end_line = end_line or line
    return Span(line, _characters(lines, line, column), end_line, _characters(lines, end_line, end_column))


def _characters(lines: list[str], line: int, column: int | None) -> int:
    """Python counts columns in UTF-8 bytes; people and editors count characters."""
    if not column or not 0 < line <= len(lines):
        return column or 0
    text = lines[line - 1]
    return column if text.isascii() else len(text.encode()[:column].decode(errors="ignore"))


def program_calls(traceback: TracebackType | None, source: str) -> tuple[Call, ...]:
    """The program's own frames of a traceback, outermost first."""
    lines = lines_of(source)
    calls = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == PROGRAM:
            calls.append(Call(code.co_name, span_of(code, traceback.tb_lasti, lines)))
        traceback = traceback.tb_next
    if len(calls) > MAX_FRAMES:
        calls = calls[: MAX_FRAMES // 2] + calls[-MAX_FRAMES // 2 :]
    return tuple(calls)


def type_name(kind: type[BaseException]) -> str:
    """An exception's name as the last line of a traceback has it."""
    module = kind.__module__
    if kind.__name__ == "_LinAlgError":
        return "torch._C._LinAlgError"
    if module in ("builtins", "__main__") or module.startswith(("visgrad.", "engine.")):
        return kind.__qualname__
    return f"{module}.{kind.__qualname__}"


def message_of(error: BaseException) -> str:
    """`str(error)`, whatever the program has made of it."""
    return text_of(error)


def text_of(value: object) -> str:
    """`str(value)` of something that a program raised or gave to `exit`."""
    try:
        text = str(value)
    except Exception:
        return "<exception str() failed>"
    text = str.__str__(text)
    return text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + " …"


def describe(error: BaseException, source: str) -> Error:
    """The Error step of an exception that ended a program."""
    if isinstance(error, Refused):
        where: tuple[Call, ...] = (Call("<module>", error.span),)
        kind, message = error.kind, str(error)
    else:
        where = program_calls(error.__traceback__, source)
        kind, message = type_name(type(error)), message_of(error)
    explanation = explain(kind, message)
    if explanation:
        explanation += question(meant(f"{kind}: {message}", error.__traceback__))
    return Error(kind, message, where, explanation, parts=tuple(islice(parts_of(error, source), MAX_PARTS)))


def parts_of(error: BaseException, source: str, level: int = 2) -> Iterator[Part]:
    """The exceptions of a group, each before its own."""
    if not isinstance(error, BaseExceptionGroup) or level > MAX_DEPTH:
        return
    for number, one in enumerate(error.exceptions[:MAX_WIDTH], 1):
        where = program_calls(one.__traceback__, source)
        yield Part(level, number, type_name(type(one)), message_of(one), where)
        yield from parts_of(one, source, level + 1)
    more = len(error.exceptions) - MAX_WIDTH
    if more > 0:
        yield Part(level, 0, f"and {more} more exception{'s' if more > 1 else ''}", "")


def last_line(error: Error | Part) -> str:
    """`Type: message`, or the type alone when there is no message."""
    return f"{error.type}: {error.message}" if error.message else error.type


def traceback_lines(error: Error, source: str, name: str) -> list[str]:
    """The traceback as Python prints it, with the program's lines only; Python itself sets the `~~~^~~~` under them."""
    lines = lines_of(source)
    if error.parts:
        return group_lines(error, lines, name)
    out = ["Traceback (most recent call last):"] if error.type not in SYNTAX else []
    for call in error.where:
        text = lines[call.span.line - 1] if 0 < call.span.line <= len(lines) else ""
        if error.type in SYNTAX:
            out += [f'  File "{name}", line {call.span.line}', *(_pointed(text, call.span) if text else ())]
        else:
            out += _frame(call, text, name)
    return [*out, last_line(error)]


def group_lines(error: Error, lines: list[str], name: str) -> list[str]:
    """An exception group as Python draws it, its exceptions in boxes."""
    out = ["  + Exception Group Traceback (most recent call last):"]
    out += [f"  | {line}" for line in (*_frames(error.where, lines, name), *last_line(error).split("\n"))]
    for part, following in zip(error.parts, (*error.parts[1:], None), strict=True):
        level = part.level
        title = str(part.number) if part.number else "..."
        out.append(
            " " * (2 * level - 2) + ("+-" if part.number == 1 else "  ") + f"+---------------- {title} ----------------"
        )
        inside = [*_frames(part.where, lines, name), *last_line(part).split("\n")]
        if part.where:
            kind = "Exception Group Traceback" if following and following.level > level else "Traceback"
            inside.insert(0, f"{kind} (most recent call last):")
        out += [f"{' ' * 2 * level}| {line}" for line in inside]
        if following is None or following.level < level:
            out.append(f"{' ' * 2 * level}+------------------------------------")
    return out


def _frames(where: tuple[Call, ...], lines: list[str], name: str) -> list[str]:
    found = []
    for call in where:
        text = lines[call.span.line - 1] if 0 < call.span.line <= len(lines) else ""
        found += _frame(call, text, name)
    return found


SYNTAX = ("SyntaxError", "IndentationError", "TabError")


def _frame(call: Call, text: str, name: str) -> list[str]:
    """One frame of the program, by the standard library's own formatter, which counts columns in bytes of UTF-8."""
    span = call.span
    start, end = (len(text[:column].encode()) for column in (span.column, span.end_column))
    frame = traceback.FrameSummary(
        name,
        span.line,
        call.function,
        lookup_line=False,
        line=f"{text}\n",
        end_lineno=span.end_line,
        colno=start,
        end_colno=end,
    )
    return "".join(traceback.StackSummary.from_list([frame]).format()).splitlines()


def _pointed(text: str, span: Span) -> list[str]:
    shown = text.strip()
    indent = len(text) - len(text.lstrip())
    start = max(span.column - indent, 0)
    end = span.end_column - indent if span.end_line == span.line else len(shown)
    out = [f"    {shown}"]
    if start < end <= len(shown) and (start, end) != (0, len(shown)):
        out.append("    " + " " * start + "^" * (end - start))
    return out
