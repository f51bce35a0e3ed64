"""A selected folded group in the inspector: what it is, what goes in and comes out, and a way to unfold it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ui import i18n
from ui.inspector.facts import Matrix, Posting, Subject
from ui.inspector.group_facts import describe_group
from ui.main_window import MainWindow
from ui.store import Aspect
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.recording.recording import Recording
from visgrad.worker.client import run_program

PROGRAM = """\
import torch
w = torch.tensor([1.0, 2.0], requires_grad=True)
x = torch.tensor([3.0, 4.0])
for i in range(40):
    w = (w * x).tanh()
y = w.sum()
y.backward()
"""


@pytest.fixture(autouse=True)
def english() -> None:
    i18n.use("en")


@pytest.fixture(scope="module")
def recording() -> Recording:
    return run_program(PROGRAM)


def rows(subject: Subject, title: str) -> list[tuple[str, str]]:
    section = next(part for part in subject.sections if part.title == title)
    return [(item.sender, item.amount) for item in section.items if isinstance(item, Posting)]


def test_a_folded_loop_is_described_with_its_passes_and_what_flows_through_it(recording: Recording) -> None:
    picture = Picture(recording, ViewOptions(detail=0.0, folded=(0,)))
    subject = describe_group(recording.frame(len(recording.stops)), picture, -1)
    assert subject is not None
    assert (subject.title, subject.kind) == ("for i in range(40)", "loop")
    assert subject.brief == "80 operations · 40 passes"
    assert rows(subject, "What goes in") == [("w", "[1, 2]"), ("x", "[3, 4]")]
    assert [name for name, _ in rows(subject, "What comes out")] == ["w"]
    arrays = [item for part in subject.sections for item in part.items if isinstance(item, Matrix)]
    assert [array.kind for array in arrays] == ["value", "gradient"]
    source = next(part for part in subject.sections if part.title == "In the program")
    assert "for i in range(40):" in str(source.items[0])


def test_at_a_moment_inside_of_it_only_what_is_known_is_said(recording: Recording) -> None:
    picture = Picture(recording, ViewOptions(detail=0.0, folded=(0,)))
    early = describe_group(recording.frame(5), picture, -1)
    assert early is not None
    assert "What comes out" not in [part.title for part in early.sections]
    before = describe_group(recording.frame(1), picture, -1)
    assert before is not None
    assert "At this step it has not run yet." in str(before.sections)


def test_a_node_that_is_no_group_of_the_picture_is_not_described(recording: Recording) -> None:
    whole = Picture(recording, ViewOptions(detail=1.0))
    assert describe_group(recording.frame(9), whole, -1) is None


def test_the_inspector_unfolds_the_selected_group(window: MainWindow, recording: Recording, qtbot: QtBot) -> None:
    everything = Aspect.RECORDING | Aspect.POSITION | Aspect.VIEW
    options = ViewOptions(detail=0.0, folded=(0,))
    window.store.set(everything, recording=recording, position=len(recording.stops), options=options)
    window.store.select(-1)
    qtbot.waitUntil(lambda: "80 operations" in window.inspector.plain_text())
    button = window.inspector.findChild(QPushButton, "unfoldButton")
    assert isinstance(button, QPushButton)
    button.click()
    assert 0 in window.store.options.unfolded
    qtbot.waitUntil(lambda: window.store.selection not in (None, -1))  # the first operation in it takes its place
    assert (window.store.selection or 0) >= 0
    qtbot.waitUntil(lambda: "80 operations" not in window.inspector.plain_text())
