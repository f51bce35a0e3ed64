"""The part of the canvas that looks: where its camera is, how it gets elsewhere, and where things are on the widget.

Owns the camera's movement.  What is painted there is `stage`'s, what people do to move it is `view`'s.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QTimer
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from ui.graph.anchor import shift
from ui.graph.camera import Camera, Insets, fitting
from ui.graph.flight import Flight
from ui.graph.tween import Opening
from ui.graph.viewport import Viewport
from visgrad.picture.display import Display

FIT_SECONDS = 0.2
SETTLE_MS = 130
FRAME_MS = 16
READABLE = 0.8
"""At least so near is a node that is brought into the middle."""


class Eye(QWidget):
    """Looks at one display; as long as nobody moves it, at all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.reduced_motion = False
        self.insets = Insets()
        self._display: Display | None = None
        self._selected: int | None = None
        self._opening: Opening | None = None
        self._following = True
        self._flight = Flight()
        self._zooming = False
        self._clock = QTimer(self)
        self._clock.setInterval(FRAME_MS)
        self._clock.timeout.connect(self._tick)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)

    @property
    def _camera(self) -> Camera:
        return self._flight.camera

    @_camera.setter
    def _camera(self, camera: Camera) -> None:
        self._flight.camera = camera

    # going elsewhere ---------------------------------------------------------------------------------------------

    def fit(self, *, animate: bool = True) -> None:
        """Show everything, and keep doing so as the graph grows."""
        self._following = True
        if self._display is not None:
            self._go(fitting(self._display.bounds, self.width(), self.height(), self.insets), animate)

    def zoom(self, factor: float) -> None:
        """Magnify by a factor about the middle."""
        self._following = False
        width, height = self.width(), self.height()
        self._go(self._flight.goal.zoomed(factor, width / 2, height / 2, width, height), True)

    def centre_on(self, node: int) -> None:
        """Bring a node into the middle, at a scale at which it can be read."""
        rect = self.node_rect(node)
        if rect is not None:
            self._following = False
            self._go(Camera(rect.center().x(), rect.center().y(), max(self._camera.scale, READABLE)), True)

    def look(self, camera: Camera | None) -> None:
        """Look through another camera, or (None) at the whole graph."""
        if camera is None:
            self.fit()
        else:
            self._following = False
            self._go(camera, True)

    def look_at(self, x: float, y: float) -> None:
        """Bring a scene point into the middle at once."""
        self._touch()
        self._camera = replace(self._camera, x=x, y=y)
        self.update()

    def open_next(self, opening: Opening) -> None:
        """The next display has a group unfolded: what was in it comes out of where the group is now."""
        self._opening = opening

    def _goal(self, shown: Display | None, display: Display) -> Camera:
        """Where to look when `display` replaces `shown`: all of it, or so that what was looked at stays put."""
        if self._following or shown is None:
            return fitting(display.bounds, self.width(), self.height(), self.insets)
        moved = shift(shown, display, self._camera, self.visible_rect(), self._selected, self._opening)
        if moved is None:
            return self._camera
        return Camera(self._camera.x + moved[0], self._camera.y + moved[1], self._camera.scale)

    def _go(self, camera: Camera, animate: bool) -> None:
        if animate and self._may_move():
            self._move(camera, FIT_SECONDS)
        else:
            self._flight.jump(camera)
        self._tick()

    def _move(self, camera: Camera, seconds: float) -> None:
        self._flight.fly(camera, seconds)
        self._clock.start()

    def _tick(self) -> None:
        """Advance whatever is moving; stop the clock when nothing is."""
        self._flight.advance()
        if not self._flight.under_way:
            self._clock.stop()
        self.update()

    def _may_move(self) -> bool:
        """Whether anything may be animated: the person and the desktop allow it, and someone can see it."""
        quick = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0
        return self.isVisible() and not (self.reduced_motion or quick)

    def _touch(self) -> None:
        """A person moved the view: it no longer follows the graph, and animated movement ends."""
        self._following = False
        self._flight.stop()

    def _settled(self) -> None:
        self._zooming = False
        self.update()

    # where things are --------------------------------------------------------------------------------------------

    @property
    def camera(self) -> Camera | None:
        """Where one looks, or is on the way to; None while the whole graph is followed."""
        return None if self._following else self._flight.goal

    @property
    def scale(self) -> float:
        """Pixels a scene unit."""
        return self._camera.scale

    def visible_rect(self) -> QRectF:
        """What of the scene shows."""
        return self._viewport().scene_rect(self.width(), self.height())

    def node_rect(self, node: int) -> QRectF | None:
        """Where a node's first card is, in scene units."""
        if self._display is None:
            return None
        found = np.nonzero(self._display.cards.node == node)[0]
        return QRectF(*self._display.cards.rect[int(found[0])].tolist()) if len(found) else None

    def to_widget(self, x: float, y: float) -> QPointF:
        """The widget point of a scene point."""
        dx, dy = self._camera.offset(self.width(), self.height())
        return QPointF(x * self._camera.scale + dx, y * self._camera.scale + dy)

    def _viewport(self) -> Viewport:
        dx, dy = self._camera.offset(self.width(), self.height())
        crisp = not (self._zooming or self._flight.scaling)
        return Viewport(self._camera.scale, dx, dy, self.devicePixelRatioF(), crisp)

    def sizeHint(self) -> QSize:
        return QSize(800, 560)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)
