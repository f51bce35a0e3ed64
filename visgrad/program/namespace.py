"""The namespace a program runs in: its builtins, and the woven-in functions that report and show.

Owns the table of builtins.  What the guards among them decide is `guards`'; what calls the woven-in ones is `policy`'s.
"""

from __future__ import annotations

import builtins
import functools
import sys
from collections.abc import Callable
from typing import Any, Protocol

from visgrad.program import classes, guards, powers
from visgrad.program.names import words
from visgrad.program.policy import BIND, GETATTR, LOOP, POWER, RERAISE, RESULT, SHY, UNDUNDER, WRITE
from visgrad.program.surroundings import program_exit


class Report(Protocol):
    """Who is told what a program binds and prints (the recorder)."""

    def bind(self, name: str, obj: object, line: int) -> None:
        """A name now stands for an object."""

    def loop(self, line: int, begins: bool) -> None:
        """The loop at a line begins, or begins its next pass."""

    def print(self, text: str, stream: str, line: int) -> None:
        """The program wrote text."""

    def flush(self) -> None:
        """What follows may take long without a chance to speak: tell what there is."""


SAFE = words(
    """
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError
    BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError
    ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception
    ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError
    ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError
    KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented
    NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError
    RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration
    SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError True TypeError UnboundLocalError
    UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError
    Warning ZeroDivisionError abs all any ascii bin bool bytearray bytes callable chr classmethod complex dict divmod
    enumerate filter float format frozenset hash hex id int isinstance issubclass iter len list map max min next
    object oct ord pow print property range repr reversed round set slice sorted staticmethod str sum super tuple zip
    """
)

UNAVAILABLE = {
    "open": "programs have no files; write the data as a literal, or make it with torch or numpy",
    "input": "a program runs without questions; write the value into the program",
    "eval": "write the expression itself",
    "exec": "write the statements themselves",
    "compile": "write the statements themselves",
    "breakpoint": "step through the recording instead",
    "help": "the inspector describes an operation; print(x.__doc__) shows a description",
    "memoryview": "use bytes, or a tensor",
}


def binder(report: Report, kinds: tuple[type, ...]) -> Callable[[str, Any, int], Any]:
    """The woven-in `<bind>`: reports values of these kinds, and passes every value through."""
    tell = report.bind

    def bind(name: str, value: Any, line: int) -> Any:
        if isinstance(value, kinds):
            tell(name, value, line)
        return value

    return bind


def printer(report: Report) -> Callable[..., None]:
    """The program's `print`."""

    def show(
        *values: Any, sep: str | None = " ", end: str | None = "\n", file: Any = None, flush: bool = False
    ) -> None:
        written = (" " if sep is None else sep).join([str(value) for value in values]) + ("\n" if end is None else end)
        if file is not None:
            file.write(written)
        else:
            if not written.isascii():
                written.encode()  # what cannot be encoded raises here, as Python's own print does
            report.print(written, "stdout", sys._getframe(1).f_lineno)

    show.__name__ = show.__qualname__ = "print"
    return show


LAZY = (range, map, filter, zip, enumerate, reversed, type(iter(int, 1)))
"""Iterables that a builtin can spend for ever on without running a line of the program."""


def patient(function: Callable[..., Any], report: Report) -> Callable[..., Any]:
    """A builtin that walks an iterable, which has what is recorded so far told before it may take long."""

    @functools.wraps(function)
    def walk(*values: Any, **options: Any) -> Any:
        if values and isinstance(values[0], LAZY):
            report.flush()
        return function(*values, **options)

    return walk


def shower(report: Report) -> Callable[[Any, int], None]:
    """The woven-in `<result>`: shows a cell's last value, as a notebook does."""

    def result(value: Any, line: int) -> None:
        if value is not None:
            report.print(repr(value) + "\n", "result", line)

    return result


def namespace(report: Report, kinds: tuple[type, ...], find_module: Callable[..., Any]) -> dict[str, Any]:
    """A fresh namespace for one run of a program: its builtins and the woven-in functions."""
    names: dict[str, Any] = {"__name__": "__main__", "__doc__": None}
    table = {name: getattr(builtins, name) for name in SAFE}
    table |= {name: guards.unavailable(f"{name}()", instead) for name, instead in UNAVAILABLE.items()}
    table |= {function.__name__: patient(function, report) for function in (sum, min, max, any, all, sorted)}
    table |= {
        "__build_class__": classes.build_class,
        "__import__": find_module,
        "type": classes.TYPE,
        "getattr": guards.guarded_getattr,
        "setattr": guards.guarded_setattr,
        "delattr": guards.guarded_delattr,
        "hasattr": guards.guarded_hasattr,
        "vars": guards.guarded_vars,
        "dir": guards.guarded_dir,
        "pow": powers.guarded_pow,
        "print": printer(report),
        "exit": program_exit,
        "quit": program_exit,
        "globals": lambda: {k: v for k, v in names.items() if k.isidentifier() and not k.startswith("__builtins")},
        "locals": lambda: guards.program_locals(1),
    }
    names["__builtins__"] = table
    names |= {
        GETATTR: guards.guarded_getattr,
        WRITE: guards.guarded_write,
        BIND: binder(report, kinds),
        RESULT: shower(report),
        POWER: powers.power,
        SHY: powers.shy,
        UNDUNDER: guards.undunder,
        RERAISE: guards.reraise,
        LOOP: report.loop,
    }
    return names
