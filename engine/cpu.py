"""torch.cpu: the CPU as a device like others, and its older names for mixed precision."""

from __future__ import annotations

from types import SimpleNamespace

from engine.amp import CPU

__all__ = ["amp", "current_device", "device_count", "is_available", "synchronize"]

amp = SimpleNamespace(**CPU)


def is_available() -> bool:
    """There always is one."""
    return True


def device_count() -> int:
    """One."""
    return 1


def current_device() -> str:
    """Its name."""
    return "cpu"


def synchronize(device: object = None) -> None:
    """Nothing runs apart from the program."""
