"""PyTorch's samples as calls on the engine: tensors, dtypes and devices converted, the function found by name.

Many entries of the operator database are small Python functions over `torch`; those run on the engine as they are,
with `torch` meaning the engine.
"""

from __future__ import annotations

import functools
import importlib
import types
from collections.abc import Callable
from typing import Any

import numpy as np

import engine
from engine.tensor import wrap

torch: Any = importlib.import_module("torch")
SAMPLES_MODULE = "torch.testing"
MOST_DIMENSIONS = 32


class Unconvertible(Exception):
    """A sample that holds something the engine has no counterpart of."""


def array_of(t: Any) -> Any:
    """The values of a torch tensor in a NumPy array of its own, laid out in its storage in the same way."""
    t = t.detach()
    if t.dtype is torch.bfloat16:  # NumPy knows its bits only
        return with_type(array_of(t.view(torch.int16)), engine.bfloat16.np)
    if t.dtype is torch.float16:
        _ = engine.float16.np  # what `torch.tensor` would note
    if t.ndim == 0 and t.untyped_storage().nbytes() == t.itemsize:
        return t.numpy()[()]
    if t.numel() == 0:
        return np.ascontiguousarray(t.numpy())
    held = t.untyped_storage().nbytes() // t.itemsize
    flat = torch.as_strided(t, (held,), (1,), 0).numpy().copy()
    strides = [s * flat.itemsize if n > 1 else 0 for n, s in zip(t.shape, t.stride(), strict=True)]
    if sum((n - 1) * s for n, s in zip(t.shape, t.stride(), strict=True)) >= held:
        raise Unconvertible("a tensor that reaches beyond its storage")
    return np.ndarray(tuple(t.shape), flat.dtype, flat, t.storage_offset() * flat.itemsize, strides)


def with_type(bits: Any, kind: Any) -> Any:
    """The same bits as numbers of another type, in memory of their own."""
    if not isinstance(bits, np.ndarray):
        return bits.view(kind)
    if not bits.size:
        return np.empty(bits.shape, kind)
    flat = bits if bits.base is None else bits.base
    start = bits.__array_interface__["data"][0] - flat.__array_interface__["data"][0]
    return np.ndarray(bits.shape, kind, flat.reshape(-1).view(kind).copy(), start, bits.strides)


def to_torch(array: Any) -> Any:
    """An array as a torch tensor."""
    if array.dtype.kind == "V":
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)


def to_engine(value: Any, tensors: list[tuple[Any, Any]] | None = None) -> Any:
    """`value` with the engine's objects for torch's; pairs of float tensors that want gradients go into `tensors`."""
    if isinstance(value, torch.Tensor):
        if value.ndim > MOST_DIMENSIONS:
            raise Unconvertible(f"a tensor of {value.ndim} dimensions")
        if value.device.type != "cpu" or value.layout is not torch.strided or value.is_complex():
            raise Unconvertible(f"a {value.dtype} tensor of layout {value.layout}")
        found = wrap(array_of(value))
        if value.requires_grad:
            found.requires_grad_()
            if tensors is not None:
                tensors.append((value, found))
        return found
    if isinstance(value, torch.dtype):
        return counterpart(engine, str(value).removeprefix("torch."))
    if isinstance(value, torch.device):
        return engine.device(str(value))
    if isinstance(value, torch.layout | torch.memory_format):
        return counterpart(engine, str(value).removeprefix("torch."))
    if isinstance(value, torch.Size):
        return engine.Size(value)
    if isinstance(value, torch.nn.Module | torch.Generator):
        raise Unconvertible(f"a {type(value).__name__}")
    if isinstance(value, tuple | list):
        items = [to_engine(v, tensors) for v in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        return {k: to_engine(v, tensors) for k, v in value.items()}
    if isinstance(value, types.FunctionType) and value.__module__.startswith("torch."):
        return on_engine(value)
    return value


def counterpart(owner: Any, path: str) -> Any:
    """`owner.a.b.c` for the path "a.b.c"; Unconvertible where there is none."""
    for part in path.split("."):
        try:
            owner = getattr(owner, part)
        except AttributeError:
            raise Unconvertible(f"no {path}") from None
    return owner


def on_engine(function: types.FunctionType) -> Callable[..., Any]:
    """A Python function over torch, over the engine instead."""
    names = dict(function.__globals__)
    names["torch"] = engine
    names["F"] = getattr(getattr(engine, "nn", None), "functional", None)
    for name, value in function.__globals__.items():
        if name in function.__code__.co_names and isinstance(value, types.FunctionType) and value is not function:
            names[name] = on_engine(value) if value.__module__.startswith(SAMPLES_MODULE) else value
    names["wrapper_set_seed"] = seeded
    cells = tuple(types.CellType(_cell(c.cell_contents)) for c in function.__closure__ or ())
    copy = types.FunctionType(function.__code__, names, function.__name__, function.__defaults__, cells or None)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def seeded(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What the database calls `wrapper_set_seed`: the function with a fixed seed."""
    engine.manual_seed(42)
    return function(*args, **kwargs)


def _cell(value: Any) -> Any:
    if isinstance(value, types.FunctionType) and value.__module__.startswith(SAMPLES_MODULE):
        return on_engine(value)
    if isinstance(value, types.BuiltinFunctionType) and hasattr(engine, value.__name__):
        return getattr(engine, value.__name__)
    return value


def function_for(entry: Any) -> Callable[..., Any] | None:
    """The engine's function for an entry of the operator database; None if it has none."""
    if isinstance(entry.op, types.FunctionType) and entry.op.__module__.startswith(SAMPLES_MODULE):
        return on_engine(entry.op)
    for owner in (engine, engine.Tensor):
        try:
            return counterpart(owner, entry.name)  # type: ignore[no-any-return]
        except Unconvertible:
            continue
    return None


def method_for(variant: Any) -> Callable[..., Any] | None:
    """The engine's method for a method of torch.Tensor, or function for a function; None if it has none."""
    if isinstance(variant, types.FunctionType) and variant.__module__.startswith(SAMPLES_MODULE):
        return on_engine(variant)
    if isinstance(variant, functools.partial):
        path = f"{variant.func.__module__}.{variant.func.__name__}".removeprefix("torch.")
        return functools.partial(counterpart(engine, path), **variant.keywords)
    name = getattr(variant, "__name__", "")
    return getattr(engine.Tensor, name, None)
