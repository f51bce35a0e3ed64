"""torch's signatures, and what it says of a call that fits none of them.

`signatures.txt` holds them as torch states them in its messages (`tests/engine/harvest.py` writes it).  They are asked
when a call has failed: reading follows torch's `python_arg_parser.cpp`, the lists its `invalid_arguments.cpp`.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine import backends, dtypes
from engine.arguments import type_name
from engine.tensor import Tensor

LISTS = (tuple, list)
SEVERAL = ("size", "shape", "dims")
"""Parameters that take a tuple of ints and not one alone."""
NUMBERS = (int, float, complex, np.number, np.bool_)
NUMPY_NAMES = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}
NUMBERS_AS_TENSORS = (
    *("add", "sub", "mul", "div", "true_divide", "divide", "multiply", "subtract", "floor_divide", "copy"),
)
"""Operators whose tensors may be numbers."""


@dataclass(frozen=True)
class Parameter:
    """One parameter: its kind in torch's words, and whether it may be left out or only be named."""

    text: str
    kind: str
    name: str
    optional: bool
    none: bool
    named: bool

    def takes(self, value: Any, function: str) -> bool:
        """Whether torch would take this value."""
        if value is None and self.none:
            return True
        match self.kind:
            case "Tensor":
                number = function.strip("._") in NUMBERS_AS_TENSORS and isinstance(value, NUMBERS)
                return isinstance(value, Tensor) or number
            case "Number":
                return isinstance(value, int | float | complex | np.number) or _is_single(value)
            case "int":
                return _is_int(value)
            case "float":
                return isinstance(value, int | float | np.number) or _is_single(value)
            case "bool":
                return isinstance(value, bool | np.bool_)
            case "str":
                return isinstance(value, str)
            case "tuple of ints":
                if value is None:
                    return (self.name == "dim" and not self.optional) or function.strip("._") == "roll"
                several = isinstance(value, tuple | list) and all(_is_int(item) for item in value)
                return several or (_is_int(value) and (self.name not in SEVERAL or function.strip("._") == "roll"))
            case "tuple of Tensors":
                return isinstance(value, tuple | list)
            case "torch.dtype":
                return isinstance(value, dtypes.dtype) or value in (float, int, bool, complex)
            case "torch.device":
                return isinstance(value, backends.device | str | int)
        return True


def _is_single(value: Any) -> bool:
    return isinstance(value, Tensor) and not value.ndim


def _is_int(value: Any) -> bool:
    if isinstance(value, Tensor):
        return value.numel() == 1 and value._data.dtype.kind in "iu"
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _plain(value: Any, kind: str) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    return value.item() if isinstance(value, Tensor) and kind in ("int", "tuple of ints") else value


class Signature:
    """One way to call a function."""

    def __init__(self, function: str, text: str) -> None:
        self.function = function
        self.text = text
        self.parts = re.split(r", (?![^\[]*\])", text[1:-1])
        named = False
        self.parameters: list[Parameter] = []
        for part in filter(None, self.parts):
            if part == "*":
                named = True
                continue
            declared, _, default = part.partition(" = ")
            kind, _, name = declared.rpartition(" ")
            optional = " = " in part
            self.parameters.append(Parameter(part, kind, name, optional, default == "None", named))
        self.most = sum(not p.named for p in self.parameters)
        self.least = sum(not p.optional for p in self.parameters)

    def refusal(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        """The sentence for a call that does not fit; None if it does."""
        name = self.function.lstrip(".")
        first = self.parameters[0].kind if self.parameters else ""
        spread = self.most == 1 and first == "tuple of ints"
        if not self.parameters and (args or kwargs):
            given = "keyword arguments" if kwargs else f"arguments ({len(args)} given)"
            return f"TensorBase.{name}() takes no {given}"
        if len(args) > self.most and not spread:
            return self._too_many(name, len(args))
        at = 0
        left = dict(kwargs)
        for i, parameter in enumerate(self.parameters):
            if at < len(args):
                if parameter.named:
                    return self._too_many(name, len(args))
                value, place = args[at], f" (position {at + 1})"
            else:
                key = next((n for n in (parameter.name, *NUMPY_NAMES.get(parameter.name, ())) if n in left), None)
                if key is None:
                    if parameter.optional:
                        continue
                    return self._missing(name, i)
                value, place = left.pop(key), ""
            if parameter.takes(value, self.function):
                at += bool(place)
            elif spread and i == 0 and place and all(_is_int(a) for a in args):
                at = len(args)
            else:
                items = args if spread and i == 0 and place and not isinstance(value, tuple | list) else value
                return f"{name}(): argument '{parameter.name}'{misfit(parameter, items, place, value)}"
        if left:
            return self._unknown(name, next(iter(left)))
        return None

    def plain(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, NumPy's scalars and tensors in places of numbers as Python's numbers."""
        kinds = [p.kind for p in self.parameters]
        kinds += kinds[-1:] * (len(args) - len(kinds))
        return tuple([_plain(value, kind) for value, kind in zip(args, kinds, strict=False)])

    def _too_many(self, name: str, count: int) -> str:
        if self.least != self.most:
            return f"{name}() takes from {self.least} to {self.most} positional arguments but {count} were given"
        s, were = "" if self.most == 1 else "s", "was" if count == 1 else "were"
        return f"{name}() takes {self.most} positional argument{s} but {count} {were} given"

    def _missing(self, name: str, first: int) -> str:
        names = [f'"{p.name}"' for p in self.parameters[first:] if not p.optional]
        s = "s" if len(names) == 1 else ""  # torch's plural is the other way round
        return f"{name}() missing {len(names)} required positional argument{s}: {', '.join(names)}"

    def _unknown(self, name: str, key: str) -> str:
        if any(p.name == key for p in self.parameters):
            return f"{name}() got multiple values for argument '{key}'"
        return f"{name}() got an unexpected keyword argument '{key}'"

    def details(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """Why this one of several did not match, for a call with as many arguments; "" otherwise."""
        strange = self.strange(kwargs)
        if strange and len(self.parts) == len(args) + len(kwargs):
            return f"      didn't match because some of the keywords were incorrect: {', '.join(strange)}\n"
        compared = self.compared(args, kwargs)
        return compared and f"      didn't match because some of the arguments have invalid types: {compared}\n"

    def strange(self, kwargs: dict[str, Any]) -> list[str]:
        """The keywords this one does not have."""
        names = [part.partition(" = ")[0].rpartition(" ")[2] for part in self.parts]
        return [key for key in kwargs if key not in names]

    def compared(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """The arguments' types, the wrong ones between exclamation marks; "" unless there are as many as parameters."""
        if len(self.parts) != len(args) + len(kwargs):
            return ""
        names = [part.rpartition(" ")[2] for part in self.parts]
        described = []
        for i, part in enumerate(self.parts):
            if i >= len(args) and names[i] not in kwargs:
                return ""
            value = args[i] if i < len(args) else kwargs[names[i]]
            kind = part.rpartition(" ")[0]
            fits = kind == type_name(value) or (kind == "float" and type(value) in (int, float))
            text = ("" if i < len(args) else f"{names[i]}=") + described_type(value)
            described.append(text if fits else f"!{text}!")
        return f"({', '.join(described)})"


def misfit(parameter: Parameter, items: Any, place: str, value: Any) -> str:
    """The end of a sentence about a wrong value: its type, or that of its first wrong element."""
    wrong = [(i, type_name(item)) for i, item in enumerate(items) if not _is_int(item)] if type(items) in LISTS else []
    if parameter.kind == "tuple of ints" and wrong:
        at, kind = wrong[0]
        if at:
            return (
                f' failed to unpack the object at pos {at + 1} with error "type must be tuple of ints,but got {kind}"'
            )
        if items is value:
            return f"{place} must be tuple of ints, but found element of type {kind} at pos 0"
    return f"{place} must be {parameter.kind}, not {type_name(value)}"


def described_type(value: Any) -> str:
    """The type of an argument; of a tuple or list also those of its elements."""
    if not isinstance(value, tuple | list):
        return type_name(value)
    inside = ", ".join(type_name(item) for item in value)
    if isinstance(value, list):
        return f"{type_name(value)} of [{inside}]"
    return f"{type_name(value)} of ({inside}{',' if len(value) == 1 else ''})"


def _read() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for line in Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines():
        name, _, rest = line.partition("(")
        table.setdefault(name.rstrip("+"), []).append(f"({rest}")
        if name.endswith("+"):
            OLDER.add(name.rstrip("+"))
    return table


OLDER: set[str] = set()
"""Functions that have older signatures too, which torch does not list: written with a `+`."""
TABLE = _read()


def refusal(function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """What torch says of this call of `function` (".name" for a method); None where it has nothing against it."""
    options = [Signature(function, text) for text in TABLE.get(function, ())]
    refusals = [option.refusal(args, kwargs) for option in options]
    if not options or None in refusals:
        return None
    if len(options) == 1 and function not in OLDER:
        return refusals[0]
    count = len(args) + len(kwargs)
    plausible = [r for r, o in zip(refusals, options, strict=True) if o.least <= count <= len(o.parameters)]
    if len(plausible) == 1:
        return plausible[0]
    return combinations(options, args, kwargs)


def combinations(options: list[Signature], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The sentence for a call that fits none of several signatures, which it lists."""
    given = "".join(f"{type_name(a)}, " for a in args) + "".join(f"{k}={type_name(v)}, " for k, v in kwargs.items())
    given = given.removesuffix(", ") if args else given
    start = f"{options[0].function.lstrip('.')}() received an invalid combination of arguments - got"
    if len(options) == 1:
        strange = options[0].strange(kwargs)
        if strange:
            return f"{start} unrecognized keyword arguments: {', '.join(strange)}"
        return f"{start} {options[0].compared(args, kwargs) or f'({given})'}, but expected {options[0].text}"
    lines = "".join(f" * {option.text}\n{option.details(args, kwargs)}" for option in options)
    return f"{start} ({given}), but expected one of:\n{lines}"


def admit(function: str, args: tuple[Any, ...], kwargs: dict[str, Any], known: set[Any]) -> tuple[Any, ...]:
    """The arguments, NumPy's scalars as numbers; TypeError in torch's words where they fit none of its signatures.

    Calls are asked about once for their types, which `known` keeps; ".name" is a method, its tensor among `args`.
    """
    kinds: Any = tuple([_types(a) for a in args])
    if kwargs:
        kinds += tuple([(k, _types(v)) for k, v in kwargs.items()])
    if kinds in known:
        return args
    given = args[1:] if function[0] == "." else args
    options = [Signature(function, text) for text in TABLE[function]]
    stated = kwargs.keys() <= {p.name for option in options for p in option.parameters}
    if stated and (function not in OLDER or len(given) <= max(o.most for o in options)):
        sentence = refusal(function, given, kwargs)
        if sentence is not None:
            raise TypeError(sentence)
    if len(args) > 1 and any(isinstance(a, Tensor | np.generic) for a in args[1:]):
        fitting = next((o for o in options if o.refusal(given, kwargs) is None), None)
        plain = args[: len(args) - len(given)] + (fitting.plain(given) if fitting else given)
        if any(map(operator.is_not, plain, args)):
            return plain
    known.add(kinds)
    return args


def _types(value: Any) -> Any:
    """The type of an argument; of a tuple or list also those of its elements."""
    kind = value.__class__
    return (kind, *set(map(type, value))) if kind in LISTS else kind
