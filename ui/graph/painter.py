"""Paints a display, or the part of it that shows, with a QPainter and a theme: the canvas, PNG and PDF use it.

Owns the order of painting and the choice of detail.  Cards come from pixmaps when a `CardCache` is given (the
screen) and are painted as vectors when not (export).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from ui.colours import Colours, colours
from ui.graph.cache import CardCache
from ui.graph.card_layer import CardLayer
from ui.graph.edge_layer import EdgeLayer
from ui.graph.viewport import Detail, Emphasis, Viewport, detail_for
from visgrad.picture.display import Display, Floats
from visgrad.picture.roles import Theme


@dataclass
class DisplayPainter:
    """Paints one display in one theme.  `alpha` (n,): how far each card has faded in, None when all have."""

    display: Display
    theme: Theme
    cache: CardCache | None = None
    alpha: Floats | None = None
    emphasis: Emphasis = field(default_factory=Emphasis)

    def __post_init__(self) -> None:
        self.colours: Colours = colours(self.theme)
        self.edges = EdgeLayer(self.display.edges, self.colours, self.cache is not None)
        self.cards = CardLayer(self.display, self.theme, self.colours, self.cache, self.alpha)

    def paint(
        self,
        painter: QPainter,
        viewport: Viewport,
        visible: QRectF,
        detail: Detail | None = None,
        patch: QRectF | None = None,
    ) -> None:
        """Paint what lies in `visible` (scene units) through a viewport; the painter itself is not transformed.

        `patch`: only this part of it, to which the painter is clipped, and just as all of it would be painted.
        """
        detail = detail_for(viewport.exact) if detail is None else detail
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing
            | QPainter.RenderHint.TextAntialiasing
            | QPainter.RenderHint.SmoothPixmapTransform
        )
        with placed(painter, viewport):
            self.edges.paint(painter, viewport, visible, detail, self.emphasis, patch)
            self.cards.paint(painter, viewport, visible, detail, patch)
            self.cards.paint_rings(painter, viewport, self.emphasis)

    def paint_emphasis(self, painter: QPainter, viewport: Viewport, visible: QRectF) -> None:
        """Paint only what is pointed at, over a picture of everything."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        with placed(painter, viewport):
            self.edges.paint_lit(painter, viewport, visible, detail_for(viewport.exact), self.emphasis)
            self.cards.paint_rings(painter, viewport, self.emphasis)


@contextmanager
def placed(painter: QPainter, viewport: Viewport) -> Iterator[None]:
    """Scene units for the painter, until the block ends."""
    painter.save()
    painter.translate(viewport.dx, viewport.dy)
    painter.scale(viewport.scale, viewport.scale)
    yield
    painter.restore()
