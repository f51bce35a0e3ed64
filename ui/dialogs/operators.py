"""The operators, to look up: how each is called, what it computes, what goes back to each of its inputs."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QListWidget, QVBoxLayout, QWidget

from engine.registry import OPS, Op
from ui.dialogs.buttons import close_button
from ui.fonts import CODE_FAMILY
from ui.i18n import language, tr
from ui.naming import name
from visgrad.explain.spoken import help_line, spoken
from visgrad.operators import families, signature


class Operators(QDialog):
    """A list that a field narrows, and beside it what the table says of the chosen operator."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name(self, "operatorsDialog", tr("operators.title"))
        self.setWindowTitle(tr("operators.title"))
        self._all = sorted(op.name for rows in families().values() for op in rows)
        self.field = QLineEdit()
        name(self.field, "operatorsField", tr("operators.field"))
        self.field.setPlaceholderText(tr("operators.field"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._narrow)
        self.list = QListWidget()
        name(self.list, "operatorsList", tr("operators.title"))
        self.list.setFixedWidth(190)
        self.list.currentTextChanged.connect(self._show)
        self.page = QLabel()
        name(self.page, "operatorsPage", tr("operators.title"))
        self.page.setWordWrap(True)
        self.page.setTextFormat(Qt.TextFormat.RichText)
        self.page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.page.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.list)
        row.addWidget(self.page, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self.field)
        layout.addLayout(row, 1)
        layout.addWidget(close_button(self))
        self.resize(640, 420)
        self._narrow("")

    def _narrow(self, text: str) -> None:
        part = text.casefold().strip().removeprefix("torch.")
        said = {one: f"{OPS[one].doc} {help_line(one, '', language())}".casefold() for one in self._all}
        found = [one for one in self._all if part in one.casefold() or part in said[one]]
        found.sort(key=lambda one: (not one.startswith(part), part not in one))
        self.list.clear()
        self.list.addItems(found)
        self.list.setCurrentRow(0)
        if not found:
            self.page.clear()

    def _show(self, chosen: str) -> None:
        if chosen:
            self.page.setText("".join(_lines(OPS[chosen])))


def _lines(op: Op) -> list[str]:
    spoken_as = language()
    lines = [f"<p>{_code(signature(op), 'large')}</p><p>{escape(help_line(op.name, op.doc, spoken_as))}</p>"]
    if op.formula:
        lines.append(f"<p><b>{escape(tr('inspector.formula'))}</b><br>{_code(spoken(op.formula, spoken_as))}</p>")
    rules = [f"{parameter} ← {spoken(text, spoken_as)}" for parameter, text in op.derivatives.items()]
    if rules:
        lines.append(f"<p><b>{escape(tr('inspector.derivative'))}</b><br>{'<br>'.join(map(_code, rules))}</p>")
        lines.append(f"<p>{escape(tr('inspector.upstream'))}</p><p>{_code('grad_fn')}: {_code(op.backward_name)}</p>")
    else:
        lines.append(f"<p>{escape(tr('operators.composite' if op.composite else 'operators.none'))}</p>")
    return lines


def _code(text: str, size: str = "medium") -> str:
    return f"<span style=\"font-family:'{CODE_FAMILY}'; font-size:{size}\">{escape(text)}</span>"
