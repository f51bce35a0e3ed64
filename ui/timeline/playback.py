"""Moves the position by itself: playing at a steady speed, or following the end of a running program.

Owns the one timer that does so.  While a program is small enough to watch, following it shows step after step; a long
one is caught up with geometrically, so that the picture is never far behind and never jumps more than it must.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from ui.settings_store import SettingsStore
from ui.store import Aspect, Store

SMALL = 40
"""Recordings with at most this many stops are followed step by step."""

CATCH_UP = 0.18
"""The share of the way to the end that one tick covers in a long recording."""

TICK = 33


class Playback(QObject):
    """Steps the store while `store.playing` or `store.live` is set."""

    def __init__(self, store: Store, settings: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._settings = settings
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        store.changed.connect(self._on_changed)
        settings.changed.connect(self._restart)

    def toggle(self) -> None:
        """Play from here (from the start when at the end), or pause."""
        store = self._store
        if store.playing:
            store.set(Aspect.PLAY, playing=False)
            return
        if store.position >= len(store.recording.stops) and not store.running:
            store.go(0)
        store.set(Aspect.PLAY, playing=True, live=False)

    def step(self, by: int) -> None:
        """Go a number of steps forward or back by hand; this ends playing and following."""
        self._store.set(Aspect.PLAY, playing=False, live=False)
        self._store.go(self._store.position + by)

    def go(self, position: int) -> None:
        """Go to a position by hand; this ends playing and following."""
        self._store.set(Aspect.PLAY, playing=False, live=False)
        self._store.go(position)

    def follow(self) -> None:
        """Follow the end from now on."""
        self._store.set(Aspect.PLAY, playing=False, live=True)

    def close(self) -> None:
        """Stop for good."""
        self._timer.stop()

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & (Aspect.RECORDING | Aspect.PLAY | Aspect.RUN):
            self._restart()

    def _restart(self, _key: str = "") -> None:
        interval = self._interval()
        if interval is None:
            self._timer.stop()
        elif not self._timer.isActive() or self._timer.interval() != interval:
            self._timer.start(interval)

    def _interval(self) -> int | None:
        """Milliseconds between ticks, None when there is nothing to do."""
        store = self._store
        behind = len(store.recording.stops) - store.position
        if behind <= 0 or store.awaiting:
            return None
        if store.playing:
            return max(16, round(1000 / self._settings.number("playback/speed")))
        if store.live:
            small = len(store.recording.stops) <= SMALL
            return max(1, round(1000 / self._settings.number("playback/live_speed"))) if small else TICK
        return None

    def _tick(self) -> None:
        store = self._store
        total = len(store.recording.stops)
        if store.playing:
            speed = self._settings.number("playback/speed")
            store.go(store.position + max(1, round(speed * 0.016)))
            if store.position >= total and not store.running:
                store.set(Aspect.PLAY, playing=False)
        elif store.live:
            behind = total - store.position
            store.go(store.position + (1 if total <= SMALL else max(1, round(behind * CATCH_UP))))
        self._restart()
