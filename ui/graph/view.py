"""The canvas: one widget that paints a display from arrays and lets people move about in it.

Owns what mouse, touchpad and keyboard do: panning, zooming, pointing, walking from node to node.  What shows is
`stage`'s, where it comes from is `panel`'s; the view knows no recording and no store.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from ui.graph.preview import Preview
from ui.graph.stage import Stage
from visgrad.picture.display import Display

ZOOM_STEP = 1.25
READABLE = 0.75
"""Cards painted smaller than this are shown at full size while the pointer is on them."""


class GraphView(Stage):
    """A picture to move about in.

    Nodes from 0 are operations; -1 - g is the card that group g is folded into.  `pathWanted(node)`: the way there from
    the selected one; `escaped`: the Escape key.  `turned(step)`: back (-1) or forward (1), by the mouse.
    """

    nodeClicked = Signal(int)
    nodeActivated = Signal(int)
    groupActivated = Signal(int)
    nodeHovered = Signal(object)
    backgroundClicked = Signal()
    pathWanted = Signal(int)
    escaped = Signal()
    turned = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("graphView")
        self.setAccessibleName("graphView")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._drag: QPointF | None = None
        self._dragged = False
        self._preview = Preview(self)

    def set_display(self, display: Display | None, *, animate: bool = True) -> None:
        super().set_display(display, animate=animate)
        self._preview.hide()

    def _touch(self) -> None:
        super()._touch()
        self._preview.hide()

    # pointing ----------------------------------------------------------------------------------------------------

    def card_at(self, point: QPointF) -> int | None:
        """The uppermost card under a widget point."""
        if self._painter is None:
            return None
        x, y = self._camera.to_scene(point.x(), point.y(), self.width(), self.height())
        rect = self._painter.display.cards.rect
        slack = max(0.0, 3.0 / self._camera.scale - 6.0)
        inside = (
            (rect[:, 0] - slack <= x)
            & (rect[:, 1] - slack <= y)
            & (x <= rect[:, 0] + rect[:, 2] + slack)
            & (y <= rect[:, 1] + rect[:, 3] + slack)
        )
        found = np.nonzero(inside)[0]
        return int(found[-1]) if len(found) else None

    def node_at(self, point: QPointF) -> int | None:
        """The node under a widget point."""
        card = self.card_at(point)
        return None if card is None or self._painter is None else int(self._painter.display.cards.node[card])

    def _hover(self, node: int | None) -> None:
        if node != self._hovered:
            self._hovered = node
            self._set_cursor()
            self.nodeHovered.emit(node if node is not None and node >= 0 else None)
            self._show_preview(node)
            self.update()

    def _set_cursor(self) -> None:
        hand, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
        self.setCursor(arrow if self._hovered is None else hand)

    def _show_preview(self, node: int | None) -> None:
        """A card that is too small to be read is shown at full size beside the pointer."""
        readable = self._camera.scale >= READABLE
        if node is None or readable or self._painter is None:
            self._preview.hide()
            return
        card = int(np.nonzero(self._painter.display.cards.node == node)[0][0])
        rect = self._painter.display.cards.rect[card].tolist()
        corner = self.to_widget(rect[0], rect[1])
        anchor = QRectF(corner.x(), corner.y(), rect[2] * self._camera.scale, rect[3] * self._camera.scale)
        self._preview.show_card(self._painter, card, anchor)

    def set_hover(self, node: int | None) -> None:
        """Light a node up from outside (the outline, the program)."""
        if node != self._hovered:
            self._hovered = node
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._drag, self._dragged = event.position(), False
            self._preview.hide()
        elif event.button() in (Qt.MouseButton.BackButton, Qt.MouseButton.ForwardButton):
            self.turned.emit(-1 if event.button() == Qt.MouseButton.BackButton else 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            self._hover(self.node_at(event.position()))
            return
        moved = event.position() - self._drag
        if not self._dragged and moved.manhattanLength() < QApplication.startDragDistance():
            return
        self._dragged = True
        self._touch()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._camera = self._camera.panned(moved.x(), moved.y())
        self._drag = event.position()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            return
        self._drag = None
        self._set_cursor()
        if self._dragged or event.button() != Qt.MouseButton.LeftButton:
            return
        node = self.node_at(event.position())
        if node is None:
            self.backgroundClicked.emit()
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pathWanted.emit(node)
        else:
            self.nodeClicked.emit(node)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        node = self.node_at(event.position())
        if node is None:
            self.fit()
        else:
            self.activate(node)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        pixels, steps = event.pixelDelta(), event.angleDelta()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not pixels.isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase and not control:  # two fingers
            self._touch()
            self._camera = self._camera.panned(pixels.x(), pixels.y())
            self.update()
        elif steps.y():
            self._zoom_at(ZOOM_STEP ** (steps.y() / 120), event.position())
        event.accept()

    def _zoom_at(self, factor: float, point: QPointF) -> None:
        self._touch()
        self._zooming = True
        self._settle.start()
        self._camera = self._camera.zoomed(factor, point.x(), point.y(), self.width(), self.height())
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._zoom_at(1.0 + event.value(), event.position())
            return True
        return super().event(event)

    # the keyboard ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_BracketRight, Qt.Key.Key_BracketLeft):
            self.walk(1 if key == Qt.Key.Key_BracketRight else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._selected is not None:
            self.activate(self._selected)
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
            self.backgroundClicked.emit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def activate(self, node: int) -> None:
        """Tell that a node, or the group that it is, is wanted."""
        if node < 0:
            self.groupActivated.emit(-1 - node)
        else:
            self.nodeActivated.emit(node)

    def walk(self, step: int) -> None:
        """Select the node that ran `step` later than the selected one (or the first), and bring it into view."""
        if self._display is None or not len(self._display.cards.node):
            return
        nodes = list(dict.fromkeys(self._display.cards.node.tolist()))
        if self._selected in nodes:
            index = min(max(nodes.index(self._selected) + step, 0), len(nodes) - 1)
        else:
            index = 0 if step > 0 else len(nodes) - 1
        self.nodeClicked.emit(nodes[index])
        self.ensure_visible(nodes[index])

    def ensure_visible(self, node: int) -> None:
        """Bring a node into the middle if it does not show."""
        rect = self.node_rect(node)
        if rect is not None and not self.visible_rect().contains(rect):
            self.centre_on(node)
