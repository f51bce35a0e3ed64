"""Menus, toolbar and the shortcut sheet, made from the table of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from ui.actions import ACTIONS, MENUS, mnemonic_free, plain, shortcut_text
from ui.documents import lesson_titles
from ui.find.bookmarks import bookmark_menu
from ui.graph.legend import colour_menu
from ui.i18n import LANGUAGES, choice, tr
from ui.settings_store import SettingsStore
from visgrad.settings import BY_KEY

if TYPE_CHECKING:
    from ui.main_window import MainWindow

EDITOR_KEYS = (
    ("indent", "Tab"),
    ("dedent", "Shift+Tab"),
    ("comment", "Ctrl+/"),
    ("complete", "Ctrl+Space"),
    ("text_size", "Ctrl+wheel"),
)


def build_menus(window: MainWindow) -> None:
    """Fill the menu bar."""
    bar = window.menuBar()
    for name in MENUS:
        menu = bar.addMenu(tr(f"menu.{name}"))
        menu.setObjectName(f"{name}Menu")
        for row in ACTIONS:
            if row.menu == name:
                if row.separator:
                    menu.addSeparator()
                menu.addAction(window.actions_by_name[row.name])
                if row.name == "openAction":
                    menu.addMenu(_lessons(window, menu))
                elif row.name == "bookmarkAction":
                    menu.addMenu(bookmark_menu(window.store, menu, window.graph.visit))
        if name == "view":
            _fill_view(window, menu)


def _fill_view(window: MainWindow, menu: QMenu) -> None:
    menu.addMenu(colour_menu(window.store, menu))
    menu.addSeparator()
    for dock in window.docks():
        menu.addAction(dock.toggleViewAction())
    menu.addAction(tr("action.arrange"), window.commands.arrange)
    menu.addSeparator()
    themes = [(name, choice(name)) for name in BY_KEY["appearance/theme"].choices]
    _choices(menu.addMenu(tr("menu.theme")), "appearance/theme", themes, window.settings)
    languages = [("system", choice("system")), *LANGUAGES.items()]
    _choices(menu.addMenu(tr("menu.language")), "appearance/language", languages, window.settings)


def _choices(menu: QMenu, key: str, choices: list[tuple[str, str]], settings: SettingsStore) -> None:
    """Fill a menu with the values of a setting; the one it has is checked whenever the menu is opened."""
    menu.setObjectName(f"{key.partition('/')[2]}Menu")
    group = QActionGroup(menu)
    for value, text in choices:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setData(value)
        group.addAction(action)

    def check() -> None:
        for action in group.actions():
            action.setChecked(action.data() == settings.text(key))

    check()
    menu.aboutToShow.connect(check)
    group.triggered.connect(lambda action: settings.put(key, str(action.data())))


def _lessons(window: MainWindow, parent: QWidget) -> QMenu:
    menu = QMenu(tr("menu.lessons"), parent)
    menu.setObjectName("lessonsMenu")
    for name, title in lesson_titles():
        menu.addAction(title).setData(name)

    def mark_done() -> None:
        done = window.settings.text("lessons/done").split()
        for action in menu.actions():
            action.setCheckable(action.data() in done)
            action.setChecked(action.data() in done)

    menu.aboutToShow.connect(mark_done)
    menu.triggered.connect(lambda action: window.commands.open_lesson(str(action.data())))
    return menu


def build_toolbar(window: MainWindow) -> QToolBar:
    """The few actions that are wanted all the time."""
    bar = window.addToolBar(tr("panel.toolbar"))
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    bar.setIconSize(QSize(18, 18))
    actions = window.actions_by_name
    run = QToolButton()
    run.setObjectName("runButton")
    run.setDefaultAction(actions["runAction"])
    run.clicked.connect(window.focus_graph)  # arrow keys step from now on; Run by keyboard leaves the caret where it is
    run.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    bar.addWidget(run)
    bar.addAction(actions["stopAction"])
    for group in (("openAction", "saveAction"), ("undoAction", "redoAction"), ("exportImageAction",)):
        bar.addSeparator()
        for name in group:
            bar.addAction(actions[name])
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(space)
    button = QToolButton()
    button.setObjectName("lessonsButton")
    button.setText(tr("menu.lessons"))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(_lessons(window, button))
    bar.addWidget(button)
    bar.addAction(actions["themeAction"])
    return bar


def shortcut_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """All shortcuts by menu: what they do, and their keys."""
    groups = []
    for name in MENUS:
        rows = [(plain(row.name), shortcut_text(row)) for row in ACTIONS if row.menu == name and row.shortcuts]
        groups.append((mnemonic_free(tr(f"menu.{name}")), rows))
    editor = [(tr(f"keys.{key}"), keys) for key, keys in EDITOR_KEYS]
    return [*groups, (tr("panel.editor"), editor)]
