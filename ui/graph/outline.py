"""The outline: what has run, in order, as rows of text.  The graph for the keyboard and for screen readers.

Owns the table of operations at the store's position and keeps its current row and the store's selection the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QFont, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from ui.colours import colour
from ui.fonts import code_font
from ui.i18n import tr
from ui.icons import icon
from ui.store import Aspect, Store
from visgrad.explain.label import call
from visgrad.recording.model import Operation, Summary
from visgrad.recording.recording import Recording
from visgrad.recording.summary import short

COLUMNS = ("name", "call", "shape", "value", "gradient")
SHARES = (0.16, 0.3, 0.14, 0.2, 0.2)
"""Of the width, until someone moves a border."""

MEAN = re.compile(r"mean (\S+)")
NARROW_SHARES = (0.0, 0.5, 0.0, 0.25, 0.25)
NARROWEST = 36
NARROW = 380
"""A narrower outline has names and calls in one column and no shapes, until someone moves a border."""

NAME, SHAPE = COLUMNS.index("name"), COLUMNS.index("shape")
ROW_HEIGHT = 24
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class OutlineModel(QAbstractTableModel):
    """One row an operation that has run; `COLUMNS` say what of it."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._recording: Recording = store.recording
        self._count = store.frame.operation_count
        self._font = QFont(code_font(12))
        self.narrow = False
        self._lit: frozenset[int] | None = None
        self._problems: Mapping[int, str] = {}

    def light(self, lit: frozenset[int] | None, problems: Mapping[int, str]) -> None:
        """Of the operations these are lit, and the others step back (None: none does); these have problems."""
        if (lit, problems) == (self._lit, self._problems):
            return
        self._lit, self._problems = lit, problems
        if self._count:
            self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, len(COLUMNS) - 1))

    def refresh(self) -> None:
        """Follow the store: rows come and go at the end, gradients and names change."""
        count = self._store.frame.operation_count
        if self._store.recording is not self._recording:
            self.beginResetModel()
            self._recording, self._count = self._store.recording, count
            self.endResetModel()
            return
        if count > self._count:
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._count = count
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(QModelIndex(), count, self._count - 1)
            self._count = count
            self.endRemoveRows()
        if count:
            self.dataChanged.emit(self.index(0, 0), self.index(count - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(f"outline.{COLUMNS[section]}")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= self._count:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(index.row(), COLUMNS[index.column()])
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return self.sentence(index.row()) if index.column() == self._first() else None
            case Qt.ItemDataRole.FontRole:
                return self._font
            case Qt.ItemDataRole.ForegroundRole:
                return self._ink(index.row(), COLUMNS[index.column()])
            case Qt.ItemDataRole.DecorationRole if index.column() == self._first() and index.row() in self._problems:
                return icon("warning", self._store.theme, "warning")
            case Qt.ItemDataRole.SizeHintRole:
                return QSize(0, ROW_HEIGHT)
            case _:
                return None

    def _first(self) -> int:
        """The first column that shows."""
        return COLUMNS.index("call") if self.narrow else NAME

    def text(self, row: int, column: str) -> str:
        """What stands in a column for an operation."""
        operation, frame = self._recording.operations[row], self._store.frame
        outputs = operation.outputs
        match column:
            case "name":
                return ", ".join(filter(None, (frame.name(output.value) for output in outputs)))
            case "call":
                name = self.text(row, "name") if self.narrow else ""
                return f"{name} = {call(operation)}" if name and name != call(operation) else name or call(operation)
            case "shape":
                return ", ".join("×".join(map(str, output.summary.shape)) or "()" for output in outputs)
            case "value":
                return ", ".join(self._figures(output.summary) for output in outputs)
            case _:
                found = (frame.gradient(output.value) for output in outputs)
                return ", ".join(self._figures(gradient) for gradient in found if gradient)

    def _figures(self, summary: Summary) -> str:
        """The numbers of a summary; its shape has a column of its own."""
        text = short(summary).removeprefix(str(summary.shape)).strip()
        return MEAN.sub(lambda found: f"x̄ {float(found[1]):.2g}", text) if self.narrow else text

    def sentence(self, row: int) -> str:
        """A row in one line, for those who hear it."""
        operation = self._recording.operations[row]
        parts = [
            f"{tr(f'outline.{column}')} {self.text(row, column)}" for column in COLUMNS[2:] if self.text(row, column)
        ]
        name = "" if self.narrow else self.text(row, "name")
        first = f"{name} = {call(operation)}" if name else self.text(row, "call")
        if row in self._problems:
            parts.append(tr(f"problem.is_{self._problems[row]}"))
        if self._lit is not None and row in self._lit:
            parts.append(tr("outline.lit"))
        return ", ".join([first, *parts])

    def operation(self, row: int) -> Operation:
        """The operation a row is about."""
        return self._recording.operations[row]

    def _ink(self, row: int, column: str) -> QColor:
        if self._lit is not None:
            return colour(self._store.theme, "text" if row in self._lit else "text_faint")
        roles = {"call": "text_dim", "shape": "text_faint", "gradient": "gradient"}
        return colour(self._store.theme, roles.get(column, "text"))


class Outline(QTreeView):
    """The list of what has run; its current row is the store's selection."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outline")
        self.setAccessibleName("outline")
        self.setAccessibleDescription(tr("outline.description"))
        self._store = store
        self._following = True
        self._spreading = False
        self._arranged = False  # by hand
        self._model = OutlineModel(store, self)
        self.setModel(self._model)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(NARROWEST)
        header.sectionResized.connect(self._resized)
        store.changed.connect(self._changed)
        self._changed(Aspect.SELECTION)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._arranged:
            self._spread(self.viewport().width())

    def _spread(self, width: int) -> None:
        narrow = self._model.narrow = width < NARROW
        self._spreading = True
        for column in (NAME, SHAPE):
            self.setColumnHidden(column, narrow)
        shares = NARROW_SHARES if narrow else SHARES
        for column, share in enumerate(shares):
            if share:
                self.header().resizeSection(column, int(share * width))
        self._spreading = False

    def _resized(self, column: int, old: int, new: int) -> None:
        self._arranged = self._arranged or not self._spreading

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if not self._following:
            self._store.select(self._model.operation(current.row()).id if current.isValid() else None)

    def light(self, lit: frozenset[int] | None, problems: Mapping[int, str]) -> None:
        """Show what is lit in the graph and what has problems; see `OutlineModel.light`."""
        self._model.light(lit, problems)

    def _changed(self, aspects: Aspect) -> None:
        self._following = True
        if aspects & (Aspect.RECORDING | Aspect.POSITION):
            self._model.refresh()
        if Aspect.THEME in aspects:
            self.viewport().update()
        if aspects & (Aspect.SELECTION | Aspect.RECORDING | Aspect.POSITION):
            self._follow()
        self._following = False

    def _follow(self) -> None:
        """Make the store's selection the current row, if it has run."""
        chosen = self._store.selection
        row = chosen if chosen is not None and 0 <= chosen < self._model.rowCount() else -1
        index = self._model.index(row, 0) if row >= 0 else QModelIndex()
        if index != self.currentIndex().siblingAtColumn(0) or not index.isValid():
            self.setCurrentIndex(index)
            if index.isValid():
                self.scrollTo(index)
            else:
                self.clearSelection()
