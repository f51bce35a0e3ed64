"""The find bar over the graph: which operations a query speaks of, how many they are, and the way from one to the next.

Owns the query and what it finds at the store's position.  What a query means is `visgrad.picture.find`'s; lighting
what was found is the graph's.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from ui.i18n import tr
from ui.icons import SIZE, icon
from ui.store import Store
from visgrad.picture.find import find, parse
from visgrad.picture.naming import Naming
from visgrad.picture.roles import Theme

AT_ONCE = 2000
"""Of more operations what is found follows a little later, so that a playing program is not held up."""

LATER_MS = 150
BUTTONS = (("up", "find.previous"), ("down", "find.next"), ("close", "find.close"))


class GraphFind(QFrame):
    """`found`: operations in order, None while nothing is looked for.  `changed`: it is another list now;
    `wanted(operation)`: go there; `closed`: nothing is looked for any more."""

    changed = Signal()
    wanted = Signal(int)
    closed = Signal()

    def __init__(self, store: Store, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("graphFind")
        self._store = store
        self.found: list[int] | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(self._search)
        self.field = QLineEdit(self)
        self.field.setObjectName("graphFindField")
        self.field.setPlaceholderText(tr("find.node"))
        self.field.setAccessibleName(tr("find.node"))
        self.field.setToolTip(tr("find.node_tip"))
        self.field.setClearButtonEnabled(True)
        self.field.setMinimumWidth(150)
        self.field.textChanged.connect(self._search)
        self.count = QLabel(self)
        self.count.setObjectName("graphFindCount")
        self.count.setProperty("dim", True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 3, 3, 3)
        layout.setSpacing(2)
        layout.addWidget(self.field, 1)
        layout.addSpacing(4)
        layout.addWidget(self.count)
        self.buttons: dict[str, QToolButton] = {}
        for (name, tip), run in zip(BUTTONS, (self.previous, self.next, self.hide), strict=True):
            button = self.buttons[name] = QToolButton(self)
            button.setObjectName(f"graphFind.{name}")
            button.setAutoRaise(True)
            button.setIconSize(QSize(SIZE, SIZE))
            button.setToolTip(tr(tip))
            button.setAccessibleName(tr(tip))
            button.clicked.connect(run)
            layout.addWidget(button)
        self.tint(store.theme)
        super().hide()

    def tint(self, theme: Theme) -> None:
        """Draw the buttons in a theme."""
        for name, button in self.buttons.items():
            button.setIcon(icon(name, theme))

    def open(self, query: str | None = None) -> None:
        """Show the bar, ready to type; `query`: look for this."""
        if query is not None:
            self.field.setText(query)
        self.show()
        self.raise_()
        self.field.setFocus()
        self.field.selectAll()
        self._search()

    def refresh(self) -> None:
        """Search again: time has gone on, or there is another recording."""
        if not self.isVisible() or not self.field.text().strip():
            return
        if self._store.frame.operation_count <= AT_ONCE:
            self._search()
        elif not self._later.isActive():
            self._later.start()

    def next(self) -> None:
        """Go to what is found after the selection, from the first again after the last."""
        self._go(1)

    def previous(self) -> None:
        """Go to what is found before the selection."""
        self._go(-1)

    def tell(self) -> None:
        """Say how many there are, and which of them is selected."""
        found, selected = self.found, self._store.selection
        if found is None:
            text = ""
        elif selected in found:
            text = tr("find.place", number=found.index(selected) + 1, count=len(found))
        else:
            text = tr("find.count", count=len(found))
        if text != self.count.text():
            self.count.setText(text)
            self.field.setAccessibleDescription(text)
        for name in ("up", "down"):
            self.buttons[name].setEnabled(bool(found))

    def _search(self) -> None:
        self._later.stop()
        query = parse(self.field.text())
        frame = self._store.frame
        found = find(frame, query, Naming(frame.recording)) if query else None
        different = found != self.found
        self.found = found
        self.tell()
        if different:
            self.changed.emit()

    def _go(self, step: int) -> None:
        if self._later.isActive():
            self._search()
        if not self.found:
            return
        selected = self._store.selection
        if selected is None:
            place = 0 if step > 0 else -1
        elif step > 0:
            place = bisect_right(self.found, selected) % len(self.found)
        else:
            place = bisect_left(self.found, selected) - 1
        self.wanted.emit(self.found[place])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3):
            self._go(-1 if shift else 1)
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._go(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.isHidden():  # not when the whole window goes out of sight
            self._later.stop()
            self.found = None
            self.closed.emit()
