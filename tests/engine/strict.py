"""An array library that refuses what a GPU's arrays refuse: silent copies to NumPy, and company with NumPy's arrays.

`StrictArray` computes with NumPy behind a wall.  Only arrays of its own kind and plain numbers may meet; results, 0-d
ones too, are strict arrays again; `get()` is the one way out, as it is with CuPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin


class Mixed(TypeError):
    """A strict array met one of NumPy's, or was about to become one."""


def inside(value: Any) -> Any:
    """What is behind the wall; Mixed for an array of NumPy's."""
    if isinstance(value, StrictArray):
        return value.held
    if isinstance(value, np.ndarray):
        raise Mixed(f"an array of NumPy's, shape {value.shape}, among strict ones")
    if isinstance(value, tuple | list):
        return type(value)([inside(v) for v in value])
    if isinstance(value, dict):
        return {k: inside(v) for k, v in value.items()}
    return value


def outside(value: Any) -> Any:
    """A result behind the wall: arrays and NumPy's numbers become strict arrays."""
    if isinstance(value, np.ndarray):
        return StrictArray(value)
    if isinstance(value, np.generic):
        return StrictArray(np.asarray(value))
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[outside(v) for v in value])
    if isinstance(value, tuple | list):
        return type(value)([outside(v) for v in value])
    return value


class Library:
    """NumPy's functions that make arrays, making strict ones; what a row finds as the library of its input."""

    def __getattr__(self, name: str) -> Any:
        function = getattr(np, name)
        if not callable(function) or isinstance(function, type):
            return function

        def made(*args: Any, **kwargs: Any) -> Any:
            # Moving an array of NumPy's here is said openly, and allowed.
            if name in ("asarray", "array") and isinstance(args[0], np.ndarray):
                return outside(function(*args, **kwargs))
            return outside(function(*inside(args), **inside(kwargs)))

        return made


class StrictArray(NDArrayOperatorsMixin):
    """An array that keeps to its own kind."""

    library = Library()
    held: np.ndarray[Any, Any]

    def __init__(self, held: np.ndarray[Any, Any]) -> None:
        self.held = held

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise Mixed("implicit conversion to a NumPy array")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.get("out")
        result = getattr(ufunc, method)(*inside(inputs), **inside(kwargs))
        return out[0] if isinstance(out, tuple) and len(out) == 1 and out[0] is not None else outside(result)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        return outside(function(*inside(args), **inside(kwargs)))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(self.held, name)
        if not callable(found):
            return outside(found)

        def method(*args: Any, **kwargs: Any) -> Any:
            result = found(*inside(args), **inside(kwargs))
            return result if name in ("item", "tolist") else outside(result)

        return method

    @property
    def base(self) -> Any:
        """Whose memory this is."""
        return self.held.base

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes; setting them changes the view in place, and is refused where that would need a copy."""
        return tuple(self.held.shape)

    @shape.setter
    def shape(self, sizes: tuple[int, ...]) -> None:
        self.held.shape = sizes

    def get(self) -> np.ndarray[Any, Any]:
        """A copy for NumPy."""
        return self.held.copy()

    def __getitem__(self, key: Any) -> StrictArray:
        found: StrictArray = outside(self.held[inside(key)])
        return found

    def __setitem__(self, key: Any, value: Any) -> None:
        self.held[inside(key)] = inside(value)

    def __len__(self) -> int:
        return len(self.held)

    def __iter__(self) -> Iterator[StrictArray]:
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        return bool(self.held)

    def __int__(self) -> int:
        return int(self.held)

    def __float__(self) -> float:
        return float(self.held)

    def __index__(self) -> int:
        return self.held.__index__()

    def __repr__(self) -> str:
        return f"StrictArray({self.held!r})"
