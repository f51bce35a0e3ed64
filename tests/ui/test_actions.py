"""The table of actions: promised names, unique shortcuts, and when each may be used."""

from __future__ import annotations

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton

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
