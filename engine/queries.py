"""Questions about tensors and types that torch answers by functions: `is_tensor`, `result_type`, `broadcast_shapes`."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes, errors
from engine.tensor import Size, Tensor

_threads = 1


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a Tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the type is a floating-point one."""
    return input.is_floating_point()


def is_complex(input: Tensor) -> bool:
    """Whether the type is a complex one."""
    return input.is_complex()


def is_nonzero(input: Tensor) -> bool:
    """Whether a tensor of one element is not zero."""
    if input.numel() != 1:
        raise RuntimeError(errors.AMBIGUOUS.format("more than one value" if input.numel() else "no values"))
    return bool(input)


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have one shape."""
    return input.shape == other.shape


def numel(input: Tensor) -> int:
    """The number of elements."""
    if not isinstance(input, Tensor):
        raise TypeError(f"numel(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    return input.numel()


def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """The type of an arithmetic operation on two."""
    return dtypes.result_type([x._data if isinstance(x, Tensor) else x for x in (tensor1, tensor2)])


def can_cast(from_: dtypes.dtype, to: dtypes.dtype) -> bool:
    """Whether PyTorch's rules let one type become another in place."""
    return dtypes.can_cast(from_, to)


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape several shapes broadcast to."""
    plain = [(s,) if isinstance(s, int) else tuple(s) for s in shapes]
    if errors.broadcast(plain) is not None:
        raise RuntimeError(_mismatch(plain))
    return Size(np.broadcast_shapes(*plain))


def _mismatch(shapes: list[tuple[int, ...]]) -> str:
    """The sentence for shapes that do not broadcast, about the first that does not fit the ones before it."""
    result = [1] * max(map(len, shapes))
    for index, shape in enumerate(shapes):
        for at in range(-1, -1 - len(shape), -1):
            if shape[at] not in (1, result[at]):
                if result[at] != 1:
                    return (
                        f"Attempting to broadcast a dimension of length {shape[at]} at {at}! Mismatching argument at "
                        f"index {index} had {shape}; but expected shape should be broadcastable to {result}"
                    )
                result[at] = shape[at]
    raise AssertionError(shapes)


def typename(obj: Any) -> str:
    """The name of a type, as torch prints it."""
    if isinstance(obj, Tensor):
        return str(obj.type())
    home, name = type(obj).__module__, type(obj).__qualname__
    return name if home in ("builtins", "__main__") else f"{home}.{name}"


def get_num_threads() -> int:
    """How many threads computations use."""
    return _threads


def set_num_threads(count: int) -> None:
    """Remembered, and without effect: NumPy decides on threads itself."""
    global _threads
    if count <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    _threads = count
