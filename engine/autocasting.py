"""`torch.autocast`: inside it, listed operators run in a shorter type (autocast_policy.py has the lists).

Outside of it nothing here costs anything: entering changes the class of the listed rows to one that casts their
operands, leaving changes it back.  Casts are ordinary `ToCopyBackward0` nodes; a parameter is cast once and the cast
kept until the outermost block ends, so its gradient is summed in the short type and converted once, as in torch.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from engine import backends, dtypes
from engine.autocast_policy import policies
from engine.grad_mode import state as grad_state
from engine.registry import OPS, Op
from engine.tensor import Tensor

DEVICES = ("cpu", "cuda")
SHORT = (dtypes.bfloat16, dtypes.float16)


class State:
    """What is switched on, per device: whether, and to which type; and the casts of parameters that are kept."""

    def __init__(self) -> None:
        self.enabled = dict.fromkeys(DEVICES, False)
        self.dtype = {"cpu": dtypes.bfloat16, "cuda": dtypes.float16}
        self.cache_enabled = True
        self.nesting = 0
        self.cache: dict[int, tuple[Tensor, Tensor]] = {}
        self.inside = False
        self.rows: dict[str, Any] = {}


state = State()
POLICIES = {device: policies(device) for device in DEVICES}


class CastOp(Op):
    """A row while autocast is on: its operands are cast first."""

    __slots__ = ()

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        """The values of all parameters, those that are tensors cast."""
        return cast_values(self.name, Op.bind(self, args, kwargs))


def cast_values(name: str, values: list[Any]) -> list[Any]:
    """The arguments of an operator in the type that autocast runs it in."""
    tensors = [t for v in values for t in (v if isinstance(v, list | tuple) else (v,)) if isinstance(t, Tensor)]
    device = tensors[0].device.type if tensors else "cpu"
    if state.inside or not state.enabled.get(device):
        return values
    policy = POLICIES[device].get(name)
    if policy is None:
        return values
    target = state.dtype[device]
    if policy == "float":
        target = dtypes.float32
    elif policy == "widest":
        kinds = {t.dtype for t in tensors if eligible(t)}
        if len(kinds) < 2:
            return values
        target = dtypes.float32
    return [cast(v, target, policy == "lower") for v in values]


def eligible(t: Tensor) -> bool:
    """Whether autocast casts a tensor: floating point, and no float64."""
    return t.dtype.is_floating_point and t.dtype is not dtypes.float64


def cast(value: Any, target: dtypes.dtype, lower: bool) -> Any:
    """A tensor, or those in a list, in `target`; a parameter's cast is kept."""
    if isinstance(value, list | tuple):
        return (
            type(value)(cast(v, target, lower) for v in value) if any(isinstance(v, Tensor) for v in value) else value
        )
    if not isinstance(value, Tensor) or value.dtype is target or not eligible(value):
        return value
    keep = lower and state.cache_enabled and value._req and value._fn is None and value._base is None
    if not keep or value.dtype is not dtypes.float32:
        return value.to(target)
    found = state.cache.get(id(value))
    if found is None:
        found = state.cache[id(value)] = (value, value.to(target))
    return found[1]


def casting(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function written on tensors whose arguments autocast casts, and whose operators it then leaves alone."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not state.nesting or state.inside:
            return function(*args, **kwargs)
        values = cast_values(name, [*args, *kwargs.values()])
        state.inside = True
        try:
            return function(*values[: len(args)], **dict(zip(kwargs, values[len(args) :], strict=True)))
        finally:
            state.inside = False

    return call


def switch_rows() -> None:
    """Have the listed rows cast, or not any more, as the state says."""
    wanted = any(state.enabled.values())
    if wanted == bool(state.rows):
        return
    if not wanted:
        for name, forward in state.rows.items():
            if OPS[name].composite:
                OPS[name].forward = forward
            else:
                OPS[name].__class__ = Op
        state.rows = {}
        return
    grad_state.inference_seen = True  # sends the quick ways to the general one
    for name in set().union(*POLICIES.values()):
        op = OPS.get(name)
        if op is not None:
            state.rows[name] = op.forward
            if op.composite:
                op.forward = casting(name, op.forward)
            else:
                op.__class__ = CastOp


def is_available(device_type: str) -> bool:
    """Whether autocast knows a type of device."""
    return backends.device(device_type).type in DEVICES


def gpu_present() -> bool:
    """Whether there is a GPU that could compute."""
    return backends.cuda_device_count() > 0


class autocast:  # noqa: N801 - the name is PyTorch's
    """A `with` block, or a decorator, in which listed operators run in `dtype`."""

    __module__ = "torch.amp.autocast_mode"

    def __init__(
        self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        if not is_available(device_type):
            raise RuntimeError(f"User specified an unsupported autocast device_type '{device_type}'")
        self.device = device_type
        self.fast_dtype = state.dtype[device_type] if dtype is None else dtype
        self._cache_enabled = state.cache_enabled if cache_enabled is None else cache_enabled
        if enabled and device_type == "cuda" and not gpu_present():
            warnings.warn("CUDA is not available or torch_xla is imported. Disabling autocast.", stacklevel=2)
            enabled = False
        elif enabled and device_type == "cuda" and self.fast_dtype is dtypes.bfloat16:
            raise RuntimeError("Current CUDA Device does not support bfloat16. Please switch dtype to float16.")
        elif enabled and device_type == "cpu" and self.fast_dtype not in SHORT:
            warnings.warn(
                "In CPU autocast, but the target dtype is not supported. Disabling autocast.\n"
                f"CPU Autocast only supports dtypes of {', '.join(map(str, SHORT))} currently.",
                stacklevel=2,
            )
            enabled = False
        self._enabled = enabled

    def __enter__(self) -> autocast:
        self._before = state.enabled[self.device], state.dtype[self.device], state.cache_enabled
        state.enabled[self.device], state.dtype[self.device] = self._enabled, self.fast_dtype
        state.cache_enabled = self._cache_enabled
        state.nesting += 1
        switch_rows()
        return self

    def __exit__(self, *_: object) -> None:
        state.nesting -= 1
        if state.nesting == 0:
            state.cache.clear()
        state.enabled[self.device], state.dtype[self.device], state.cache_enabled = self._before
        switch_rows()

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        if not callable(func):
            raise TypeError(
                f"autocast()(func) requires a callable, but got {type(func).__name__}. Did you mean to use autocast "
                "as a context manager? For example:\n    with torch.autocast(device_type=...):\n"
                "        output = model(input)"
            )

        @functools.wraps(func)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with self:
                return func(*args, **kwargs)

        return inside


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """Whether autocast is on for a type of device."""
    return state.enabled.get(device_type, False)


def set_autocast_enabled(device_type: Any, enabled: Any = None) -> None:
    """Switch autocast on or off, without a block."""
    device, on = ("cuda", device_type) if enabled is None else (device_type, enabled)
    state.enabled[device] = bool(on)
    switch_rows()


def get_autocast_dtype(device_type: str) -> dtypes.dtype:
    """The type that autocast runs operators in."""
    if device_type not in state.dtype:
        raise RuntimeError(f"unsupported scalarType for autocast: device type '{device_type}'")
    return state.dtype[device_type]


def set_autocast_dtype(device_type: str, dtype: dtypes.dtype) -> None:
    """Choose the type that autocast runs operators in."""
    state.dtype[device_type] = dtype


def is_autocast_cache_enabled() -> bool:
    """Whether casts of parameters are kept."""
    return state.cache_enabled


def set_autocast_cache_enabled(enabled: bool) -> None:
    """Have casts of parameters kept, or not."""
    state.cache_enabled = enabled


def clear_autocast_cache() -> None:
    """Forget the casts of parameters."""
    state.cache.clear()


def forget() -> None:
    """Everything as at the start; for a program that ended inside a block."""
    state.__init__()  # type: ignore[misc]
    switch_rows()
