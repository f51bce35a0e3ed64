"""Which theme is on: follows the desktop unless told otherwise, and dresses the application in it.

`Appearance` is made once for an application.  What the roles are is `visgrad.picture.roles`', what widgets look like
in them `ui.style`'s.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from ui.fonts import load_fonts
from ui.icons import forget_icons
from ui.style import palette, style_sheet
from visgrad.picture.roles import Theme, theme

MODES = ("system", "light", "dark")


class Appearance(QObject):
    """Dresses the running QApplication.  `changed(theme)` is emitted when another theme is put on."""

    changed = Signal(object)

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self.setObjectName("appearance")
        self.mode = "system"
        self.theme = theme(system_theme())
        application.setStyle("Fusion")
        load_fonts()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._dress()

    def choose(self, mode: str) -> None:
        """Follow the desktop ("system"), or wear the theme of that name."""
        self.mode = mode
        self._wear(theme(system_theme() if mode == "system" else mode))

    def _system_changed(self) -> None:
        if self.mode == "system":
            self._wear(theme(system_theme()))

    def _wear(self, new: Theme) -> None:
        if new != self.theme:
            self.theme = new
            self._dress()
            self.changed.emit(new)

    def _dress(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            forget_icons()
            application.setPalette(palette(self.theme))
            application.setStyleSheet(style_sheet(self.theme))


def appearance() -> Appearance:
    """The application's appearance, made on first use; RuntimeError without a QApplication."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise RuntimeError("a QApplication is needed before a theme can be worn")
    found = application.findChild(Appearance, "appearance")
    return found if isinstance(found, Appearance) else Appearance(application)


def current_theme() -> Theme:
    """The theme that is worn now."""
    return appearance().theme


def system_theme() -> str:
    """The name of the theme that goes with the desktop."""
    return "dark" if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"
