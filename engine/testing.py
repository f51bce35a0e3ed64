"""torch.testing: `assert_close`, with torch's tolerances and its account of what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from engine import backends, dtypes
from engine.tensor import Tensor

__all__ = ["assert_close"]

TOLERANCES = {dtypes.float16: (1e-3, 1e-5), dtypes.float32: (1.3e-6, 1e-5), dtypes.float64: (1e-7, 1e-7)}
"""How far apart two values of a type may be, relative to the expected one and absolutely; exact types not at all."""


def assert_close(
    actual: Any,
    expected: Any,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_dtype: bool = True,
    msg: Any = None,
    **others: Any,
) -> None:
    """AssertionError unless `actual` and `expected`, also inside of sequences and mappings, are nearly equal."""
    if (rtol is None) != (atol is None):
        missing = "rtol" if rtol is None else "atol"
        raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.")
    for a, e, place in _pairs(actual, expected, ""):
        message = _difference(a, e, rtol, atol, equal_nan, check_dtype)
        if message:
            message += f"\n\nThe failure occurred for item {place}" if place else ""
            raise AssertionError(msg if isinstance(msg, str) else msg(message) if msg else message)


def _pairs(actual: Any, expected: Any, place: str) -> Iterator[tuple[Any, Any, str]]:
    """What is compared with what, and where it stands."""
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        for key in expected:
            yield from _pairs(actual[key], expected[key], f"{place}[{key!r}]")
    elif _is_sequence(actual) and _is_sequence(expected):
        if len(actual) != len(expected):
            raise AssertionError(f"The length of the sequences mismatch: {len(actual)} != {len(expected)}")
        for i, (a, e) in enumerate(zip(actual, expected, strict=True)):
            yield from _pairs(a, e, f"{place}[{i}]")
    else:
        yield actual, expected, place


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _difference(a: Any, e: Any, rtol: float | None, atol: float | None, equal_nan: bool, check_dtype: bool) -> str:
    """What torch says of two things that are not close; "" if they are."""
    numbers = (int, float, complex, np.generic)
    if isinstance(a, numbers) and isinstance(e, numbers):
        x, y = np.asarray(a), np.asarray(e)
    elif isinstance(a, Tensor | np.ndarray) and isinstance(e, Tensor | np.ndarray):
        for name in ("shape", *(("dtype",) if check_dtype else ())):
            mine, theirs = getattr(a, name), getattr(e, name)
            if mine != theirs:
                return f"The values for attribute '{name}' do not match: {mine} != {theirs}."
        x, y = (np.asarray(backends.to_numpy(v._data) if isinstance(v, Tensor) else v) for v in (a, e))
    else:
        raise TypeError(f"No comparison pair was able to handle inputs of type {type(a)} and {type(e)}.")
    own = [TOLERANCES.get(dtypes.FROM_NUMPY[v.dtype], (0.0, 0.0)) for v in (x, y)]
    relative = max(r for r, _ in own) if rtol is None else rtol
    absolute = max(t for _, t in own) if atol is None else atol
    if np.isclose(x, y, rtol=relative, atol=absolute, equal_nan=equal_nan).all():
        return ""
    return _account(x, y, relative, absolute, equal_nan)


def _account(x: Any, y: Any, rtol: float, atol: float, equal_nan: bool) -> str:
    """How many elements differ, and by how much at most."""
    wrong = ~np.isclose(x, y, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if x.dtype.kind == "b":
        x, y = x.astype(np.int64), y.astype(np.int64)
    absolute = np.where(wrong, np.abs(x - y), 0)
    exact = absolute.dtype.kind in "iu" and bool(x.ndim)
    divided = (v.astype(np.float32) if exact else v for v in (absolute, np.abs(y)))
    relative = np.where(wrong, np.divide(*divided), 0)
    same = "equal" if rtol == atol == 0 else "close"
    limits = ("", "") if same == "equal" else (f" (up to {atol} allowed)", f" (up to {rtol} allowed)")
    if not x.ndim:
        return (
            f"Scalars are not {same}!\n\nExpected {y.item()} but got {x.item()}.\n"
            f"Absolute difference: {absolute.item()}{limits[0]}\nRelative difference: {relative.item()}{limits[1]}"
        )
    count = int(wrong.sum())
    lines = [f"Tensor-likes are not {same}!\n", f"Mismatched elements: {count} / {x.size} ({count / x.size:.1%})"]
    for what, values, limit in (("absolute", absolute, limits[0]), ("relative", relative, limits[1])):
        at = tuple(int(i) for i in np.unravel_index(int(np.argmax(values)), values.shape))
        lines.append(f"Greatest {what} difference: {values[at].item()} at index {at}{limit}")
    return "\n".join(lines)
