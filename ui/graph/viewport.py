"""What painters are told about where and for whom they paint."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QRectF

NEAR_SCALE = 0.45
MIDDLE_SCALE = 0.16


class Detail(IntEnum):
    """FAR: blocks and lines.  MIDDLE: frames with titles.  NEAR: whole cards."""

    FAR = 0
    MIDDLE = 1
    NEAR = 2


def detail_for(scale: float) -> Detail:
    """The level of detail at so many pixels a scene unit."""
    if scale >= NEAR_SCALE:
        return Detail.NEAR
    return Detail.MIDDLE if scale >= MIDDLE_SCALE else Detail.FAR


@dataclass(frozen=True, slots=True)
class Viewport:
    """Scene point p is painted at p * scale + (dx, dy), in the painter's logical pixels; `ratio` device pixels each."""

    scale: float
    dx: float = 0.0
    dy: float = 0.0
    ratio: float = 1.0
    crisp: bool = True  # cards on whole device pixels, from pictures made at exactly this scale

    @property
    def exact(self) -> float:
        """Device pixels a scene unit."""
        return self.scale * self.ratio

    def scene_rect(self, width: float, height: float) -> QRectF:
        """What of the scene shows in a surface of this size."""
        return QRectF(-self.dx / self.scale, -self.dy / self.scale, width / self.scale, height / self.scale)


@dataclass(frozen=True, slots=True)
class Emphasis:
    """What the person at the screen points at: node ids."""

    selected: int | None = None
    hovered: int | None = None
    ring: bool = False  # the keyboard is here: a stronger ring around the selection
