"""Copies and conversions: types, devices, `clone`, `detach`, and writing one tensor into another."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import backends, dtypes
from engine.registry import arr, composite, is_tensor, op, sample
from engine.tensor import Tensor

Array = Any
SHAPED = [sample(arr(2, 3))]


@op(
    "clone",
    "input",
    family="shape",
    doc="A copy with storage of its own.",
    grads={"input": ("g", lambda F, g, s: g)},
    samples=SHAPED,
)
def clone(input: Array, *, memory_format: Any = None) -> Array:
    return input if isinstance(input, np.generic) else input.copy(order="K")


@op(
    "_kept_gradient",
    "input",
    family="shape",
    doc="A gradient as `.grad` keeps it under create_graph.",
    backward="CopyBackwards",
    grads={"input": ("g", lambda F, g, s: g)},
)
def _kept_gradient(input: Array) -> Array:
    return input if isinstance(input, np.generic) else input.copy()


@op(
    "_contiguous_clone",
    "input",
    family="shape",
    doc="A copy whose elements lie in order.",
    backward="CloneBackward0",
    grads={"input": ("g", lambda F, g, s: g)},
)
def _contiguous_clone(input: Array) -> Array:
    return input.copy(order="C")


@composite(
    "contiguous",
    "input",
    family="shape",
    doc="The tensor itself, or a copy whose elements lie in order.",
    function=False,
)
def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    return input if input.is_contiguous() else input._contiguous_clone()


@op(
    "detach",
    "input",
    family="shape",
    doc="The same storage without history.",
    view=True,
    samples=SHAPED,
)
def detach(input: Array) -> Array:
    return input.view()


@op(
    "alias",
    "input",
    family="shape",
    doc="A view of everything.",
    view=True,
    function=False,
    method=False,
    grads={"input": ("g", lambda F, g, s: g)},
)
def alias(input: Array) -> Array:
    return input.view()


@op(
    "_cast",
    "input",
    family="shape",
    doc="A change of type.",
    backward="ToCopyBackward0",
    grads={"input": ("g", lambda F, g, s: g)},
)
def _cast(input: Array, dtype: Any) -> Array:
    return cast_array(input, np.dtype(dtype))


@op(
    "_to_copy",
    "input",
    family="shape",
    doc="A copy of another type or on another device.",
    grads={"input": ("g, converted back", lambda F, g, s: F._back_to(g, s.device, s.input_dtype))},
)
def _to_copy(input: Array, dtype: Any = None, device: Any = None) -> Array:
    data = input if device is None else backends.move(input, device)
    return cast_array(data, data.dtype if dtype is None else dtype.np)


@op(
    "_back_to",
    "g",
    family="shape",
    doc="A gradient back on its input's device.",
    grads={"input": ("g", lambda F, g, s: g)},
)
def _back_to(input: Array, device: Any, dtype: Any) -> Array:
    if device is not None and backends.device_of(input).type != "cpu":
        input = backends.move(input, "cpu")
    return input.astype(dtype)


def cast_array(input: Array, target: np.dtype[Any]) -> Array:
    """`input` in another type, copied; floats become integers as C converts them, also out of range."""
    if input.dtype.kind in "fV" and target.kind in "iu":
        wide = input.astype(np.int64)
        return wide.astype(target)
    if target.itemsize == 2 and target.kind in "fV":
        return input.astype(np.float32).astype(target)  # as C++ does, by way of float
    if input.dtype.kind == "c" and target.kind not in "cb":
        return input.real.astype(target)
    return input.astype(target)


def _target(args: tuple[Any, ...], dtype: Any, device: Any) -> tuple[Any, Any]:
    """The type and device that the arguments of `to` name."""
    for a in args:
        if isinstance(a, dtypes.dtype):
            dtype = a
        elif isinstance(a, Tensor):
            dtype, device = a.dtype, a.device
        elif isinstance(a, str | backends.device | int) and not isinstance(a, bool):
            device = a
    return dtype, device


@composite(
    "to",
    "input, converted",
    family="shape",
    doc="The tensor as another type or on another device; itself where nothing changes.",
    function=False,
)
def to(
    input: Tensor,
    *args: Any,
    dtype: Any = None,
    device: Any = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: Any = None,
) -> Tensor:
    dtype, device = _target(args, dtype, device)
    if device is not None:
        device = device if isinstance(device, backends.device) else backends.device(device)
        if device.type != "cpu":
            backends.library(device)
    stays = device is None or device.type == input.device.type
    if (dtype is None or dtype is input.dtype) and stays and not copy:
        return input
    return input._to_copy(dtype, None if stays else device)  # type: ignore[no-any-return]


def _conversion(name: str, target: dtypes.dtype) -> None:
    def convert(input: Tensor, memory_format: Any = None) -> Tensor:
        return input.to(target)  # type: ignore[no-any-return]

    composite(
        name,
        f"input as {target}",
        family="shape",
        doc=f"The tensor as {target}.",
        function=False,
        samples=SHAPED,
    )(convert)


for _name, _target_type in (
    *(("half", dtypes.float16), ("bfloat16", dtypes.bfloat16), ("float", dtypes.float32), ("double", dtypes.float64)),
    *(("short", dtypes.int16), ("int", dtypes.int32), ("long", dtypes.int64)),
    *(("char", dtypes.int8), ("byte", dtypes.uint8), ("bool", dtypes.bool_)),
):
    _conversion(_name, _target_type)


@composite("type_as", "input as other's type", family="shape", doc="The tensor in another's type.", function=False)
def type_as(input: Tensor, other: Tensor) -> Tensor:
    return input.to(other.dtype)  # type: ignore[no-any-return]


@composite(
    "type", "input as a type", family="shape", doc="The name of the type, or the tensor in another.", function=False
)
def type_(input: Tensor, dtype: Any = None) -> Any:
    if dtype is None:
        return f"torch.{'cuda.' if input.is_cuda else ''}{input.dtype.tensor_type}"
    if isinstance(dtype, str):
        named = {f"torch.{t.tensor_type}": t for t in dtypes.ALL}
        if dtype not in named:
            raise ValueError(f"invalid type: '{dtype}'")
        dtype = named[dtype]
    return input.to(getattr(dtype, "dtype", dtype))


@composite("cpu", "input", family="shape", doc="The tensor in host memory.", function=False)
def cpu(input: Tensor) -> Tensor:
    return input.to("cpu")  # type: ignore[no-any-return]


@composite("cuda", "input", family="shape", doc="The tensor on the GPU.", function=False)
def cuda(input: Tensor, device: Any = None, non_blocking: bool = False) -> Tensor:
    return input.to("cuda" if device is None else device)  # type: ignore[no-any-return]


@op(
    "copy",
    "src",
    family="indexing",
    doc="The elements of another tensor, written over these.",
    function=False,
    method=False,
    inplace=True,
    backward="CopyBackwards",
    grads={
        "input": ("0", lambda F, g, s: F.zeros_of(g, s.input_shape)),
        "src": ("g", lambda F, g, s: g),
    },
)
def copy(input: Array, src: Any, non_blocking: bool = False) -> Array:
    src = np.asarray(src) if not hasattr(src, "dtype") else src
    try:
        found = np.broadcast_to(src, input.shape)
    except ValueError:
        raise RuntimeError(mismatch(src.shape, input.shape)) from None
    return cast_array(found, input.dtype) if found.dtype != input.dtype else found


def mismatch(have: tuple[int, ...], want: tuple[int, ...]) -> str:
    """The sentence for a value whose shape does not fit where it is written."""
    if len(have) > len(want):
        return f"output with shape {list(want)} doesn't match the broadcast shape {list(have)}"
    lead = len(want) - len(have)
    d = max(i for i, n in enumerate(have) if n not in (1, want[i + lead]))
    return (
        f"The size of tensor a ({want[d + lead]}) must match the size of tensor b ({have[d]}) at non-singleton "
        f"dimension {d + lead}"
    )


@op(
    "zero",
    "0",
    family="creation",
    doc="Zeros.",
    function=False,
    method=False,
    inplace=True,
    grads={"input": ("0", lambda F, g, s: F.zeros_of(g, g.shape))},
)
def zero(input: Array) -> Array:
    return np.zeros_like(input)


@op(
    "fill",
    "value",
    family="creation",
    doc="One value everywhere.",
    method=False,
    inplace=True,
    backward=lambda call: "FillBackward3" if is_tensor(call["value"]) else "FillBackward2",
    grads={"input": ("0", lambda F, g, s: F.zeros_of(g, g.shape)), "value": ("Σ g", lambda F, g, s: F.sum(g))},
)
def fill(input: Array, value: Any) -> Array:
    if getattr(value, "ndim", 0):
        raise RuntimeError(f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions.")
    return np.full_like(input, value)
