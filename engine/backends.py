"""Array libraries: NumPy always, CuPy when asked for and present.

Forwards call NumPy functions, which dispatch to the array's own library; only making new arrays needs to say where.
CuPy is imported the first time "cuda" is named, never before.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np

Array = Any

gpu_in_use = False
"""Set when the first array on another device is made; until then all arrays are NumPy's and need no device checks."""

TYPES = (
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, "
    "privateuseone"
)


class device:  # noqa: N801 - the name is PyTorch's
    """Where a tensor lives: `device("cpu")`, `device("cuda", 0)`."""

    __module__ = "torch"
    __slots__ = ("index", "type")

    type: str
    index: int | None

    def __init__(self, device: Any = "cpu", index: int | None = None) -> None:
        if isinstance(device, int):
            self.type, self.index = "cuda", device
            return
        if not isinstance(device, str):
            self.type, self.index = device.type, device.index
            return
        name, _, number = device.partition(":")
        if name not in TYPES.split(", "):
            raise RuntimeError(f"Expected one of {TYPES} device type at start of device string: {name}")
        if _ and not re.fullmatch(r"\d+", number):
            raise RuntimeError(f"Invalid device string: '{device}'")
        self.type = name
        self.index = int(number) if number else index

    def __repr__(self) -> str:
        at = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{at})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))


CPU = device("cpu")
NO_BFLOAT16 = "\"copy_kernel\" not implemented for 'BFloat16' on cuda: CuPy has no such type, use torch.float16 there"


class layout:  # noqa: N801 - the name is PyTorch's
    """How elements lie in memory; there is only the strided one."""

    __module__ = "torch"

    def __repr__(self) -> str:
        return "torch.strided"


strided = layout()


class memory_format:  # noqa: N801 - the name is PyTorch's
    """How a copy's elements are to lie in memory; accepted for what it says, copies lie in order."""

    __module__ = "torch"

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")


@lru_cache(maxsize=1)
def _cupy() -> ModuleType | None:
    try:
        import cupy
    except ImportError:
        return None
    return cupy  # type: ignore[no-any-return]


def cuda_device_count() -> int:
    """How many CUDA devices answer; 0 without CuPy or a driver."""
    cupy = _cupy()
    if cupy is None:
        return 0
    try:
        return int(cupy.cuda.runtime.getDeviceCount())
    except cupy.cuda.runtime.CUDARuntimeError:
        return 0


def cuda() -> ModuleType:
    """CuPy with a device behind it; the error torch gives where there is none."""
    global gpu_in_use
    cupy = _cupy()
    if cupy is None:
        raise AssertionError("Torch not compiled with CUDA enabled")
    if cuda_device_count() == 0:
        raise RuntimeError(
            "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver "
            "from http://www.nvidia.com/Download/index.aspx"
        )
    gpu_in_use = True
    return cupy


def library(where: Any = None) -> ModuleType:
    """The array library of a device (a `device`, its name, or None for the CPU)."""
    if where is None:
        return np
    at = where if isinstance(where, device) else device(where)
    if at.type == "cpu":
        return np
    if at.type == "cuda":
        return cuda()
    raise RuntimeError(f"PyTorch is not linked with support for {at.type} devices")


def device_of(array: Array) -> device:
    """Where `array` lives."""
    if isinstance(array, np.ndarray | np.generic):
        return CPU
    at = getattr(array, "device", None)
    number = getattr(at, "id", None)
    return CPU if number is None else device("cuda", int(number))


def library_of(array: Array) -> Any:
    """The array library that `array` belongs to."""
    if isinstance(array, np.ndarray | np.generic):
        return np
    return getattr(array, "library", None) or cuda()


def zeros(shape: Any, dtype: Any, like: Array) -> Array:
    """A new array of zeros beside `like`."""
    return library_of(like).zeros(shape, dtype)


def ones(shape: Any, dtype: Any, like: Array) -> Array:
    """A new array of ones beside `like`."""
    return library_of(like).ones(shape, dtype)


def empty(shape: Any, dtype: Any, like: Array) -> Array:
    """A new array, its content undefined, beside `like`."""
    return library_of(like).empty(shape, dtype)


def arange(count: int, like: Array) -> Array:
    """The integers from 0 to `count` - 1, beside `like`."""
    return library_of(like).arange(count)


def asarray(values: Any, dtype: Any, like: Array) -> Array:
    """Python numbers as an array beside `like`."""
    return library_of(like).asarray(values, dtype)


def copied(array: Array, order: str = "K") -> Array:
    """A copy of an array or NumPy number that can be written, where the array lives."""
    return library_of(array).array(array, order=order)


def as_array(value: Any, like: Array) -> Array:
    """An array or a number as an array beside `like`."""
    return library_of(like).asarray(value)


def beside(where: tuple[Any, ...], like: Array) -> tuple[Any, ...]:
    """An index with its arrays brought beside `like`."""
    if isinstance(like, np.ndarray | np.generic):
        return where
    home = library_of(like)
    return tuple(home.asarray(i) if isinstance(i, np.ndarray) else i for i in where)


def to_numpy(array: Array) -> Any:
    """`array` copied to the host where it lives elsewhere."""
    if isinstance(array, np.ndarray | np.generic):
        return array
    return array.get()


def move(array: Array, where: Any) -> Array:
    """`array` on another device; itself if it is there."""
    at = where if isinstance(where, device) else device(where)
    if at.type == device_of(array).type:
        return array
    if at.type == "cpu":
        return to_numpy(array)
    xp = cuda()
    if array.dtype.kind == "V":
        raise NotImplementedError(NO_BFLOAT16)
    with xp.cuda.Device(at.index or 0):
        return xp.asarray(array)
