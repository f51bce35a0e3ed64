"""torch.cuda: is there a GPU, how many, which."""

from __future__ import annotations

from types import SimpleNamespace, TracebackType
from typing import Any

from engine import backends
from engine.amp import CUDA

__all__ = [
    "amp",
    "current_device",
    "device",
    "device_count",
    "empty_cache",
    "get_device_name",
    "is_available",
    "manual_seed",
    "manual_seed_all",
    "synchronize",
]


amp = SimpleNamespace(**CUDA)


def is_available() -> bool:
    """Whether CuPy is installed and a GPU answers."""
    return backends.cuda_device_count() > 0


def device_count() -> int:
    """How many GPUs answer."""
    return backends.cuda_device_count()


def current_device() -> int:
    """The number of the GPU in use."""
    return int(backends.cuda().cuda.runtime.getDevice())


def get_device_name(device: Any = None) -> str:
    """The name of a GPU."""
    xp = backends.cuda()
    number = device if isinstance(device, int) else (backends.device(device).index or 0) if device is not None else 0
    name = xp.cuda.runtime.getDeviceProperties(number)["name"]
    return name.decode() if isinstance(name, bytes) else str(name)


def synchronize(device: Any = None) -> None:
    """Wait for the GPU to finish."""
    backends.cuda().cuda.runtime.deviceSynchronize()


def empty_cache() -> None:
    """Give memory that is held ready back to the GPU."""
    if is_available():
        backends.cuda().get_default_memory_pool().free_all_blocks()


def manual_seed(seed: int) -> None:
    """Numbers are drawn on the CPU: `torch.manual_seed` is what counts."""


manual_seed_all = manual_seed


class device:  # noqa: N801 - the name is PyTorch's
    """The GPU to use within a `with` block."""

    def __init__(self, device: Any) -> None:
        self.index = device if isinstance(device, int) else backends.device(device).index or 0

    def __enter__(self) -> None:
        self.inner = backends.cuda().cuda.Device(self.index)
        self.inner.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.inner.__exit__(kind, error, at)
