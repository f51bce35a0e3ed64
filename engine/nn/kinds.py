"""Which kinds of arguments the functions of `nn.functional` refuse, and in which words.

`kinds.txt` holds what torch says of each kind in each place (`tests/engine/harvest_kinds.py` writes it): a function,
the position and name of a parameter, the letters of the kinds, the error.  A call whose types have been let through
once is let through again, so that what is asked for each call is whether its types are known.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engine.arguments import type_name
from engine.registry import OPS

LETTERS = "ifbnslmtudaxyo"
"""int float bool None str · l, t: lists, tuples of ints, m, u: of others · dict array · x, y: NumPy's floats, ints."""
ERRORS = {"TypeError": TypeError, "AttributeError": AttributeError}
SIMPLE = {int: "i", float: "f", bool: "b", type(None): "n", str: "s", dict: "d"}


def letter(value: Any) -> str:
    """The kind of a value; `o` for any other, "" for a tensor."""
    if hasattr(value, "requires_grad"):
        return ""
    if isinstance(value, list | tuple):
        whole = all(isinstance(item, int | np.integer) or item is None or hasattr(item, "_data") for item in value)
        return ("lm" if isinstance(value, list) else "tu")[not whole]
    if isinstance(value, np.generic):
        return "y" if value.dtype.kind in "iu" else "x"
    return "a" if isinstance(value, np.ndarray) else SIMPLE.get(type(value), "o")


def parameters_of(function: Callable[..., Any], name: str) -> list[str]:
    """The names of a function's parameters; those of the row where it is one."""
    found = [p.name for p in inspect.signature(function).parameters.values()]
    return list(OPS[name].parameters) if found[:1] == ["args"] else found


Row = tuple[int, str, str, str]


def _read() -> dict[str, list[Row]]:
    table: dict[str, list[Row]] = {}
    for line in Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines():
        function, position, parameter, kinds, sentence = line.split(" ", 4)
        table.setdefault(function, []).append((int(position), parameter, kinds, sentence))
    return table


def check(rows: list[Row], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Refuse the first argument of a kind that torch does not take in its place."""
    for position, parameter, kinds, sentence in rows:
        if position < len(args):
            value = args[position]
        elif parameter in kwargs:
            value = kwargs[parameter]
        else:
            continue
        if (found := letter(value)) and found in kinds:
            kind, _, text = sentence.partition(": ")
            raise ERRORS[kind](text.format(type_name(value)))


def checked(function: Callable[..., Any], rows: list[Row]) -> Callable[..., Any]:
    """`function`, asked first whether its arguments are of kinds that it takes."""
    known: set[Any] = set()

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        kinds = (*map(type, args), *kwargs, *map(type, kwargs.values())) if kwargs else tuple(map(type, args))
        if kinds not in known:
            check(rows, args, kwargs)
            if list not in kinds and tuple not in kinds:
                known.add(kinds)
        return function(*args, **kwargs)

    return call


def install(functions: dict[str, Any]) -> None:
    """Put checks before the functions of the table."""
    for name, rows in _read().items():
        if name in functions:
            functions[name] = checked(functions[name], rows)
