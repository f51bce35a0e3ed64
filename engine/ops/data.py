"""Python data to arrays: which shape and dtype `tensor(data)` gives, and how it refuses what it cannot read.

Owns the reading of numbers, nested sequences, NumPy values and tensors among them.  Works with NumPy dtypes; wrapping
the array in a tensor belongs to `ops/create.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any

READABLE = frozenset(
    np.dtype(name) for name in ("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
)
PLAIN = frozenset({bool, int, float})
# torch's words for what np.array would accept and a tensor cannot hold.
NOT_NUMERIC = (
    "can't convert np.ndarray of type {}. The only supported types are: float64, float32, float16, complex64, "
    "complex128, int64, int32, int16, int8, uint64, uint32, uint16, uint8, and bool."
)


def from_data(data: Any, dtype: np.dtype[Any] | None, default: np.dtype[Any]) -> Array:
    """A new array of what `data` says, in `dtype` or in the one its numbers ask for (`default` for Python floats)."""
    if isinstance(data, np.ndarray):
        return np.array(readable(data), dtype=dtype, order="C")
    plain = _plain(data, dtype, default)
    if plain is not None:
        return plain
    if isinstance(data, str):
        raise TypeError("new(): invalid data type 'str'")
    shape = _shape(data)
    target = dtype if dtype is not None else _infer(data, default)
    leaves: list[Any] = []
    _collect(data, shape, 0, target, leaves)
    return _store(leaves, target).reshape(shape)


def readable(array: Array) -> Array:
    """`array` itself if its dtype is one a tensor can hold."""
    if array.dtype.newbyteorder("=") not in READABLE:
        raise TypeError(NOT_NUMERIC.format(f"numpy.{array.dtype.type.__name__}"))
    return array


def _plain(data: Any, dtype: np.dtype[Any] | None, default: np.dtype[Any]) -> Array | None:
    """The quick way, for rectangular lists of Python numbers; None where anything else turns up."""
    shape: list[int] = []
    level: Any = (data,)
    kinds = {type(data)}
    while kinds <= {list, tuple}:
        lengths = {len(item) for item in level}
        if len(lengths) != 1 or len(shape) > 64:
            return None
        shape.append(lengths.pop())
        level = level[0] if len(level) == 1 else list(chain.from_iterable(level))
        kinds = set(map(type, level))
        if not kinds:
            return np.empty(shape, dtype=dtype if dtype is not None else default)
    if not kinds <= PLAIN:
        return None
    if dtype is None:
        dtype = default if float in kinds else np.dtype(np.int64) if int in kinds else np.dtype(bool)
    return _store(level, dtype).reshape(shape)


def _store(numbers: Sequence[Any], dtype: np.dtype[Any]) -> Array:
    """Python numbers in a vector of `dtype`, refusing what it cannot hold in torch's words."""
    if dtype.kind in "fV":
        with np.errstate(over="ignore"):
            return np.array(numbers, dtype=np.float64).astype(dtype)
    if dtype.kind == "b":
        return np.array([bool(number) for number in numbers], dtype=dtype)
    limits = np.iinfo(dtype)
    # Negative numbers wrap around in unsigned dtypes, as in C++; 2.0**63 passes torch's check and wraps too.
    lowest = -limits.max if dtype.kind == "u" else limits.min
    highest = limits.max + (dtype.itemsize == 8)
    try:
        whole = np.array(numbers)
        if whole.dtype.kind not in "bi":
            for number in numbers:
                if isinstance(number, int) and not -(2**63) <= number < 2**63:
                    raise OverflowError
                if not lowest <= number <= highest:
                    raise RuntimeError(f"value cannot be converted to type {dtype.name} without overflow")
            whole = np.array([(int(number) + 2**63) % 2**64 - 2**63 for number in numbers], dtype=np.int64)
    except OverflowError:
        raise ValueError("Overflow when unpacking long long") from None
    if dtype.itemsize < 8 and whole.size and not lowest <= int(whole.min()) <= int(whole.max()) <= highest:
        raise RuntimeError(f"value cannot be converted to type {dtype.name} without overflow")
    return whole.astype(dtype)


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "requires_grad") and hasattr(value, "item")


def _is_sequence(value: Any) -> bool:
    if getattr(value, "shape", None) == ():
        return False
    return isinstance(value, Sequence | np.ndarray) or (
        hasattr(value, "__getitem__") and hasattr(value, "__len__") and not isinstance(value, dict | np.generic)
    )


def _shape(data: Any) -> list[int]:
    """The lengths down the first elements; tensors inside count as numbers."""
    shape: list[int] = []
    while not _is_tensor(data) and _is_sequence(data):
        shape.append(len(data))
        if len(shape) > 128:
            raise ValueError(f"too many dimensions '{type(data).__name__}'")
        if not shape[-1]:
            break
        data = data[0]
    return shape


def _infer(data: Any, default: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype that holds every number of `data`."""
    if isinstance(data, bool):
        return np.dtype(bool)
    if _is_tensor(data):
        found: np.dtype[Any] = data.dtype.np
        return found
    if isinstance(data, np.generic | np.ndarray):
        return readable(data).dtype  # type: ignore[no-any-return]
    if isinstance(data, float):
        return default
    if isinstance(data, int):
        return np.dtype(np.int64)
    if isinstance(data, str):
        raise TypeError("new(): invalid data type 'str'")
    if not _is_sequence(data):
        raise RuntimeError(f"Could not infer dtype of {type(data).__name__}")
    kinds = [_infer(item, default) for item in data]
    return promote(kinds) if kinds else default


def promote(kinds: Sequence[np.dtype[Any]]) -> np.dtype[Any]:
    """The common dtype: the highest of bool < integers < floats decides, and the widest within it."""
    category = max((kind.kind for kind in kinds), key="biuf".index)
    rank = "f" if category == "f" else "iu" if category in "iu" else "b"
    return np.result_type(*(kind for kind in kinds if kind.kind in rank))


def _collect(data: Any, shape: list[int], dim: int, target: np.dtype[Any], leaves: list[Any]) -> None:
    """Append the numbers of `data` in order, checking that every sequence has its dimension's length."""
    if dim == len(shape):
        leaves.append(_number(data, target))
        return
    if _is_tensor(data) or not _is_sequence(data):
        raise TypeError("not a sequence")
    if len(data) != shape[dim]:
        raise ValueError(f"expected sequence of length {shape[dim]} at dim {dim} (got {len(data)})")
    for item in data:
        _collect(item, shape, dim + 1, target, leaves)


def _number(value: Any, target: np.dtype[Any]) -> Any:
    """One Python number out of a number, a NumPy scalar or a tensor of one element."""
    if _is_tensor(value):
        if value.numel() != 1:
            if target.kind in "iu":
                raise TypeError("only integer tensors of a single element can be converted to an index")
            raise ValueError("only one element tensors can be converted to Python scalars")
        if target.kind in "iu" and value.dtype.is_floating_point:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return value.item()
    if getattr(value, "shape", None) == ():
        return value.item()
    if not isinstance(value, bool | int | float):
        kind = type(value).__name__
        if target.kind in "iub":
            raise TypeError(f"'{kind}' object cannot be interpreted as an integer")
        raise TypeError(f"must be real number, not {kind}")
    return value
