"""What surrounds a lesson on a learner's own machine: progress bars, `os`, `sys`, a notebook's display.

Owns stand-ins that let such lines pass: they read nothing of the machine and change nothing.  Names of files are
`shelf`'s; calls that would need files or processes are refused by name in `modules`.  What is written to `sys.stdout`
is printed.
"""

from __future__ import annotations

import os
import pprint
import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Any

from engine import switches
from visgrad.program.errors import PROGRAM
from visgrad.program.logs import Logs
from visgrad.program.names import words
from visgrad.program.shelf import Shelf

Tell = Callable[[str, str, int], None]


def quiet(*args: Any, **kwargs: Any) -> None:
    """Accepts everything and does nothing."""


def program_line() -> int:
    """The program line that is running, 0 outside of one."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != PROGRAM:
        if frame.f_back is None:
            return 0
        frame = frame.f_back
    return frame.f_lineno


class Stream:
    """`sys.stdout` or `sys.stderr`: what is written is printed."""

    def __init__(self, name: str, tell: Tell) -> None:
        self.name, self.encoding = f"<{name}>", "utf-8"
        self._stream, self._tell = name, tell

    def write(self, text: str) -> int:
        """Print the text as it is."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._tell(str.__str__(text), self._stream, program_line())
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        """A recording is no terminal."""
        return False


class Bar:
    """`tqdm.tqdm`: passes items on; the timeline shows how far a program is."""

    def __init__(self, iterable: Iterable[Any] | None = None, desc: str | None = None, total: Any = None, **_: Any):
        self.iterable, self.desc, self.n = iterable, desc, 0
        self.total = len(iterable) if total is None and isinstance(iterable, Sized) else total

    def __iter__(self) -> Iterator[Any]:
        for item in self.iterable or ():
            yield item
            self.n += 1

    def __len__(self) -> int:
        return int(self.total)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def update(self, n: float = 1) -> None:
        """Count further."""
        self.n += n  # type: ignore[assignment]


for _name in words("set_description set_description_str set_postfix set_postfix_str refresh close clear display reset"):
    setattr(Bar, _name, quiet)


def trange(*limits: int, **options: Any) -> Bar:
    """`tqdm.trange`: a bar over a range."""
    return Bar(range(*limits), **options)


class Environment(dict[str, str]):
    """`os.environ`: empty, and what is set is forgotten, so that no run leaves anything to the next."""

    def __setitem__(self, key: str, value: str) -> None:
        """Accepted: notebooks set switches of libraries."""

    setdefault = update = quiet  # type: ignore[assignment]


class Forgetful(list[str]):
    """`sys.path`: what is added is forgotten."""

    append = insert = extend = quiet


OS: dict[str, object] = {
    "environ": Environment(),
    "getenv": lambda name, default=None: default,
    "cpu_count": os.cpu_count,
    "sep": "/",
    "linesep": "\n",
    "name": os.name,
}


class Surroundings:
    """The stand-ins of one process; `begin` gives each run its own output and settings."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.logs = Logs(lambda text: self._tell(text, "stderr", program_line()))
        self.begin(quiet)
        streams = {name: Stream(name, self._write) for name in ("stdout", "stderr")}
        self.sys: dict[str, object] = {
            **streams,
            "argv": ["program.py"],
            "path": Forgetful(),
            "setrecursionlimit": quiet,
            "getsizeof": sys.getsizeof,
            "exit": program_exit,
        } | {
            name: getattr(sys, name)
            for name in words("version version_info platform maxsize byteorder getrecursionlimit")
        }
        bar = type("tqdm", (Bar,), {"write": staticmethod(self._line), "__module__": __name__})
        self.tqdm: dict[str, object] = {"tqdm": bar, "trange": trange, "tqdm_notebook": bar}
        self.pprint: dict[str, object] = {"pprint": self._pretty, "pp": self._pretty}
        self.display: dict[str, object] = {"display": self._display, "clear_output": quiet}

    def begin(self, tell: Tell) -> None:
        """A run begins: what is written goes to `tell`, and nothing is saved."""
        self._tell = tell
        self.shelf.clear()
        self.logs.begin()
        switches.reset()

    def _write(self, text: str, stream: str, line: int) -> None:
        self._tell(text, stream, line)

    def _line(self, text: object, *_: Any, end: str = "\n", **__: Any) -> None:
        """`tqdm.write`."""
        self._tell(f"{text}{end}", "stdout", program_line())

    def _pretty(self, value: object, stream: Any = None, **options: Any) -> None:
        """`pprint.pprint`."""
        self._tell(pprint.pformat(value, **options) + "\n", "stdout", program_line())

    def _display(self, *values: object, **_: Any) -> None:
        """`IPython.display.display`: shown as at the end of a cell."""
        for value in values:
            self._tell(f"{value!r}\n", "stdout", program_line())


def program_exit(code: object = None) -> None:
    """`exit()`: the program is done."""
    raise SystemExit(code)
