"""The dialog that writes the picture to a file: which format, which moment, which look, and where.

Owns the choices and their preview; the fields are `export_fields`', and `visgrad.export` writes the file.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QWidget,
)

from ui.dialogs.export_fields import FORMATS, SCALES, ExportFields, Format
from ui.export_image import TooLarge, pixel_size
from ui.graph.panel import GraphPanel
from ui.i18n import tr
from ui.picture_data import copy_picture, data_of
from ui.settings_store import SettingsStore
from ui.store import Store
from visgrad.export import export
from visgrad.picture.display import Display, State
from visgrad.picture.draw import Picture
from visgrad.picture.parts import WHOLE, Part
from visgrad.picture.reach import Reach
from visgrad.picture.roles import Theme, theme


class ExportDialog(ExportFields):
    """`exported(path)` is emitted when a file has been written; the dialog then closes."""

    exported = Signal(str)

    def __init__(self, store: Store, parent: QWidget | None = None, settings: SettingsStore | None = None) -> None:
        """`settings`: where the choices are kept from one time to the next."""
        super().__init__(parent)
        self._settings = settings
        self._store = store
        self._panel = _panel_in(parent)
        self._picture = _picture_of(self._panel, store)
        self.preview.data = self._dragged
        self._recall()
        self._connect()
        self._suggest()
        self._refresh()

    def _connect(self) -> None:
        self.format.currentIndexChanged.connect(self._format_changed)
        for box in (self.moment, self.part, self.theme):
            box.currentIndexChanged.connect(self._refresh)
        self.scale.valueChanged.connect(self._refresh)
        self.transparent.toggled.connect(self._refresh)
        self.path.textChanged.connect(self._refresh)
        self.browse.clicked.connect(self._browse)
        self.button.clicked.connect(self.export)
        self.copy.clicked.connect(self._copy)
        self.cancel.clicked.connect(self.reject)

    def _recall(self) -> None:
        """Choose what was chosen last time; what part and what moment is asked anew."""
        if self._settings is None:
            return
        for box, key in ((self.format, "export/format"), (self.theme, "export/theme")):
            box.setCurrentIndex(max(box.findData(self._settings.text(key)), 0))
        self.scale.setValue(self._settings.number("export/scale"))
        self.transparent.setChecked(self._settings.flag("export/transparent"))

    def _remember(self) -> None:
        if self._settings is None:
            return
        self._settings.put("export/format", self.chosen_format().suffix)
        self._settings.put("export/theme", str(self.theme.currentData()))
        self._settings.put("export/scale", self.scale.value())
        self._settings.put("export/transparent", self.transparent.isChecked())

    # the choices -------------------------------------------------------------------------------------------------

    def chosen_format(self) -> Format:
        """The format that is chosen."""
        return FORMATS[self.format.currentIndex()]

    def chosen_theme(self) -> Theme:
        """The theme that is chosen."""
        name = str(self.theme.currentData())
        return theme(name) if name else self._store.theme

    def _clear(self) -> bool:
        """Whether the background is to be left out."""
        return self.transparent.isChecked() and self.chosen_format().still

    def _pixels(self) -> float:
        """The scale of an image that is taken along: the chosen one, or a sharp one where the format has none."""
        return self.scale.value() if self.chosen_format().pixels else SCALES[2]

    def _dragged(self) -> QMimeData | None:
        """The picture, to be dropped elsewhere."""
        display = self.chosen_display()
        if display is None:
            return None
        try:
            return data_of(display, self.chosen_theme(), self._pixels(), self._store.name, self._clear(), file=True)
        except TooLarge:
            self._say(tr("export.too_large"), True)
            return None

    def _theme_name(self) -> str:
        """Of a file; a page is left to be as its reader's system is, unless a theme is chosen."""
        free = self.chosen_format().suffix == "html" and not self.theme.currentData()
        return "" if free else self.chosen_theme().name

    def chosen_position(self) -> int:
        """The position whose picture is wanted."""
        whole = self.moment.currentData() == "whole"
        return len(self._store.recording.stops) if whole else self._store.position

    def chosen_display(self) -> Display | None:
        """The chosen part of the picture at the chosen moment, None where there is nothing."""
        if self._picture is None:
            return None
        display = self._picture.still(self.chosen_position(), self._chosen_part().of)
        return display if len(display.cards.node) else None

    def _chosen_part(self) -> Part:
        chosen = self.part.currentData()
        if chosen == "visible" and self._panel is not None:
            seen = self._panel.view.visible_rect()
            return Part(bounds=(seen.x(), seen.y(), seen.width(), seen.height()))
        return Part(frozenset(self._chosen_nodes())) if chosen == "chosen" else WHOLE

    def _chosen_nodes(self) -> set[int]:
        """What is lit in the window; where nothing is, the node that is selected and its neighbours."""
        shown = self._panel.view.display if self._panel is not None else None
        if shown is None or self._picture is None:
            return set()
        lit = shown.cards.node[(shown.cards.state & int(State.LIT)) > 0].tolist()
        selected = self._panel.view.selected if self._panel is not None else None
        if lit or selected is None:
            return set(lit)
        reach = Reach(self._picture.graph)
        return {selected, *reach.inputs.get(selected, ()), *reach.users.get(selected, ())}

    def _suggest(self) -> None:
        """A file beside the program, or in the home folder."""
        folder = self._store.path.parent if self._store.path else Path.home()
        stem = Path(self._store.name).stem or "picture"
        self.path.setText(str(folder / f"{stem}.{self.chosen_format().suffix}"))

    def _format_changed(self) -> None:
        """The file's name follows the format."""
        path = Path(self.path.text())
        if path.suffix.lstrip(".") in {f.suffix for f in FORMATS}:
            self.path.setText(str(path.with_suffix(f".{self.chosen_format().suffix}")))
        self._refresh()

    def _refresh(self) -> None:
        chosen, display = self.chosen_format(), self.chosen_display()
        self.theme.setEnabled(chosen.colours)
        self.transparent.setEnabled(chosen.still)
        self.part.setEnabled(self._panel is not None)
        self.scale.setEnabled(chosen.pixels)
        self.preview.show_picture(display, self.chosen_theme(), self._clear())
        self.size_note.setText("")
        nothing = "export.nothing" if self._picture is None else "export.nothing_chosen"
        problem = "" if display is not None else tr(nothing)
        if display is not None and chosen.pixels:
            try:
                width, height = pixel_size(display, self.scale.value())
                self.size_note.setText(tr("export.size", width=f"{width:,}", height=f"{height:,}"))
            except TooLarge:
                problem = tr("export.too_large")
        path = Path(self.path.text().strip()).expanduser()
        if not problem and not self.path.text().strip():
            problem = tr("export.no_path")
        elif not problem and not path.parent.is_dir():
            problem = tr("export.no_folder", folder=str(path.parent))
        replaces = tr("export.replaces", name=path.name) if not problem and path.is_file() else ""
        self._say(problem or replaces, bool(problem))
        self.button.setEnabled(not problem)
        self.copy.setEnabled(display is not None)

    def _say(self, words: str, wrong: bool) -> None:
        self.note.setText(words)
        self.note.setProperty("error", wrong)
        self.note.setProperty("dim", not wrong)
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)

    # doing it ----------------------------------------------------------------------------------------------------

    def _browse(self) -> None:
        suffix = self.chosen_format().suffix
        name, _ = QFileDialog.getSaveFileName(self, tr("export.title"), self.path.text(), f"*.{suffix}")
        if name:
            path = Path(name)
            self.path.setText(str(path if path.suffix else path.with_suffix(f".{suffix}")))

    def export(self) -> None:
        """Write the file; what goes wrong is said in the dialog, which then stays open."""
        path = Path(self.path.text().strip()).expanduser()
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            self._write(path)
        except OSError as problem:
            self._say(tr("export.failed", name=path.name, problem=problem.strerror or str(problem)), True)
            return
        except (ValueError, MemoryError) as problem:
            self._say(tr("export.failed", name=path.name, problem=str(problem)), True)
            return
        finally:
            QGuiApplication.restoreOverrideCursor()
        self._remember()
        self.exported.emit(str(path))
        self.accept()

    def _write(self, path: Path) -> None:
        if self._picture is None:
            return
        export(
            self._store.recording,
            path.with_suffix(f".{self.chosen_format().suffix}") if not path.suffix else path,
            self.chosen_position(),
            self._theme_name(),
            self.scale.value(),
            self._store.options,
            transparent=self._clear(),
            part=self._chosen_part(),
            picture=self._picture,
        )

    def _copy(self) -> None:
        display = self.chosen_display()
        if display is None:
            return
        try:
            copy_picture(display, self.chosen_theme(), self._pixels(), self._store.name, self._clear())
        except TooLarge:
            self._say(tr("export.too_large"), True)
        else:
            self._say(tr("export.copied"), False)


def _panel_in(parent: QWidget | None) -> GraphPanel | None:
    panel = parent.findChild(GraphPanel, "graphPanel") if parent is not None else None
    return panel if isinstance(panel, GraphPanel) else None


def _picture_of(panel: GraphPanel | None, store: Store) -> Picture | None:
    """The picture that the window already shows, or a new one; None before anything has run."""
    if not store.recording.operations:
        return None
    shown = panel.current_picture if panel is not None else None
    return shown or Picture(store.recording, store.options)
