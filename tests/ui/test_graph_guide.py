"""Finding one's way in the graph: trails, steps along edges, the menu of a card."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from ui.graph.panel import GraphPanel
from ui.main_window import MainWindow
from ui.store import Aspect, Store
from visgrad.picture.display import State
from visgrad.recording.recording import Recording
from visgrad.worker.client import run_program

NEW = Aspect.RECORDING | Aspect.POSITION
DIAMOND = "import torch\nw = torch.tensor(2.0)\na = w * 3\nb = w + 1\nc = a * b\nd = c.exp()\ne = torch.tensor(1.0)\n"
W, A, B, C, D, E = range(6)


@pytest.fixture(scope="module")
def diamond() -> Recording:
    return run_program(DIAMOND)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def panel(qtbot: QtBot, store: Store, diamond: Recording) -> Iterator[GraphPanel]:
    panel = GraphPanel(store)
    panel.view.reduced_motion = True
    qtbot.addWidget(panel)
    panel.resize(900, 600)
    panel.show()
    qtbot.waitExposed(panel)
    store.set(NEW, recording=diamond, position=len(diamond.stops))
    yield panel
    panel.close_job()


def lit(panel: GraphPanel) -> set[int]:
    assert panel.view.display is not None
    cards = panel.view.display.cards
    return set(cards.node[(cards.state & State.LIT) > 0].tolist())


def centre(panel: GraphPanel, node: int) -> QPoint:
    rect = panel.view.node_rect(node)
    assert rect is not None
    return panel.view.to_widget(rect.center().x(), rect.center().y()).toPoint()


def click(panel: GraphPanel, node: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, modifier, centre(panel, node))


def test_what_a_node_depends_on_is_lit_with_the_edges_between(panel: GraphPanel, store: Store) -> None:
    store.select(C)
    panel.guide.trail("above")
    assert lit(panel) == {W, A, B, C}
    assert panel.view.display is not None
    edges = panel.view.display.edges
    ends = zip(edges.source.tolist(), edges.target.tolist(), edges.state.tolist(), strict=True)
    for source, target, state in ends:
        assert bool(state & State.LIT) == (target != D)
        assert bool(state & State.DIM) == (target == D), source
    panel.guide.trail("below")
    assert lit(panel) == {C, D}


def test_a_click_with_shift_lights_the_path_and_escape_lets_go(panel: GraphPanel, store: Store) -> None:
    click(panel, A)
    click(panel, D, Qt.KeyboardModifier.ShiftModifier)
    assert lit(panel) == {A, C, D}
    assert store.selection == A
    click(panel, W, Qt.KeyboardModifier.ShiftModifier)
    assert lit(panel) == {W, A}
    QTest.keyClick(panel.view, Qt.Key.Key_Escape)
    assert lit(panel) == set()
    assert store.selection is None


def test_where_no_path_leads_is_said_and_nothing_changes(panel: GraphPanel, store: Store) -> None:
    store.select(A)
    panel.guide.trail("below")
    panel.guide.reach(B)
    assert lit(panel) == {A, C, D}
    assert "No path" in panel.narration.text()


def test_a_trail_shows_what_has_run_and_lasts_through_time(panel: GraphPanel, store: Store) -> None:
    store.select(W)
    panel.guide.trail("below")
    assert lit(panel) == {W, A, B, C, D}
    store.go(2)
    assert lit(panel) == {W, A}


def test_steps_along_edges_lead_to_inputs_users_and_their_neighbours(panel: GraphPanel, store: Store) -> None:
    store.select(C)
    panel.guide.go(ahead=False)
    assert store.selection == A
    panel.guide.go_beside(1)
    assert store.selection == B
    panel.guide.go_beside(1)
    assert store.selection == A
    panel.guide.go(ahead=False)
    assert store.selection == W
    panel.guide.go(ahead=False)
    assert store.selection == W, "a leaf has no input"
    panel.guide.go(ahead=True)
    panel.guide.go_beside(-1)
    assert store.selection == B
    store.select(D)
    panel.guide.go_beside(1)
    assert store.selection == D, "nothing led here"


def test_a_card_has_a_menu_and_all_of_its_kind_can_be_found(panel: GraphPanel, store: Store) -> None:
    store.select(D)
    menu = QMenu(panel)
    assert panel.guide.fill_menu(menu, centre(panel, A))
    actions = {action.objectName(): action for action in menu.actions()}
    assert {"graph.above", "graph.below", "graph.path", "graph.alike"} <= set(actions)
    assert "d" in actions["graph.path"].text()
    actions["graph.path"].trigger()
    assert lit(panel) == {A, C, D}
    actions["graph.alike"].trigger()
    assert panel.finder.field.text() == "op:mul"
    assert lit(panel) == {A, C}
    assert not panel.guide.fill_menu(menu, QPoint(2, 300))


def test_the_actions_need_a_selection(window: MainWindow, diamond: Recording) -> None:
    window.store.set(NEW, recording=diamond, position=len(diamond.stops))
    actions = window.actions_by_name
    assert not actions["toInputAction"].isEnabled()
    window.store.select(D)
    assert actions["toInputAction"].isEnabled()
    actions["toInputAction"].trigger()
    assert window.store.selection == C
    actions["aboveAction"].trigger()
    assert lit(window.graph) == {W, A, B, C}
