"""Operators that make sequences and index patterns: arange, linspace, logspace, eye, triangles of indices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import dtypes
from engine.backends import Array, library, move
from engine.ops.create import allocate
from engine.ops.sizes import is_integer, numpy_dtype, type_name
from engine.registry import op, sample


def number(name: str, argument: str, position: int, value: Any) -> Any:
    """A Python number out of a number or a 0-d array; TypeError for anything else."""
    if isinstance(value, int | float):
        return value
    if getattr(value, "shape", None) == ():
        return value.item()
    raise TypeError(f"{name}(): argument '{argument}' (position {position}) must be Number, not {type_name(value)}")


def ends(name: str, start: Any, end: Any) -> tuple[Any, Any]:
    """Both ends of a range as Python numbers."""
    dims = [getattr(value, "ndim", 0) for value in (start, end)]
    if any(dims):
        raise RuntimeError(
            f"{name} only supports 0-dimensional start and end tensors, but got start with {dims[0]} dimension(s) and "
            f"end with {dims[1]} dimension(s)."
        )
    return number(name, "start", 1, start), number(name, "end", 2, end)


def integer(name: str, argument: str, position: int, value: Any) -> int:
    """A Python integer; TypeError for anything else."""
    if not is_integer(value):
        raise TypeError(f"{name}(): argument '{argument}' (position {position}) must be int, not {type_name(value)}")
    return int(value)


@op(
    "arange",
    "start, start + step, … below end",
    family="creation",
    doc="Evenly spaced numbers from start up to, but without, end.",
    method=False,
    samples=[sample(5), sample(1, 2.5, 0.5)],
)
def arange(
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Array:
    if start is None and end is None:
        raise TypeError(
            "arange() received an invalid combination of arguments - got (), but expected one of:\n * (Number end)\n"
            " * (Number start, Number end, Number step = 1)\n"
        )
    if end is None:
        first, last = 0, number("arange", "end", 1, start)
    else:
        first = 0 if start is None else number("arange", "start", 1, start)
        last = number("arange", "end", 2, end)
    by = number("arange", "step", 3, step)
    whole = not any(isinstance(value, float) for value in (first, last, by))
    wanted = numpy_dtype("arange", dtype, np.int64 if whole else None)
    if wanted.kind == "b":
        raise NotImplementedError("\"arange_cpu\" not implemented for 'Bool'")
    if not (math.isfinite(first) and math.isfinite(last)):
        raise RuntimeError(f"unsupported range: {first} -> {last}")
    if wanted.kind in "iu":
        first, last, by = int(first), int(last), int(by)
    if by == 0:
        # A step that an integer dtype rounds to zero raises another type of error than a zero that was written.
        raise (ValueError if step else RuntimeError)("step must be nonzero")
    if (last - first) * by < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    count = math.ceil((last - first) / by)
    # Worked out in double precision, as torch does, and rounded once.
    values = first + by * np.arange(count, dtype=np.float64 if wanted.kind in "fV" else np.int64)
    return move(values.astype(wanted), device or "cpu")


def spaced(start: float, end: float, steps: int, dtype: np.dtype[Any]) -> Array:
    """`steps` numbers from start to end: the first half counted from the start, the second back from the end."""
    kind: Any = dtype.type if dtype.kind in "fV" else np.float64
    index = np.arange(steps, dtype=np.float64)
    by = np.float64(kind(kind(end) - kind(start)) / kind(max(steps - 1, 1)))
    return np.where(index < steps // 2, kind(start) + by * index, kind(end) - by * (steps - 1 - index))


@op(
    "linspace",
    "start … end in equal steps",
    family="creation",
    doc="A number of evenly spaced values from start to end, both included.",
    method=False,
    samples=[sample(0.0, 1.0, 5)],
)
def linspace(
    start: Any, end: Any, steps: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Array:
    first, last = ends("linspace", start, end)
    count = integer("linspace", "steps", 3, steps)
    if count < 0:
        raise RuntimeError("number of steps must be non-negative")
    wanted = numpy_dtype("linspace", dtype)
    if wanted.kind in "iu":
        first, last = int(first), int(last)
    values = spaced(first, last, count, wanted) if count != 1 else np.array([first])
    return move(values.astype(wanted), device or "cpu")


@op(
    "logspace",
    "base ^ (start … end in equal steps)",
    family="creation",
    doc="Powers of base with evenly spaced exponents from start to end, both included.",
    method=False,
    samples=[sample(0.0, 2.0, 5)],
)
def logspace(
    start: Any,
    end: Any,
    steps: Any,
    base: float = 10.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Array:
    first, last = ends("logspace", start, end)
    count = integer("logspace", "steps", 3, steps)
    if count < 0:
        raise RuntimeError("number of steps must be non-negative")
    wanted = numpy_dtype("logspace", dtype)
    exponents = np.linspace(first, last, count) if count != 1 else np.array([float(first)])
    return move((float(base) ** exponents).astype(wanted), device or "cpu")


@op(
    "eye",
    "1 where i = j, else 0",
    family="creation",
    doc="The identity matrix, or its n by m corner.",
    method=False,
    samples=[sample(3), sample(2, 3)],
)
def eye(n: Any, m: Any = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    rows = integer("eye", "n", 1, n)
    columns = rows if m is None else integer("eye", "m", 2, m)
    for name, size in (("n", rows), ("m", columns)):
        if size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
    made = allocate((rows, columns), numpy_dtype("eye", dtype), device)
    made.reshape(-1)[:: columns + 1][: min(rows, columns)] = 1
    return made


@op(
    "tril_indices",
    "all (i, j) with j ≤ i + offset",
    family="creation",
    doc="The row and column numbers of a matrix's lower triangle, as a tensor of two rows.",
    method=False,
    samples=[sample(3, 3)],
)
def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Array:
    found = np.stack(np.tril_indices(row, offset, col))
    return library(device).asarray(found.astype(numpy_dtype("tril_indices", dtype, dtypes.int64.np)))


@op(
    "triu_indices",
    "all (i, j) with j ≥ i + offset",
    family="creation",
    doc="The row and column numbers of a matrix's upper triangle, as a tensor of two rows.",
    method=False,
    samples=[sample(3, 3)],
)
def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Array:
    found = np.stack(np.triu_indices(row, offset, col))
    return library(device).asarray(found.astype(numpy_dtype("triu_indices", dtype, dtypes.int64.np)))
