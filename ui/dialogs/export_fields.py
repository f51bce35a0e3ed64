"""The fields of the export dialog: which formats there are, and how the choices are laid out.

What the choices mean and what is done with them is `export`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.dialogs.buttons import level_labels
from ui.dialogs.preview import PicturePreview
from ui.i18n import tr
from visgrad.picture.roles import theme_names


@dataclass(frozen=True)
class Format:
    """A file format: its suffix, and what of the choices it knows."""

    suffix: str
    pixels: bool = False
    colours: bool = False
    still: bool = False  # may have no background


FORMATS = (
    Format("png", pixels=True, colours=True, still=True),
    Format("svg", colours=True, still=True),
    Format("pdf", colours=True, still=True),
    Format("gif", pixels=True, colours=True),
    Format("webp", pixels=True, colours=True),
    Format("html", colours=True),
    Format("dot", colours=True),
    Format("mmd", colours=True),
    Format("json"),
)
MOMENTS = ("step", "whole")
PARTS = ("all", "chosen", "visible")
SCALES = (0.25, 8.0, 2.0)
OUR_THEMES = frozenset({"light", "dark"})


class ExportFields(QDialog):
    """The fields by name, with nothing chosen yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setAccessibleName("exportDialog")
        self.setWindowTitle(tr("export.title"))
        self._make_fields()
        self._arrange()

    def _make_fields(self) -> None:
        self.format = _combo("exportFormat", [(tr(f"export.format_{f.suffix}"), f.suffix) for f in FORMATS])
        self.moment = _combo("exportMoment", [(tr(f"export.moment_{name}"), name) for name in MOMENTS])
        self.part = _combo("exportPart", [(tr(f"export.part_{name}"), name) for name in PARTS])
        themes = [(tr("export.theme_window"), "")]
        themes += [(_theme_label(name), name) for name in sorted(theme_names(), reverse=True)]
        self.theme = _combo("exportTheme", themes)
        self.scale = QDoubleSpinBox(self)
        self.scale.setObjectName("exportScale")
        self.scale.setAccessibleName("exportScale")
        self.scale.setRange(SCALES[0], SCALES[1])
        self.scale.setSingleStep(0.5)
        self.scale.setValue(SCALES[2])
        self.scale.setSuffix(" ×")
        self.size_note = QLabel(self)
        self.size_note.setProperty("dim", True)
        self.transparent = QCheckBox(tr("export.transparent"), self)
        self.transparent.setObjectName("exportTransparent")
        self.path = QLineEdit(self)
        self.path.setObjectName("exportPath")
        self.path.setAccessibleName("exportPath")
        self.path.setMinimumWidth(260)
        self.browse = QPushButton(tr("export.browse"), self)
        self.browse.setObjectName("exportBrowse")
        self.note = QLabel(self)
        self.note.setObjectName("exportNote")
        self.note.setWordWrap(True)
        self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing())
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.button = QPushButton(tr("export.button"), self)
        self.button.setObjectName("exportButton")
        self.button.setAccessibleName("exportButton")
        self.button.setDefault(True)
        self.copy = QPushButton(tr("export.copy"), self)
        self.copy.setObjectName("exportCopy")
        self.cancel = QPushButton(tr("dialog.cancel"), self)
        self.preview = PicturePreview(self)
        self.preview.setToolTip(tr("export.drag"))

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        form.addRow(tr("export.format"), self.format)
        form.addRow(tr("export.moment"), self.moment)
        form.addRow(tr("export.part"), self.part)
        form.addRow(tr("export.theme"), self.theme)
        form.addRow(tr("export.scale"), _beside(self.scale, self.size_note))
        form.addRow("", self.transparent)
        form.addRow(tr("export.path"), _beside(self.path, self.browse))
        form.addRow("", self.note)
        level_labels(form)
        left = QVBoxLayout()
        left.addLayout(form)
        left.addStretch(1)
        left.addLayout(_beside(self.copy, None, self.cancel, self.button))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(18)
        layout.addLayout(left)
        layout.addWidget(self.preview, 1)
        order = (self.format, self.moment, self.part, self.theme, self.scale, self.transparent, self.path, self.browse)
        for first, then in pairwise((*order, self.copy, self.cancel, self.button)):
            self.setTabOrder(first, then)
        self.format.setFocus()


def _theme_label(name: str) -> str:
    """A theme's name in the reader's language; one that somebody added goes by its file's."""
    return tr(f"export.theme_{name}") if name in OUR_THEMES else name.replace("_", " ").capitalize()


def _combo(name: str, entries: list[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(name)
    for text, value in entries:
        box.addItem(text, value)
    return box


def _beside(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets in a row; None stretches."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row
