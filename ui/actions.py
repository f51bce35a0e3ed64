"""All actions of the window, as one table; menus, toolbar and the shortcut sheet follow from it.

A row's name is the action's object name, its text is `action.<name>` of the translations and its tip
`tip.<name>` where there is one.  What an action does is a method of `Commands`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui.commands import Commands
from ui.i18n import tr
from ui.icons import icon
from ui.store import Aspect, Store

Test = Callable[[Store], bool]


@dataclass(frozen=True)
class Row:
    """One action.  `menu` and `separator` (a line before it) place it; `bare` marks keys that text fields keep."""

    name: str
    menu: str
    run: Callable[[Commands], object]
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    enabled: Test | None = None
    checked: Test | None = None
    separator: bool = False
    bare: bool = False


def _steps(store: Store) -> bool:
    return bool(store.recording.stops)


def _before_end(store: Store) -> bool:
    return store.position < len(store.recording.stops)


def _after_start(store: Store) -> bool:
    return store.position > 0


def _running(store: Store) -> bool:
    return store.running


def _stopped(store: Store) -> bool:
    return not store.running


def _selected(store: Store) -> bool:
    return store.selection is not None


def _operation(store: Store) -> bool:
    return store.selection is not None and store.selection >= 0


def _constants(store: Store) -> bool:
    return store.options.constants


def _predicting(store: Store) -> bool:
    return store.predicting


def _live(store: Store) -> bool:
    return store.live


ACTIONS: tuple[Row, ...] = (
    Row("newAction", "file", Commands.new, ("Ctrl+N",), "new"),
    Row("openAction", "file", Commands.open, ("Ctrl+O",), "open"),
    Row("saveAction", "file", Commands.save, ("Ctrl+S",), "save", separator=True),
    Row("saveAsAction", "file", Commands.save_as, ("Ctrl+Shift+S",)),
    Row("exportImageAction", "file", Commands.export, ("Ctrl+E",), "export", _steps, separator=True),
    Row("quitAction", "file", Commands.quit, ("Ctrl+Q",), separator=True),
    Row("undoAction", "edit", Commands.undo, ("Ctrl+Z",), "undo"),
    Row("redoAction", "edit", Commands.redo, ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
    Row("findAction", "edit", Commands.find, ("Ctrl+F",), "find", separator=True),
    Row("findNodeAction", "edit", Commands.find_node, ("Ctrl+Shift+F",), "graph", _steps),
    Row("numberUpAction", "edit", lambda do: do.turn_number(1), ("Ctrl+Shift+Up",), separator=True),
    Row("numberDownAction", "edit", lambda do: do.turn_number(-1), ("Ctrl+Shift+Down",)),
    Row("preferencesAction", "edit", Commands.preferences, ("Ctrl+,",), "settings", separator=True),
    Row("runAction", "run", Commands.run, ("Ctrl+Return", "F5"), "run", _stopped),
    Row("stopAction", "run", Commands.stop, ("Shift+F5", "Esc"), "stop", _running),
    Row("toStartAction", "run", Commands.to_start, ("Home",), "to_start", _after_start, separator=True, bare=True),
    Row("stepBackAction", "run", Commands.step_back, ("Left",), "step_back", _after_start, bare=True),
    Row("playAction", "run", Commands.play, ("Space",), "play", _steps, bare=True),
    Row("stepForwardAction", "run", Commands.step_forward, ("Right",), "step_forward", _before_end, bare=True),
    Row("toEndAction", "run", Commands.to_end, ("End",), "to_end", _before_end, bare=True),
    Row("liveAction", "run", Commands.live, ("L",), "live", None, _live, bare=True),
    Row("predictAction", "run", Commands.predict, ("Ctrl+Shift+A",), "", None, _predicting, separator=True),
    Row("backAction", "go", lambda do: do.turn(-1), ("Alt+[",), "", _steps),
    Row("forwardAction", "go", lambda do: do.turn(1), ("Alt+]",), "", _steps),
    Row("toInputAction", "go", lambda do: do.go_along(False), ("Alt+Left",), "", _selected, separator=True),
    Row("toUserAction", "go", lambda do: do.go_along(True), ("Alt+Right",), "", _selected),
    Row("besideBeforeAction", "go", lambda do: do.go_beside(-1), ("Alt+Up",), "", _selected),
    Row("besideAfterAction", "go", lambda do: do.go_beside(1), ("Alt+Down",), "", _selected),
    Row("aboveAction", "go", lambda do: do.light("above"), ("Alt+Shift+Left",), "", _selected, separator=True),
    Row("belowAction", "go", lambda do: do.light("below"), ("Alt+Shift+Right",), "", _selected),
    Row("pathAction", "go", Commands.join, ("Alt+Shift+Down",), "", _selected),
    Row("alikeAction", "go", Commands.find_alike, ("Alt+Shift+Up",), "", _operation),
    Row("toLineAction", "go", Commands.to_line, ("Ctrl+Shift+G",), "", _operation, separator=True),
    Row("fromLineAction", "go", Commands.from_line, ("Ctrl+G",), "", _steps),
    Row("bookmarkAction", "go", Commands.bookmark, ("Ctrl+D",), "", _steps, separator=True),
    Row("nextProblemAction", "go", lambda do: do.go_to_problem(1), ("F8",), "warning", _steps, separator=True),
    Row("previousProblemAction", "go", lambda do: do.go_to_problem(-1), ("Shift+F8",), "", _steps),
    Row("problemListAction", "go", Commands.list_problems, ("Ctrl+F8",), "", _steps),
    Row("fitAction", "view", Commands.fit, ("Ctrl+0",), "fit"),
    Row("zoomInAction", "view", Commands.zoom_in, ("Ctrl++", "Ctrl+="), "zoom_in"),
    Row("zoomOutAction", "view", Commands.zoom_out, ("Ctrl+-",), "zoom_out"),
    Row("constantsAction", "view", Commands.constants, ("Ctrl+Shift+H",), "", None, _constants, separator=True),
    Row("nextPanelAction", "view", lambda do: do.next_panel(1), ("F6",), separator=True),
    Row("previousPanelAction", "view", lambda do: do.next_panel(-1), ("Shift+F6",)),
    Row("themeAction", "view", Commands.switch_theme, ("Ctrl+Shift+L",), "dark", separator=True),
    Row("paletteAction", "help", Commands.palette, ("Ctrl+Shift+P",)),
    Row("operatorsAction", "help", Commands.operators, ("Shift+F1",)),
    Row("shortcutsAction", "help", Commands.shortcuts, ("F1",), "help"),
    Row("aboutAction", "help", Commands.about, separator=True),
)

MENUS = ("file", "edit", "run", "go", "view", "help")
BY_NAME = {
    "Home": Qt.Key.Key_Home,
    "End": Qt.Key.Key_End,
    "Left": Qt.Key.Key_Left,
    "Right": Qt.Key.Key_Right,
    "Space": Qt.Key.Key_Space,
    "L": Qt.Key.Key_L,
}
BARE_KEYS = frozenset(BY_NAME[key] for row in ACTIONS for key in row.shortcuts if row.bare)
"""Keys without modifiers that are shortcuts; a focused text field, list or button keeps them for itself."""


class Actions:
    """The QActions of the table, kept enabled and checked as the store has it."""

    def __init__(self, parent: QWidget, store: Store, commands: Commands) -> None:
        self._store = store
        self.by_name: dict[str, QAction] = {row.name: _make(row, parent, commands) for row in ACTIONS}
        parent.addActions(list(self.by_name.values()))
        self.refresh(~Aspect(0))
        self.tint()

    def __getitem__(self, name: str) -> QAction:
        return self.by_name[name]

    def tint(self) -> None:
        """Give the actions their icons in the store's theme."""
        for row in ACTIONS:
            if row.icon:
                name = ("light" if self._store.theme.dark else "dark") if row.name == "themeAction" else row.icon
                role = {"runAction": "text_on_accent", "stopAction": "error"}.get(row.name, "text_dim")
                self.by_name[row.name].setIcon(icon(name, self._store.theme, role))

    def refresh(self, aspects: Aspect) -> None:
        """Enable and check as the store has it."""
        if not aspects & (
            Aspect.RECORDING | Aspect.POSITION | Aspect.RUN | Aspect.PLAY | Aspect.SELECTION | Aspect.VIEW
        ):
            return
        play = "pause" if self._store.playing else "play"
        self.by_name["playAction"].setIcon(icon(play, self._store.theme))
        for row in ACTIONS:
            action = self.by_name[row.name]
            if row.enabled is not None:
                action.setEnabled(row.enabled(self._store))
            if row.checked is not None:
                action.setChecked(row.checked(self._store))


def _make(row: Row, parent: QWidget, commands: Commands) -> QAction:
    action = QAction(tr(f"action.{row.name}"), parent)
    action.setObjectName(row.name)
    action.setShortcuts([QKeySequence(key) for key in row.shortcuts])
    action.setCheckable(row.checked is not None)
    keys = shortcut_text(row)
    action.setIconText(plain(row.name))
    action.setToolTip(f"{plain(row.name)} ({keys})" if keys else plain(row.name))
    action.triggered.connect(lambda _checked=False: row.run(commands))
    return action


def plain(name: str) -> str:
    """An action's text without its mnemonic and dots."""
    return mnemonic_free(tr(f"action.{name}")).rstrip("…")


def mnemonic_free(text: str) -> str:
    """A menu's text without the mark of its mnemonic: `&Run` and `실행(&R)` without `&` and `(&R)`."""
    return re.sub(r"\(&.\)", "", text).replace("&", "")


def shortcut_text(row: Row) -> str:
    """The shortcuts as this desktop writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return " / ".join(QKeySequence(key).toString(native) for key in row.shortcuts)
