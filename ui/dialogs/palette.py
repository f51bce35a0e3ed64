"""The command palette: everything the window can do and every lesson, found by a few letters of its name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ui.documents import lesson_titles
from ui.i18n import tr
from ui.naming import name

if TYPE_CHECKING:
    from ui.main_window import MainWindow

MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}


class Entry(NamedTuple):
    """What is shown, its keys, and what choosing it does."""

    title: str
    keys: str
    run: Callable[[], object]


def palette_entries(window: MainWindow) -> list[Entry]:
    """The actions that are enabled now, then the lessons."""
    from ui.actions import ACTIONS, plain, shortcut_text  # whose table names the verb that opens the palette

    actions = window.actions_by_name
    entries = [
        Entry(plain(row.name), shortcut_text(row), actions[row.name].trigger)
        for row in ACTIONS
        if row.name != "paletteAction" and actions[row.name].isEnabled()
    ]
    for lesson, title in lesson_titles():
        entries.append(Entry(f"{tr('menu.lessons')}: {title}", "", partial(window.commands.open_lesson, lesson)))
    return entries


class Palette(QDialog):
    """A field and a list that it narrows; Enter does what is chosen."""

    def __init__(self, entries: list[Entry], title: str, parent: QWidget) -> None:
        super().__init__(parent)
        name(self, "paletteDialog", title)
        self.setWindowTitle(title)
        self._entries = entries
        self.field = QLineEdit()
        name(self.field, "paletteField", tr("palette.field"))
        self.field.setPlaceholderText(tr("palette.field"))
        self.field.textChanged.connect(self._narrow)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        name(self.list, "paletteList", title)
        self.list.itemActivated.connect(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.resize(520, 420)
        self._narrow("")

    def _narrow(self, text: str) -> None:
        self.list.clear()
        parts = text.casefold().split()
        found = [entry for entry in self._entries if all(part in entry.title.casefold() for part in parts)]
        begun = text.casefold()
        for entry in sorted(found, key=lambda entry: not entry.title.casefold().startswith(begun)):
            item = QListWidgetItem(f"{entry.title}    {entry.keys}" if entry.keys else entry.title)
            item.setData(Qt.ItemDataRole.UserRole, self._entries.index(entry))
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move in the list while the field has the keyboard; Enter chooses."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in MOVES:
                row = self.list.currentRow() + MOVES[Qt.Key(event.key())]
                self.list.setCurrentRow(max(0, min(row, self.list.count() - 1)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        entry = self._entries[int(item.data(Qt.ItemDataRole.UserRole))]
        self.accept()
        entry.run()
