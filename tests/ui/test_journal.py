"""Text that was typed and not saved survives the end of the process, and nothing else is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from ui.journal import journal_folder, take_left_behind
from ui.main_window import MainWindow

CRASH = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from ui.app import open_window
app = QApplication([])
window = open_window(Path(sys.argv[1]) if sys.argv[1:] else None)
window.program.code.editor.setPlainText("import torch\\nlost = 1\\n")
def look():
    if window.journal.path.exists():
        print("written", flush=True)
timer = QTimer(); timer.timeout.connect(look); timer.start(50)
app.exec()
"""


def crash(*arguments: str) -> None:
    """A window in a process of its own, killed once what was typed is written down."""
    child = subprocess.Popen([sys.executable, "-c", CRASH, *arguments], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "written\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()


def question(window: MainWindow) -> QMessageBox | None:
    return window.findChild(QMessageBox, "recoveryDialog")


def test_text_that_a_crash_kept_from_being_saved_is_offered_and_restored(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "mine.py"
    path.write_text("import torch\n", "utf-8")
    crash(str(path))
    window = open_window()
    box = question(window)
    assert box is not None
    assert "mine.py" in box.text()
    assert "lost = 1" in box.informativeText()
    button = box.findChild(QPushButton, "restoreButton")
    assert button is not None
    button.click()
    assert window.store.text == "import torch\nlost = 1\n"
    assert (window.store.path, window.store.saved_text) == (path, "import torch\n")
    assert window.isWindowModified()
    qtbot.waitUntil(lambda: question(window) is None)


def test_a_window_that_lives_keeps_its_text_to_itself(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    first = open_window()
    first.document.setPlainText("x = 1\n")
    qtbot.waitUntil(first.journal.path.exists)
    second = open_window()
    assert question(second) is None
    assert first.journal.path.exists()


def test_saved_text_and_a_proper_end_leave_no_journal(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "mine.py"
    path.write_text("", "utf-8")
    window = open_window(path)
    window.document.setPlainText("x = 1\n")
    qtbot.waitUntil(window.journal.path.exists)
    assert window.commands.save()
    qtbot.waitUntil(lambda: not window.journal.path.exists())
    window.document.setPlainText("x = 2\n")
    qtbot.waitUntil(window.journal.path.exists)
    window.close_now()
    assert list(journal_folder().iterdir()) == []


def test_a_damaged_journal_is_passed_over(settings_folder: Path) -> None:
    folder = journal_folder()
    folder.mkdir(parents=True)
    for number, text in enumerate((b"", b"{", b"[]", b'{"text": 1, "name": "", "path": "", "time": ""}', b"\xff")):
        (folder / f"9999{number}-0.json").write_bytes(text)
    assert list(take_left_behind()) == []
    assert not list(folder.glob("*.json"))
