"""The window: puts the panels together and wires them; each panel reads the store and sends intents.

Owns the store, the document with the text's undo history, the session, and the arrangement of docks.  A change of
language takes the panels down and builds them anew around the same store and document.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QTextDocument
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QMainWindow,
    QMessageBox,
    QPlainTextDocumentLayout,
    QToolButton,
)

from ui import i18n
from ui.actions import Actions
from ui.charts.charts import Charts
from ui.commands import Commands
from ui.console.console import Console
from ui.dialogs.array import show_array
from ui.docks import arrange, make_docks, stack
from ui.documents import OPENABLE
from ui.graph.outline import Outline
from ui.graph.panel import GraphPanel
from ui.i18n import tr
from ui.icons import application_icon, icon
from ui.inspector.inspector import Inspector
from ui.journal import Journal
from ui.keyboard import keeps
from ui.menus import build_menus, build_toolbar, shortcut_groups
from ui.naming import name
from ui.panel_title import PanelTitle
from ui.program.panel import ProgramPanel
from ui.session import Session
from ui.settings_store import SettingsStore
from ui.status import StatusLine
from ui.store import Aspect, Store
from ui.theme import appearance
from ui.timeline.playback import Playback
from ui.timeline.timeline import Timeline
from ui.veil import Veil
from ui.window_style import window_style
from visgrad.explain.label import label
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import Theme

MINIMUM = (900, 600)
USUAL = (1280, 800)


class MainWindow(QMainWindow):
    """Built and shown by `ui.app.open_window`."""

    def __init__(self, settings: SettingsStore | None = None) -> None:
        super().__init__()
        name(self, "mainWindow", "visgrad")
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self.setMinimumSize(*MINIMUM)
        self.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.settings = settings or SettingsStore(parent=self)
        i18n.use(self.settings.text("appearance/language"))
        self.appearance = appearance()
        self.appearance.choose(self.settings.text("appearance/theme"))
        self.store = Store(self)
        self.store.theme = self.appearance.theme
        self.store.options = ViewOptions(language=i18n.language())
        self.document = QTextDocument(self)
        self.document.setDocumentLayout(QPlainTextDocumentLayout(self.document))
        self.session = Session(self.store, self.settings, self)
        self.playback = Playback(self.store, self.settings, self)
        self.commands = Commands(self)
        self.journal = Journal(self.store, self)
        self._asked = False
        self._build()
        self.resize(*USUAL)
        self._restore()
        self._connect()

    # --- building --------------------------------------------------------------------------------------------

    def _build(self) -> None:
        """Make all panels, actions, menus and docks in the language spoken now."""
        store, settings = self.store, self.settings
        self.actions_by_name = Actions(self, store, self.commands)
        self.graph = GraphPanel(store)
        self.setCentralWidget(self.graph)
        self.veil = Veil(store, self.graph.view)
        self.program = ProgramPanel(store, settings, self.document)
        self.inspector = Inspector(store, lambda: self.session.keeps(store.recording), lambda: self.graph.picture_shown)
        self.outline = Outline(store)
        self.console = Console(store)
        self.charts = Charts(store)
        self.timeline = Timeline(store, settings, self.playback, self.actions_by_name.by_name)
        self.details = stack((self.inspector, tr("panel.inspector")), (self.outline, tr("panel.outline")))
        self.output = stack((self.console, tr("panel.console")), (self.charts, tr("panel.charts")))
        make_docks(self)
        self.status = StatusLine(store, settings)
        self.statusBar().addWidget(self.status, 1)
        self.statusBar().setSizeGripEnabled(False)
        self.toolbar = build_toolbar(self)
        build_menus(self)
        self._dress()
        self._wire()

    def _wire(self) -> None:
        """Connect what the panels ask for."""
        self.console.line_clicked.connect(self.program.show_line)
        self.console.step_wanted.connect(
            lambda step: self.playback.go(bisect_right(self.store.recording.stops, step) + 1)
        )
        self.charts.arrived.connect(lambda: self.output.setCurrentWidget(self.charts))
        self.inspector.line_clicked.connect(self.program.show_line)
        self.inspector.fetch_wanted.connect(self._fetch)
        self.inspector.what_if.wanted.connect(self.commands.try_number)
        self.graph.guide.changed.connect(self._light_outline)
        self._light_outline()
        self.graph.pictured.connect(self.inspector.refresh_soon)
        self.inspector.unfold_wanted.connect(self.graph.view.groupActivated)
        self.graph.view.nodeActivated.connect(self.show_node_line)
        undo, redo = self.actions_by_name["undoAction"], self.actions_by_name["redoAction"]
        self.document.undoAvailable.connect(undo.setEnabled)
        self.document.redoAvailable.connect(redo.setEnabled)
        undo.setEnabled(self.document.isUndoAvailable())
        redo.setEnabled(self.document.isRedoAvailable())

    def docks(self) -> list[QDockWidget]:
        """The docks, in the order they were made."""
        return self.findChildren(QDockWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def show_dock(self, object_name: str) -> None:
        """Show a dock and bring it to the front."""
        for dock in self.docks():
            if dock.objectName() == object_name:
                dock.show()
                dock.raise_()

    def focus_graph(self) -> None:
        """Give the keyboard to the graph, so that arrow keys step through time."""
        self.graph.view.setFocus()

    def show_build(self) -> None:
        """Bring the Build side to the front."""
        self.show_dock("programDock")
        self.program.setCurrentWidget(self.program.build)

    def shortcut_groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """All shortcuts by menu."""
        return shortcut_groups()

    def speak(self, language: str) -> None:
        """Change the language: all panels are made anew; the program, its recording and undo history stay."""
        self.settings["appearance/language"] = language
        i18n.use(language)
        state = self.saveState()
        self.graph.close_job()
        self.removeToolBar(self.toolbar)
        for widget in (*self.docks(), self.toolbar, self.menuBar(), self.statusBar(), self.graph):
            widget.setParent(None)
            widget.deleteLater()
        for action in self.actions():
            self.removeAction(action)
            action.deleteLater()
        self.store.set(Aspect.VIEW, options=replace(self.store.options, language=i18n.language()))
        self._build()
        self.restoreState(state)

    # --- wiring ----------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.store.changed.connect(self._on_changed)
        self.settings.changed.connect(self._on_setting)
        self.appearance.changed.connect(self._on_theme)
        self.session.finished.connect(self._on_finished)
        self._show_title()

    def _on_changed(self, aspects: Aspect) -> None:
        self.actions_by_name.refresh(aspects)
        if aspects & (Aspect.PROGRAM | Aspect.FILE):
            self._show_title()

    def _on_setting(self, key: str) -> None:
        if key == "appearance/theme":
            self.appearance.choose(self.settings.text(key))
        elif key == "appearance/language" and self.settings.text(key) != i18n.language():
            # not now: the dialog that changed it is a child of what is about to be made anew
            QTimer.singleShot(0, self, lambda: self.speak(self.settings.text(key)))

    def _on_theme(self, theme: Theme) -> None:
        self.store.set(Aspect.THEME, theme=theme)
        self._dress()

    def _dress(self) -> None:
        """Style what is the window's own in the store's theme."""
        theme = self.store.theme
        self.setStyleSheet(window_style(theme))
        self.actions_by_name.tint()
        for title in self.findChildren(PanelTitle):
            title.tint(theme)
        button = self.toolbar.findChild(QToolButton, "lessonsButton")
        if button is not None:
            button.setIcon(icon("lesson", theme))

    def _on_finished(self) -> None:
        lesson = self.store.lesson
        done = self.settings.text("lessons/done").split()
        if lesson and lesson not in done and self.store.outcome is not None and self.store.outcome.kind == "done":
            self.settings["lessons/done"] = " ".join([*done, lesson])

    def _light_outline(self) -> None:
        problems = self.graph.problems
        kinds = {operation: problems.kind(operation) for operation in problems.found}
        self.outline.light(self.graph.guide.lit_operations(), kinds)

    def show_node_line(self, node: int) -> None:
        """Go to the line of the program that an operation came from."""
        where = self.store.recording.operations[node].where
        if where:
            self.program.show_line(where[0].span.line)

    def _fetch(self, value: int, kind: str) -> None:
        self.session.fetch(value, kind, lambda array: show_array(array, self._array_title(value, kind), self))

    def _array_title(self, value: int, kind: str) -> str:
        called = label(self.store.frame, value)
        return f"{called}.grad" if kind == "gradient" else called

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self.store.name}[*] – visgrad")
        self.setWindowModified(self.store.text != self.store.saved_text)

    def set_text(self, text: str) -> None:
        """Put another program into the editor; undo does not lead back to the old one."""
        self.document.setPlainText(text)
        self.document.clearUndoRedoStacks()
        self.store.edit(text)

    def tell(self, title: str, text: str) -> None:
        """Say something that went wrong, without holding up the program."""
        box = QMessageBox(QMessageBox.Icon.NoIcon, title, title, QMessageBox.StandardButton.Close, self)
        box.setObjectName("messageDialog")
        box.setInformativeText(text)
        box.button(QMessageBox.StandardButton.Close).setText(tr("dialog.close"))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    # --- keys, files dropped, closing ------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Bare keys are shortcuts only while no widget that uses them itself has the focus."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and keeps(QApplication.focusWidget(), event, self.timeline.slider)
        ):
            event.accept()
            return True
        return super().event(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            _accept(event)

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event)
        if path:
            _accept(event)
            self.commands.open_file(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._asked and not self.commands.may_leave():
            event.ignore()
            return
        self.settings.save_state("geometry", self.saveGeometry())
        self.settings.save_state("docks", self.saveState())
        self.settings.sync()
        self.playback.close()
        self.journal.close()
        self.session.close()
        self.graph.close_job()
        event.accept()

    def close_now(self) -> None:
        """Close without asking about unsaved text."""
        self._asked = True
        self.close()
        self.deleteLater()

    def _restore(self) -> None:
        """Arrange the window as it was left, or in its usual way."""
        self.restoreGeometry(self.settings.state("geometry"))
        if not self.restoreState(self.settings.state("docks")):
            self.arrange()

    def arrange(self) -> None:
        """Show all panels in their usual places."""
        arrange(self)


def _accept(event: QDropEvent) -> None:
    """Take a file as a copy, whatever was proposed: after a move its owner might delete it."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def _dropped(event: QDropEvent) -> Path | None:
    """The one local file that is dragged, if it is of a kind that can be opened."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and paths[0].suffix in OPENABLE else None
