"""Switches that programs throw out of habit: `torch.backends`, deterministic algorithms, default device and type.

What can be followed is followed (the default type); what has no meaning on NumPy is accepted, remembered and told.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from engine import backends, dtypes, storage

__all__ = [
    "are_deterministic_algorithms_enabled",
    "compile",
    "get_default_device",
    "get_float32_matmul_precision",
    "is_storage",
    "set_default_device",
    "set_default_tensor_type",
    "set_float32_matmul_precision",
    "use_deterministic_algorithms",
    "version",
]

version = SimpleNamespace(cuda=None, hip=None, debug=False)
_state = {"deterministic": False, "precision": "highest"}


class Backend:
    """One of torch's libraries: there or not, with switches that are remembered."""

    __module__ = "torch.backends"
    __slots__ = ("allow_tf32", "benchmark", "deterministic", "enabled")

    def __init__(self) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, name == "enabled")

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, bool(value))

    def is_available(self) -> bool:
        """No: arrays are NumPy's or CuPy's."""
        return False

    is_built = is_available

    def version(self) -> None:
        """None: the library is not here."""
        return

    @property
    def matmul(self) -> Backend:
        """The switches of matrix products: the same."""
        return self


cudnn, mps, cuda, mkl, mkldnn, openmp = (Backend() for _ in range(6))


def reset() -> None:
    """As they were before any program threw a switch."""
    for backend in (cudnn, mps, cuda, mkl, mkldnn, openmp):
        Backend.__init__(backend)
    _state.update(deterministic=False, precision="highest")


def compile(model: Callable[..., Any] | None = None, **options: Any) -> Any:
    """The model or function as it is: its operations are what there is to see."""
    return (lambda function: function) if model is None else model


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Everything is deterministic here; the switch is remembered."""
    _state["deterministic"] = bool(mode)


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was last told."""
    return bool(_state["deterministic"])


def set_float32_matmul_precision(precision: str) -> None:
    """Products are always of the highest precision; the wish is remembered."""
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f"Invalid precision {precision}. Expected one of 'highest', 'high', 'medium'.")
    _state["precision"] = precision


def get_float32_matmul_precision() -> Any:
    """What `set_float32_matmul_precision` was last told."""
    return _state["precision"]


def set_default_device(device: Any) -> None:
    """The CPU is the default, and the only one so far; name another with `device=` or `.to`."""
    if device is not None and backends.device(device).type != "cpu":
        raise RuntimeError("the default device is the CPU here; name another one with device=... or .to(...)")


def get_default_device() -> backends.device:
    """Where tensors are made when no device is named."""
    return backends.CPU


def set_default_tensor_type(t: Any) -> None:
    """The old way to set the default type: a typed constructor, or its name such as "torch.DoubleTensor"."""
    name = t if isinstance(t, str) else f"torch.{t.__name__}"
    found = next((d for d in dtypes.ALL if f"torch.{d.tensor_type}" == name), None)
    if found is None:
        raise TypeError(f"invalid type name or type: {name}")
    dtypes.set_default_dtype(found)


def is_storage(obj: Any) -> bool:
    """Whether `obj` is what `x.storage()` gives."""
    return isinstance(obj, storage.TypedStorage | storage.UntypedStorage)
