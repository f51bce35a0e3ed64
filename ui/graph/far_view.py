"""A picture of a crowd: a very large graph is painted once, with some room around the view, and then only moved.

Used where painting anew would take longer than a frame.  While zooming the old picture is stretched; a sharp one
follows when the hand rests.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from ui.graph.changes import changed
from ui.graph.painter import DisplayPainter
from ui.graph.shapes import MARGIN
from ui.graph.viewport import Detail, Emphasis, Viewport, detail_for

CROWD = 1500
"""Edges and cards in view from which on a picture is kept."""

ROOM = 0.35
"""Of the view's size, on each side."""

MOST_MENDED = 0.5
"""Of the picture; where more has changed all of it is painted anew."""


class FarView:
    """Holds one picture, of one display in one theme."""

    def __init__(self) -> None:
        self._pixmap: QPixmap | None = None
        self._scene: DisplayPainter | None = None
        self._viewport = Viewport(1.0)
        self._area = QRectF()

    def serves(self, scene: DisplayPainter, viewport: Viewport, visible: QRectF) -> bool:
        """Whether what shows is a crowd, or a picture of one is being zoomed into."""
        total = len(scene.display.cards.node) + len(scene.display.edges.source)
        if total < CROWD or detail_for(viewport.exact) == Detail.NEAR:
            return False
        if not viewport.crisp and self._scene is scene:
            return True
        return len(scene.cards.within(visible)) + len(scene.edges.within(visible)) >= CROWD

    def paint(self, painter: QPainter, scene: DisplayPainter, viewport: Viewport, visible: QRectF, size: QSize) -> None:
        """Paint what shows from the picture, making a new one where the old one does not do."""
        if not self._does(scene, viewport, visible) and not self._mended(scene, viewport, visible):
            self._make(scene, viewport, visible, size)
        if self._pixmap is None:
            return
        left, top = self._area.left() * viewport.scale + viewport.dx, self._area.top() * viewport.scale + viewport.dy
        width, height = self._area.width() * viewport.scale, self._area.height() * viewport.scale
        source = QRectF(0, 0, self._pixmap.width(), self._pixmap.height())
        stretched = viewport.scale != self._viewport.scale
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, stretched)
        if stretched:
            painter.drawPixmap(QRectF(left, top, width, height), self._pixmap, source)
        else:
            painter.drawPixmap(round(left), round(top), self._pixmap)

    def forget(self) -> None:
        """Let go of the picture."""
        self._pixmap = self._scene = None

    def _does(self, scene: DisplayPainter, viewport: Viewport, visible: QRectF) -> bool:
        if self._scene is not scene or self._pixmap is None:
            return False
        if not viewport.crisp:
            return True
        everything = QRectF(*scene.display.bounds)
        return viewport.scale == self._viewport.scale and self._area.contains(visible.intersected(everything))

    def _mended(self, scene: DisplayPainter, viewport: Viewport, visible: QRectF) -> bool:
        """Where only a little differs from what the picture shows, paint that part of it anew."""
        old, pixmap, scale = self._scene, self._pixmap, viewport.scale
        if old is None or pixmap is None or scene.alpha is not None or old.alpha is not None or not viewport.crisp:
            return False
        if scene.display.bounds != old.display.bounds or scene.theme is not old.theme or old.cards.incomplete:
            return False
        whole = self._area.contains(visible.intersected(QRectF(*scene.display.bounds)))
        if scale != self._viewport.scale or viewport.ratio != self._viewport.ratio or not whole:
            return False
        found = changed(old, scene)
        if found is not None:
            left, top, right, bottom = found.tolist()
            room = MARGIN + 2.0 / viewport.exact
            patch = QRectF(left, top, right - left, bottom - top).adjusted(-room, -room, room, room)
            patch = patch.intersected(self._area)
            if patch.width() * patch.height() > MOST_MENDED * self._area.width() * self._area.height():
                return False
            inner = self._inner(viewport)
            with QPainter(pixmap) as painter, alone(scene):
                painter.setClipRect(_pixels(patch, inner))
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
                painter.fillRect(_pixels(patch, inner), Qt.GlobalColor.transparent)
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
                scene.paint(painter, inner, self._area, patch=patch)
        self._scene = scene
        return True

    def _inner(self, viewport: Viewport) -> Viewport:
        """How the picture's painter looks at the scene."""
        scale = viewport.scale
        return Viewport(scale, -self._area.left() * scale, -self._area.top() * scale, viewport.ratio, viewport.crisp)

    def _make(self, scene: DisplayPainter, viewport: Viewport, visible: QRectF, size: QSize) -> None:
        extra_x, extra_y = visible.width() * ROOM, visible.height() * ROOM
        self._area = visible.adjusted(-extra_x, -extra_y, extra_x, extra_y)
        ratio = viewport.ratio
        pixmap = QPixmap(round(size.width() * (1 + 2 * ROOM) * ratio), round(size.height() * (1 + 2 * ROOM) * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter, alone(scene):
            scene.paint(painter, self._inner(viewport), self._area)
        self._pixmap, self._scene, self._viewport = pixmap, scene, viewport


@contextmanager
def alone(scene: DisplayPainter) -> Iterator[None]:
    """Nothing is emphasised in the picture: what is pointed at changes more often."""
    emphasis, scene.emphasis = scene.emphasis, Emphasis()
    yield
    scene.emphasis = emphasis


def _pixels(area: QRectF, viewport: Viewport) -> QRect:
    """The whole pixels, as the painter counts them, in which a part of the scene lies."""
    scale = viewport.scale
    left, top = area.left() * scale + viewport.dx, area.top() * scale + viewport.dy
    return QRectF(left, top, area.width() * scale, area.height() * scale).toAlignedRect()
