"""`logging` for programs: what is logged is printed on the error stream, as on a terminal; no file is written."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

Tell = Callable[[str], None]

LEVELS = {"NOTSET": 0, "DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
NAMES = {number: name for name, number in LEVELS.items()}
BASIC = "%(levelname)s:%(name)s:%(message)s"


def number_of(level: int | str) -> int:
    """A level by its number or name."""
    return LEVELS[level] if isinstance(level, str) else level


class Part:
    """Handlers, formatters and filters: accepted; there is one stream."""

    def __init__(self, *_: Any, **__: Any) -> None:
        """Nothing is kept."""

    def setLevel(self, *_: Any) -> None:
        """Accepted."""

    setFormatter = addFilter = setLevel


class Logger:
    """`logging.Logger`."""

    def __init__(self, name: str, root: Logger | None, tell: Tell) -> None:
        self.name, self.level, self.propagate = name, 0, True
        self.handlers: list[Any] = []
        self._root, self._tell = root or self, tell
        self.format, self.date = BASIC, "%Y-%m-%d %H:%M:%S"

    def setLevel(self, level: int | str) -> None:
        """Log from this level on."""
        self.level = number_of(level)

    def getEffectiveLevel(self) -> int:
        """The level from which is logged."""
        return self.level or self._root.level

    def isEnabledFor(self, level: int) -> bool:
        """Whether this level is logged."""
        return level >= self.getEffectiveLevel()

    def addHandler(self, *_: Any) -> None:
        """There is one stream."""

    removeHandler = addFilter = addHandler

    def log(self, level: int, message: object, *args: Any, **_: Any) -> None:
        """Log at a level."""
        if level < self.getEffectiveLevel():
            return
        record = {
            "levelname": NAMES.get(level, f"Level {level}"),
            "name": self.name,
            "message": str(message) % args if args else str(message),
            "asctime": time.strftime(self._root.date),
            "levelno": level,
            "filename": "program.py",
            "module": "program",
            "funcName": "<module>",
            "lineno": 0,
            "process": 0,
        }
        self._tell(self._root.format % record + "\n")

    def debug(self, message: object, *args: Any, **options: Any) -> None:
        """Log at level DEBUG."""
        self.log(10, message, *args, **options)

    def info(self, message: object, *args: Any, **options: Any) -> None:
        """Log at level INFO."""
        self.log(20, message, *args, **options)

    def warning(self, message: object, *args: Any, **options: Any) -> None:
        """Log at level WARNING."""
        self.log(30, message, *args, **options)

    def error(self, message: object, *args: Any, **options: Any) -> None:
        """Log at level ERROR."""
        self.log(40, message, *args, **options)

    def critical(self, message: object, *args: Any, **options: Any) -> None:
        """Log at level CRITICAL."""
        self.log(50, message, *args, **options)

    exception = error


class Logs:
    """The `logging` of one process; `begin` gives each run its own."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self.begin()
        self.names: dict[str, object] = {
            **LEVELS,
            "WARN": 30,
            "basicConfig": self.configure,
            "getLogger": self.logger,
            "getLevelName": lambda level: NAMES.get(level, f"Level {level}"),
            "disable": lambda level=50: self._root.setLevel(level + 1),
            "Logger": Logger,
            **dict.fromkeys(("StreamHandler", "FileHandler", "NullHandler", "Formatter", "Handler"), Part),
        }
        for name in ("debug", "info", "warning", "error", "critical", "exception", "log"):
            self.names[name] = self._of_root(name)

    def begin(self) -> None:
        """A run begins: warnings and worse are logged."""
        self._root = Logger("root", None, self._tell)
        self._root.level = 30
        self._loggers: dict[str, Logger] = {}

    def _of_root(self, name: str) -> Callable[..., None]:
        def call(*args: Any, **options: Any) -> None:
            getattr(self._root, name)(*args, **options)  # each run has a root of its own

        return call

    def configure(self, *, level: int | str = 30, format: str = BASIC, datefmt: str = "", **_: Any) -> None:
        """`logging.basicConfig`."""
        self._root.level, self._root.format = number_of(level), str.__str__(format)
        self._root.date = str.__str__(datefmt) or self._root.date

    def logger(self, name: str | None = None) -> Logger:
        """`logging.getLogger`."""
        if not name or name == "root":
            return self._root
        name = str.__str__(name)
        return self._loggers.setdefault(name, Logger(name, self._root, self._tell))
