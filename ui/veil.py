"""Fades the picture of the previous run while a new one has shown nothing yet.

Only a run that keeps one waiting is veiled: most send their first step before the eye would notice a change.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QGraphicsOpacityEffect, QWidget

from ui.store import Aspect, Store

PATIENCE = 150
"""Milliseconds until the old picture fades."""

OPACITY = 0.4


class Veil(QObject):
    """Fades `widget` while `store.awaiting`."""

    def __init__(self, store: Store, widget: QWidget) -> None:
        super().__init__(widget)
        self._store, self._widget = store, widget
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PATIENCE)
        self._timer.timeout.connect(self._fade)
        store.changed.connect(self._on_changed)

    @property
    def down(self) -> bool:
        """Whether the picture is faded now."""
        return self._widget.graphicsEffect() is not None

    def _on_changed(self, aspects: Aspect) -> None:
        if not aspects & (Aspect.RUN | Aspect.RECORDING):
            return
        if self._store.awaiting:
            self._timer.start()
        else:
            self._timer.stop()
            if self.down:
                self._widget.setGraphicsEffect(None)  # type: ignore[arg-type]  # Qt's way to remove one

    def _fade(self) -> None:
        effect = QGraphicsOpacityEffect(self._widget)
        effect.setOpacity(OPACITY)
        self._widget.setGraphicsEffect(effect)
