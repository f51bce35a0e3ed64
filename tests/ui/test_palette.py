"""The command palette and the operators to look up."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ui.dialogs.operators import Operators
from ui.dialogs.palette import Palette
from ui.main_window import MainWindow


def palette(window: MainWindow) -> Palette:
    window.commands.palette()
    found = window.findChild(Palette)
    assert isinstance(found, Palette)
    return found


def titles(dialog: Palette) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def test_a_few_letters_find_an_action_and_enter_does_it(window: MainWindow) -> None:
    window.settings["appearance/theme"] = "light"
    dialog = palette(window)
    QTest.keyClicks(dialog.field, "light dark")
    assert titles(dialog) == ["Switch Light and Dark    Ctrl+Shift+L"]
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert window.store.theme.dark
    assert not dialog.isVisible()


def test_arrow_keys_choose_while_the_field_has_the_keyboard(window: MainWindow) -> None:
    dialog = palette(window)
    QTest.keyClicks(dialog.field, "lessons")
    first = titles(dialog)[0]
    QTest.keyClick(dialog.field, Qt.Key.Key_Down)
    assert dialog.list.currentItem().text() != first
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert window.store.lesson == "02-chain-rule"


def test_what_cannot_be_done_now_is_not_offered_and_escape_does_nothing(window: MainWindow) -> None:
    dialog = palette(window)
    assert not any("Stop" in title for title in titles(dialog))
    QTest.keyClicks(dialog.field, "no such thing")
    assert titles(dialog) == []
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    QTest.keyClick(dialog.field, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_an_operator_is_looked_up_with_its_formula_and_derivative(window: MainWindow) -> None:
    window.commands.operators()
    dialog = window.findChild(Operators)
    assert isinstance(dialog, Operators)
    assert dialog.list.count() > 300
    QTest.keyClicks(dialog.field, "torch.sigmoid")
    assert dialog.list.currentItem().text() == "sigmoid"
    assert "input ← g" in dialog.page.text()
    assert "SigmoidBackward0" in dialog.page.text()
    dialog.field.setText("matmul")
    assert "made of other operators" in dialog.page.text()
    QTest.keyClicks(dialog.field, "nothing of that name")
    assert dialog.page.text() == ""
    dialog.close()
