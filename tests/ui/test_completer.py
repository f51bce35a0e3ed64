"""The list of names under the caret: when it opens, what keys mean to it, what it writes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ui.main_window import MainWindow
from ui.program.editor import ProgramEditor


def editor(window: MainWindow, text: str = "import torch\n") -> ProgramEditor:
    """The editor with the caret at the end of a text."""
    window.set_text(text)
    found = window.program.code.editor
    found.setFocus()
    cursor = found.textCursor()
    cursor.movePosition(cursor.MoveOperation.End)
    found.setTextCursor(cursor)
    return found


def test_names_are_offered_after_a_point_and_the_chosen_one_is_written(window: MainWindow) -> None:
    field = editor(window)
    QTest.keyClicks(field, "torch.")
    assert field.completer.isVisible()
    QTest.keyClicks(field, "rand")
    offered = [field.completer.names.item(row).text() for row in range(field.completer.names.count())]
    assert all(name.startswith("rand") for name in offered)
    while field.completer.names.currentItem().text() != "randn":
        QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not field.completer.isVisible()
    assert field.toPlainText() == "import torch\ntorch.randn"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.toPlainText() == "import torch\ntorch.randn\n"
    window.commands.undo()
    window.commands.undo()
    assert "randn" not in window.store.text


def test_plain_words_open_the_list_only_when_asked(window: MainWindow) -> None:
    field = editor(window, "weight = 1\n")
    QTest.keyClicks(field, "we")
    assert not field.completer.isVisible()
    QTest.keyClick(field, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert field.completer.isVisible()
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert field.toPlainText() == "weight = 1\nweight"


def test_escape_and_what_ends_a_name_close_the_list(window: MainWindow) -> None:
    for end in (Qt.Key.Key_Escape, Qt.Key.Key_ParenLeft, Qt.Key.Key_Left):
        field = editor(window)
        QTest.keyClicks(field, "torch.")
        assert field.completer.isVisible()
        QTest.keyClick(field, end)
        assert not field.completer.isVisible()


def test_numbers_strings_and_comments_offer_nothing(window: MainWindow) -> None:
    field = editor(window)
    for line in ("x = 2.", "'torch.", "# torch."):
        QTest.keyClicks(field, line)
        assert not field.completer.isVisible()
        QTest.keyClick(field, Qt.Key.Key_Return)


def test_with_the_setting_off_names_come_only_when_asked_for(window: MainWindow) -> None:
    window.settings["editor/complete"] = False
    field = editor(window)
    QTest.keyClicks(field, "torch.")
    assert not field.completer.isVisible()
    QTest.keyClick(field, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert field.completer.isVisible()


def test_a_new_program_is_ready_to_be_typed_into(window: MainWindow) -> None:
    window.commands.new()
    field = window.program.code.editor
    assert window.focusWidget() is field
    QTest.keyClicks(field, "x = 1")
    assert window.store.text == "import torch\n\nx = 1"
