"""The window as a whole: opening, running, saving, languages, and leaving nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent, QSyntaxHighlighter, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QPushButton, QTableView, QToolBar, QToolButton
from pytestqt.qtbot import QtBot

from tests.ui.lesson import lesson
from ui import i18n
from ui.documents import FileProblem, open_path
from ui.main_window import MainWindow
from ui.program.editor import ProgramEditor
from ui.store import Aspect
from visgrad.picture.options import ViewOptions
from visgrad.recording.file import save
from visgrad.recording.recording import Recording

PROGRAM = "import torch\nx = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward()\nprint(x.grad)\n"
WAIT = 20_000

Open = Callable[..., MainWindow]


def run(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_name["runAction"].trigger()
    qtbot.waitUntil(lambda: not window.store.running, timeout=WAIT)


def program(tmp_path: Path, text: str = PROGRAM, name: str = "square.py") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def answer(name: str, done: list[str]) -> None:
    """Press the button of that text in the next question."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        done.append(box.text())
        next(button for button in box.findChildren(QPushButton) if button.text() == name).click()

    QTimer.singleShot(50, press)


def test_a_new_user_sees_the_first_lesson_and_nothing_has_run(window: MainWindow) -> None:
    assert "import torch" in window.store.text
    assert window.store.lesson
    assert not window.store.recording.steps
    assert not window.store.running
    assert not window.isWindowModified()


def test_a_lesson_that_has_been_run_is_not_the_first_one_next_time(open_window: Open, qtbot: QtBot) -> None:
    first = open_window()
    lesson = first.store.lesson
    run(first, qtbot)
    first.close_now()
    assert open_window().store.lesson not in ("", lesson)


def test_running_streams_a_recording_and_following_it_ends_at_its_end(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(program(tmp_path))
    assert not window.store.recording.steps, "nothing runs when a file is opened"
    window.settings["playback/live_speed"] = 1000.0
    run(window, qtbot)
    assert window.store.outcome is not None
    assert window.store.outcome.kind == "done"
    qtbot.waitUntil(lambda: window.store.position == len(window.store.recording.stops) > 4)
    assert "tensor(6.)" in window.console.toPlainText()


def test_editing_after_a_run_marks_it_as_stale_until_the_next(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(program(tmp_path))
    run(window, qtbot)
    assert not window.store.stale
    window.document.setPlainText(PROGRAM.replace("3.0", "4.0"))
    assert window.store.stale
    assert window.status.stale.isVisible()
    run(window, qtbot)
    assert not window.store.stale
    assert "tensor(8.)" in window.console.toPlainText()


def test_the_old_recording_stays_until_the_first_step_of_the_next_run(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(program(tmp_path))
    run(window, qtbot)
    old = window.store.recording
    window.actions_by_name["runAction"].trigger()
    assert window.store.awaiting
    assert window.store.recording is old
    qtbot.waitUntil(lambda: not window.store.running, timeout=WAIT)
    assert window.store.recording is not old


def test_stop_ends_an_endless_program_and_a_dead_worker_is_replaced(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    import os
    import signal

    window = open_window(program(tmp_path, "import torch\nx = torch.ones(2)\nwhile True: pass\n"))
    window.actions_by_name["runAction"].trigger()
    qtbot.waitUntil(lambda: len(window.store.recording.operations) == 1, timeout=WAIT)
    window.actions_by_name["stopAction"].trigger()
    qtbot.waitUntil(lambda: not window.store.running, timeout=WAIT)
    assert window.store.outcome is not None
    assert window.store.outcome.kind == "stopped"
    window.actions_by_name["runAction"].trigger()
    qtbot.waitUntil(lambda: len(window.store.recording.operations) == 1 and not window.store.awaiting, timeout=WAIT)
    os.kill(window.session.worker_pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: not window.store.running, timeout=WAIT)
    assert window.store.outcome.kind == "died"
    window.document.setPlainText("print(1 + 1)\n")
    run(window, qtbot)
    assert window.store.outcome.kind == "done"


def test_a_runtime_error_is_shown_at_its_line_until_the_text_is_edited(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(program(tmp_path, "import torch\nx = torch.ones(2, 3)\nx.missing\n"))
    run(window, qtbot)
    message = window.program.code.message
    assert message.isVisible()
    assert "'Tensor' object has no attribute 'missing'" in message.text()
    assert len(window.store.recording.operations) >= 1
    window.document.setPlainText("import torch\nx = torch.ones(2, 3)\n")
    assert not message.isVisible()


def test_clicking_a_line_selects_its_node_and_selecting_a_node_marks_its_text(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(program(tmp_path))
    run(window, qtbot)
    editor = window.program.code.editor
    editor.clicked.emit(3)
    node = window.store.selection
    assert node is not None
    assert window.store.recording.operations[node].op == "mul"
    marked = [selection.cursor.selectedText() for selection in editor.extraSelections()]
    assert "x * x" in marked


def test_saving_and_opening_again_gives_the_same_program(open_window: Open, tmp_path: Path) -> None:
    path = program(tmp_path, name="한글.py")
    window = open_window(path)
    window.document.setPlainText("print('바뀜')\n")
    assert window.isWindowModified()
    window.actions_by_name["saveAction"].trigger()
    assert not window.isWindowModified()
    assert path.read_text("utf-8") == "print('바뀜')\n"
    assert [entry.name for entry in tmp_path.iterdir() if entry.suffix == ".tmp"] == []


def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    before = window.store.text
    for name, data in (("bad.py", b"\xff\xfe\x00"), ("bad.visgrad", b"PK nonsense"), ("gone.py", None)):
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        assert not window.commands.open_file(path)
        box = window.findChild(QMessageBox, "messageDialog")
        assert isinstance(box, QMessageBox)
        assert name in box.text()
        assert box.informativeText()
        box.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert window.store.text == before


def test_a_recording_opens_at_its_end_without_running(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    first = open_window(program(tmp_path))
    run(first, qtbot)
    path = tmp_path / "run.visgrad"
    save(first.store.recording, path)
    window = open_window(path)
    assert window.store.text == PROGRAM
    assert window.store.position == len(window.store.recording.stops) > 0
    assert not window.store.running
    assert "tensor(6.)" in window.console.toPlainText()


def test_a_markdown_lesson_opens_as_a_program(open_window: Open, tmp_path: Path) -> None:
    path = program(tmp_path, "# Title\n\n```python\nimport torch\n```\n\n    tensor(1.)\n", "lesson.md")
    window = open_window(path)
    assert "import torch" in window.store.text
    assert "```" not in window.store.text
    assert window.store.path is None, "saving asks where, and never overwrites the lesson"


def test_unsaved_text_is_asked_about_before_it_is_lost(open_window: Open, tmp_path: Path) -> None:
    path = program(tmp_path)
    window = open_window(path)
    window.document.setPlainText("changed\n")
    asked: list[str] = []
    answer("Cancel", asked)
    assert not window.commands.open_file(path)
    assert window.store.text == "changed\n"
    answer("Cancel", asked)
    assert not window.close()
    answer("Discard", asked)
    assert window.commands.open_file(path)
    assert window.store.text == PROGRAM
    window.document.setPlainText("saved\n")
    answer("Save", asked)
    assert window.close()
    assert path.read_text("utf-8") == "saved\n"
    assert len(asked) == 4


def test_what_was_unfolded_in_one_program_says_nothing_about_the_next(window: MainWindow, tmp_path: Path) -> None:
    store = window.store
    store.set(Aspect.VIEW, options=ViewOptions(detail=0.3, unfolded=(2,), folded=(1,), colour="dtype"))
    assert window.commands.open_file(program(tmp_path))
    assert store.options == ViewOptions(colour="dtype")


def test_a_dropped_program_is_opened(window: MainWindow, tmp_path: Path) -> None:
    path = program(tmp_path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(QPoint(5, 5)), copy, data, Qt.MouseButton.LeftButton, none)
    window.dropEvent(event)
    assert window.store.text == PROGRAM


def test_a_dropped_file_is_copied_whatever_was_proposed(window: MainWindow, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(program(tmp_path)))])
    both, move = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.DropAction.MoveAction
    event = QDropEvent(QPointF(5, 5), both, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    event.setDropAction(move)
    window.dropEvent(event)
    assert event.isAccepted()
    assert event.dropAction() == Qt.DropAction.CopyAction


def test_the_language_is_changed_at_once_and_nothing_is_lost(window: MainWindow, qtbot: QtBot) -> None:
    before = window.store.text
    QTextCursor(window.document).insertText("x = 1\n")
    window.settings["appearance/language"] = "ko"
    qtbot.waitUntil(lambda: i18n.language() == "ko")
    assert window.actions_by_name["runAction"].text() == "실행(&R)"
    assert window.program.code.editor.toPlainText() == "x = 1\n" + before
    window.document.undo()
    assert window.store.text == before
    window.settings["appearance/language"] = "en"
    qtbot.waitUntil(lambda: i18n.language() == "en")
    assert window.actions_by_name["runAction"].text() == "&Run"


def test_a_theme_is_changed_at_once_and_remembered(open_window: Open) -> None:
    window = open_window()
    for name in ("dark", "light"):
        window.settings["appearance/theme"] = name
        assert window.store.theme.name == name
    window.settings["appearance/theme"] = "dark"
    window.close_now()
    other = open_window()
    assert other.store.theme.name == "dark"
    other.settings["appearance/theme"] = "system"


def test_every_dialog_opens_and_closes(window: MainWindow, qtbot: QtBot) -> None:
    for name in ("preferencesAction", "shortcutsAction", "aboutAction"):
        window.actions_by_name[name].trigger()
        dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        assert len(dialogs) == 1, name
        dialogs[0].reject()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_the_window_fits_its_smallest_size(window: MainWindow) -> None:
    window.resize(window.minimumSize())
    assert (window.width(), window.height()) == (900, 600)
    assert window.graph.width() >= 280
    assert window.program.width() >= 240
    assert window.timeline.slider.width() >= 60


@pytest.mark.parametrize("kind", ["done", "error", "stopped", "limit", "died"])
def test_the_status_says_how_a_run_ended(window: MainWindow, kind: str) -> None:
    from visgrad.recording.model import Outcome

    window.store.set(Aspect.RUN, outcome=Outcome(kind, "" if kind != "limit" else "Stopped after 1 second."))
    assert window.status.state.text()


def test_a_full_array_is_fetched_from_the_worker_and_shown(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(program(tmp_path, "import torch\nx = torch.arange(1000.).view(20, 50)\n"))
    run(window, qtbot)
    window.store.select(window.store.recording.producer[-1])
    qtbot.waitUntil(lambda: window.inspector.findChild(QPushButton, "fetchButton") is not None)
    button = window.inspector.findChild(QPushButton, "fetchButton")
    assert isinstance(button, QPushButton)
    button.click()
    qtbot.waitUntil(lambda: window.findChild(QTableView, "arrayTable") is not None, timeout=WAIT)
    table = window.findChild(QTableView, "arrayTable")
    assert isinstance(table, QTableView)
    model = table.model()
    assert (model.rowCount(), model.columnCount()) == (20, 50)
    assert model.index(19, 49).data() == "999"
    window.findChild(QDialog, "arrayDialog").close()  # type: ignore[union-attr]


def test_closing_while_a_program_runs_leaves_nothing_behind(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(program(tmp_path, "import torch\nx = torch.ones(2)\nwhile True: x = x + 1\n"))
    window.actions_by_name["runAction"].trigger()
    qtbot.waitUntil(lambda: len(window.store.recording.operations) > 100, timeout=WAIT)
    window.close_now()


def test_opening_another_program_ends_the_run_and_shows_nothing_of_it(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(program(tmp_path, "import torch\nx = torch.ones(2)\nwhile True: x = x + 1\n"))
    window.actions_by_name["runAction"].trigger()
    qtbot.waitUntil(lambda: len(window.store.recording.operations) > 10, timeout=WAIT)
    assert window.commands.open_file(program(tmp_path, name="other.py"))
    assert not window.store.running
    assert not window.store.recording.steps
    run(window, qtbot)
    assert window.store.recording.source == PROGRAM
    assert "tensor(6.)" in window.console.toPlainText()


def test_a_click_on_run_lets_arrow_keys_step_while_its_shortcut_leaves_the_caret(
    window: MainWindow, qtbot: QtBot
) -> None:
    editor = window.program.code.editor
    editor.setFocus()
    window.actions_by_name["runAction"].trigger()
    assert editor.hasFocus()
    qtbot.waitUntil(lambda: not window.store.running, timeout=WAIT)
    button = window.findChild(QToolButton, "runButton")
    assert isinstance(button, QToolButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not editor.hasFocus()
    qtbot.waitUntil(lambda: not window.store.running, timeout=WAIT)
    window.playback.go(3)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Right)
    assert window.store.position == 4


def test_the_old_picture_fades_while_a_slow_program_has_shown_nothing(window: MainWindow, qtbot: QtBot) -> None:
    recording = lesson()
    everything = Aspect.RECORDING | Aspect.POSITION | Aspect.RUN
    window.store.set(everything, recording=recording, position=3, running=True, live=False)
    qtbot.waitUntil(lambda: window.veil.down)
    assert not window.graph.view.grab().isNull()
    window.store.set(Aspect.RECORDING, recording=Recording("", "next.py"))
    assert not window.veil.down
    window.store.set(Aspect.RUN, running=False)


def test_the_window_comes_back_as_it_was_left(open_window: Open) -> None:
    first = open_window()
    first.resize(900, 690)
    first.show_build()
    dock = next(dock for dock in first.docks() if dock.objectName() == "detailsDock")
    dock.close()
    first.close_now()
    second = open_window()
    assert (second.width(), second.height()) == (900, 690)
    assert not next(dock for dock in second.docks() if dock.objectName() == "detailsDock").isVisible()
    second.commands.arrange()
    assert all(dock.isVisible() for dock in second.docks()), "Arrange Panels brings everything back"


def test_changing_the_language_again_and_again_leaves_one_of_everything(window: MainWindow, qtbot: QtBot) -> None:
    for code in ("ko", "en", "ko", "en"):
        window.speak(code)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert len(window.findChildren(ProgramEditor)) == 1
    assert len(window.findChildren(QToolBar)) == 1
    assert len(window.docks()) == 4
    assert len(window.document.findChildren(QSyntaxHighlighter)) + len(window.findChildren(QSyntaxHighlighter)) == 1
    QTest.keyClicks(window.program.code.editor, "x")
    assert window.store.text.startswith("x")
    window.store.set(Aspect.RECORDING | Aspect.POSITION, recording=lesson(), position=4)


def test_a_file_written_on_windows_keeps_its_line_ends(open_window: Open, tmp_path: Path) -> None:
    path = tmp_path / "windows.py"
    path.write_bytes(b"\xef\xbb\xbfx = 1\r\ny = 2\r\n")
    window = open_window(path)
    assert window.store.text == "x = 1\ny = 2\n"
    assert not window.isWindowModified()
    window.document.setPlainText("x = 3\ny = 2\n")
    assert window.commands.save()
    assert path.read_bytes() == b"x = 3\r\ny = 2\r\n"


def test_a_notebook_opens_as_a_program_and_a_damaged_one_with_a_sentence(open_window: Open, tmp_path: Path) -> None:
    path = program(tmp_path, '{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["x = 1"]}]}', "lesson.ipynb")
    window = open_window(path)
    assert window.store.text == "# %%\nx = 1\n"
    assert window.store.path is None
    path.write_text("{", "utf-8")
    with pytest.raises(FileProblem, match="Jupyter"):
        open_path(path)
