"""The window's verbs: what each action does.  The table of actions names them; they change the store and the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox

from ui.dialogs.about import AboutDialog
from ui.dialogs.export import ExportDialog
from ui.dialogs.operators import Operators
from ui.dialogs.palette import Palette, palette_entries
from ui.dialogs.preferences import PreferencesDialog
from ui.dialogs.recovery import offer
from ui.dialogs.shortcuts import ShortcutsDialog
from ui.documents import FileProblem, Opened, open_lesson, open_path, save_recording, save_text
from ui.find.bookmarks import add, ask_name, from_view, taken, to_view
from ui.i18n import tr
from ui.journal import Entry, take_left_behind
from ui.program.editing import characters, write_number
from ui.store import Aspect
from visgrad.program.literals import Number, number_at, unit, written
from visgrad.recording.recording import Recording

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class Commands:
    """One method an action, and what the methods share."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    # --- file ------------------------------------------------------------------------------------------------

    def new(self) -> None:
        if self.may_leave():
            self.show(Opened(text="import torch\n\n", name=tr("file.untitled")))
            self.window.program.show_line(3)

    def open(self) -> None:
        start = str(self.window.store.path.parent) if self.window.store.path else str(Path.home())
        name, _ = QFileDialog.getOpenFileName(self.window, tr("file.open_title"), start, tr("file.filter"))
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path) -> bool:
        """Open a program or recording, after asking about unsaved text; whether it was opened."""
        if not self.may_leave():
            return False
        try:
            opened = open_path(path)
        except FileProblem as problem:
            self.window.tell(tr("file.cannot_open", name=path.name), str(problem))
            return False
        self.show(opened)
        return True

    def open_lesson(self, name: str) -> None:
        if self.may_leave():
            self.show(open_lesson(name))

    def show(self, opened: Opened) -> None:
        """Put what was opened into the window; nothing runs."""
        window = self.window
        window.session.forget()
        recording = opened.recording or Recording("", opened.name)
        window.store.set(
            ~(Aspect.PROGRAM | Aspect.THEME),
            options=replace(window.store.options, detail=None, unfolded=(), folded=()),
            path=opened.path,
            name=opened.name,
            lesson=opened.lesson,
            saved_text=opened.text,
            recording=recording,
            position=len(recording.stops),
            selection=None,
            hover=None,
            running=False,
            playing=False,
            live=True,
            outcome=recording.outcome,
        )
        window.set_text(opened.text)
        bookmarks, now = from_view(opened.view)
        window.store.set(Aspect.BOOKMARKS, bookmarks=bookmarks)
        if now is not None:
            window.graph.visit(now)

    def offer_recovery(self) -> None:
        """Ask about the text that a crash kept from being saved; a restored text counts as not saved."""
        for entry in take_left_behind():
            offer(entry, self._restore, self.window)

    def _restore(self, entry: Entry) -> None:
        path = Path(entry.path) if entry.path else None
        try:
            saved = open_path(path).text if path else ""
        except FileProblem:
            saved = ""
        self.show(Opened(text=entry.text, name=entry.name, path=path))
        self.window.store.set(Aspect.FILE, saved_text=saved)

    def save(self) -> bool:
        """Save where the program came from, or ask where; whether it was saved."""
        path = self.window.store.path
        return self._save_to(path) if path and path.suffix == ".py" else self.save_as()

    def save_as(self) -> bool:
        store = self.window.store
        folder = store.path.parent if store.path else Path.home()
        start = str(folder / f"{Path(store.name).stem or 'program'}.py")
        name, _ = QFileDialog.getSaveFileName(self.window, tr("file.save_title"), start, tr("file.save_filter"))
        if not name:
            return False
        path = Path(name)
        return self._save_to(path if path.suffix else path.with_suffix(".py"))

    def _save_to(self, path: Path) -> bool:
        store = self.window.store
        try:
            if path.suffix == ".visgrad":
                now = taken(store, self.window.graph.view.camera, "")
                save_recording(path, store.recording, to_view(store.bookmarks, now))
            else:
                save_text(path, store.text)
        except FileProblem as problem:
            self.window.tell(tr("file.cannot_save", name=path.name), str(problem))
            return False
        if path.suffix != ".visgrad":
            store.set(Aspect.FILE, path=path, name=path.name, lesson="", saved_text=store.text)
        self.window.statusBar().showMessage(tr("file.saved", name=path.name), 4000)
        return True

    def export(self) -> None:
        _open(ExportDialog(self.window.store, self.window, self.window.settings))

    def quit(self) -> None:
        self.window.close()

    def may_leave(self) -> bool:
        """Whether the text may be replaced: saved, or the learner does not want it."""
        store = self.window.store
        if store.text == store.saved_text:
            return True
        box = QMessageBox(self.window)
        box.setObjectName("unsavedDialog")
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(tr("unsaved.title"))
        box.setText(tr("unsaved.question", name=store.name))
        box.setInformativeText(tr("unsaved.more"))
        save = box.addButton(tr("unsaved.save"), QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton(tr("unsaved.discard"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(tr("dialog.cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save)
        box.exec()
        answer = box.clickedButton()
        box.deleteLater()
        if answer is save:
            return self.save()
        return answer is discard

    # --- edit ------------------------------------------------------------------------------------------------

    def undo(self) -> None:
        self.window.document.undo()

    def redo(self) -> None:
        self.window.document.redo()

    def find(self) -> None:
        """Find in the graph where the graph or its outline has the focus, else in the program."""
        focus, window = QApplication.focusWidget(), self.window
        there = focus is not None and any(p is focus or p.isAncestorOf(focus) for p in (window.graph, window.outline))
        if there and window.store.recording.operations:
            self.find_node()
            return
        self.window.show_dock("programDock")
        self.window.program.open_find()

    def find_node(self) -> None:
        """Find in the graph."""
        self.window.graph.finder.open()

    def preferences(self) -> None:
        _open(PreferencesDialog(self.window.settings, self.window))

    # --- run and time ----------------------------------------------------------------------------------------

    def run(self) -> None:
        self.window.session.run(self.window.store.name)

    def try_number(self, number: Number, text: str, goes_on: bool = False) -> None:
        """Write another number into the program and run it again, staying at this moment."""
        write_number(self.window.document, number, text, goes_on)
        self.window.session.run_again(self.window.store.name)

    def turn_number(self, by: int) -> None:
        """Make the number at the caret larger or smaller by its last digit, and run the program again."""
        store, caret = self.window.store, self.window.program.code.editor.textCursor()
        number = number_at(store.text, characters(store.text, caret.position()))
        if number is not None:
            step = unit(number)
            self.try_number(number, written(number.value + by * step, number, step))

    def stop(self) -> None:
        self.window.session.stop()

    def to_start(self) -> None:
        self.window.playback.go(0)

    def step_back(self) -> None:
        self.window.playback.step(-1)

    def play(self) -> None:
        self.window.playback.toggle()

    def step_forward(self) -> None:
        """Go a step on; while gradients are predicted, the question comes first."""
        if not self.window.timeline.predict.asks():
            self.window.playback.step(1)

    def predict(self) -> None:
        """Ask for gradients before they are shown, or no longer."""
        store = self.window.store
        store.set(Aspect.PLAY | Aspect.VIEW, predicting=not store.predicting)

    def to_end(self) -> None:
        self.window.playback.go(len(self.window.store.recording.stops))

    def live(self) -> None:
        if self.window.store.live:
            self.window.store.set(Aspect.PLAY, live=False)
        else:
            self.window.playback.follow()

    # --- the graph -------------------------------------------------------------------------------------------

    def turn(self, step: int) -> None:
        """Go back (-1) or forward (1) through what has been selected."""
        self.window.graph.guide.history.go(step)

    def go_along(self, ahead: bool) -> None:
        """Go to a user of the selected node, or to an input."""
        self.window.graph.guide.go(ahead)

    def go_beside(self, step: int) -> None:
        """Go to the next of those that the last step along an edge could have led to."""
        self.window.graph.guide.go_beside(step)

    def light(self, kind: str) -> None:
        """Light what the selected node depends on ("above"), or what depends on it ("below")."""
        self.window.graph.guide.trail(kind)

    def join(self) -> None:
        """Light the path between the last two that were selected."""
        self.window.graph.guide.join()

    def find_alike(self) -> None:
        """Find all operations of the selected one's kind."""
        self.window.graph.guide.find_alike()

    def to_line(self) -> None:
        """Go to the line of the program that the selected operation came from."""
        selected = self.window.store.selection
        if selected is not None and selected >= 0:
            self.window.show_node_line(selected)

    def from_line(self) -> None:
        """Select what the line with the caret made."""
        self.window.program.code.select_line()

    def constants(self) -> None:
        """Show constants in the graph, or hide them."""
        options = self.window.store.options
        self.window.store.set(Aspect.VIEW, options=replace(options, constants=not options.constants))

    def go_to_problem(self, step: int) -> None:
        """Go to the next problem, or to the one before."""
        problems = self.window.graph.problems
        problems.next() if step > 0 else problems.previous()

    def list_problems(self) -> None:
        """Open the list of problems."""
        self.window.graph.problems.show_list()

    def bookmark(self) -> None:
        """Keep the view that is shown now under a name."""
        store, view = self.window.store, self.window.graph.view
        camera = view.camera
        ask_name(store, self.window, lambda name: add(store, taken(store, camera, name)))

    # --- view and help ---------------------------------------------------------------------------------------

    def fit(self) -> None:
        self.window.graph.view.fit()

    def zoom_in(self) -> None:
        self.window.graph.view.zoom(1.25)

    def zoom_out(self) -> None:
        self.window.graph.view.zoom(0.8)

    def next_panel(self, by: int) -> None:
        """Give the keyboard to the next panel, or to the one before."""
        from ui.keyboard import next_panel  # which asks the table of actions, whose verbs these are

        next_panel(self.window, by)

    def palette(self) -> None:
        """Everything that can be done, by name."""
        _open(Palette(palette_entries(self.window), tr("palette.title"), self.window))

    def operators(self) -> None:
        """All operators with their formulas and derivatives."""
        _open(Operators(self.window))

    def arrange(self) -> None:
        """Show all panels in their usual places."""
        self.window.arrange()

    def switch_theme(self) -> None:
        """Light if it is dark, dark if it is light."""
        self.window.settings["appearance/theme"] = "light" if self.window.store.theme.dark else "dark"

    def shortcuts(self) -> None:
        _open(ShortcutsDialog(self.window.shortcut_groups(), self.window))

    def about(self) -> None:
        _open(AboutDialog(self.window))


def _open(dialog: QDialog) -> None:
    """Show a dialog over the window; it is gone once it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
