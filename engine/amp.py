"""`torch.amp`: autocast (autocasting.py), and the scaler that keeps small gradients from vanishing in float16."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from engine import backends, dtypes
from engine.autocasting import autocast, get_autocast_dtype, is_autocast_enabled
from engine.autocasting import is_available as is_autocast_available
from engine.grad_mode import no_grad
from engine.tensor import Tensor, wrap

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]

READY, UNSCALED, STEPPED = range(3)


def _of_one_device(device: str, path: str, name: str, base: type) -> type:
    """The older class `torch.<device>.amp.<name>`, which says what to write in its place."""

    class Older(base):  # type: ignore[misc]
        """As the class it comes from, for one type of device."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            warnings.warn(
                f"`torch.{path}.{name}(args...)` is deprecated. "
                f"Please use `torch.amp.{name}('{device}', args...)` instead.",
                FutureWarning,
                stacklevel=2,
            )
            if name == "autocast":
                names = ("enabled", "dtype", "cache_enabled")
                kwargs |= dict(zip(names, args, strict=False))
                kwargs.setdefault("dtype", dtypes.bfloat16 if device == "cpu" else dtypes.float16)
                args = ()
            super().__init__(device, *args, **kwargs)

    Older.__name__ = Older.__qualname__ = name
    return Older


class GradScaler:
    """Scales a loss up and its gradients back down, and finds the scale as it goes (Micikevicius et al., 2018)."""

    __module__ = "torch.amp.grad_scaler"

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if device == "cuda" and enabled and not backends.cuda_device_count():
            warnings.warn("torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.", stacklevel=2)
            enabled = False
        self._device, self._enabled = device, enabled
        if not enabled:
            return
        if growth_factor <= 1.0:
            raise AssertionError("The growth factor must be > 1.0.")
        if backoff_factor >= 1.0:
            raise AssertionError("The backoff factor must be < 1.0.")
        self._growth_factor, self._backoff_factor = growth_factor, backoff_factor
        self._growth_interval = growth_interval
        self._init_scale = init_scale
        self._scale: Tensor | None = None  # made by the first call of scale()
        self._good_steps = 0
        self._stages: dict[int, tuple[int, float]] = {}

    def scale(self, outputs: Any) -> Any:
        """A loss, or several, times the scale."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, Tensor):
            if self._scale is None:
                self._scale = wrap(np.float32(self._init_scale))
            return outputs * self._scale.to(outputs.device)
        if isinstance(outputs, Iterable):
            scaled = map(self.scale, outputs)
            return type(outputs)(scaled) if isinstance(outputs, list | tuple) else scaled
        raise ValueError("outputs must be a Tensor or an iterable of Tensors")

    def _known_scale(self, caller: str) -> Tensor:
        if self._scale is None:
            raise AssertionError(
                f"Attempted {caller} but _scale is None.  This may indicate your script did not use scaler.scale(loss "
                "or outputs) earlier in the iteration."
            )
        return self._scale

    def _stage(self, optimizer: Any) -> tuple[int, float]:
        return self._stages.get(id(optimizer), (READY, -1.0))

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of an optimizer's parameters by the scale, and note whether some are not finite."""
        if not self._enabled:
            return
        scale = self._known_scale("unscale_")
        stage = self._stage(optimizer)[0]
        if stage == UNSCALED:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        if stage == STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        inverse = np.float32(1.0 / scale.item())
        found = -1.0  # no gradient was looked at
        for group in optimizer.param_groups:
            for param in group["params"]:
                gradient = param._grad
                if gradient is None:
                    continue
                if gradient.dtype is dtypes.float16:
                    raise ValueError("Attempting to unscale FP16 gradients.")
                found = max(found, float(not np.isfinite(gradient._data).all()))
                with no_grad():
                    gradient.mul_(wrap(inverse))
        self._stages[id(optimizer)] = (UNSCALED, found)

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """`optimizer.step()`, unless a gradient is infinite or nan."""
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        self._known_scale("step")
        if self._stage(optimizer)[0] == STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if self._stage(optimizer)[0] == READY:
            self.unscale_(optimizer)
        found = self._stage(optimizer)[1]
        if found < 0:
            raise AssertionError("No inf checks were recorded for this optimizer.")
        result = None if found else optimizer.step(*args, **kwargs)
        self._stages[id(optimizer)] = (STEPPED, found)
        return result

    def update(self, new_scale: Any = None) -> None:
        """Lower the scale after a step that was left out, raise it after many that were not."""
        if not self._enabled:
            return
        scale = self._known_scale("update")
        if new_scale is not None:
            scale.copy_(new_scale if isinstance(new_scale, Tensor) else wrap(np.float32(new_scale)))
        else:
            found = [stage[1] for stage in self._stages.values() if stage[1] >= 0]
            if not found:
                raise AssertionError("No inf checks were recorded prior to update.")
            self._adapt(scale, any(found))
        self._stages = {}

    def _adapt(self, scale: Tensor, overflow: bool) -> None:
        if overflow:
            scale.mul_(self._backoff_factor)
            self._good_steps = 0
            return
        self._good_steps += 1
        if self._good_steps == self._growth_interval:
            grown = np.float32(scale.item()) * np.float32(self._growth_factor)
            if np.isfinite(grown):
                scale.copy_(wrap(grown))
            self._good_steps = 0

    def get_scale(self) -> float:
        """The scale."""
        if not self._enabled:
            return 1.0
        return self._init_scale if self._scale is None else float(self._scale.item())

    def get_growth_factor(self) -> float:
        """What the scale is multiplied by after many good steps."""
        return self._growth_factor

    def set_growth_factor(self, new_factor: float) -> None:
        """Choose what the scale is multiplied by after many good steps."""
        self._growth_factor = new_factor

    def get_backoff_factor(self) -> float:
        """What the scale is multiplied by after a step that was left out."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor: float) -> None:
        """Choose what the scale is multiplied by after a step that was left out."""
        self._backoff_factor = new_factor

    def get_growth_interval(self) -> int:
        """How many good steps raise the scale."""
        return self._growth_interval

    def set_growth_interval(self, new_interval: int) -> None:
        """Choose how many good steps raise the scale."""
        self._growth_interval = new_interval

    def is_enabled(self) -> bool:
        """Whether anything is scaled."""
        return self._enabled

    def state_dict(self) -> dict[str, Any]:
        """The scale and how it changes."""
        if not self._enabled:
            return {}
        return {
            "scale": self.get_scale(),
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._good_steps,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from what `state_dict` gave."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler."
            )
        self._init_scale = state_dict["scale"]
        if self._scale is not None:
            self._scale.fill_(self._init_scale)
        self._growth_factor, self._backoff_factor = state_dict["growth_factor"], state_dict["backoff_factor"]
        self._growth_interval, self._good_steps = state_dict["growth_interval"], state_dict["_growth_tracker"]


def custom_fwd(fwd: Any = None, *, device_type: str, cast_inputs: Any = None) -> Any:
    """A decorator for a Function's forward: with `cast_inputs`, its tensors are cast, and autocast is off inside."""
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def inside(*args: Any, **kwargs: Any) -> Any:
        args[0]._dtype, args[0]._fwd_used_autocast = get_autocast_dtype(device_type), is_autocast_enabled(device_type)
        if cast_inputs is None or not is_autocast_enabled(device_type):
            return fwd(*args, **kwargs)
        args[0]._fwd_used_autocast = False
        with autocast(device_type, enabled=False):
            return fwd(*[x.to(cast_inputs) if isinstance(x, Tensor) else x for x in args], **kwargs)

    return inside


def custom_bwd(bwd: Callable[..., Any] | None = None, *, device_type: str) -> Any:
    """A decorator for the backward of a Function: autocast is in it as it was in the forward."""
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def inside(*args: Any, **kwargs: Any) -> Any:
        with autocast(device_type, enabled=args[0]._fwd_used_autocast, dtype=args[0]._dtype):
            return bwd(*args, **kwargs)

    return inside


def _older(device: str) -> dict[str, type]:
    kinds = (("autocast", autocast), ("GradScaler", GradScaler))
    return {name: _of_one_device(device, f"{device}.amp", name, kind) for name, kind in kinds}


CPU, CUDA = _older("cpu"), _older("cuda")
