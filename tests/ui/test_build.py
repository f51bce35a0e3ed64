"""The Build side: a table and a list that read the program and edit its text."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialogButtonBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ui.main_window import MainWindow
from ui.program.build import BuildPage
from ui.program.tensor_dialog import TensorDialog

PROGRAM = """import torch

w = torch.tensor(2.0, requires_grad=True)  # the leaf
x = torch.randn(n, generator=g)
y = w**2
for i in range(3):
    y = y + i
"""


@pytest.fixture
def build(window: MainWindow) -> BuildPage:
    window.set_text(PROGRAM)
    window.show_build()
    return window.program.build


def dialog() -> TensorDialog:
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, TensorDialog) and w.isVisible()]
    assert len(found) == 1
    return found[0]


def row_texts(build: BuildPage, row: int) -> list[str]:
    cells = [build.table.item(row, column) for column in range(4)]
    return [cell.text() if cell else "" for cell in cells]


def test_tensors_and_expressions_of_the_text_are_shown(build: BuildPage) -> None:
    assert build.table.rowCount() == 2
    assert row_texts(build, 0)[0] == "w"
    assert row_texts(build, 1)[::2] == ["x", "(n,)"]
    assert [build.list.item(row).text() for row in range(build.list.count())] == ["y = w**2", "for i in range(3): …"]


def test_the_form_adds_its_line_as_one_undo_step(window: MainWindow, build: BuildPage, qtbot: QtBot) -> None:
    QTest.mouseClick(build.new_tensor, Qt.MouseButton.LeftButton)
    form = dialog()
    form.name.setText("b")
    form.shape.setText("2, 3")
    form.requires_grad.setChecked(True)
    assert form.preview.text() == "b = torch.randn(2, 3, requires_grad=True)"
    form.accept()
    assert window.store.text == PROGRAM.replace("y = w**2", "b = torch.randn(2, 3, requires_grad=True)\ny = w**2")
    assert build.table.rowCount() == 3
    window.document.undo()
    assert window.store.text == PROGRAM
    assert build.table.rowCount() == 2


def test_the_form_says_what_is_wrong_and_cannot_be_accepted(build: BuildPage, qtbot: QtBot) -> None:
    QTest.mouseClick(build.new_tensor, Qt.MouseButton.LeftButton)
    form = dialog()
    ok = form.buttons.button(QDialogButtonBox.StandardButton.Ok)
    for field, text in ((form.name, "w"), (form.name, "2x"), (form.name, "for"), (form.name, "")):
        field.setText(text)
        assert not ok.isEnabled()
        assert form.problem.text()
    form.name.setText("c")
    assert ok.isEnabled()
    form.shape.setText("2, three")
    assert "three" in form.problem.text()
    form.reject()


def test_the_form_has_the_promised_names(build: BuildPage, qtbot: QtBot) -> None:
    QTest.mouseClick(build.new_tensor, Qt.MouseButton.LeftButton)
    form = dialog()
    assert form.objectName() == "tensorDialog"
    for name in ("tensorName", "tensorInit", "tensorShape", "tensorDtype", "tensorDevice", "tensorRequiresGrad"):
        widget = form.findChild(QWidget, name)
        assert widget is not None, name
        assert widget.accessibleName() == name
    init = form.findChild(QComboBox, "tensorInit")
    assert isinstance(init, QComboBox)
    assert init.findText("randn", Qt.MatchFlag.MatchContains) >= 0
    form.reject()


def test_values_are_typed_where_a_shape_is_not_asked_for(build: BuildPage, qtbot: QtBot) -> None:
    QTest.mouseClick(build.new_tensor, Qt.MouseButton.LeftButton)
    form = dialog()
    form.init.setCurrentIndex(form.init.findData("values"))
    assert form.values.isVisible()
    assert not form.shape.isVisible()
    form.name.setText("v")
    form.values.setText("[1., 2.]")
    form.requires_grad.setChecked(False)
    assert form.preview.text() == "v = torch.tensor([1., 2.])"
    form.reject()


def test_a_row_is_edited_in_the_form_and_keeps_its_comment(window: MainWindow, build: BuildPage) -> None:
    build.table.cellActivated.emit(0, 0)
    form = dialog()
    assert form.values.text() == "2.0"
    form.values.setText("3.0")
    form.accept()
    assert window.store.text == PROGRAM.replace("2.0", "3.0")


def test_a_row_the_form_cannot_say_leads_to_its_line(window: MainWindow, build: BuildPage) -> None:
    build.table.cellActivated.emit(1, 0)
    assert window.program.currentWidget() is window.program.code
    assert window.program.code.editor.textCursor().blockNumber() == 3


def test_the_box_of_a_row_writes_and_removes_requires_grad(window: MainWindow, build: BuildPage) -> None:
    for expected in (PROGRAM.replace(", requires_grad=True", ""), PROGRAM):
        box = build.table.item(0, 4)
        assert box is not None
        on = box.checkState() == Qt.CheckState.Checked
        box.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)
        build.table.itemClicked.emit(box)
        assert window.store.text == expected


def test_delete_removes_the_row_and_nothing_else(window: MainWindow, build: BuildPage, qtbot: QtBot) -> None:
    build.table.setFocus()
    build.table.selectRow(1)
    QTest.keyClick(build.table, Qt.Key.Key_Delete)
    assert window.store.text == PROGRAM.replace("x = torch.randn(n, generator=g)\n", "")
    build.list.setFocus()
    build.list.setCurrentRow(1)
    QTest.keyClick(build.list, Qt.Key.Key_Delete)
    assert "for i" not in window.store.text


def test_enter_adds_the_expression_and_empties_the_field(window: MainWindow, build: BuildPage, qtbot: QtBot) -> None:
    QTest.keyClicks(build.input, "z = 10*y")
    QTest.keyClick(build.input, Qt.Key.Key_Return)
    assert window.store.text == PROGRAM + "z = 10*y\n"
    assert build.input.text() == ""
    assert build.list.item(build.list.count() - 1).text() == "z = 10*y"


def test_a_wrong_expression_stays_in_the_field_with_the_reason(
    window: MainWindow, build: BuildPage, qtbot: QtBot
) -> None:
    QTest.keyClicks(build.input, "z = = 2")
    QTest.keyClick(build.input, Qt.Key.Key_Return)
    assert window.store.text == PROGRAM
    assert build.input.text() == "z = = 2"
    assert build.problem.isVisible()


def test_an_expression_is_edited_in_its_row(window: MainWindow, build: BuildPage) -> None:
    build.list.item(0).setText("y = w**3")
    assert window.store.text == PROGRAM.replace("w**2", "w**3")
    build.list.item(0).setText("y = (")
    assert window.store.text == PROGRAM.replace("w**2", "w**3"), "what is no Python is not written"
    assert build.list.item(0).text() == "y = w**3"


def test_while_the_text_is_no_python_the_build_side_waits(window: MainWindow, build: BuildPage) -> None:
    window.document.setPlainText("x = (")
    assert not build.table.isEnabled()
    assert isinstance(build.problem, QLabel)
    assert build.problem.isVisible()
    window.document.setPlainText("x = 1")
    assert build.table.isEnabled()
    assert isinstance(build.input, QLineEdit)
    assert not build.problem.isVisible()
