"""The part of the canvas that shows: a display where the camera looks at it, and the animation to the next one.

Owns the widget's painting.  Where it looks is `eye`'s, what people do with mouse and keyboard is `view`'s, what is
painted is `painter`'s.
"""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
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
from PySide6.QtWidgets import QWidget

from ui.colours import colour
from ui.graph.cache import CardCache
from ui.graph.camera import Camera
from ui.graph.eye import Eye
from ui.graph.far_view import FarView
from ui.graph.ground import paint_ground, paint_hint
from ui.graph.painter import DisplayPainter
from ui.graph.pulse import PULSE_SECONDS, paint_pulses, pulsing_edges
from ui.graph.tween import MANY, Tween
from ui.graph.viewport import Emphasis
from ui.i18n import tr
from visgrad.picture.display import Display
from visgrad.picture.roles import Theme, theme

MOVE_SECONDS = 0.3


class Stage(Eye):
    """Shows one display; the next one is reached by gliding.  Nodes are the ids in `Display.cards.node`.

    `looked`: another display, or another part of it, is being painted; no time to change widgets.
    """

    looked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.hint = ""
        self._theme = theme("light")
        self._cache = CardCache()
        self._far = FarView()
        self._painter: DisplayPainter | None = None
        self._hovered: int | None = None
        self._looked: tuple[Display | None, Camera, QSize] | None = None
        self._tween: Tween | None = None
        self._pulse_began = 0.0
        self._pulses: list[int] = []
        self._walked = False  # the keyboard brought the focus here: show that

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
        self._flight.stop()
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
                self._flight.jump(target)
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

    @property
    def selected(self) -> int | None:
        """The node that is ringed."""
        return self._selected

    # moving ------------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        """Advance whatever is moving; stop the clock when nothing is."""
        eased, there = self._flight.advance()
        if self._tween is not None and self._display is not None:
            display, alpha = self._tween.at(eased)
            self._painter = DisplayPainter(display, self._theme, self._cache, alpha)
        if there:
            self._tween = None
        if self._pulses and time.monotonic() - self._pulse_began > PULSE_SECONDS:
            self._pulses = []
        if not self.moving and not self._pulses:
            self._clock.stop()
        self.update()

    @property
    def moving(self) -> bool:
        """Whether cards or the camera are on their way."""
        return self._tween is not None or self._flight.under_way

    def finish(self) -> None:
        """End all movement at its goal."""
        self._flight.land()
        self._pulse_began = float("-inf")
        self._tick()

    # painting ----------------------------------------------------------------------------------------------------

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
