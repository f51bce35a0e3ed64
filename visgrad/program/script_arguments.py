"""`argparse` for programs: a script's settings are its defaults, because a program here has no command line.

Owns the parser and what it gives, a `Namespace`.  `parse_args([...])` reads a list that the program writes itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any


class Namespace(SimpleNamespace):
    """The settings, as attributes."""

    def __repr__(self) -> str:
        return f"Namespace({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

    def __contains__(self, name: str) -> bool:
        return name in vars(self)


Namespace.__module__ = "types"


class Argument:
    """One argument of a parser."""

    def __init__(self, names: tuple[str, ...], options: dict[str, Any]) -> None:
        self.names = names
        self.positional = not names[0].startswith("-")
        long = next((name for name in names if name.startswith("--")), names[0])
        self.dest: str = str.__str__(options.get("dest") or long.lstrip("-").replace("-", "_"))
        self.action = options.get("action", "store")
        switched = {"store_true": False, "store_false": True}.get(self.action)
        self.default = options.get("default", switched)
        self.type: Callable[[str], Any] = options.get("type") or str
        self.nargs, self.choices = options.get("nargs"), options.get("choices")
        self.const, self.required = options.get("const"), options.get("required", False)

    def read(self, words: list[str]) -> Any:
        """Take this argument's value off the front of a list of words."""
        if self.action in ("store_true", "store_false", "store_const"):
            return {"store_true": True, "store_false": False}.get(self.action, self.const)
        if self.nargs is None or (self.nargs == "?" and words):
            if not words:
                raise ValueError(f"argument {'/'.join(self.names)}: expected one argument")
            return self._one(words.pop(0))
        if self.nargs == "?":
            return self.const
        most = self.nargs if isinstance(self.nargs, int) else len(words)
        taken: list[Any] = []
        while words and len(taken) < most and not words[0].startswith("--"):
            taken.append(self._one(words.pop(0)))
        return taken

    def _one(self, word: str) -> Any:
        try:
            value = self.type(word)
        except (TypeError, ValueError):
            kind = getattr(self.type, "__name__", repr(self.type))
            raise ValueError(f"argument {'/'.join(self.names)}: invalid {kind} value: {word!r}") from None
        if self.choices is not None and value not in self.choices:
            shown = ", ".join(map(repr, self.choices))
            raise ValueError(f"argument {'/'.join(self.names)}: invalid choice: {value!r} (choose from {shown})")
        return value


class ArgumentParser:
    """`argparse.ArgumentParser`: its arguments have their defaults."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self._arguments: list[Argument] = []
        self._set: dict[str, Any] = {}

    def add_argument(self, *names: str, **options: Any) -> Argument:
        """Declare a setting."""
        self._arguments.append(Argument(names, options))
        return self._arguments[-1]

    def add_argument_group(self, *_: Any, **__: Any) -> ArgumentParser:
        """Groups only order the help."""
        return self

    add_mutually_exclusive_group = add_argument_group

    def set_defaults(self, **values: Any) -> None:
        """Other defaults."""
        self._set.update(values)

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Namespace:
        """The settings: the defaults, and what a list of words says."""
        values = {argument.dest: argument.default for argument in self._arguments} | self._set
        words, places = list(args or ()), [a for a in self._arguments if a.positional]
        given = set()
        while words:
            name, equals, value = words[0].partition("=")
            found = next((a for a in self._arguments if name in a.names and not a.positional), None)
            if found is None and not places:
                raise ValueError(f"unrecognized arguments: {' '.join(words)}")
            if found is not None:
                words[:1] = [value] if equals else []
            else:
                found = places.pop(0)
            values[found.dest] = found.read(words)
            given.add(found)
        for argument in self._arguments:
            if argument not in given and (argument.required or argument.positional) and argument.default is None:
                named = "/".join(argument.names)
                raise ValueError(
                    f"the following arguments are required: {named}; a program here has no command line, so give "
                    "default=… or parse_args([…])"
                )
        return Namespace(**values)

    def parse_known_args(self, args: Sequence[str] | None = None) -> tuple[Namespace, list[str]]:
        """The settings, and nothing that was not known."""
        return self.parse_args(args), []

    def print_help(self, *_: Any) -> None:
        """There is no command line to explain."""


ARGPARSE: dict[str, object] = {"ArgumentParser": ArgumentParser, "Namespace": Namespace} | dict.fromkeys(
    ("ArgumentDefaultsHelpFormatter", "RawTextHelpFormatter", "RawDescriptionHelpFormatter", "HelpFormatter")
)
