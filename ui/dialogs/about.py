"""What visgrad is, in a small dialog."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from ui.dialogs.buttons import close_button
from ui.i18n import tr
from ui.icons import application_icon


class AboutDialog(QDialog):
    """The program's picture, name, purpose and licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle(tr("about.title"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 28, 32, 20)
        layout.setSpacing(8)
        picture = QLabel()
        picture.setPixmap(application_icon().pixmap(64, 64))
        name = QLabel(f"visgrad {program_version()}")
        name.setProperty("heading", True)
        words = QLabel(tr("about.words"))
        words.setWordWrap(True)
        words.setMinimumWidth(340)
        licence = QLabel(tr("about.licence"))
        licence.setProperty("dim", True)
        licence.setWordWrap(True)
        for label in (picture, name, words, licence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label)
        buttons = close_button(self)
        layout.addSpacing(12)
        layout.addWidget(buttons)


def program_version() -> str:
    """The installed version of visgrad."""
    try:
        return version("visgrad")
    except PackageNotFoundError:
        return ""
