"""The desktop program: makes the application and its window, and runs the event loop."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from ui.documents import lesson_titles
from ui.icons import application_icon
from ui.main_window import MainWindow


def open_window(path: Path | str | None = None) -> MainWindow:
    """Build and show the window on the running QApplication, or on a new one.

    `path`: a program (`.py`, `.md`, `.ipynb`) or a recording (`.visgrad`) to open; None opens the first lesson that has
    not been run yet.  Nothing is run.
    """
    _application()
    window = MainWindow()
    if path is None or not window.commands.open_file(Path(path)):
        window.commands.open_lesson(_next_lesson(window))
    window.show()
    window.commands.offer_recovery()
    return window


def main(path: Path | str | None = None) -> int:
    """Run the program until its window is closed; the exit status."""
    application = _application()
    window = open_window(path)
    signal.signal(signal.SIGINT, lambda *_: window.close())
    awake = QTimer()  # Python sees Ctrl+C only when it runs: let it, now and then
    awake.timeout.connect(lambda: None)
    awake.start(200)
    status = application.exec()
    awake.stop()
    return status


def _application() -> QApplication:
    """The QApplication there is, or a new one."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    application = QApplication(sys.argv[:1])
    application.setApplicationName("visgrad")
    application.setApplicationDisplayName("visgrad")
    application.setDesktopFileName("visgrad")
    application.setWindowIcon(application_icon())
    return application


def _next_lesson(window: MainWindow) -> str:
    """The first lesson that has not been run, or the first one when all have."""
    done = set(window.settings.text("lessons/done").split())
    names = [name for name, _title in lesson_titles()]
    return next((name for name in names if name not in done), names[0])
