"""The table of actions: promised names, unique shortcuts, and when each may be used."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialog, QMenu, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from ui.actions import ACTIONS
from ui.main_window import MainWindow
from ui.menus import shortcut_groups

PROMISED = """
    runAction stopAction stepForwardAction stepBackAction playAction toStartAction toEndAction liveAction
    exportImageAction openAction saveAction undoAction redoAction findAction fitAction
"""


def test_promised_actions_are_there_and_in_a_menu(window: MainWindow) -> None:
    in_menus = {action.objectName() for menu in window.menuBar().findChildren(QMenu) for action in menu.actions()}
    for name in PROMISED.split():
        assert isinstance(window.findChild(QAction, name), QAction), name
        assert name in in_menus


def test_no_two_actions_share_a_shortcut() -> None:
    keys = [QKeySequence(key).toString() for row in ACTIONS for key in row.shortcuts]
    assert len(keys) == len(set(keys))
    assert all(keys)


def test_before_a_run_one_can_run_but_not_stop_step_or_export(window: MainWindow) -> None:
    enabled = {row.name for row in ACTIONS if window.actions_by_name[row.name].isEnabled()}
    assert {"runAction", "openAction", "saveAction"} <= enabled
    assert not enabled & {"stopAction", "stepForwardAction", "stepBackAction", "exportImageAction", "playAction"}


def test_the_shortcut_sheet_lists_every_action_with_a_shortcut() -> None:
    listed = [text for _, rows in shortcut_groups() for text, _ in rows]
    assert len(listed) >= sum(1 for row in ACTIONS if row.shortcuts)
    assert not [text for text in listed if "&" in text]


def test_buttons_say_their_shortcut_in_their_tip(window: MainWindow) -> None:
    button = window.findChild(QToolButton, "runButton")
    assert isinstance(button, QToolButton)
    assert "F5" in button.toolTip()


def test_shortcuts_work_from_within_the_editor(window: MainWindow, qtbot: QtBot) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    editor = window.program.code.editor
    editor.setFocus()
    text = window.store.text
    QTest.keyClick(editor, Qt.Key.Key_Return, control)
    assert window.store.running
    assert window.store.text == text, "Ctrl+Return runs and types nothing"
    qtbot.waitUntil(lambda: not window.store.running, timeout=20_000)
    QTest.keyClick(editor, Qt.Key.Key_F5)
    assert window.store.running
    qtbot.waitUntil(lambda: not window.store.running, timeout=20_000)
    QTest.keyClicks(editor, "a")
    QTest.keyClick(editor, Qt.Key.Key_Z, control)
    assert window.store.text == text
    QTest.keyClick(editor, Qt.Key.Key_F, control)
    assert window.program.code.find_bar.isVisible()


def test_escape_in_the_editor_stops_a_running_program(window: MainWindow, qtbot: QtBot) -> None:
    window.set_text("import torch\nx = torch.ones(2)\nwhile True: pass\n")
    editor = window.program.code.editor
    editor.setFocus()
    window.actions_by_name["runAction"].trigger()
    qtbot.waitUntil(lambda: bool(window.store.recording.operations), timeout=20_000)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.store.running, timeout=20_000)
    assert window.store.outcome is not None
    assert window.store.outcome.kind == "stopped"


def test_the_theme_menu_checks_the_theme_that_is_worn_however_it_was_chosen(window: MainWindow) -> None:
    window.settings["appearance/theme"] = "light"
    window.actions_by_name["themeAction"].trigger()
    menu = window.menuBar().findChild(QMenu, "themeMenu")
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    assert [action.data() for action in menu.actions() if action.isChecked()] == ["dark"]
    next(action for action in menu.actions() if action.data() == "light").trigger()
    assert window.store.theme.name == "light"


def test_lessons_that_have_been_run_are_ticked(window: MainWindow) -> None:
    menu = window.menuBar().findChild(QMenu, "lessonsMenu")
    assert isinstance(menu, QMenu)
    names = [action.data() for action in menu.actions()]
    window.settings["lessons/done"] = names[1]
    menu.aboutToShow.emit()
    assert [action.data() for action in menu.actions() if action.isChecked()] == [names[1]]
    menu.actions()[2].trigger()
    assert window.store.lesson == names[2]


def test_preferences_change_settings_at_once(window: MainWindow) -> None:
    window.actions_by_name["preferencesAction"].trigger()
    dialog = window.findChild(QDialog, "preferencesDialog")
    assert isinstance(dialog, QDialog)
    size = dialog.findChild(QSpinBox, "setting_editor_font_size")
    assert isinstance(size, QSpinBox)
    size.setValue(14)
    assert window.settings["editor/font_size"] == 14
    assert window.program.code.editor.font().pointSize() == 14
    numbers = dialog.findChild(QCheckBox, "setting_editor_line_numbers")
    assert isinstance(numbers, QCheckBox)
    before = window.program.code.editor.gutter.width()
    numbers.setChecked(False)
    assert window.program.code.editor.gutter.width() < before
    dialog.reject()


def test_the_next_panel_gets_the_keyboard_also_out_of_the_text(window: MainWindow) -> None:
    window.program.show_line(1)
    editor = window.program.code.editor
    assert window.focusWidget() is editor
    visited = []
    for _ in range(5):
        window.actions_by_name["nextPanelAction"].trigger()
        visited.append(window.focusWidget())
    assert visited == [window.console, window.graph.view, window.inspector, editor, window.console]
    window.actions_by_name["previousPanelAction"].trigger()
    assert window.focusWidget() is editor
    window.show_build()
    window.console.setFocus()
    window.actions_by_name["previousPanelAction"].trigger()
    assert window.program.build.isAncestorOf(window.focusWidget())
