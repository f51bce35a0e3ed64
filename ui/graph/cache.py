"""Pictures of cards kept for repeated use, the least recently used forgotten first."""

from __future__ import annotations

import math
from collections import OrderedDict

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap

from ui.graph.cards import Look
from ui.graph.shapes import MARGIN

LIMIT = 96 << 20
"""Bytes."""


class CardKey:
    """What a card looks like, hashed once: equal keys mean equal pictures."""

    __slots__ = ("_hash", "value")

    def __init__(self, value: tuple[object, ...]) -> None:
        self.value = value
        self._hash = hash(value)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, CardKey) and self.value == other.value)


class CardCache:
    """By card and by the scale a picture was made at."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._bytes = 0
        self._pixmaps: OrderedDict[tuple[CardKey, float], QPixmap] = OrderedDict()
        self._latest: dict[CardKey, float] = {}

    def clear(self) -> None:
        """Forget everything (the theme has changed)."""
        self._pixmaps.clear()
        self._latest.clear()
        self._bytes = 0

    def get(self, key: CardKey, made: float) -> QPixmap | None:
        """The picture of a card made at a scale."""
        pixmap = self._pixmaps.get((key, made))
        if pixmap is not None:
            self._pixmaps.move_to_end((key, made))
        return pixmap

    def nearest(self, key: CardKey) -> tuple[float, QPixmap] | None:
        """The newest picture of a card, whatever its scale, and that scale."""
        made = self._latest.get(key)
        pixmap = self.get(key, made) if made is not None else None
        return (made, pixmap) if made is not None and pixmap is not None else None

    def put(self, key: CardKey, made: float, pixmap: QPixmap) -> None:
        """Keep a picture."""
        self._pixmaps[key, made] = pixmap
        self._latest[key] = made
        self._bytes += pixmap.width() * pixmap.height() * 4
        while self._bytes > self._limit and len(self._pixmaps) > 1:
            (old, scale), forgotten = self._pixmaps.popitem(last=False)
            self._bytes -= forgotten.width() * forgotten.height() * 4
            if self._latest.get(old) == scale:
                del self._latest[old]


def blank_pixmap(look: Look, scale: float) -> QPixmap:
    """A clear pixmap for a card at `scale` device pixels a unit, its `MARGIN` included."""
    width = math.ceil((look.width + 2 * MARGIN) * scale)
    height = math.ceil((look.height + 2 * MARGIN) * scale)
    pixmap = QPixmap(max(width, 1), max(height, 1))
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap
