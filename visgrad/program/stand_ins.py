"""Stand-ins for standard functions that are unsafe, or could not be stopped, as they are.

Owns one table per module.  Each behaves as the original does in honest programs; what it leaves out is said beside it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import functools
import inspect
import math
import operator
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy

from visgrad.program.classes import ARRAY, check_text, own
from visgrad.program.guards import guarded_getattr, guarded_write
from visgrad.program.names import words
from visgrad.program.powers import power

# itertools: in Python rather than C, because an endless C loop cannot be stopped.


def count(start: Any = 0, step: Any = 1) -> Iterator[Any]:
    """`itertools.count`."""
    while True:
        yield start
        start += step


def cycle(iterable: Iterable[Any]) -> Iterator[Any]:
    """`itertools.cycle`."""
    saved = list(iterable)
    while saved:
        yield from saved


def repeat(value: Any, times: int | None = None) -> Iterator[Any]:
    """`itertools.repeat`."""
    while times is None or times > 0:
        yield value
        times = None if times is None else times - 1


ITERTOOLS: dict[str, object] = {"count": count, "cycle": cycle, "repeat": repeat}

# functools: `wraps` and its kin copy the usual attributes only, to functions of the program's own.


def update_wrapper(wrapper: Any, wrapped: Any) -> Any:
    """`functools.update_wrapper`, without a choice of attributes."""
    guarded_write(wrapper)
    for name in ("__name__", "__qualname__", "__doc__"):
        if hasattr(wrapped, name):
            setattr(wrapper, name, getattr(wrapped, name))
    return wrapper


def wraps(wrapped: Any) -> Callable[[Any], Any]:
    """`functools.wraps`, without a choice of attributes."""
    return lambda wrapper: update_wrapper(wrapper, wrapped)


def total_ordering(kind: type) -> type:
    """`functools.total_ordering` for classes of the program's own."""
    return functools.total_ordering(guarded_write(kind))


FUNCTOOLS: dict[str, object] = {"wraps": wraps, "update_wrapper": update_wrapper, "total_ordering": total_ordering}

# dataclasses: for classes of the program's own; `make_dataclass` runs text and is left out.


def dataclass(kind: type | None = None, /, **options: Any) -> Any:
    """`dataclasses.dataclass` for classes of the program's own."""
    if kind is None:
        return functools.partial(dataclass, **options)
    if not isinstance(kind, type) or not own(kind):
        raise PermissionError("dataclass works on a class statement of the program's own")
    if issubclass(kind, str):
        raise PermissionError("a subclass of str cannot be a dataclass here; wrap the text in a class instead")
    for name in inspect.get_annotations(kind):
        if type(name) is not str or not name.isidentifier():
            raise PermissionError("a dataclass needs plain field names")
    return dataclasses.dataclass(kind, **options)


DATACLASSES: dict[str, object] = {"dataclass": dataclass}

# operator: by the attribute rules, and with the check for enormous integers.


def attrgetter(*names: str) -> Callable[[Any], Any]:
    """`operator.attrgetter`, by the program's attribute rules."""

    def one(obj: Any, name: str) -> Any:
        for part in name.split("."):
            obj = guarded_getattr(obj, part)
        return obj

    if len(names) == 1:
        return lambda obj: one(obj, names[0])
    return lambda obj: tuple(one(obj, name) for name in names)


def methodcaller(name: str, /, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
    """`operator.methodcaller`, by the program's attribute rules."""
    return lambda obj: guarded_getattr(obj, name)(*args, **kwargs)


OPERATOR: dict[str, object] = {
    "attrgetter": attrgetter,
    "methodcaller": methodcaller,
    "pow": lambda base, exponent: power(base, exponent, "**"),
    "lshift": lambda base, exponent: power(base, exponent, "<<"),
}

# numpy: `frombuffer` reads bytes; over an array of objects it would hand out their addresses.


def frombuffer(buffer: bytes | bytearray, dtype: Any = float, count: int = -1, offset: int = 0) -> Any:
    """`numpy.frombuffer` of bytes."""
    if type(buffer) not in (bytes, bytearray):
        raise PermissionError("frombuffer reads bytes here; x.view(dtype) reads an array's numbers as another type")
    return numpy.frombuffer(buffer, dtype, count, offset)


class Joined:
    """`numpy.c_` and `numpy.r_`, which join what is indexed; a string would be looked up among our own names."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getitem__(self, key: Any) -> Any:
        if any(isinstance(part, str) for part in (key if isinstance(key, tuple) else (key,))):
            raise PermissionError("a string among the parts is not available here; use np.concatenate or np.stack")
        return self._real[key]


class nditer:  # noqa: N801 (NumPy's name)
    """`numpy.nditer` over one array, element by element: the pattern of numerical gradients."""

    def __init__(self, op: Any, flags: Any = (), op_flags: Any = (), **_: Any) -> None:
        self._array = numpy.asarray(op)
        self._indices = iter(numpy.ndindex(self._array.shape))
        self.finished = False
        self.iternext()

    @property
    def index(self) -> int:
        """The place in a row of all elements."""
        return int(numpy.ravel_multi_index(self.multi_index, self._array.shape)) if self.multi_index else 0

    @property
    def value(self) -> Any:
        """The element, as an array that can be written."""
        return self._array[(*self.multi_index, ...)]

    def iternext(self) -> bool:
        """On to the next element; whether there is one."""
        found = next(self._indices, None)
        self.finished = found is None
        if found is not None:
            self.multi_index = found
        return not self.finished

    def __getitem__(self, _: int) -> Any:
        return self.value

    def __iter__(self) -> Iterator[Any]:
        while not self.finished:
            yield self.value
            self.iternext()

    def __enter__(self) -> nditer:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""


NUMPY: dict[str, object] = {
    "nditer": nditer,
    "ndarray": ARRAY,
    "frombuffer": frombuffer,
    "c_": Joined(numpy.c_),
    "r_": Joined(numpy.r_),
    "s_": numpy.s_,
}

# contextlib: `contextmanager` names the new function and copies nothing else.


def manager(function: Callable[..., Any]) -> Callable[..., Any]:
    """`contextlib.contextmanager`."""

    def make(*args: Any, **kwargs: Any) -> Any:
        return contextlib._GeneratorContextManager(function, args, kwargs)

    make.__name__ = make.__qualname__ = str(getattr(function, "__name__", "make"))
    return make


CONTEXTLIB: dict[str, object] = {"contextmanager": manager}

# enum: class statements only; the functional form makes classes from any names.


class _ByStatement(enum.EnumMeta):
    def __new__(cls, name: str, bases: tuple[type, ...], names: Any, **options: Any) -> Any:
        check_text(bases, names)
        return super().__new__(cls, name, bases, names, **options)

    def _create_(cls, *args: Any, **kwargs: Any) -> NoReturn:
        raise PermissionError("Enum(name, members) is not available here; use a class statement")


class Enum(enum.Enum, metaclass=_ByStatement):
    """`enum.Enum`."""


class IntEnum(enum.IntEnum, metaclass=_ByStatement):
    """`enum.IntEnum`."""


class Flag(enum.Flag, metaclass=_ByStatement):
    """`enum.Flag`."""


class IntFlag(enum.IntFlag, metaclass=_ByStatement):
    """`enum.IntFlag`."""


ENUM: dict[str, object] = {"Enum": Enum, "IntEnum": IntEnum, "Flag": Flag, "IntFlag": IntFlag}

# math: functions of integers that can take for ever.


def factorial(n: int) -> int:
    """`math.factorial` up to 100,000."""
    if operator.index(n) > 100_000:
        raise OverflowError("the factorial of so large a number is too large here; math.lgamma(n + 1) is its logarithm")
    return math.factorial(n)


MATH: dict[str, object] = {"factorial": factorial}

# time: sleeping is bounded by the run's time limit, and short sleeps keep a program stoppable.

MAX_SLEEP = 3600.0


def sleep(seconds: float) -> None:
    """`time.sleep`, in short pieces, for an hour at most."""
    end = time.monotonic() + min(float(seconds), MAX_SLEEP)
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 0.05))


TIME: dict[str, object] = {"sleep": sleep} | {
    name: getattr(time, name)
    for name in words(
        """
        time time_ns perf_counter perf_counter_ns monotonic monotonic_ns process_time process_time_ns ctime strftime
        localtime gmtime asctime struct_time
        """
    )
}

# warnings: shown as they are given; filters have nothing to filter.


def _quiet(*args: Any, **kwargs: Any) -> None:
    """Filters are accepted: notebooks begin with them."""


@contextmanager
def catch_warnings(**options: Any) -> Iterator[list[object]]:
    """`warnings.catch_warnings`, which records nothing."""
    yield []


def warn(message: Any, category: type[Warning] = UserWarning, stacklevel: int = 1, **options: Any) -> None:
    """`warnings.warn`."""
    warnings.warn(message, category, stacklevel=2)


WARNINGS: dict[str, object] = {
    "warn": warn,
    "filterwarnings": _quiet,
    "simplefilter": _quiet,
    "resetwarnings": _quiet,
    "catch_warnings": catch_warnings,
}
