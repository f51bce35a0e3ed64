"""Classes in programs: which they may have, how they are made, and what stands in for the too powerful ones.

Owns class creation.  A class of classes, or a class made of any names at all, could give objects special attributes
that NumPy, `copy` and `dataclasses` act upon; so a program gets neither `type` nor any other class of classes.

An object is the program's *own* when its class, or itself as a class or function, was made by the program
(`__module__` is "__main__", which no program can write).
"""

from __future__ import annotations

import abc
import builtins
from collections.abc import Callable, Mapping
from enum import Enum, ReprEnum, StrEnum
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from visgrad.program.shield import shield


def own(obj: object) -> bool:
    """Whether the program made this object's class, or this class or function itself."""
    kind = type(obj)
    if kind is FunctionType or issubclass(kind, type):
        return getattr(obj, "__module__", "") == "__main__"
    return kind.__module__ == "__main__"


class StandIn:
    """What a program has in place of a class whose constructor is too powerful: good for everything but calling."""

    def __init__(self, real: type, instead: str) -> None:
        self.__name__ = self.__qualname__ = real.__name__
        self._real, self._instead = real, instead

    def __call__(self, *args: Any, **kwargs: Any) -> object:
        raise PermissionError(f"{self.__name__}(…) is not available here; {self._instead}")

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self._real) or instance is self

    def __subclasscheck__(self, kind: type) -> bool:
        return issubclass(kind, self._real)

    def __or__(self, other: Any) -> object:
        return self._real | other

    __ror__ = __or__

    def __getitem__(self, item: object) -> object:
        return self

    def __repr__(self) -> str:
        return repr(self._real)


class _Type(StandIn):
    """`type` as a program knows it: asks an object for its class; makes none, and never gives a class of classes."""

    def __call__(self, *args: Any, **kwargs: Any) -> object:
        if len(args) != 1 or kwargs:
            return super().__call__()
        return visible(type(args[0]))


TYPE = _Type(type, "use a class statement")
ARRAY = StandIn(np.ndarray, "use np.array, np.zeros or np.empty")
MODULE = StandIn(ModuleType, "import one")


def visible(kind: Any) -> Any:
    """A class as a program may have it."""
    if isinstance(kind, type):
        if issubclass(kind, type):
            return TYPE
        if kind is np.ndarray:  # its constructor makes objects of any bytes
            return ARRAY
        if kind is ModuleType:  # its methods change the modules that all programs share
            return MODULE
    return kind


NO_METACLASS = "metaclasses are not available here; __init_subclass__ or a class decorator does the same"
ABCMETA = object()
"""Stands for `abc.ABCMeta` in programs, where it is good for `metaclass=ABCMeta` only."""


COMPARISONS = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__getattribute__")
PLAIN_TEXT = frozenset({object, str, Enum, StrEnum, ReprEnum})
"""Classes beside which a kind of str compares as str does."""


def check_text(bases: tuple[type, ...], names: Mapping[str, object]) -> None:
    """A kind of str must compare as str does: a name that claims to be another would pass every check of names."""
    if not any(issubclass(base, str) for base in bases):
        return
    mixed = [vars(kind) for base in bases for kind in base.__mro__ if kind not in PLAIN_TEXT]
    if any(name in table for table in (names, *mixed) for name in COMPARISONS):
        raise PermissionError(
            "a subclass of str cannot change how it is compared here; wrap the text in a class instead"
        )


class Text(type):
    """The class of a program's own kinds of str."""

    def __new__(cls, name: str, bases: tuple[type, ...], names: dict[str, object], **options: Any) -> Any:
        check_text(bases, names)
        return super().__new__(cls, name, bases, names, **options)


def build_class(body: Callable[..., object], name: str, *bases: Any, metaclass: Any = None, **kwargs: Any) -> Any:
    """A class statement; classes of classes are refused, except `metaclass=ABCMeta`."""
    if any((isinstance(base, type) and issubclass(base, type)) or isinstance(base, StandIn) for base in bases):
        raise PermissionError(NO_METACLASS)
    kinds = [base for base in bases if isinstance(base, type)]
    if (
        metaclass is None
        and any(issubclass(kind, str) for kind in kinds)
        and not any(issubclass(kind, Enum) for kind in kinds)
    ):
        metaclass = Text
    if metaclass is None:
        made = builtins.__build_class__(body, name, *bases, **kwargs)
    elif metaclass is Text:
        made = builtins.__build_class__(body, name, *bases, metaclass=Text, **kwargs)
    elif metaclass is ABCMETA:
        made = builtins.__build_class__(body, name, *bases, metaclass=abc.ABCMeta, **kwargs)
    else:
        raise PermissionError(NO_METACLASS)
    return shield(made) if isinstance(made, type) else made
