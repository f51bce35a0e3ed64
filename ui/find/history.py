"""Back and forward through what has been selected, as a browser does."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ui.store import Aspect, Store

LONGEST = 100
"""Selections that are remembered."""


class History(QObject):
    """`wanted(node)`: select this and show it.  Forgets everything with the recording it was about."""

    wanted = Signal(int)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._recording = store.recording
        self._visited: list[int] = []
        self._place = -1
        store.changed.connect(self._on_changed)

    @property
    def before(self) -> int | None:
        """What was selected before what is selected now."""
        return self._visited[self._place - 1] if self._place > 0 else None

    def go(self, step: int) -> None:
        """Go back (-1) or forward (1); back from nothing selected leads to what was selected last."""
        nowhere = self._store.selection is None and step < 0
        place = self._place + (0 if nowhere else step)
        if 0 <= place < len(self._visited):
            self._place = place
            self.wanted.emit(self._visited[place])

    def _on_changed(self, aspects: Aspect) -> None:
        if self._store.recording is not self._recording:
            self._recording, self._visited, self._place = self._store.recording, [], -1
        selected = self._store.selection
        if Aspect.SELECTION not in aspects or selected is None or selected in self._visited[self._place :][:1]:
            return
        self._visited = [*self._visited[: self._place + 1], selected][-LONGEST:]
        self._place = len(self._visited) - 1
