"""The old constructors: `torch.Tensor(2, 3)`, `torch.FloatTensor([1, 2])`, `torch.LongTensor(array)` and their like.

Integers are sizes, a sequence is data.  Each typed name is also a class for `isinstance`, as in PyTorch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes
from engine.apply import run
from engine.ops.sizes import is_integer
from engine.registry import OPS
from engine.signatures import Signature, combinations
from engine.tensor import Size, Tensor

SIGNATURES = [
    Signature("new", text)
    for text in (
        "(*, torch.device device = None)",
        "(torch.Storage storage)",
        "(Tensor other)",
        "(tuple of ints size, *, torch.device device = None)",
        "(object data, *, torch.device device = None)",
    )
]


OPTIONS = (
    "TensorOptions(dtype={}, device=cpu, layout=Strided, requires_grad=false (default), pinned_memory=false (default), "
    "memory_format=(nullopt))"
)


def build(dtype: dtypes.dtype, args: tuple[Any, ...], any_type: bool = False) -> Tensor:
    """What the constructor of `dtype` makes of its arguments: sizes, one tensor (of `any_type`), or data."""
    if len(args) == 1 and isinstance(args[0], Size):
        args = tuple(args[0])
    if not args or all(is_integer(arg) for arg in args):
        return run(OPS["empty"], (tuple(args) or (0,),), {"dtype": dtype})  # type: ignore[no-any-return]
    if len(args) > 1:
        raise TypeError(combinations(SIGNATURES, args, {}))
    (data,) = args
    if isinstance(data, Tensor):
        if data.dtype is not dtype and not any_type:
            wanted, got = (OPTIONS.format(dtypes.CPP_NAMES[d]) for d in (dtype, data.dtype))
            raise TypeError(f"expected {wanted} (got {got})")
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


def initialise(self: Tensor, *args: Any, device: Any = None, **unknown: Any) -> None:
    """`torch.Tensor(...)`: the constructor of the default dtype."""
    if unknown:
        raise TypeError(combinations(SIGNATURES, args, unknown))
    self._data = build(dtypes.get_default_dtype(), args, any_type=True)._data


def new(self: Tensor, *args: Any) -> Tensor:
    """`x.new(...)`: the constructor of the tensor's own type."""
    return build(self.dtype, args)


Tensor.__init__ = initialise  # type: ignore[assignment]
Tensor.new = new  # type: ignore[attr-defined]
