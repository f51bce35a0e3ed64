"""What a program's woven-in calls do: the one place that decides about attributes while it runs.

Owns the attribute guard, the write guard and safe `str.format`.  What the text may say is `policy`'s, which classes
there are `classes`', which modules `modules`', and the table of builtins `namespace`'s.
"""

from __future__ import annotations

import string
import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from types import MappingProxyType, ModuleType, SimpleNamespace
from typing import Any, NoReturn

import numpy as np

from engine.backends import device, layout, memory_format
from engine.dtypes import dtype
from engine.nn import Module, Parameter
from engine.node import Node
from engine.registry import Op
from engine.tensor import Tensor
from visgrad.program.classes import own, visible
from visgrad.program.errors import PROGRAM, LimitReached, Stopped
from visgrad.program.names import FOREIGN, SAVED, Rule, refusal, rule, special, writable

FORMATTER = string.Formatter()


def unavailable(name: str, instead: str) -> Callable[..., NoReturn]:
    """A function that refuses, with the nearest thing that works."""

    def refuse(*args: object, **kwargs: object) -> NoReturn:
        raise PermissionError(f"{name} is not available here: {instead}")

    refuse.__name__ = refuse.__qualname__ = name.removesuffix("()")
    return refuse


def text(name: object) -> str:
    """An attribute name as an exact str, so that no subclass can answer differently the second time."""
    if not isinstance(name, str):
        raise TypeError(f"attribute name must be string, not '{type(name).__name__}'")
    return name if type(name) is str else str.__str__(name)


def attributes(field: str) -> list[str]:
    """The attribute names a replacement field such as `0.shape[1].real` walks through."""
    return [part.partition("[")[0] for part in field.split(".")[1:]]


def check_format(template: str, depth: int = 0) -> None:
    """Refuse a format string that walks to anything but plain attributes; ValueError if it is malformed."""
    if depth > 2:
        return
    for _, field, spec, _ in FORMATTER.parse(template):
        if field:
            for name in attributes(field):
                if rule(name) is not Rule.PLAIN:
                    raise PermissionError(refusal(name))
        if spec:
            check_format(spec, depth + 1)


def safe_format(template: str, *args: object, **kwargs: object) -> str:
    """`str.format`, which reads plain attributes only."""
    template = text(template)
    check_format(template)
    return template.format(*args, **kwargs)


def safe_format_map(template: str, mapping: Mapping[str, object]) -> str:
    """`str.format_map`, which reads plain attributes only."""
    template = text(template)
    check_format(template)
    return template.format_map(mapping)


FORMATTERS: dict[str, Callable[..., str]] = {"format": safe_format, "format_map": safe_format_map}


ARRAYS = {
    "resize": "use np.resize(x, shape)",
    "data": "use x.copy(), x.tobytes() or x.tolist()",
    "dumps": "print(x.tolist()) shows the values",
}
"""Attributes that arrays share with harmless objects, and that give away or move their memory."""


def guarded_getattr(obj: Any, name: str, *default: object) -> Any:
    """`getattr` by the program's rules; PermissionError for what it may not see."""
    name = text(name)
    match rule(name):
        case Rule.PLAIN:
            return getattr(obj, name, *default)
        case Rule.REFUSED:
            raise PermissionError(refusal(name))
    if special(name) or name == "mro":
        return _special(obj, name)
    if name in ARRAYS and issubclass(obj if isinstance(obj, type) else type(obj), np.ndarray | np.generic):
        raise PermissionError(f"an array's {name} is not available here; {ARRAYS[name]}")
    if formatter := FORMATTERS.get(name):
        return _formatter(obj, name, formatter, default)
    if name.startswith("_") and not (own(obj) or name in FOREIGN or type(obj) is super):
        if default and not hasattr(obj, name):
            return default[0]
        if hasattr(obj, name) and not (name.startswith(SAVED) and isinstance(obj, Node)):
            raise PermissionError(f"{name} belongs to the inside of {type(obj).__name__!r} and is not available here")
    value = getattr(obj, name, *default)
    if type(value) is ModuleType and type(obj) is not ModuleType:  # a facade holds facades only
        raise PermissionError(refusal(name))
    if isinstance(value, Op):
        raise PermissionError(f"{name} belongs to the inside of {type(obj).__name__!r} and is not available here")
    if name in TABLES and _is_table(obj, name, value):
        kinds = MEMBERS.get(name) if isinstance(obj, Module) else None
        return Table(value, kinds) if kinds else MappingProxyType(dict(value))
    return value


MEMBERS: dict[str, type] = {"_parameters": Parameter, "_buffers": Tensor, "_modules": Module}
"""Tables that a module looks its attributes up in, and what may be put there."""

TABLES = (*MEMBERS, "arguments")
"""Tables that a program never gets itself: a module's are reached through `Table`, those that a class shares with all
runs are shown as copies.  A mere proxy would not do: it hands out its dictionary to whatever it is compared with.
"""


class Table(MutableMapping[str, Any]):
    """A module's `_modules`, `_parameters` or `_buffers`, which take what `add_module` and its kin take."""

    __slots__ = ("_kind", "_real")

    def __init__(self, real: dict[str, Any], kind: type) -> None:
        self._real, self._kind = real, kind

    def __getitem__(self, name: str) -> Any:
        return self._real[text(name)]

    def __setitem__(self, name: str, value: Any) -> None:
        name = text(name)
        if special(name):
            raise PermissionError(refusal(name))
        if value is not None and not isinstance(value, self._kind):
            raise TypeError(f"only a {self._kind.__name__} can be put there, not {type(value).__name__}")
        self._real[name] = value

    def __delitem__(self, name: str) -> None:
        del self._real[text(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._real))

    def __len__(self) -> int:
        return len(self._real)

    def __repr__(self) -> str:
        return repr(self._real)

    def keys(self) -> Any:
        """The names, as they are now."""
        return dict(self._real).keys()

    def values(self) -> Any:
        """The members, as they are now."""
        return dict(self._real).values()

    def items(self) -> Any:
        """Names with members, as they are now."""
        return dict(self._real).items()


def _is_table(obj: Any, name: str, value: object) -> bool:
    """Whether this is such a table, and not an attribute of the same name of a class of the program's own."""
    if not isinstance(value, dict):
        return False
    kind = obj if issubclass(type(obj), type) else type(obj)
    return name.startswith("_") or any(vars(base).get(name) is value for base in kind.__mro__ if not own(base))


def _formatter(obj: Any, name: str, formatter: Callable[..., str], default: tuple[object, ...]) -> Any:
    if type(obj) is super:
        raise PermissionError(f"super().{name} is not available here; use str(self).{name}")
    if issubclass(type(obj), str):
        return lambda *args, **kwargs: formatter(obj, *args, **kwargs)
    if issubclass(type(obj), type) and issubclass(obj, str):
        return formatter
    return getattr(obj, name, *default)


def _special(obj: Any, name: str) -> Any:
    """The special attributes that are harmless on some objects only."""
    match name:
        case "__class__":
            return visible(obj.__class__)
        case "__mro__" | "__bases__" | "mro":
            if not issubclass(type(obj), type) or not issubclass(obj, type):
                return getattr(obj, name)
        case "__dict__" | "__annotations__":
            if own(obj) or isinstance(obj, SimpleNamespace):
                return MappingProxyType({k: _shown(k, v) for k, v in getattr(obj, name).items() if not special(str(k))})
        case "__setattr__" | "__delattr__":
            return _writer(obj, name)
        case "__init__":
            return _maker(obj)
        case "__pow__" | "__rpow__" | "__lshift__" | "__rlshift__":
            if not _of_integers(obj):
                return getattr(obj, name)
        case "__getattr__":
            return _reader(getattr(obj, name))
    raise PermissionError(refusal(name))


def _shown(name: str, value: Any) -> Any:
    return MappingProxyType(dict(value)) if name in TABLES and isinstance(value, dict) else value


def _writer(obj: Any, name: str) -> Callable[..., None]:
    """`super().__setattr__`, `object.__setattr__` and their kin, which check what they are given."""
    real = getattr(obj, name)
    values = 1 if name == "__setattr__" else 0

    def write(*args: Any) -> None:
        if len(args) not in (1 + values, 2 + values):
            raise TypeError(f"{name} takes a name{' and a value' if values else ''}")
        target = args[0] if len(args) == 2 + values else obj
        attribute = text(args[-1 - values])
        check_writable(attribute)
        guarded_write(bound(target), attribute)
        real(*args[: -1 - values], attribute, *args[len(args) - values :])

    return write


def _maker(obj: Any) -> Callable[..., None]:
    """`super().__init__`, `nn.Module.__init__` and their kin: for objects that the program may change."""
    real = obj.__init__
    if type(obj) is super:
        guarded_write(bound(obj))
        return real  # type: ignore[no-any-return]
    if not issubclass(type(obj), type):
        guarded_write(obj)
        return real  # type: ignore[no-any-return]

    def make(self: Any, *args: Any, **kwargs: Any) -> None:
        guarded_write(self)
        real(self, *args, **kwargs)

    return real if own(obj) else make


def bound(obj: Any) -> Any:
    """What `super()` is about; any other object itself."""
    return obj.__self__ if type(obj) is super else obj  # type: ignore[attr-defined]


def _of_integers(obj: Any) -> bool:
    """Whether an object is an integer, a kind of integer, or `super()` of one."""
    it = bound(obj)
    return issubclass(it if issubclass(type(it), type) else type(it), int)


def _reader(real: Callable[..., Any]) -> Callable[..., Any]:
    def read(*args: Any) -> Any:
        attribute = text(args[-1])
        if special(attribute) or rule(attribute) is Rule.REFUSED:
            raise AttributeError(attribute)
        return real(*args[:-1], attribute)

    return read


def check_writable(name: str) -> None:
    """PermissionError unless an attribute of this name may be set."""
    if not writable(name):
        raise PermissionError(f"{name} cannot be set here")


SHARED = (dtype, device, layout, memory_format, Op)
"""Classes of the engine whose objects outlive a run."""

OPEN = ("engine", "torch", "collections", "types")
"""Packages whose objects a program may set attributes of; others have attributes that Python itself acts upon."""


def guarded_write(obj: Any, name: str = "") -> Any:
    """The object, if the program may set its attributes (or the one of this name); PermissionError otherwise."""
    kind = type(obj)
    home = kind.__module__
    if home == "__main__" or own(obj):
        return obj
    if name.startswith("_"):
        raise PermissionError(f"{name} belongs to the inside of {kind.__name__!r} and cannot be set here")
    if not issubclass(kind, type) and home.partition(".")[0] in OPEN and not issubclass(kind, SHARED):
        return obj
    if issubclass(kind, np.ndarray | BaseException):
        return obj
    name = getattr(obj, "__name__", kind.__name__)
    raise PermissionError(f"{name!r} is shared and cannot be changed here; make one of your own")


def guarded_setattr(obj: Any, name: str, value: object) -> None:
    """`setattr` by the program's rules."""
    name = text(name)
    check_writable(name)
    setattr(guarded_write(obj, name), name, value)


def guarded_delattr(obj: Any, name: str) -> None:
    """`delattr` by the program's rules."""
    name = text(name)
    check_writable(name)
    delattr(guarded_write(obj, name), name)


def guarded_hasattr(obj: object, name: str) -> bool:
    """`hasattr`, with an exact name."""
    return hasattr(obj, text(name))


def guarded_vars(*objects: Any) -> Mapping[str, object]:
    """`vars` of an object of the program's own, to read; without one, the variables where it is called."""
    if not objects:
        return program_locals(1)
    (obj,) = objects
    return guarded_getattr(obj, "__dict__")  # type: ignore[no-any-return]


def guarded_dir(*args: object) -> list[str]:
    """`dir` without the names a program could not use."""
    names = dir(*args) if args else list(program_locals(1))
    return [name for name in names if rule(name) is Rule.PLAIN]


def program_locals(up: int = 0) -> dict[str, object]:
    """A copy of the variables of the program's function that called; nothing of ours, if it was called back."""
    frame = sys._getframe(up + 1)
    if frame.f_code.co_filename != PROGRAM:
        return {}
    return {k: v for k, v in frame.f_locals.items() if k.isidentifier() and not special(k)}


def undunder(method: Callable[..., Any]) -> Callable[..., Any]:
    """A `__getattr__` of the program's own, never asked for special names (NumPy and copy ask for many)."""

    def read(self: Any, name: str) -> Any:
        if special(name) and method.__name__ == "__getattr__":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return object.__getattribute__(self, name) if special(name) else method(self, name)

    read.__name__, read.__qualname__, read.__module__ = method.__name__, method.__qualname__, "__main__"
    return read


def reraise() -> None:
    """First thing in a handler that catches everything: the end of the run is not the program's to catch."""
    error = sys.exc_info()[1]
    if isinstance(error, Stopped | LimitReached):
        raise error
