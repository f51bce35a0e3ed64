"""Where the canvas looks: a scene point in the middle and a scale.  Pure arithmetic, no widget."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

FIT_LIMIT = 1.4
"""Fitting never magnifies beyond this: a small graph keeps its size."""

CLOSEST = 6.0
FARTHEST = 0.002
PADDING = 20.0

Box = tuple[float, float, float, float]
"""x, y, width, height in scene units."""


@dataclass(frozen=True, slots=True)
class Camera:
    """(x, y): the scene point in the middle of the widget; `scale`: pixels a scene unit."""

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0

    def offset(self, width: float, height: float) -> tuple[float, float]:
        """What is added to scaled scene points to get widget points, for a widget of this size."""
        return width / 2 - self.x * self.scale, height / 2 - self.y * self.scale

    def to_scene(self, px: float, py: float, width: float, height: float) -> tuple[float, float]:
        """The scene point under a widget point."""
        return self.x + (px - width / 2) / self.scale, self.y + (py - height / 2) / self.scale

    def panned(self, px: float, py: float) -> Camera:
        """Moved so that everything shifts by (px, py) pixels."""
        return replace(self, x=self.x - px / self.scale, y=self.y - py / self.scale)

    def zoomed(self, factor: float, px: float, py: float, width: float, height: float) -> Camera:
        """Scaled by `factor` about a widget point, within the limits."""
        scale = min(max(self.scale * factor, FARTHEST), CLOSEST)
        x, y = self.to_scene(px, py, width, height)
        return Camera(x - (px - width / 2) / scale, y - (py - height / 2) / scale, scale)


@dataclass(frozen=True, slots=True)
class Insets:
    """What is kept free at the sides of the widget, in pixels."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0


def fitting(box: Box, width: float, height: float, insets: Insets = Insets()) -> Camera:
    """The camera that shows all of `box` in a widget of this size, with some air around it."""
    x, y, w, h = box
    room_x = max(width - insets.left - insets.right - 2 * PADDING, 40.0)
    room_y = max(height - insets.top - insets.bottom - 2 * PADDING, 40.0)
    scale = max(min(room_x / max(w, 1.0), room_y / max(h, 1.0), FIT_LIMIT), FARTHEST)
    shift_x, shift_y = (insets.right - insets.left) / 2, (insets.bottom - insets.top) / 2
    return Camera(x + w / 2 + shift_x / scale, y + h / 2 + shift_y / scale, scale)


def between(first: Camera, last: Camera, share: float) -> Camera:
    """`share` (0…1) of the way: the scale geometrically, the middle in step with what shows."""
    if share >= 1.0:
        return last
    ratio = last.scale / first.scale
    if abs(ratio - 1.0) < 1e-3:
        part, scale = share, first.scale + (last.scale - first.scale) * share
    else:
        scale = first.scale * math.exp(math.log(ratio) * share)
        part = (1 / first.scale - 1 / scale) / (1 / first.scale - 1 / last.scale)
    return Camera(first.x + (last.x - first.x) * part, first.y + (last.y - first.y) * part, scale)


def ease(share: float) -> float:
    """Slow at both ends."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)
