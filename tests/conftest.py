"""What every test gets: an offscreen screen, its own settings folder, and a check that nothing is left behind."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_ACCESSIBILITY", "0")

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ui.main_window import MainWindow

LEAVE = 5.0
"""Seconds a test's threads and processes are given to end."""


@pytest.fixture(autouse=True)
def settings_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, journals and caches of the test's own."""
    folder = tmp_path / "settings"
    monkeypatch.setenv("VISGRAD_CONFIG_DIR", str(folder))
    return folder


@pytest.fixture(autouse=True)
def nothing_left(settings_folder: Path) -> Iterator[None]:
    """Fails a test that leaves a thread, a process, an active timer or a top-level window."""
    threads = set(threading.enumerate())
    processes = set(psutil.Process().children(recursive=True))
    yield
    waited = time.monotonic() + LEAVE
    while time.monotonic() < waited and (_new_threads(threads) or _new_processes(processes)):
        _process_events()
        time.sleep(0.01)
    left = [f"thread {t.name}" for t in _new_threads(threads)]
    left += [f"process {p.pid} {' '.join(p.cmdline())}" for p in _new_processes(processes)]
    left += _windows() + _timers()
    assert not left, "left behind: " + "; ".join(left)


def _new_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t not in before and t.is_alive() and not isinstance(t, _Dummy)]


_Dummy = threading._DummyThread  # threads that Python did not start, such as Qt's own pool


def _new_processes(before: set[psutil.Process]) -> list[psutil.Process]:
    alive = []
    for process in psutil.Process().children(recursive=True):
        try:
            if process not in before and process.status() != psutil.STATUS_ZOMBIE:
                alive.append(process)
        except psutil.NoSuchProcess:
            continue
    return alive


def _application() -> object:
    import sys

    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets.QApplication.instance() if widgets else None


def _process_events() -> None:
    if _application() is not None:
        from PySide6.QtCore import QCoreApplication

        QCoreApplication.processEvents()


def _windows() -> list[str]:
    if _application() is None:
        return []
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()
    return [f"window {w.objectName() or type(w).__name__}" for w in QApplication.topLevelWidgets() if w.isVisible()]


def _timers() -> list[str]:
    if _application() is None:
        return []
    import shiboken6
    from PySide6.QtCore import QTimer

    timers = [o for o in gc.get_objects() if type(o) is QTimer and shiboken6.isValid(o) and o.isActive()]
    return [f"timer {t.objectName() or t}" for t in timers]


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    """Opens windows as the program does, and closes them without asking about unsaved text."""
    from ui.app import open_window as open_real

    windows: list[MainWindow] = []

    def open_one(path: Path | None = None) -> MainWindow:
        window = open_real(path)
        windows.append(window)
        qtbot.waitExposed(window)
        return window

    yield open_one
    for window in windows:
        window.close_now()
    _windows()


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    """The window as a new user sees it."""
    return open_window()
