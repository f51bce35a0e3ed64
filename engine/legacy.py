"""The old constructors: `torch.Tensor(2, 3)`, `torch.FloatTensor([1, 2])`, `torch.LongTensor(array)` and their like.

Integers are sizes, a sequence is data.  Each typed name is also a class for `isinstance`, as in PyTorch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes
from engine.apply import run
from engine.ops.sizes import is_integer, type_name
from engine.registry import OPS
from engine.tensor import Tensor

COMBINATIONS = (
    "new() received an invalid combination of arguments - got ({}), but expected one of:\n"
    " * (*, torch.device device = None)\n * (Tensor other)\n * (tuple of ints size, *, torch.device device = None)\n"
    " * (object data, *, torch.device device = None)\n"
)


def build(dtype: dtypes.dtype, args: tuple[Any, ...]) -> Tensor:
    """What the constructor of `dtype` makes of its arguments: sizes, one tensor, or data."""
    if not args or all(is_integer(arg) for arg in args):
        return run(OPS["empty"], (tuple(args) or (0,),), {"dtype": dtype})  # type: ignore[no-any-return]
    if len(args) > 1:
        raise TypeError(COMBINATIONS.format(", ".join(type_name(arg) for arg in args)))
    (data,) = args
    if isinstance(data, Tensor):
        if data.dtype is not dtype:
            raise TypeError(f"expected {dtype.tensor_type} (got {data.dtype.tensor_type})")
        return data.detach()  # type: ignore[no-any-return]
    if isinstance(data, str):
        raise TypeError("new(): invalid data type 'str'")
    if not isinstance(data, list | tuple | np.ndarray | range):
        raise TypeError(f"new(): data must be a sequence (got {type(data).__name__})")
    return run(OPS["tensor"], (data,), {"dtype": dtype})  # type: ignore[no-any-return]


class TypedConstructor(type):
    """The class of `FloatTensor` and its kin: calling one makes a Tensor of its dtype."""

    dtype: dtypes.dtype

    def __call__(cls, *args: Any) -> Tensor:
        return build(cls.dtype, args)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype


def constructors() -> dict[str, Any]:
    """All typed constructors by name, such as "FloatTensor"."""
    kinds = [kind for kind in dtypes.ALL if not kind.is_complex]
    return {k.tensor_type: TypedConstructor(k.tensor_type, (), {"dtype": k, "__module__": "torch"}) for k in kinds}


def initialise(self: Tensor, *args: Any) -> None:
    """`torch.Tensor(...)`: the constructor of the default dtype."""
    self._data = build(dtypes.get_default_dtype(), args)._data


Tensor.__init__ = initialise  # type: ignore[assignment]
