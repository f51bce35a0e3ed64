"""`torch.accelerator`: the GPU, whatever its maker."""

from __future__ import annotations

from engine import backends, cuda

__all__ = ["current_accelerator", "device_count", "is_available"]

is_available = cuda.is_available
device_count = cuda.device_count


def current_accelerator(check_available: bool = False) -> backends.device | None:
    """The kind of GPU there is, None without one."""
    return backends.device("cuda") if is_available() else None
