"""Operators that make tensors: from data, from constants, as ranges, and beside existing ones.

Reading Python data is data.py's, random tensors are draw.py's.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import dtypes
from engine.apply import run
from engine.backends import NO_BFLOAT16, Array, library, library_of, move
from engine.ops.data import from_data, readable
from engine.ops.sizes import numpy_dtype, size_of
from engine.registry import OPS, arr, composite, op, sample
from engine.tensor import Tensor

OUT_OF_MEMORY = (
    "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate "
    "{} bytes. Error code 12 (Cannot allocate memory)"
)


def allocate(shape: tuple[int, ...], dtype: np.dtype[Any], device: Any = None, like: Array = None) -> Array:
    """Zeros of this shape on `device`, or beside `like`; a shape too big for memory is refused in torch's words."""
    try:
        home = library(device) if like is None or device is not None else library_of(like)
        if home is not np and dtype.kind == "V":
            raise NotImplementedError(NO_BFLOAT16)
        return home.zeros(shape, dtype)
    except (MemoryError, ValueError):
        raise RuntimeError(OUT_OF_MEMORY.format(math.prod(shape) * dtype.itemsize)) from None


def filled(shape: tuple[int, ...], value: Any, dtype: np.dtype[Any], device: Any = None, like: Array = None) -> Array:
    """A new array full of `value`."""
    made = allocate(shape, dtype, device, like)
    made[...] = value
    return made


def beside(input: Array, dtype: Any, device: Any, name: str) -> Array:
    """Zeros of `input`'s shape and memory order, of its dtype and on its device unless others are given."""
    made = np.zeros_like(input, dtype=numpy_dtype(name, dtype, input.dtype), subok=False)
    return made if device is None else move(made, device)


@op(
    "tensor",
    "data",
    family="creation",
    doc="A new tensor of the numbers in a nested list, an array or another tensor; the data is copied.",
    method=False,
    samples=[sample([[1.0, 2.0], [3.0, 4.0]]), sample(3)],
)
def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    wanted = None if dtype is None else numpy_dtype("tensor", dtype)
    return move(from_data(data, wanted, dtypes.get_default_dtype().np), device or "cpu")


@op(
    "scalar_tensor",
    "s",
    family="creation",
    doc="A 0-d tensor of a number, in the default type.",
    method=False,
    samples=[sample(2.5)],
)
def scalar_tensor(s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    return filled((), s, numpy_dtype("scalar_tensor", dtype), device)


@op(
    "from_numpy",
    "ndarray",
    family="creation",
    doc="A tensor that shares its memory with a NumPy array.",
    view=True,
    method=False,
)
def from_numpy(ndarray: Any) -> Array:
    if not isinstance(ndarray, np.ndarray):
        kind = type(ndarray)
        name = f"numpy.{kind.__name__}" if isinstance(ndarray, np.generic) else kind.__name__
        raise TypeError(f"expected np.ndarray (got {name})")
    readable(ndarray)
    if not ndarray.dtype.isnative:
        raise ValueError(
            "given numpy array has byte order different from the native byte order. Conversion between byte orders is "
            "currently not supported."
        )
    if any(stride < 0 for stride in ndarray.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not "
            "currently supported. (You can probably work around this by making a copy of your array  with "
            "array.copy().) "
        )
    return ndarray


@composite(
    "as_tensor",
    "data",
    family="creation",
    doc="The data as a tensor, sharing its memory where that is possible.",
    method=False,
    aliases=("asarray",),
)
def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Any:
    if isinstance(data, np.ndarray) and (dtype is None or numpy_dtype("as_tensor", dtype) == data.dtype):
        data = run(OPS["from_numpy"], (data,), {})
    if isinstance(data, Tensor):
        wanted = data.dtype if dtype is None else dtypes.from_numpy(numpy_dtype("as_tensor", dtype))
        return data.to(device=data.device if device is None else device, dtype=wanted)
    return run(OPS["tensor"], (data,), {"dtype": dtype, "device": device})


@op(
    "zeros",
    "0",
    family="creation",
    doc="A tensor of zeros.",
    method=False,
    variadic="size",
    samples=[sample(2, 3)],
)
def zeros(size: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    return allocate(size_of("zeros", size), numpy_dtype("zeros", dtype), device)


@op(
    "ones",
    "1",
    family="creation",
    doc="A tensor of ones.",
    method=False,
    variadic="size",
    samples=[sample(2, 3)],
)
def ones(size: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    return filled(size_of("ones", size), 1, numpy_dtype("ones", dtype), device)


@op(
    "empty",
    "?",
    family="creation",
    doc="A tensor whose values are not set; here they are zeros, so that runs repeat.",
    method=False,
    variadic="size",
    samples=[sample(2, 3)],
)
def empty(size: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    return allocate(size_of("empty", size), numpy_dtype("empty", dtype), device)


@op(
    "full",
    "fill_value",
    family="creation",
    doc="A tensor full of one value.",
    method=False,
    samples=[sample((2, 3), 1.5)],
)
def full(size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    own = fill_value.dtype if hasattr(fill_value, "dtype") else dtypes.of_python(fill_value).np
    wanted = numpy_dtype("full", dtype, own)
    return filled(size_of("full", size), fits(fill_value, wanted), wanted, device)


C_NAMES = {"float32": "float", "float64": "double", "float16": "at::Half", "bfloat16": "at::BFloat16"}


def fits(value: Any, dtype: np.dtype[Any]) -> Any:
    """`value`, if an array of `dtype` can hold it."""
    if dtype.kind == "b":
        return bool(value)
    number = value.item() if hasattr(value, "item") else value
    if dtype.kind in "fV":
        inside = not math.isfinite(number) or abs(number) <= dtypes.largest(dtype)
    else:
        limits = np.iinfo(dtype)
        # Negative numbers wrap around in unsigned dtypes, as in C++.
        inside = (-limits.max if dtype.kind == "u" else limits.min) <= number <= limits.max
    if not inside:
        name = C_NAMES.get(dtype.name, f"{dtype.name}_t")
        raise RuntimeError(f"value cannot be converted to type {name} without overflow")
    return int(number) % 256 if dtype.kind == "u" else number


@op(
    "zeros_like",
    "0",
    family="creation",
    doc="Zeros, in the shape of another tensor.",
    method=False,
    samples=[sample(arr(2, 3))],
)
def zeros_like(input: Array, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    return beside(input, dtype, device, "zeros_like")


@op(
    "ones_like",
    "1",
    family="creation",
    doc="Ones, in the shape of another tensor.",
    method=False,
    samples=[sample(arr(2, 3))],
)
def ones_like(input: Array, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    made = beside(input, dtype, device, "ones_like")
    made[...] = 1
    return made


@op(
    "empty_like",
    "?",
    family="creation",
    doc="Values not set, in the shape of another tensor.",
    method=False,
    samples=[sample(arr(2, 3))],
)
def empty_like(input: Array, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    return beside(input, dtype, device, "empty_like")


@op(
    "full_like",
    "fill_value",
    family="creation",
    doc="One value, in the shape of another tensor.",
    method=False,
    samples=[sample(arr(2, 3), 2.5)],
)
def full_like(
    input: Array, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Array:
    made = beside(input, dtype, device, "full_like")
    made[...] = fits(fill_value, made.dtype)
    return made


@op(
    "new_tensor",
    "data",
    family="creation",
    doc="A new tensor of the given data, of this tensor's dtype.",
    function=False,
)
def new_tensor(input: Array, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    wanted = numpy_dtype("new_tensor", dtype, input.dtype)
    return move(from_data(data, wanted, dtypes.get_default_dtype().np), device or "cpu")


@op(
    "new_zeros",
    "0",
    family="creation",
    doc="Zeros, of this tensor's dtype.",
    function=False,
    variadic="size",
    samples=[sample(arr(2), 2, 3)],
)
def new_zeros(input: Array, size: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    return allocate(size_of("new_zeros", size), numpy_dtype("new_zeros", dtype, input.dtype), device, input)


@op(
    "new_ones",
    "1",
    family="creation",
    doc="Ones, of this tensor's dtype.",
    function=False,
    variadic="size",
    samples=[sample(arr(2), 2, 3)],
)
def new_ones(input: Array, size: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    return filled(size_of("new_ones", size), 1, numpy_dtype("new_ones", dtype, input.dtype), device, input)


@op(
    "new_empty",
    "?",
    family="creation",
    doc="Values not set, of this tensor's dtype.",
    function=False,
    variadic="size",
    samples=[sample(arr(2), 2, 3)],
)
def new_empty(input: Array, size: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Array:
    return allocate(size_of("new_empty", size), numpy_dtype("new_empty", dtype, input.dtype), device, input)


@op(
    "new_full",
    "fill_value",
    family="creation",
    doc="One value, of this tensor's dtype.",
    function=False,
    samples=[sample(arr(2), (2, 3), 1.5)],
)
def new_full(
    input: Array, size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Array:
    wanted = numpy_dtype("new_full", dtype, input.dtype)
    return filled(size_of("new_full", size), fits(fill_value, wanted), wanted, device, input)
