"""Predicting gradients: the question before the step, the judgement, the score."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.main_window import MainWindow
from ui.timeline.predict import Predict
from visgrad.recording.model import BackwardBegin

PROGRAM = (
    "import torch\nw = torch.tensor([2.0, 3.0], requires_grad=True)\ny = (w**2).sum()\ny.backward()\nprint(w.grad)\n"
)


@pytest.fixture
def asking(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window in which a program has run, at the beginning of the backward pass, with questions on."""
    window.set_text(PROGRAM)
    with qtbot.waitSignal(window.session.finished, timeout=20_000):
        window.commands.run()
    window.actions_by_name["predictAction"].trigger()
    window.playback.go(0)
    while not isinstance(window.store.frame.step, BackwardBegin):
        window.commands.step_forward()
    return window


def quiz(window: MainWindow) -> Predict:
    return window.timeline.predict


def test_the_next_gradient_is_asked_for_and_a_right_answer_goes_on(asking: MainWindow) -> None:
    at = asking.store.position
    asking.commands.step_forward()
    assert asking.store.position == at
    assert quiz(asking).isVisible()
    assert "SumBackward0" in quiz(asking).question.text()
    QTest.keyClicks(quiz(asking).answer, "1, 1")
    QTest.keyClick(quiz(asking).answer, Qt.Key.Key_Return)
    assert asking.store.position == at + 1
    assert "Right" in quiz(asking).said.text()
    assert (quiz(asking).right, quiz(asking).asked) == (1, 1)


def test_a_wrong_answer_may_be_tried_again_and_rounding_is_forgiven(asking: MainWindow) -> None:
    at = asking.store.position
    asking.commands.step_forward()
    for wrong in ("5, 5", "1"):
        quiz(asking).answer.setText(wrong)
        quiz(asking).check()
        assert asking.store.position == at
        assert quiz(asking).said.text()
    quiz(asking).answer.setText("[1.003, 0.999]")
    quiz(asking).check()
    assert asking.store.position == at + 1


def test_stepping_on_or_showing_reveals_without_a_point(asking: MainWindow) -> None:
    at = asking.store.position
    asking.commands.step_forward()
    quiz(asking).reveal.click()
    assert asking.store.position == at + 1
    assert "[1, 1]" in quiz(asking).said.text()
    assert (quiz(asking).right, quiz(asking).asked) == (0, 1)
    asking.commands.step_forward()  # the question about w
    assert "w" in quiz(asking).question.text()
    asking.commands.step_forward()
    assert asking.store.position == at + 2


def test_escape_leaves_the_question_and_other_steps_are_not_asked_about(asking: MainWindow) -> None:
    asking.commands.step_forward()
    QTest.keyClick(quiz(asking).answer, Qt.Key.Key_Escape)
    assert not quiz(asking).isVisible()
    asking.playback.go(0)
    asking.commands.step_forward()
    assert asking.store.position == 1
    assert not quiz(asking).isVisible()
