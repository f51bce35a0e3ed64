"""A full array that was fetched from the worker, in a window of its own, as a table of figures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QSpinBox, QTableView, QVBoxLayout, QWidget

from ui.dialogs.buttons import close_button
from ui.fonts import editor_font
from ui.i18n import tr
from visgrad.recording.statistics import decoded
from visgrad.recording.summary import figures
from visgrad.worker.protocol import Array

Index = QModelIndex | QPersistentModelIndex


class ArrayModel(QAbstractTableModel):
    """One matrix of an array: its last two dimensions at a place in the others."""

    def __init__(self, array: NDArray[np.generic], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._array = array.reshape(1, 1) if array.ndim == 0 else array.reshape(1, -1) if array.ndim == 1 else array
        self._stack = self._array.reshape(-1, *self._array.shape[-2:])
        self.page = 0

    @property
    def pages(self) -> int:
        """How many matrices there are."""
        return len(self._stack)

    def turn(self, page: int) -> None:
        """Show another matrix."""
        self.beginResetModel()
        self.page = page
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() or not self.pages else int(self._stack.shape[1])

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() or not self.pages else int(self._stack.shape[2])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return figures(self._stack[self.page, index.row(), index.column()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return str(section) if role == Qt.ItemDataRole.DisplayRole else None


def show_array(message: Array, title: str, parent: QWidget) -> None:
    """Show an array that was fetched, or say that it is no longer kept."""
    dialog = QDialog(parent)
    dialog.setObjectName("arrayDialog")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    layout = QVBoxLayout(dialog)
    dialog.setWindowTitle(title)
    if message.shape is None:
        layout.addWidget(QLabel(tr("array.gone")))
    else:
        array = decoded(message.dtype, message.data).reshape(message.shape)
        _fill(layout, array, dialog)
        dialog.resize(640, 460)
    buttons = close_button(dialog)
    layout.addWidget(buttons)
    dialog.show()


def _fill(layout: QVBoxLayout, array: NDArray[np.generic], dialog: QDialog) -> None:
    model = ArrayModel(array, dialog)
    shape = ", ".join(map(str, array.shape))
    head = QHBoxLayout()
    head.addWidget(QLabel(f"({shape}) {array.dtype.name}"), 1)
    if model.pages > 1:
        spin = QSpinBox()
        spin.setRange(0, model.pages - 1)
        spin.setPrefix(tr("array.page"))
        spin.valueChanged.connect(model.turn)
        head.addWidget(spin)
    view = QTableView()
    view.setObjectName("arrayTable")
    view.setFont(editor_font(10))
    view.setModel(model)
    view.horizontalHeader().setDefaultSectionSize(84)
    view.verticalHeader().setDefaultSectionSize(24)
    layout.addLayout(head)
    layout.addWidget(view, 1)
