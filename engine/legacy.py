"""The old constructors: `torch.Tensor(2, 3)`, `torch.FloatTensor([1, 2])` and their like, and old methods.

Integers are sizes, a sequence is data.  Each typed name is also a class for `isinstance`, as in PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from engine import dtypes, queries
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


def apply_(self: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """Every element replaced by what a Python function makes of it."""
    return _filled(self, [callable(v) for v in self.flatten().tolist()])


def map_(self: Tensor, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """Every element replaced by what a Python function makes of it and of another tensor's."""
    pairs = zip(self.flatten().tolist(), tensor.expand_as(self).flatten().tolist(), strict=True)
    return _filled(self, [callable(a, b) for a, b in pairs])


def _filled(self: Tensor, values: list[Any]) -> Tensor:
    return self.copy_(run(OPS["tensor"], (values,), {"dtype": self.dtype}).view(self.shape))  # type: ignore[no-any-return]


def pin_memory(self: Tensor, device: Any = None) -> NoReturn:
    """Pages that a GPU reads fast: there is none on the CPU."""
    raise RuntimeError("Cannot access accelerator device when none is available.")


METHODS: dict[str, Any] = {
    "new": new,
    "apply_": apply_,
    "map_": map_,
    "pin_memory": pin_memory,
    "share_memory_": lambda self: self,
    "is_shared": lambda self: False,
    "is_pinned": lambda self: False,
    "is_nonzero": queries.is_nonzero,
    "is_same_size": queries.is_same_size,
    "is_cpu": property(lambda self: self.device.type == "cpu"),
    "as_subclass": lambda self, cls: self,
}

Tensor.__init__ = initialise  # type: ignore[assignment]
for _name, _method in METHODS.items():
    setattr(Tensor, _name, _method)
