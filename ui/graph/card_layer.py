"""Paints the cards of a display at any level of detail: as blocks, from pictures kept in a cache, or as vectors."""

from __future__ import annotations

import math
import time

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPixmap

from ui.colours import Colours, faded, mix
from ui.graph.arrays import draw_rects
from ui.graph.cache import CardCache, CardKey, blank_pixmap
from ui.graph.cards import DIM_OPACITY, Look, paint_card, paint_ring, paint_title
from ui.graph.edges import Indices
from ui.graph.shapes import MARGIN
from ui.graph.viewport import Detail, Emphasis, Viewport
from visgrad.picture.display import Display, Floats, State
from visgrad.picture.roles import INDEX, Theme

BUDGET = 0.005
"""Seconds a frame spends on new pictures of cards of which it has older ones, or while zooming."""

PALER = 0.22
"""Blocks are this much nearer to the canvas than the colour of their kind."""

SMOOTH_BLOCKS = 4000
SMALLEST_BLOCK = 2.2
"""Device pixels; a card is never smaller from afar."""


class CardLayer:
    """`alpha` (n,): how far each card has faded in, None when all have.  `cache`: None for vectors."""

    def __init__(
        self, display: Display, theme: Theme, colours: Colours, cache: CardCache | None, alpha: Floats | None
    ) -> None:
        self.display = display
        self.incomplete = False  # some cards were painted from older pictures: paint again soon
        self._theme = theme
        self._colours = colours
        self._cache = cache
        self._alpha = alpha
        self._keys: dict[tuple[int, Detail], CardKey] = {}
        self._spent = 0.0

    def within(self, visible: QRectF) -> Indices:
        """The cards any part of which, shadow included, lies in `visible`."""
        rect = self.display.cards.rect
        x, y = rect[:, 0], rect[:, 1]
        return np.nonzero(
            (x < visible.right() + MARGIN)
            & (y < visible.bottom() + MARGIN)
            & (x + rect[:, 2] > visible.left() - MARGIN)
            & (y + rect[:, 3] > visible.top() - MARGIN)
        )[0]

    def paint(
        self, painter: QPainter, viewport: Viewport, visible: QRectF, detail: Detail, patch: QRectF | None = None
    ) -> None:
        """Paint the cards in `visible`, of these only what is in the `patch`, if there is one."""
        chosen = self.within(visible)
        smooth = len(chosen) < SMOOTH_BLOCKS
        if patch is not None:
            chosen = self.within(patch)
        self.incomplete, self._spent = False, 0.0
        if detail == Detail.FAR:
            self._paint_blocks(painter, viewport, chosen, smooth)
            return
        if self._cache is None:
            for card in chosen.tolist():
                self._paint_vectors(painter, card, detail)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # smooth within; soft edges cost as much again
        for card in chosen.tolist():
            self._paint_kept(painter, card, viewport, detail, self._cache)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def look(self, card: int) -> Look:
        """What decides how a card's frame is painted."""
        cards = self.display.cards
        return Look(
            float(cards.rect[card, 2]),
            float(cards.rect[card, 3]),
            int(cards.shape[card]),
            int(cards.fill[card]),
            int(cards.line[card]),
            int(cards.accent[card]),
            int(cards.state[card]),
        )

    def paint_rings(self, painter: QPainter, viewport: Viewport, emphasis: Emphasis) -> None:
        """Rings around what is pointed at, of a width that can be seen from any distance."""
        unit = max(1.0, 0.6 / viewport.scale)
        rings = (
            (emphasis.hovered, faded(self._colours[INDEX["text_dim"]], 0.55), 1.5),
            (emphasis.selected, self._colours[INDEX["focus"]], 2.5 if emphasis.ring else 2.0),
        )
        for node, colour, width in rings:
            if node is None:
                continue
            for card in np.nonzero(self.display.cards.node == node)[0].tolist():
                x, y = self.display.cards.rect[card, :2].tolist()
                painter.save()
                painter.translate(x, y)
                paint_ring(painter, self.look(card), colour, 3.0 * unit, width * unit)
                painter.restore()

    def _title(self, card: int) -> str:
        titles = self.display.cards.title
        return titles[card] if card < len(titles) else ""

    def _paint_blocks(self, painter: QPainter, viewport: Viewport, chosen: Indices, smooth: bool) -> None:
        cards = self.display.cards
        rect = cards.rect[chosen].copy()
        grow = np.maximum(SMALLEST_BLOCK / viewport.exact - rect[:, 2:], 0.0)
        rect[:, :2] -= grow / 2
        rect[:, 2:] += grow
        state = cards.state[chosen].astype(np.int64)
        role = cards.accent[chosen].astype(np.int64)
        warm = State.ACTIVE | State.VISITED
        for flags, name in (
            (State.FUTURE, "ghost"),
            (State.ACTIVE, "card_active"),
            (warm, "gradient"),
            (State.ERROR, "error"),
        ):
            role[(state & flags) == flags] = INDEX[name]
        kinds = role * 2 + ((state & State.DIM) > 0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        for kind in np.unique(kinds).tolist():
            colour = mix(self._colours[kind // 2], self._colours[INDEX["canvas"]], PALER)
            draw_rects(painter, faded(colour, DIM_OPACITY) if kind % 2 else colour, rect[kinds == kind])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _paint_vectors(self, painter: QPainter, card: int, detail: Detail) -> None:
        x, y = self.display.cards.rect[card, :2].tolist()
        painter.save()
        painter.translate(x, y)
        self._paint_at_origin(painter, card, detail)
        painter.restore()

    def _paint_at_origin(self, painter: QPainter, card: int, detail: Detail) -> None:
        if detail == Detail.NEAR:
            paint_card(painter, self.look(card), self.display.content(card), self._colours)
        else:
            content = self.display.content(card)
            paint_title(painter, self.look(card), self._title(card), content, self._colours)

    def _key(self, card: int, detail: Detail) -> CardKey:
        key = self._keys.get((card, detail))
        if key is None:
            content = self.display.content(card)
            what = content.key if detail == Detail.NEAR or content.images else ()
            look = self.look(card)
            key = self._keys[card, detail] = CardKey((self._theme.name, look, detail, self._title(card), what))
        return key

    def _paint_kept(self, painter: QPainter, card: int, viewport: Viewport, detail: Detail, cache: CardCache) -> None:
        """Paint a card from its picture, made now if need be and if there is time; else as a block."""
        kept = self._kept(card, viewport, detail, cache)
        if self._alpha is not None:
            painter.setOpacity(float(self._alpha[card]))
        if kept is None:
            x, y, width, height = self.display.cards.rect[card].tolist()
            painter.fillRect(QRectF(x, y, width, height), self._colours[int(self.display.cards.fill[card])])
        else:
            self._place(painter, card, viewport, kept[1], kept[0])
        if self._alpha is not None:
            painter.setOpacity(1.0)

    def _kept(self, card: int, viewport: Viewport, detail: Detail, cache: CardCache) -> tuple[float, QPixmap] | None:
        """A card's picture and its scale.  While zooming, and while there is no time, an older one will do, or none."""
        hurried, late = not viewport.crisp, self._spent > BUDGET
        if late and hurried and (card, detail) not in self._keys:
            return self._before(card, cache)
        began = time.perf_counter()
        key = self._key(card, detail)
        exact = 2.0 ** (math.ceil(math.log2(viewport.exact) * 2) / 2) if hurried else viewport.exact
        made = round(exact, 4)
        pixmap = cache.get(key, made)
        if pixmap is not None:
            return made, pixmap
        older = cache.nearest(key)
        if older is not None and (late or (hurried and 0.4 <= older[0] / viewport.exact <= 4.0)):
            self.incomplete = True
            return older
        if late and hurried:
            return self._before(card, cache)
        pixmap = self._make(card, detail, made)
        cache.put(key, made, pixmap)
        self._spent += time.perf_counter() - began
        return made, pixmap

    def _before(self, card: int, cache: CardCache) -> tuple[float, QPixmap] | None:
        """What a card looked like from further away, if it has been seen from there."""
        self.incomplete = True
        key = self._keys.get((card, Detail.MIDDLE))
        return cache.nearest(key) if key is not None else None

    def _make(self, card: int, detail: Detail, made: float) -> QPixmap:
        pixmap = blank_pixmap(self.look(card), made)
        with QPainter(pixmap) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
            painter.scale(made, made)
            painter.translate(MARGIN, MARGIN)
            self._paint_at_origin(painter, card, detail)
        return pixmap

    def _place(self, painter: QPainter, card: int, viewport: Viewport, pixmap: QPixmap, made: float) -> None:
        x, y = (value - MARGIN for value in self.display.cards.rect[card, :2].tolist())
        if viewport.crisp and made == round(viewport.exact, 4):
            x = round((x * viewport.scale + viewport.dx) * viewport.ratio)
            y = round((y * viewport.scale + viewport.dy) * viewport.ratio)
            pixmap.setDevicePixelRatio(viewport.ratio)
            painter.setWorldMatrixEnabled(False)
            painter.drawPixmap(QPointF(x / viewport.ratio, y / viewport.ratio), pixmap)
            painter.setWorldMatrixEnabled(True)
        else:
            pixmap.setDevicePixelRatio(1.0)
            source = QRectF(pixmap.rect())
            painter.drawPixmap(QRectF(x, y, source.width() / made, source.height() / made), pixmap, source)
