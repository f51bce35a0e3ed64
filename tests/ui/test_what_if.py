"""Turning a number of the program: the sliders of the inspector and the keys of the editor."""

from __future__ import annotations

from PySide6.QtWidgets import QSlider
from pytestqt.qtbot import QtBot

from ui.main_window import MainWindow

PROGRAM = "import torch\nw = torch.tensor(2.0, requires_grad=True)\ny = w**2\ny.backward()\nprint(w.grad)\n"


def ran(window: MainWindow, qtbot: QtBot) -> None:
    """Run the program and go to its end."""
    window.set_text(PROGRAM)
    with qtbot.waitSignal(window.session.finished, timeout=20_000):
        window.commands.run()
    window.commands.to_end()


def slider(window: MainWindow, qtbot: QtBot) -> QSlider:
    """The slider of the leaf, once it is described."""
    window.store.select(0)
    qtbot.waitUntil(window.inspector.what_if.isVisible)
    found = window.inspector.what_if.findChild(QSlider, "whatIfSlider0")
    assert isinstance(found, QSlider)
    return found


def gradient(window: MainWindow) -> float | None:
    summary = window.store.frame.gradient(0)
    return summary.mean if summary else None


def test_a_slider_changes_the_number_and_the_run_stays_at_its_moment(window: MainWindow, qtbot: QtBot) -> None:
    ran(window, qtbot)
    before = window.store.position
    handle = slider(window, qtbot)
    assert "w" in handle.accessibleName()
    with qtbot.waitSignal(window.session.finished, timeout=20_000):
        handle.setValue(60)  # of 100, which stand for 5
    assert "torch.tensor(3.0, requires_grad=True)" in window.store.text
    assert window.document.toPlainText() == window.store.text
    assert (window.store.position, window.store.selection) == (before, 0)
    assert gradient(window) == 6
    assert not window.store.stale
    window.commands.undo()
    assert window.store.text == PROGRAM


def test_while_a_slider_is_held_all_its_changes_are_one_step_of_undo(window: MainWindow, qtbot: QtBot) -> None:
    ran(window, qtbot)
    handle = slider(window, qtbot)
    handle.setSliderDown(True)
    for value in (50, 60, 70, -80):
        handle.setValue(value)
    handle.setSliderDown(False)
    qtbot.waitUntil(lambda: not window.store.retrying and not window.store.stale, timeout=20_000)
    assert "tensor(-4.0," in window.store.text
    assert gradient(window) == -8
    window.commands.undo()
    assert window.store.text == PROGRAM


def test_the_keys_turn_the_number_at_the_caret_by_its_last_digit(window: MainWindow, qtbot: QtBot) -> None:
    ran(window, qtbot)
    editor = window.program.code.editor
    cursor = editor.textCursor()
    cursor.setPosition(PROGRAM.index("2.0"))
    editor.setTextCursor(cursor)
    with qtbot.waitSignal(window.session.finished, timeout=20_000):
        window.commands.turn_number(-1)
    assert "tensor(1.9," in window.store.text
    assert gradient(window) is not None


def test_a_result_has_no_sliders_and_a_line_that_was_edited_neither(window: MainWindow, qtbot: QtBot) -> None:
    ran(window, qtbot)
    slider(window, qtbot)
    window.store.select(1)
    qtbot.waitUntil(lambda: not window.inspector.what_if.isVisible())
    window.set_text(PROGRAM.replace("2.0", "7.0"))
    window.store.select(0)
    qtbot.wait(50)
    assert not window.inspector.what_if.isVisible()
