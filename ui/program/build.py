"""The Build side: the program's tensors in a table and its expressions in a list.

Both are read from the text, and everything done here edits the text: `edited(new_text)` asks the panel to do so as
one undo step.  While the text is no valid Python the lists stay as they were, greyed, with a hint.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.fonts import editor_font
from ui.i18n import tr
from ui.naming import name
from ui.program.tensor_dialog import TensorDialog
from ui.store import Aspect, Store
from visgrad.program.builder import (
    FormError,
    add_expression,
    add_tensor,
    delete_lines,
    replace_lines,
    spec_of,
    tensor_line,
)
from visgrad.program.rows import ExpressionRow, TensorRow, expressions, names, parse, tensors

ROW = 28
SURROUNDINGS = 190
"""How high headings, header and entry are together."""

COLUMNS = ("name", "init", "shape", "dtype", "grad")


class BuildPage(QWidget):
    """`edited(text)`: the program should now read so.  `show_line(line)`: show a line in the editor."""

    edited = Signal(str)
    show_line = Signal(int)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._tensors: list[TensorRow] = []
        self._expressions: list[ExpressionRow] = []
        self._dirty = True
        self.new_tensor = QPushButton(tr("build.new_tensor"))
        name(self.new_tensor, "newTensorButton", tr("build.new_tensor"))
        self.new_tensor.clicked.connect(self._new_tensor)
        self.table = self._make_table()
        self.list = self._make_list()
        self.input = QLineEdit()
        name(self.input, "expressionInput", tr("build.expression"))
        self.input.setPlaceholderText(tr("build.expression_hint"))
        self.input.setFont(editor_font(10.5))
        self.input.returnPressed.connect(self._add_expression)
        self.input.textEdited.connect(lambda: self._say(""))
        self.problem = QLabel()
        self.problem.setObjectName("formProblem")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._arrange()
        store.changed.connect(self._on_changed)

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(_heading(tr("build.tensors")), 1)
        head.addWidget(self.new_tensor)
        layout.addLayout(head)
        layout.addWidget(self.table)
        layout.addSpacing(4)
        layout.addWidget(_heading(tr("build.expressions")))
        layout.addWidget(self.list, 1)
        layout.addWidget(self.input)
        layout.addWidget(self.problem)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(COLUMNS))
        name(table, "tensorTable", tr("build.tensors"))
        table.setHorizontalHeaderLabels([tr(f"build.column_{column}") for column in COLUMNS])
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(36)
        for column in range(len(COLUMNS)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._tensor_menu)
        table.cellActivated.connect(lambda row, _column: self._edit_tensor(row))
        table.itemClicked.connect(self._tensor_clicked)
        return table

    def _make_list(self) -> QListWidget:
        entries = QListWidget()
        name(entries, "expressionList", tr("build.expressions"))
        entries.setFont(editor_font(10.5))
        entries.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        entries.setTextElideMode(Qt.TextElideMode.ElideRight)
        entries.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        entries.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        entries.customContextMenuRequested.connect(self._expression_menu)
        entries.itemChanged.connect(self._expression_edited)
        entries.itemActivated.connect(self._expression_activated)
        return entries

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow panel the name and shape matter most."""
        super().resizeEvent(event)
        self.table.setColumnHidden(COLUMNS.index("init"), self.width() < 340)
        self.table.setColumnHidden(COLUMNS.index("dtype"), self.width() < 300)
        self._fit_table()

    def _fit_table(self) -> None:
        """As high as its rows, but leave the expressions at least as much room."""
        room = (self.height() - SURROUNDINGS) // 2 // ROW
        shown = max(2, min(len(self._tensors), room))
        self.table.setFixedHeight(self.table.horizontalHeader().sizeHint().height() + shown * ROW + 6)

    # --- showing the text ------------------------------------------------------------------------------------

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & Aspect.PROGRAM:
            self._dirty = True
            if self.isVisible():
                self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Read the text again, if it has changed."""
        if not self._dirty:
            return
        self._dirty = False
        text = self._store.text
        valid = parse(text) is not None
        for widget in (self.table, self.list, self.input, self.new_tensor):
            widget.setEnabled(valid)
        self._say("" if valid else tr("build.invalid"))
        if not valid:
            return
        self._tensors, self._expressions = tensors(text), expressions(text)
        self._fill_table()
        self._fill_list()

    def _fill_table(self) -> None:
        self.table.blockSignals(True)
        self.table.setRowCount(len(self._tensors))
        self._fit_table()
        mono = editor_font(10.5)
        for row, tensor in enumerate(self._tensors):
            made = tr(f"init.{tensor.init}") if spec_of(tensor) else tensor.init
            for column, text in enumerate((tensor.name, made, _tuple(tensor.shape), tensor.dtype or "–", "")):
                item = QTableWidgetItem(text)
                item.setToolTip(f"{tensor.name} = {tensor.call}")
                if column != 1:
                    item.setFont(mono)
                self.table.setItem(row, column, item)
            check = self.table.item(row, 4)
            if check is not None:
                check.setCheckState(Qt.CheckState.Checked if tensor.requires_grad else Qt.CheckState.Unchecked)
                usable = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
                check.setFlags(usable | Qt.ItemFlag.ItemIsUserCheckable if spec_of(tensor) else usable)
        self.table.blockSignals(False)

    def _fill_list(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for row in self._expressions:
            lines = row.text.splitlines() or [""]
            item = QListWidgetItem(lines[0] + (" …" if len(lines) > 1 else ""))
            item.setToolTip(row.text)
            if len(lines) == 1:
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        self.list.blockSignals(False)

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    # --- tensors ---------------------------------------------------------------------------------------------

    def _new_tensor(self) -> None:
        dialog = TensorDialog(names(self._store.text), parent=self)
        dialog.accepted.connect(lambda: self.edited.emit(add_tensor(self._store.text, dialog.spec())))
        dialog.open()

    def _edit_tensor(self, index: int) -> None:
        row = self._tensors[index]
        spec = spec_of(row)
        if spec is None:  # written in a way the form cannot say
            self.show_line.emit(row.start)
            return
        dialog = TensorDialog(names(self._store.text) - {row.name}, spec, parent=self)
        dialog.accepted.connect(lambda: self._write(row, tensor_line(dialog.spec())))
        dialog.open()

    def _tensor_clicked(self, item: QTableWidgetItem) -> None:
        """A click on the box writes or removes `requires_grad=True`."""
        row = self._tensors[item.row()]
        spec = spec_of(row)
        wanted = item.checkState() == Qt.CheckState.Checked
        if item.column() != 4 or spec is None or wanted == row.requires_grad:
            return
        try:
            self._write(row, tensor_line(replace(spec, requires_grad=wanted)))
        except FormError as error:
            self._dirty = True
            self.refresh()
            self._say(tr(f"form.{error.reason}", **error.values))

    def _write(self, row: TensorRow, line: str) -> None:
        self.edited.emit(replace_lines(self._store.text, row.start, row.end, line))

    def _tensor_menu(self, at: QPoint) -> None:
        index = self.table.rowAt(at.y())
        if 0 <= index < len(self._tensors):
            row = self._tensors[index]
            menu = QMenu(self)
            menu.addAction(tr("build.edit"), lambda: self._edit_tensor(index))
            menu.addAction(tr("build.show_line"), lambda: self.show_line.emit(row.start))
            menu.addAction(tr("build.delete"), lambda: self._delete(row.start, row.end))
            menu.exec(self.table.viewport().mapToGlobal(at))
            menu.deleteLater()

    def _delete(self, start: int, end: int) -> None:
        self.edited.emit(delete_lines(self._store.text, start, end))

    # --- expressions -----------------------------------------------------------------------------------------

    def _add_expression(self) -> None:
        try:
            text = add_expression(self._store.text, self.input.text())
        except FormError as error:
            self._say(tr(f"form.{error.reason}", **error.values))
            return
        self.input.clear()
        self.edited.emit(text)
        self.list.scrollToBottom()

    def _expression_edited(self, item: QListWidgetItem) -> None:
        row = self._expressions[self.list.row(item)]
        text = item.text().strip()
        if text == row.text:
            return
        if not text:
            self._delete(row.start, row.end)
        elif parse(text) is None:
            self._dirty = True
            self.refresh()
            self._say(tr("form.bad_expression", message=text))
        else:
            self.edited.emit(replace_lines(self._store.text, row.start, row.end, text))

    def _expression_activated(self, item: QListWidgetItem) -> None:
        if not item.flags() & Qt.ItemFlag.ItemIsEditable:
            self.show_line.emit(self._expressions[self.list.row(item)].start)

    def _expression_menu(self, at: QPoint) -> None:
        item = self.list.itemAt(at)
        if item is not None:
            row = self._expressions[self.list.row(item)]
            menu = QMenu(self)
            if item.flags() & Qt.ItemFlag.ItemIsEditable:
                menu.addAction(tr("build.edit"), lambda: self.list.editItem(item))
            menu.addAction(tr("build.show_line"), lambda: self.show_line.emit(row.start))
            menu.addAction(tr("build.delete"), lambda: self._delete(row.start, row.end))
            menu.exec(self.list.viewport().mapToGlobal(at))
            menu.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Delete and self.table.hasFocus() and 0 <= self.table.currentRow() < len(self._tensors):
            tensor = self._tensors[self.table.currentRow()]
            self._delete(tensor.start, tensor.end)
        elif key == Qt.Key.Key_Delete and self.list.hasFocus() and 0 <= self.list.currentRow() < len(self._expressions):
            row = self._expressions[self.list.currentRow()]
            self._delete(row.start, row.end)
        else:
            super().keyPressEvent(event)


def _tuple(shape: str) -> str:
    """A shape as Python writes it: `(2, 3)`, `(2,)`, `()`."""
    return f"({shape},)" if shape and "," not in shape else f"({shape})"


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("heading")
    return label
