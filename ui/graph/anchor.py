"""How far the picture moves when another takes its place, so that what one looks at stays put.  Pure arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QRectF

from ui.graph.camera import Camera
from ui.graph.tween import Opening
from visgrad.picture.display import Display


def shift(
    shown: Display, display: Display, camera: Camera, area: QRectF, selected: int | None, opening: Opening | None
) -> tuple[float, float] | None:
    """How far the card nearest to the middle of the view moves, or the selected one if it shows in `area`, or the group
    that is being opened; None where no card is in both displays."""
    place = {node: index for index, node in enumerate(display.cards.node.tolist())}
    rect = shown.cards.rect
    if opening is not None:
        before, after = np.flatnonzero(shown.cards.node == opening.group), place.get(opening.first)
        if len(before) and after is not None:
            return _between(rect[int(before[0])], display.cards.rect[after])
    distance = np.hypot(rect[:, 0] + rect[:, 2] / 2 - camera.x, rect[:, 1] + rect[:, 3] / 2 - camera.y)
    order = np.argsort(distance, kind="stable").tolist()
    chosen = [i for i in order if int(shown.cards.node[i]) == selected and area.intersects(_rect(rect[i]))]
    for index in [*chosen, *order]:
        now = place.get(int(shown.cards.node[index]))
        if now is not None:
            return _between(rect[index], display.cards.rect[now])
    return None


def _rect(row: Any) -> QRectF:
    return QRectF(*(float(value) for value in row))


def _between(first: Any, last: Any) -> tuple[float, float]:
    """How far one rectangle's corner is from another's."""
    return float(last[0] - first[0]), float(last[1] - first[1])
