"""The counter of problems in the graph's tools: how many nodes have one by now, and the way to the next.

Owns when a recording is searched for problems: a piece at a time while nothing else is to be done.  What counts as a
problem is `visgrad.picture.problems`'.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMenu, QToolButton

from ui.i18n import tr
from ui.store import Aspect, Store
from visgrad.explain.label import call, label
from visgrad.picture.problems import KINDS, Problems

LISTED = 24
"""So many problems are in the list."""

PIECE = 1500
"""Steps looked at in one go: some milliseconds' worth."""


class ProblemCounter(QObject):
    """`found`: the operations with a problem at the store's position, in order.  `changed`: they are others now;
    `wanted(operation)`: go there."""

    changed = Signal()
    wanted = Signal(int)

    def __init__(self, store: Store, button: QToolButton) -> None:
        super().__init__(button)
        self._store, self._button = store, button
        self._problems = Problems(store.recording)
        self.found: list[int] = []
        self._kinds: list[str] = []
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self._read)
        button.hide()
        button.clicked.connect(self.next)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.menu = QMenu(button)
        self.menu.setObjectName("problemMenu")
        self.menu.aboutToShow.connect(self._fill)
        button.setMenu(self.menu)
        store.changed.connect(self._on_changed)
        self._on_changed(~Aspect(0))

    def next(self) -> None:
        """Go to the problem after the selection, to the first after the last."""
        selected = self._store.selection
        if self.found:
            self.wanted.emit(
                self.found[0 if selected is None else bisect_right(self.found, selected) % len(self.found)]
            )

    def previous(self) -> None:
        """Go to the problem before the selection."""
        selected = self._store.selection
        if self.found:
            self.wanted.emit(self.found[-1 if selected is None else bisect_left(self.found, selected) - 1])

    def show_list(self) -> None:
        """Open the list of problems."""
        if self.found:
            self._button.showMenu()

    def kind(self, operation: int) -> str:
        """What is wrong with an operation by now, "" for nothing."""
        return self._problems.kind(self._store.frame, operation)

    def _fill(self) -> None:
        """Fill the list: what is wrong, with what, how often, in which line; an entry leads to the first."""
        self.menu.clear()
        entries: dict[tuple[str, str], list[int]] = {}
        for operation in self.found:
            entries.setdefault(self._told(operation), []).append(operation)
        for (words, line), operations in list(entries.items())[:LISTED]:
            often = f"  × {len(operations)}" if len(operations) > 1 else ""
            text = f"{words}{often}\t{line}" if line else words + often
            self.menu.addAction(text.replace("&", "&&"), partial(self.wanted.emit, operations[0]))
        if len(entries) > LISTED:
            self.menu.addAction(tr("problem.more", count=len(entries) - LISTED)).setEnabled(False)

    def _told(self, operation: int) -> tuple[str, str]:
        """What is wrong with what, and in which line."""
        step = self._store.recording.operations[operation]
        called = label(self._store.frame, step.outputs[0].value) if step.outputs else call(step)
        words = tr("problem.entry", problem=tr(f"problem.is_{self.kind(operation)}"), name=called)
        return words, tr("console.line", line=step.where[0].span.line) if step.where else ""

    def close(self) -> None:
        """Look no further."""
        self._idle.stop()

    def _on_changed(self, aspects: Aspect) -> None:
        if Aspect.RECORDING in aspects:
            if self._problems.recording is not self._store.recording:
                self._problems = Problems(self._store.recording)
            self._read()
        elif Aspect.POSITION in aspects:
            self._tell()

    def _read(self) -> None:
        if self._problems.grow(PIECE):
            self._idle.start()
        self._tell()

    def _tell(self) -> None:
        """Count the problems there are by now."""
        found = self._problems.at(self._store.frame)
        kinds = [self.kind(operation) for operation in found]
        if (found, kinds) == (self.found, self._kinds):
            return
        self.found, self._kinds = found, kinds
        counts = Counter(kinds)
        words = ", ".join(tr(f"problem.{kind}", count=counts[kind]) for kind in KINDS if counts[kind])
        self._button.setText(str(len(found)))
        self._button.setToolTip(tr("problem.tip", problems=words))
        self._button.setAccessibleName(tr("problem.tip", problems=words))
        self._button.setVisible(bool(found))
        self.changed.emit()
