"""The find bar over the graph: what it finds is lit, counted and visited; what is folded is found in its group."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.runs import chain
from ui.graph.panel import GraphPanel
from ui.main_window import MainWindow
from ui.store import Aspect, Store
from visgrad.picture.display import State
from visgrad.worker.client import run_program

NEW = Aspect.RECORDING | Aspect.POSITION
LOOP = "import torch\nw = torch.ones(2, requires_grad=True)\n"
LOOP += "for i in range(40):\n    w = (w * 2).tanh()\nw.sum().backward()\n"


def with_state(panel: GraphPanel, state: State) -> list[int]:
    assert panel.view.display is not None
    cards = panel.view.display.cards
    return sorted(cards.node[(cards.state & state) > 0].tolist())


def test_what_is_found_is_lit_and_counted_and_the_rest_steps_back(panel: GraphPanel, store: Store) -> None:
    recording = chain(5)
    store.set(NEW, recording=recording, position=len(recording.stops))
    panel.finder.open()
    assert with_state(panel, State.DIM) == []
    QTest.keyClicks(panel.finder.field, "name:v2")
    assert with_state(panel, State.LIT) == [2]
    assert with_state(panel, State.DIM) == [0, 1, 3, 4]
    assert panel.finder.count.text() == "1 found"
    panel.finder.field.setText("nothing like it")
    assert panel.finder.count.text() == "0 found"
    assert with_state(panel, State.DIM) == [0, 1, 2, 3, 4]


def test_enter_visits_one_after_the_other_and_begins_again_after_the_last(panel: GraphPanel, store: Store) -> None:
    recording = chain(4)
    store.set(NEW, recording=recording, position=len(recording.stops))
    panel.finder.open("op:add")
    visited = []
    for _ in range(4):
        QTest.keyClick(panel.finder.field, Qt.Key.Key_Return)
        visited.append(store.selection)
    assert visited == [1, 2, 3, 1]
    assert panel.finder.count.text() == "1 of 3"
    QTest.keyClick(panel.finder.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert store.selection == 3
    store.select(0)
    assert panel.finder.count.text() == "3 found"


def test_what_is_found_follows_time(panel: GraphPanel, store: Store) -> None:
    recording = chain(5)
    store.set(NEW, recording=recording, position=2)
    panel.finder.open("op:add")
    assert panel.finder.found == [1]
    store.go(4)
    assert panel.finder.found == [1, 2, 3]
    assert with_state(panel, State.LIT) == [1, 2, 3]


def test_escape_closes_the_bar_and_lights_everything_again(panel: GraphPanel, store: Store) -> None:
    recording = chain(3)
    store.set(NEW, recording=recording, position=len(recording.stops))
    panel.finder.open("v1")
    assert with_state(panel, State.DIM)
    QTest.keyClick(panel.finder.field, Qt.Key.Key_Escape)
    assert panel.finder.isHidden()
    assert panel.finder.found is None
    assert with_state(panel, State.DIM | State.LIT) == []
    panel.finder.open()
    assert panel.finder.field.text() == "v1", "the last query is there to be used again"


def test_what_lies_in_a_folded_group_lights_the_group(panel: GraphPanel, store: Store, qtbot: QtBot) -> None:
    recording = run_program(LOOP)
    store.set(NEW, recording=recording, position=len(recording.stops))
    store.set(Aspect.VIEW, options=type(store.options)(detail=0.0))
    qtbot.waitUntil(lambda: panel.current_picture is not None, timeout=20_000)
    panel.finder.open("tanh")
    assert panel.finder.found is not None
    assert len(panel.finder.found) == 40
    lit = with_state(panel, State.LIT)
    assert len(lit) < 10
    assert any(node < 0 for node in lit)
    for place, operation in enumerate(panel.finder.found[:20]):
        panel.finder.next()
        assert store.selection == operation, place
        assert panel.view.selected in lit


def test_ctrl_f_finds_in_the_graph_where_the_graph_has_the_focus(window: MainWindow, qtbot: QtBot) -> None:
    window.graph.view.setFocus()
    window.commands.find()
    assert window.graph.finder.isHidden(), "there is nothing in the graph to be found"
    recording = chain(3)
    window.store.set(NEW, recording=recording, position=len(recording.stops))
    window.program.code.editor.setFocus()
    window.commands.find()
    assert window.graph.finder.isHidden()
    window.graph.view.setFocus()
    window.commands.find()
    assert window.graph.finder.isVisible()
    assert window.graph.finder.field.hasFocus()
    window.graph.finder.hide()
    window.program.code.editor.setFocus()
    window.commands.find_node()
    assert window.graph.finder.isVisible()
