"""What sizes, dimensions and dtypes may be written as, and the words torch refuses the others with.

Shared by the operator modules; knows arrays' shapes, not arrays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from engine import dtypes
from engine.errors import dimension

PYTHON_TYPES = {float: dtypes.float64, int: dtypes.int64, bool: dtypes.bool_}


def numpy_dtype(name: str, dtype: Any, default: Any = None) -> np.dtype[Any]:
    """The NumPy dtype of a `dtype=` argument of operator `name`; None gives `default`, or the default float type."""
    if dtype is None:
        return dtypes.get_default_dtype().np if default is None else np.dtype(default)
    chosen = PYTHON_TYPES.get(dtype, dtype) if isinstance(dtype, type) else dtype
    if not isinstance(chosen, dtypes.dtype):
        raise TypeError(f"{name}(): argument 'dtype' must be torch.dtype, not {type(dtype).__name__}")
    return chosen.np


def is_integer(value: Any) -> bool:
    """Whether `value` counts as an integer in a size: Python's and NumPy's, and 0-d integer arrays, but no bool."""
    if isinstance(value, int | np.integer):
        return not isinstance(value, bool)
    return getattr(value, "shape", None) == () and getattr(getattr(value, "dtype", None), "kind", "") in ("i", "u")


def size_of(name: str, size: Any, position: int = 1) -> tuple[int, ...]:
    """The `size` argument of a creation operator as a tuple of non-negative integers."""
    if isinstance(size, np.integer) or getattr(size, "shape", None) == ():
        size = (size,)
    if not isinstance(size, tuple | list):
        wanted = f"argument 'size' (position {position}) must be tuple of ints"
        raise TypeError(f"{name}(): {wanted}, not {type_name(size)}")
    for at, item in enumerate(size):
        if is_integer(item):
            continue
        got = type_name(item)
        if at == 0:
            wanted = f"argument 'size' (position {position}) must be tuple of ints"
            raise TypeError(f"{name}(): {wanted}, but found element of type {got} at pos 0")
        error = f'failed to unpack the object at pos {at + 1} with error "type must be tuple of ints,but got {got}"'
        raise TypeError(f"{name}(): argument 'size' {error}")
    sizes = tuple(int(item) for item in size)
    for item in sizes:
        if item < 0:
            if name in ("zeros", "ones", "full"):
                raise RuntimeError(f"{name}: Dimension size must be non-negative.")
            raise RuntimeError(f"Trying to create tensor with negative dimension {item}: {list(sizes)}")
    return sizes


def type_name(value: Any) -> str:
    """The name of a value's type in messages; arrays come from tensors."""
    if isinstance(value, np.ndarray):
        return "Tensor"
    return type(value).__name__


def wrap_dims(dim: int | Iterable[int] | None, ndim: int) -> tuple[int, ...]:
    """The dimensions that a `dim=` argument names, from the front; None and () name all."""
    if dim is None:
        return tuple(range(ndim))
    if isinstance(dim, int | np.integer):
        wrapped = dimension(int(dim), ndim)
        return (wrapped,) if ndim else ()
    dims = tuple([dimension(int(d), ndim) for d in dim])
    if len(set(dims)) < len(dims):
        twice = next(d for d in dims if dims.count(d) > 1)
        raise RuntimeError(f"dim {twice} appears multiple times in the list of dims")
    if not ndim:
        return ()
    return dims or tuple(range(ndim))


def part(F: Any, x: Any, dim: int, start: int, length: int) -> Any:
    """`length` elements of `x` along `dim`, in a derivative rule."""
    return F.slice(x, dim, start, start + length, 1)
