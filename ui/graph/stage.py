"""The part of the canvas that shows: a display, where the camera looks at it, and the animation to the next one.

Owns the widget's painting and the clock of everything that moves.  What people do with mouse and keyboard is
`view`'s, what is painted is `painter`'s.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QFocusEvent,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from ui.colours import colour
from ui.graph.cache import CardCache
from ui.graph.camera import Camera, Insets, between, ease, fitting
from ui.graph.far_view import FarView
from ui.graph.ground import paint_ground, paint_hint
from ui.graph.painter import DisplayPainter
from ui.graph.pulse import PULSE_SECONDS, paint_pulses, pulsing_edges
from ui.graph.tween import MANY, Opening, Tween
from ui.graph.viewport import Emphasis, Viewport
from ui.i18n import tr
from visgrad.picture.display import Display
from visgrad.picture.roles import Theme, theme

MOVE_SECONDS = 0.3
FIT_SECONDS = 0.2
SETTLE_MS = 130
FRAME_MS = 16
ZOOM_STEP = 1.25


class Stage(QWidget):
    """Shows one display; the next one is reached by gliding.  Nodes are the ids in `Display.cards.node`.

    `looked`: another display, or another part of it, is being painted; no time to change widgets.
    """

    looked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.hint = ""
        self.reduced_motion = False
        self.insets = Insets()
        self._theme = theme("light")
        self._cache = CardCache()
        self._far = FarView()
        self._display: Display | None = None
        self._opening: Opening | None = None
        self._painter: DisplayPainter | None = None
        self._selected: int | None = None
        self._hovered: int | None = None
        self._following = True
        self._camera = Camera()
        self._looked: tuple[Display | None, Camera, QSize] | None = None
        self._tween: Tween | None = None
        self._camera_from: Camera | None = None
        self._camera_to = Camera()
        self._began = 0.0
        self._seconds = MOVE_SECONDS
        self._pulse_began = 0.0
        self._pulses: list[int] = []
        self._zooming = False
        self._walked = False  # the keyboard brought the focus here: show that
        self._clock = QTimer(self)
        self._clock.setInterval(FRAME_MS)
        self._clock.timeout.connect(self._tick)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)

    # what is shown -----------------------------------------------------------------------------------------------

    @property
    def display(self) -> Display | None:
        """The display that is shown, or is being moved to."""
        return self._display

    def set_display(self, display: Display | None, *, animate: bool = True) -> None:
        """Show a display; `animate`: cards glide from where they are now."""
        shown = self._painter.display if self._painter else None
        animate = animate and self._may_move()
        before = self._camera
        self._tween = None
        self._camera_from = None
        self._display = display
        if display is None:
            self._painter = None
            self._following = True
            self._far.forget()
        else:
            self._painter = DisplayPainter(display, self._theme, self._cache)
            target = self._goal(shown, display)
            if animate and shown is not None and len(display.cards.node) <= MANY:
                tween = Tween(shown, display, self._opening)
                self._tween = tween if tween.moves else None
            if animate and shown is not None and (self._tween or target != before):
                self._move(target, MOVE_SECONDS)
            else:
                self._camera = target
        self._opening = None
        if self._hovered is not None and not self._has(self._hovered):
            self._hovered = None
        self._start_pulses(animate)
        self._describe()
        self._tick()

    def set_lights(self, display: Display) -> None:
        """Show the same display in other states: nothing moves, and what is moving goes on."""
        if self._tween is not None:
            self._tween.new = display
        elif self._painter is not None:
            self._painter = DisplayPainter(display, self._theme, self._cache)
        self._display = display
        self.update()

    def set_theme(self, new: Theme) -> None:
        """Paint in another theme."""
        if new == self._theme:
            return
        self._theme = new
        self._cache.clear()
        if self._display is not None:
            self._painter = DisplayPainter(self._display, new, self._cache)
            self._tween = None
        self.update()

    def set_selection(self, node: int | None) -> None:
        """Ring a node; what is selected is decided by whoever listens to the signals."""
        if node != self._selected:
            self._selected = node
            self._describe()
            self.update()

    def set_hint(self, text: str) -> None:
        """What to say in the middle while there is nothing to show."""
        self.hint = text
        self._describe()
        self.update()

    def _start_pulses(self, animate: bool) -> None:
        self._pulses = pulsing_edges(self._display) if self._display is not None and animate else []
        if self._pulses:
            self._pulse_began = time.monotonic()
            self._clock.start()

    def _describe(self) -> None:
        """Tell assistive tools what is here."""
        if self._display is None:
            self.setAccessibleDescription(self.hint)
            return
        count = len(self._display.cards.node)
        name = self.title(self._selected) if self._selected is not None else ""
        key = "graph.described_selected" if name else "graph.described"
        self.setAccessibleDescription(tr(key, count=count, name=name))
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def title(self, node: int) -> str:
        """The short name on a node's card, "" if it has none."""
        if self._display is None:
            return ""
        found = np.nonzero(self._display.cards.node == node)[0]
        titles = self._display.cards.title
        return titles[int(found[0])] if len(found) and int(found[0]) < len(titles) else ""

    def _has(self, node: int) -> bool:
        return self._display is not None and bool((self._display.cards.node == node).any())

    # the camera --------------------------------------------------------------------------------------------------

    def fit(self, *, animate: bool = True) -> None:
        """Show everything, and keep doing so as the graph grows."""
        self._following = True
        if self._display is not None:
            self._go(fitting(self._display.bounds, self.width(), self.height(), self.insets), animate)

    def zoom(self, factor: float) -> None:
        """Magnify by a factor about the middle."""
        self._following = False
        start = self._camera_to if self._camera_from is not None else self._camera
        self._go(start.zoomed(factor, self.width() / 2, self.height() / 2, self.width(), self.height()), True)

    def centre_on(self, node: int) -> None:
        """Bring a node into the middle, at a scale at which it can be read."""
        rect = self.node_rect(node)
        if rect is not None:
            self._following = False
            scale = max(self._camera.scale, 0.8)
            self._go(Camera(rect.center().x(), rect.center().y(), scale), True)

    @property
    def camera(self) -> Camera | None:
        """Where one looks, or is on the way to; None while the whole graph is followed."""
        if self._following:
            return None
        return self._camera_to if self._camera_from is not None else self._camera

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

    def visible_rect(self) -> QRectF:
        """What of the scene shows."""
        return self._viewport().scene_rect(self.width(), self.height())

    @property
    def selected(self) -> int | None:
        """The node that is ringed."""
        return self._selected

    @property
    def scale(self) -> float:
        """Pixels a scene unit."""
        return self._camera.scale

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

    def open_next(self, opening: Opening) -> None:
        """The next display has a group unfolded: what was in it comes out of where the group is now."""
        self._opening = opening

    def _goal(self, shown: Display | None, display: Display) -> Camera:
        """Where to look when `display` replaces `shown`: all of it, or so that what was looked at stays put."""
        if self._following or shown is None:
            return fitting(display.bounds, self.width(), self.height(), self.insets)
        anchor = self._anchor(shown, display)
        if anchor is None:
            return self._camera
        dx, dy = anchor
        return Camera(self._camera.x + dx, self._camera.y + dy, self._camera.scale)

    def _anchor(self, shown: Display, display: Display) -> tuple[float, float] | None:
        """How far the card nearest to the middle of the view (or the selected one, if it shows) moves."""
        place = {node: index for index, node in enumerate(display.cards.node.tolist())}
        rect = shown.cards.rect
        if self._opening is not None:
            before, after = np.flatnonzero(shown.cards.node == self._opening.group), place.get(self._opening.first)
            if len(before) and after is not None:
                return _shift(rect[int(before[0])], display.cards.rect[after])
        distance = np.hypot(rect[:, 0] + rect[:, 2] / 2 - self._camera.x, rect[:, 1] + rect[:, 3] / 2 - self._camera.y)
        order = np.argsort(distance, kind="stable").tolist()
        area = self.visible_rect()
        chosen = [i for i in order if int(shown.cards.node[i]) == self._selected and area.intersects(_rect(rect[i]))]
        for index in [*chosen, *order]:
            now = place.get(int(shown.cards.node[index]))
            if now is not None:
                return _shift(rect[index], display.cards.rect[now])
        return None

    def _go(self, camera: Camera, animate: bool) -> None:
        if animate and self._may_move():
            self._move(camera, FIT_SECONDS)
        else:
            self._camera_from = None
            self._camera = camera
        self._tick()

    def _move(self, camera: Camera, seconds: float) -> None:
        self._camera_from, self._camera_to = self._camera, camera
        self._seconds, self._began = seconds, time.monotonic()
        self._clock.start()

    def _tick(self) -> None:
        """Advance whatever is moving; stop the clock when nothing is."""
        now = time.monotonic()
        share = (now - self._began) / self._seconds
        eased = ease(share) if share < 1 else 1.0
        if self._tween is not None and self._display is not None:
            display, alpha = self._tween.at(eased)
            self._painter = DisplayPainter(display, self._theme, self._cache, alpha)
        if self._camera_from is not None:
            self._camera = between(self._camera_from, self._camera_to, eased)
        if share >= 1:
            self._tween = None
            self._camera_from = None
        if self._pulses and now - self._pulse_began > PULSE_SECONDS:
            self._pulses = []
        if not self.moving and not self._pulses:
            self._clock.stop()
        self.update()

    def _may_move(self) -> bool:
        """Whether anything may be animated: the person and the desktop allow it, and someone can see it."""
        quick = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0
        return self.isVisible() and not (self.reduced_motion or quick)

    @property
    def moving(self) -> bool:
        """Whether cards or the camera are on their way."""
        return self._tween is not None or self._camera_from is not None

    def finish(self) -> None:
        """End all movement at its goal."""
        self._began = self._pulse_began = float("-inf")
        self._tick()

    def _touch(self) -> None:
        """A person moved the view: it no longer follows the graph, and animated movement ends."""
        self._following = False
        self._camera_from = None

    def _settled(self) -> None:
        self._zooming = False
        self.update()

    # painting ----------------------------------------------------------------------------------------------------

    def _viewport(self) -> Viewport:
        dx, dy = self._camera.offset(self.width(), self.height())
        scaling = self._camera_from is not None and self._camera_from.scale != self._camera_to.scale
        crisp = not (self._zooming or scaling)
        return Viewport(self._camera.scale, dx, dy, self.devicePixelRatioF(), crisp)

    def paintEvent(self, event: QPaintEvent) -> None:
        viewport = self._viewport()
        if self._looked != (self._display, self._camera, self.size()):
            self._looked = (self._display, self._camera, self.size())
            self.looked.emit()
        with QPainter(self) as painter:
            paint_ground(painter, viewport, self.size(), self._theme)
            if self._painter is None or self._display is None:
                paint_hint(painter, self.rect(), self.hint, self._theme)
                return
            visible = viewport.scene_rect(self.width(), self.height())
            self._painter.emphasis = Emphasis(self._selected, self._hovered, self.hasFocus())
            if self._far.serves(self._painter, viewport, visible):
                self._far.paint(painter, self._painter, viewport, visible, self.size())
                self._painter.paint_emphasis(painter, viewport, visible)
            else:
                self._painter.paint(painter, viewport, visible)
            if self._painter.cards.incomplete and not self._zooming:
                self.update()
            if self._pulses:
                share = (time.monotonic() - self._pulse_began) / PULSE_SECONDS
                paint_pulses(painter, self._painter, viewport, self._pulses, share)
            if self.hasFocus() and self._walked:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(colour(self._theme, "focus"), 2))
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def hideEvent(self, event: QHideEvent) -> None:
        self._settle.stop()
        self._zooming = False
        self.finish()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._following and self._display is not None:
            self.fit(animate=False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._walked = event.reason() not in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(800, 560)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)


def _rect(row: Any) -> QRectF:
    return QRectF(*(float(value) for value in row))


def _shift(first: Any, last: Any) -> tuple[float, float]:
    """How far one rectangle's corner is from another's."""
    return float(last[0] - first[0]), float(last[1] - first[1])
