"""The shortcut sheet, made from the table of actions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.dialogs.buttons import close_button
from ui.i18n import tr


class ShortcutsDialog(QDialog):
    """`groups`: (heading, [(what it does, keys)])."""

    def __init__(self, groups: list[tuple[str, list[tuple[str, str]]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle(tr("shortcuts.title"))
        columns = QHBoxLayout()
        columns.setSpacing(40)
        half = (sum(len(rows) + 2 for _, rows in groups) + 1) // 2
        column, filled = _column(columns), 0
        for heading, rows in groups:
            if filled and filled + len(rows) / 2 > half:
                column.addStretch(1)
                column, filled = _column(columns), 0
            column.addLayout(_group(heading, rows))
            filled += len(rows) + 2
        column.addStretch(1)
        buttons = close_button(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(columns)
        layout.addWidget(buttons)


def _column(columns: QHBoxLayout) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(18)
    columns.addLayout(column)
    return column


def _group(heading: str, rows: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(28)
    grid.setVerticalSpacing(6)
    title = QLabel(heading)
    title.setProperty("heading", True)
    grid.addWidget(title, 0, 0, 1, 2)
    for row, (text, keys) in enumerate(rows, start=1):
        grid.addWidget(QLabel(text), row, 0)
        label = QLabel(keys)
        label.setProperty("dim", True)
        label.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(label, row, 1)
    grid.setColumnStretch(0, 1)
    return grid
