"""How far the picture moves when another takes its place, so that what one looks at stays put.  Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF

from ui.graph.camera import Camera
from ui.graph.tween import Opening
from visgrad.picture.display import Display, Floats


def shift(
    shown: Display, display: Display, camera: Camera, area: QRectF, selected: int | None, opening: Opening | None
) -> tuple[float, float] | None:
    """How far the card nearest to the middle of the view moves, or the selected one if it shows in `area`, or the group
    that is being opened; None where no card is in both displays."""
    rect, nodes = shown.cards.rect, shown.cards.node
    if opening is not None:
        before, after = np.flatnonzero(nodes == opening.group), display.cards.node == opening.first
        if len(before) and after.any():
            return _between(rect[int(before[0])], display.cards.rect[int(after.argmax())])
    distance = np.hypot(rect[:, 0] + rect[:, 2] / 2 - camera.x, rect[:, 1] + rect[:, 3] / 2 - camera.y)
    for index in chain(_selected(shown, selected, distance, area), _nearest(distance)):
        now = display.cards.node == nodes[index]
        if now.any():
            return _between(rect[index], display.cards.rect[int(now.argmax())])
    return None


def _selected(shown: Display, selected: int | None, distance: Floats, area: QRectF) -> list[int]:
    """The selected node's cards that show, the nearest first."""
    if selected is None:
        return []
    cards = np.flatnonzero(shown.cards.node == selected)
    return [
        card for card in cards[np.argsort(distance[cards])].tolist() if area.intersects(_rect(shown.cards.rect[card]))
    ]


def _nearest(distance: Floats) -> Iterator[int]:
    """All cards, the nearest first; they are sorted only if that one will not do."""
    if len(distance):
        yield int(distance.argmin())
        yield from np.argsort(distance, kind="stable").tolist()


def _rect(row: Any) -> QRectF:
    return QRectF(*(float(value) for value in row))


def _between(first: Any, last: Any) -> tuple[float, float]:
    """How far one rectangle's corner is from another's."""
    return float(last[0] - first[0]), float(last[1] - first[1])
