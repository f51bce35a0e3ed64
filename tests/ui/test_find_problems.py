"""The counter of problems: how many there are by now, of which kind, and the way to each."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from ui.find.problems import PIECE
from ui.graph.panel import GraphPanel
from ui.store import Aspect, Store
from visgrad.picture.display import State
from visgrad.recording.recording import Recording
from visgrad.worker.client import run_program

NEW = Aspect.RECORDING | Aspect.POSITION
PROGRAM = """\
import torch
w = torch.tensor([1.0, 2.0], requires_grad=True)
h = w * 3
loss = (h * 5e7).sum()
loss.backward()
bad = (0 - w).log()
fine = w + 1
"""


@pytest.fixture(scope="module")
def recording() -> Recording:
    return run_program(PROGRAM)


def test_problems_are_counted_as_they_come_and_lie_under_the_counter(
    panel: GraphPanel, store: Store, recording: Recording
) -> None:
    counter = panel.tools.problems
    store.set(NEW, recording=recording, position=2)
    assert counter.isHidden()
    store.go(len(recording.stops))
    assert counter.isVisible()
    assert counter.text() == "3"
    assert "1 × nan" in counter.toolTip()
    assert "2 × exploded gradient" in counter.toolTip()
    assert panel.rect().contains(panel.tools.geometry()), "the tools keep to their corner"
    store.go(0)
    assert counter.isHidden()


def test_a_click_on_the_counter_goes_from_one_problem_to_the_next(
    panel: GraphPanel, store: Store, recording: Recording
) -> None:
    store.set(NEW, recording=recording, position=len(recording.stops))
    visited = []
    for _ in range(4):
        panel.tools.problems.click()
        assert store.selection is not None
        visited.append(recording.operations[store.selection].op)
    assert visited == ["tensor", "mul", "log", "tensor"]
    panel.problems.previous()
    assert store.selection is not None
    assert recording.operations[store.selection].op == "log"


def test_the_cards_with_problems_carry_a_sign(panel: GraphPanel, store: Store, recording: Recording) -> None:
    store.set(NEW, recording=recording, position=len(recording.stops))
    display = panel.view.display
    assert display is not None
    signs = display.cards.node[(display.cards.state & State.MARKED) > 0].tolist()
    assert sorted(signs) == panel.problems.found


def test_a_long_recording_is_searched_piece_by_piece(panel: GraphPanel, store: Store, qtbot: QtBot) -> None:
    steps = 2 * PIECE
    loop = f"import torch\nx = torch.ones(())\nfor i in range({steps}):\n    x + 1\ny = (0 - x).log()\n"
    recording = run_program(loop)
    store.set(NEW, recording=recording, position=len(recording.stops))
    qtbot.waitUntil(lambda: panel.problems.found == [len(recording.operations) - 1])


def test_what_goes_wrong_in_every_pass_is_one_entry_of_the_list(panel: GraphPanel, store: Store) -> None:
    loop = "import torch\nx = torch.zeros(())\nfor i in range(5):\n    y = x.log() * 0\nz = (x - 1).sqrt()\n"
    recording = run_program(loop)
    store.set(NEW, recording=recording, position=len(recording.stops))
    panel.problems.menu.aboutToShow.emit()
    texts = [action.text() for action in panel.problems.menu.actions()]
    assert sum("× 5" in text for text in texts) == 2
    assert len(texts) == 3
    panel.problems.menu.actions()[0].trigger()
    assert store.selection == panel.problems.found[0]
