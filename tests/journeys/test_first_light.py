"""What a learner does on their first day, through the widgets, with the real worker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QTextCursor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ui.graph.view import GraphView
from ui.main_window import MainWindow
from visgrad.recording.model import Accumulation, Error
from visgrad.recording.summary import values

RUN_SECONDS = 20_000


class User:
    """Drives a window by its object names, as a person would by what stands on the screen."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot
        self.store = window.store

    def find(self, kind: type[QWidget], name: str) -> QWidget:
        found = self.window.findChild(kind, name)
        assert found is not None, name
        return found

    @property
    def editor(self) -> QPlainTextEdit:
        editor = self.find(QPlainTextEdit, "programEditor")
        assert isinstance(editor, QPlainTextEdit)
        return editor

    @property
    def graph(self) -> GraphView:
        graph = self.find(GraphView, "graphView")
        assert isinstance(graph, GraphView)
        return graph

    @property
    def slider(self) -> QSlider:
        slider = self.find(QSlider, "timelineSlider")
        assert isinstance(slider, QSlider)
        return slider

    def text_of(self, name: str) -> str:
        """All text a panel shows."""
        panel = self.find(QWidget, name)
        parts = [panel.toPlainText()] if hasattr(panel, "toPlainText") else []
        for child in panel.findChildren(QWidget):
            if not child.isVisibleTo(panel):
                continue
            parts += [str(getattr(child, read)()) for read in ("toPlainText", "text") if hasattr(child, read)]
        return "\n".join(parts)

    def action(self, name: str) -> QAction:
        action = self.window.findChild(QAction, name)
        assert isinstance(action, QAction), name
        return action

    def press(self, name: str) -> None:
        """Click the tool button of an action."""
        action = self.action(name)
        for button in self.window.findChildren(QToolButton):
            if button.defaultAction() is action and button.isVisible():
                QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                return
        raise AssertionError(f"no button on the screen for {name}")

    def run(self) -> None:
        """Press Run and wait for the end of the program."""
        self.press("runAction")
        self.qtbot.waitUntil(lambda: self.store.running, timeout=RUN_SECONDS)
        self.qtbot.waitUntil(lambda: not self.store.running, timeout=RUN_SECONDS)

    def to_end(self) -> None:
        """Let the playback catch up with the program."""
        self.press("toEndAction")
        self.qtbot.waitUntil(lambda: self.store.position == len(self.store.recording.stops), timeout=RUN_SECONDS)

    def replace(self, old: str, new: str) -> None:
        """Select a piece of the program and type over it."""
        cursor = self.editor.document().find(old)
        assert not cursor.isNull(), old
        self.editor.setTextCursor(cursor)
        QTest.keyClicks(self.editor, new)

    def type_program(self, text: str) -> None:
        """Replace the whole program."""
        self.editor.selectAll()
        self.editor.textCursor().removeSelectedText()
        cursor = self.editor.textCursor()
        cursor.insertText(text)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        self.editor.setTextCursor(cursor)

    def grad(self, name: str) -> float:
        """The gradient that stands at the value of that name now."""
        frame = self.store.frame
        value = next(v for v in range(len(self.store.recording.values)) if name in frame.names(v))
        gradient = frame.gradient(value)
        assert gradient is not None
        array = values(gradient)
        assert array is not None
        return float(array)

    def node(self, name: str) -> int:
        frame = self.store.frame
        recording = self.store.recording
        return recording.producer[next(v for v in range(len(recording.values)) if name in frame.names(v))]

    def place_of(self, node: int) -> QPoint:
        """Where the middle of a node's card stands in the graph view."""
        rect = self.graph.node_rect(node)
        assert rect is not None
        return self.graph.to_widget(rect.center().x(), rect.center().y()).toPoint()

    def click_node(self, node: int) -> None:
        self.graph.finish()
        QTest.mouseClick(self.graph, Qt.MouseButton.LeftButton, pos=self.place_of(node))


@pytest.fixture
def user(window: MainWindow, qtbot: QtBot) -> User:
    window.resize(1280, 800)
    return User(window, qtbot)


def test_first_light(user: User, qtbot: QtBot, tmp_path: Path) -> None:
    """The first lesson from opening to leaving, as the first page of the README promises it."""
    assert "w = torch.tensor(2.0, requires_grad=True)" in user.editor.toPlainText()
    assert not user.store.recording.steps, "nothing runs when a file is opened"

    user.run()
    user.to_end()
    assert user.grad("w") == 40.0
    assert "tensor(40.)" in user.text_of("console")
    assert any(isinstance(step, Accumulation) for step in user.store.recording.steps)

    last = user.slider.value()
    user.slider.setFocus()
    QTest.keyClick(user.slider, Qt.Key.Key_Left)
    assert user.store.position == last - 1
    QTest.keyClick(user.slider, Qt.Key.Key_Right)
    assert user.store.position == last
    user.press("toStartAction")
    assert user.store.position == 0
    user.press("stepForwardAction")
    assert user.store.frame.operation_count == 1
    user.to_end()

    user.click_node(user.node("y"))
    assert user.store.selection == user.node("y")
    qtbot.waitUntil(lambda: "w**2" in user.text_of("inspector"))
    shown = user.text_of("inspector")
    for expected in ("w**2", "PowBackward0", "4", "10", "float32"):
        assert expected in shown, expected
    line = user.editor.toPlainText().splitlines().index("y = w**2") + 1
    assert str(line) in shown

    user.replace("2.0", "3.0")
    user.run()
    user.to_end()
    assert user.grad("w") == 60.0

    for suffix, start in (("png", b"\x89PNG"), ("svg", b"<"), ("pdf", b"%PDF")):
        export(user, tmp_path / f"picture.{suffix}")
        assert (tmp_path / f"picture.{suffix}").read_bytes().startswith(start)
    assert "w**2" in (tmp_path / "picture.svg").read_text("utf-8")


def export(user: User, path: Path) -> None:
    """Fill in and accept the export dialog."""
    user.action("exportImageAction").trigger()
    user.qtbot.waitUntil(lambda: _dialog("exportDialog") is not None)
    dialog = _dialog("exportDialog")
    assert dialog is not None
    kind = dialog.findChild(QComboBox, "exportFormat")
    assert isinstance(kind, QComboBox)
    kind.setCurrentIndex(kind.findText(path.suffix[1:].upper(), Qt.MatchFlag.MatchStartsWith))
    where = dialog.findChild(QLineEdit, "exportPath")
    assert isinstance(where, QLineEdit)
    where.selectAll()
    QTest.keyClicks(where, str(path))
    button = dialog.findChild(QPushButton, "exportButton")
    assert isinstance(button, QPushButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    user.qtbot.waitUntil(lambda: _dialog("exportDialog") is None and path.exists(), timeout=RUN_SECONDS)


def _dialog(name: str) -> QWidget | None:
    for widget in QApplication.topLevelWidgets():
        if widget.objectName() == name and widget.isVisible():
            return widget
    return None


def test_a_tensor_made_in_the_form_is_a_line_of_the_program(user: User, qtbot: QtBot) -> None:
    user.type_program("import torch\n")
    button = user.find(QWidget, "newTensorButton")
    user.window.show_build()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _dialog("tensorDialog") is not None)
    dialog = _dialog("tensorDialog")
    assert dialog is not None
    for name, text in (("tensorName", "x"), ("tensorShape", "2, 3")):
        field = dialog.findChild(QLineEdit, name)
        assert isinstance(field, QLineEdit)
        field.selectAll()
        QTest.keyClicks(field, text)
    init = dialog.findChild(QComboBox, "tensorInit")
    assert isinstance(init, QComboBox)
    init.setCurrentIndex(init.findText("randn", Qt.MatchFlag.MatchContains))
    wants = dialog.findChild(QWidget, "tensorRequiresGrad")
    assert wants is not None
    if not wants.isChecked():  # type: ignore[attr-defined]
        QTest.mouseClick(wants, Qt.MouseButton.LeftButton, pos=QPoint(8, wants.height() // 2))
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _dialog("tensorDialog") is None)
    assert "x = torch.randn(2, 3, requires_grad=True)" in user.editor.toPlainText().splitlines()

    entry = user.find(QLineEdit, "expressionInput")
    QTest.keyClicks(entry, "y = (x * x).sum()")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    assert "y = (x * x).sum()" in user.editor.toPlainText().splitlines()
    user.run()
    user.to_end()
    assert user.store.frame.name(user.store.recording.operations[-1].outputs[0].value) == "y"


def test_an_error_shows_at_its_line_and_the_picture_so_far_stays(user: User) -> None:
    user.type_program("import torch\na = torch.ones(2, 3)\nb = torch.ones(2, 3)\nc = a + b\nd = a.mm(b)\n")
    user.run()
    user.to_end()
    error = user.store.recording.error
    assert isinstance(error, Error)
    assert error.message == "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"
    assert error.where[-1].span.line == 5
    assert "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)" in user.text_of("console")
    assert len(user.store.recording.operations) == 3
    display = user.graph.display
    assert display is not None
    assert len(display.cards.node) == 3


def test_a_syntax_error_shows_at_its_line_without_a_run(user: User) -> None:
    user.type_program("import torch\nx = torch.ones(2\ny = x\n")
    user.run()
    error = user.store.recording.error
    assert isinstance(error, Error)
    assert (error.type, error.where[-1].span.line) == ("SyntaxError", 2)


def test_an_endless_program_is_stopped_and_the_next_one_runs(user: User, qtbot: QtBot) -> None:
    user.type_program("import torch\nx = torch.ones(2)\nwhile True: pass\n")
    user.press("runAction")
    qtbot.waitUntil(lambda: bool(user.store.recording.operations), timeout=RUN_SECONDS)
    user.press("stopAction")
    qtbot.waitUntil(lambda: not user.store.running, timeout=RUN_SECONDS)
    assert user.store.outcome is not None
    assert user.store.outcome.kind == "stopped"
    assert len(user.store.recording.operations) == 1
    user.type_program("print(1 + 1)\n")
    user.run()
    assert user.store.outcome.kind == "done"


def test_a_worker_killed_from_outside_leaves_the_window_alive(user: User, qtbot: QtBot) -> None:
    import psutil

    user.type_program("import torch\nx = torch.ones(2)\nwhile True: pass\n")
    user.press("runAction")
    qtbot.waitUntil(lambda: bool(user.store.recording.operations), timeout=RUN_SECONDS)
    for process in psutil.Process().children(recursive=True):
        process.kill()
    qtbot.waitUntil(lambda: not user.store.running, timeout=RUN_SECONDS)
    assert user.store.outcome is not None
    assert user.store.outcome.kind == "died"
    user.type_program("print(1 + 1)\n")
    user.run()
    user.to_end()
    assert user.store.outcome.kind == "done"
    assert "2" in user.text_of("console")


def test_the_wheel_zooms_and_a_drag_moves_what_is_seen(user: User, qtbot: QtBot) -> None:
    user.run()
    user.to_end()
    graph = user.graph
    graph.finish()
    node = user.node("y")
    before = user.place_of(node)
    centre = graph.rect().center()
    empty = next(
        QPoint(x, y)
        for x in range(5, graph.width() - 60, 20)
        for y in range(5, graph.height() - 60, 20)
        if graph.node_at(QPointF(x, y)) is None
    )
    QTest.mousePress(graph, Qt.MouseButton.LeftButton, pos=empty)
    for step in range(1, 5):
        QTest.mouseMove(graph, empty + QPoint(10 * step, 5 * step))
    QTest.mouseRelease(graph, Qt.MouseButton.LeftButton, pos=empty + QPoint(40, 20))
    assert user.place_of(node) - before == QPoint(40, 20)
    scale = graph.scale
    wheel = QWheelEvent(
        QPointF(centre),
        graph.mapToGlobal(QPointF(centre)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(graph, wheel)
    graph.finish()
    assert graph.scale > scale


OBJECT_NAMES = """
    programEditor tensorTable newTensorButton expressionList expressionInput graphView outline inspector timelineSlider
    console
"""
ACTION_NAMES = """
    runAction stopAction stepForwardAction stepBackAction playAction toStartAction toEndAction liveAction
    exportImageAction openAction saveAction undoAction redoAction findAction fitAction
"""


def test_every_promised_name_is_there_and_is_spoken(user: User) -> None:
    """Object names are also accessible names, so tests and assistive tools find the same things."""
    assert user.window.objectName() == "mainWindow"
    for name in OBJECT_NAMES.split():
        widget = user.find(QWidget, name)
        assert widget.accessibleName(), name
    for name in ACTION_NAMES.split():
        assert user.action(name).text(), name


def test_a_program_is_opened_changed_and_saved(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "한글 lesson.py"
    path.write_text("import torch\nx = torch.ones(2)\n", "utf-8")
    user = User(open_window(path), qtbot)
    assert user.editor.toPlainText() == "import torch\nx = torch.ones(2)\n"
    user.replace("ones", "zeros")
    user.press("saveAction")
    assert path.read_text("utf-8") == "import torch\nx = torch.zeros(2)\n"
