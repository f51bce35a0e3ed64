"""The keyboard in the window: who keeps a bare key for itself, and the way from panel to panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QSlider,
    QTabBar,
    QWidget,
)

from ui.actions import BARE_KEYS

if TYPE_CHECKING:
    from ui.main_window import MainWindow

KEEP_KEYS = (QLineEdit, QPlainTextEdit, QAbstractItemView, QAbstractSpinBox, QComboBox, QTabBar)
"""Widgets that use bare keys themselves."""

SLIDING = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
"""Bare keys that a slider uses itself; that of the timeline steps with them anyway."""


def keeps(focus: QWidget | None, event: QKeyEvent, timeline: QSlider) -> bool:
    """Whether a key that is a shortcut belongs to the widget that has the keyboard."""
    plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    presses = event.key() == Qt.Key.Key_Space and isinstance(focus, QAbstractButton)
    slides = isinstance(focus, QSlider) and focus is not timeline and event.key() in SLIDING
    return plain and event.key() in BARE_KEYS and (isinstance(focus, KEEP_KEYS) or presses or slides)


def next_panel(window: MainWindow, by: int) -> None:
    """Give the keyboard to the next panel that is seen (or the one before): out of the text, where Tab indents."""
    program = window.program
    text = program.code.editor if program.currentWidget() is program.code else program.build
    stops: tuple[QWidget, ...] = (text, window.console, window.charts, window.graph.view, window.timeline.slider)
    stops += (window.inspector, window.outline)
    seen = [widget for widget in stops if widget.isVisible() and widget.isEnabled()]
    focus = window.focusWidget()
    here = next((at for at, one in enumerate(seen) if focus is not None and _panel(one).isAncestorOf(focus)), -1)
    target = seen[(here + by) % len(seen)] if here >= 0 else seen[0]
    if target.focusPolicy() == Qt.FocusPolicy.NoFocus:
        target = target.nextInFocusChain() or target
    target.setFocus(Qt.FocusReason.TabFocusReason)


def _panel(widget: QWidget) -> QWidget:
    """The dock that a widget is in; the graph's panel is in none."""
    place = widget
    while not isinstance(place, QDockWidget) and (parent := place.parentWidget()) is not None:
        if isinstance(parent, QMainWindow):
            break
        place = parent
    return place
