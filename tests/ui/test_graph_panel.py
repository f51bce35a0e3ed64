"""The graph panel: pictures of the store's recording, made at once or on a thread, and what is said about them."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import visgrad
from tests.ui.runs import chain, chain_steps
from ui.graph.layout_job import LayoutJob
from ui.graph.narration import shortened
from ui.graph.panel import AT_ONCE, GraphPanel
from ui.store import Aspect, Store
from visgrad.picture.display import State
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import theme
from visgrad.recording.recording import Recording
from visgrad.worker.client import run_program

NEW = Aspect.RECORDING | Aspect.POSITION


def shown(panel: GraphPanel) -> list[int]:
    return sorted(panel.view.display.cards.node.tolist()) if panel.view.display else []


def test_before_anything_has_run_a_hint_says_what_to_do(panel: GraphPanel) -> None:
    assert panel.view.display is None
    assert panel.view.hint
    assert not panel.narration.isVisible()


def test_the_graph_has_the_operations_that_have_run_at_the_stores_position(panel: GraphPanel, store: Store) -> None:
    recording = chain(5)
    store.set(NEW, recording=recording, position=len(recording.stops))
    assert shown(panel) == [0, 1, 2, 3, 4]
    store.go(2)
    assert shown(panel) == [0, 1]
    assert panel.narration.isVisible()
    assert "v1" in panel.narration.text()


def test_the_gradients_of_a_sweep_appear_one_by_one(panel: GraphPanel, store: Store) -> None:
    recording = chain(4)
    counts = []
    store.set(NEW, recording=recording, position=0)
    for position in range(len(recording.stops) + 1):
        store.go(position)
        display = panel.view.display
        assert display is not None
        warm = display.edges.source > display.edges.target
        counts.append(int(warm.sum()))
        active = display.edges.state[warm] & State.ACTIVE
        assert int((active > 0).sum()) == (1 if counts[-1] > 0 else 0)
    assert counts == [0, 0, 0, 0, 0, 0, 1, 2, 3]


def test_a_click_selects_in_the_store_and_the_background_selects_nothing(panel: GraphPanel, store: Store) -> None:
    recording = chain(3)
    store.set(NEW, recording=recording, position=len(recording.stops))
    rect = panel.view.node_rect(1)
    assert rect is not None
    at = panel.view.to_widget(rect.center().x(), rect.center().y()).toPoint()
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=at)
    assert store.selection == 1
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert store.selection is None


def test_a_growing_recording_grows_on_the_canvas(panel: GraphPanel, store: Store, qtbot: QtBot) -> None:
    steps, recording = chain_steps(40), Recording("chain", "chain.py")
    store.set(Aspect.RUN, running=True)
    for first in range(0, len(steps), 10):
        recording.extend(steps[first : first + 10])
        store.set(NEW, recording=recording, position=len(recording.stops))
    qtbot.waitUntil(lambda: len(shown(panel)) == 40)
    store.set(Aspect.RUN, running=False)
    qtbot.wait(60)


def test_while_a_program_runs_nobody_moves_and_when_it_has_ended_all_is_laid_out(
    panel: GraphPanel, store: Store, qtbot: QtBot
) -> None:
    steps, recording = chain_steps(30, backward=False), Recording("chain", "chain.py")
    store.set(Aspect.RUN, running=True)
    places: list[list[float]] = []
    for first in range(0, len(steps), 20):
        recording.extend(steps[first : first + 20])
        store.set(NEW, recording=recording, position=len(recording.stops))
        qtbot.waitUntil(lambda: len(shown(panel)) == len(recording.operations))
        rect = panel.view.node_rect(3)
        assert rect is not None
        places.append([rect.x(), rect.y()])
    assert places[0] == places[1] == places[2]
    store.set(Aspect.RUN, running=False)
    assert panel.picture is not None
    whole = Picture(recording).layout
    assert panel.picture.layout.bounds == whole.bounds
    qtbot.wait(60)


LOOP = """
import torch
w = torch.tensor(1.0, requires_grad=True)
y = w * 1.0
for step in range(4):
    y = torch.tanh(y * w + 1)
y.backward()
"""


def test_a_folded_loop_is_a_card_that_a_double_click_opens(panel: GraphPanel, store: Store) -> None:
    recording = visgrad.record(LOOP)
    options = ViewOptions(detail=0.0)
    store.set(NEW | Aspect.VIEW, recording=recording, position=len(recording.stops), options=options)
    groups = [node for node in shown(panel) if node < 0]
    assert groups
    inside = next(o.id for o in recording.operations if o.op == "tanh")
    assert inside not in shown(panel)
    store.select(inside)
    assert panel.view.selected in groups
    rect = panel.view.node_rect(groups[0])
    assert rect is not None
    at = panel.view.to_widget(rect.center().x(), rect.center().y()).toPoint()
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=at)
    assert store.selection == groups[0]
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert groups[0] not in shown(panel)
    assert store.selection is not None
    assert store.selection >= 0, "its first operation takes its place"
    store.select(inside)
    while panel.view.selected is not None and panel.view.selected < 0:
        QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert inside in shown(panel)
    assert panel.view.selected == inside


def test_a_large_recording_is_laid_out_on_a_thread_that_ends(panel: GraphPanel, store: Store, qtbot: QtBot) -> None:
    recording = chain(AT_ONCE + 20, backward=False)
    store.set(NEW, recording=recording, position=len(recording.stops))
    assert panel.view.display is None
    qtbot.waitUntil(lambda: len(shown(panel)) == AT_ONCE + 20)
    assert panel.current_picture is not None
    qtbot.waitUntil(lambda: all(thread.name != "layout" for thread in threading.enumerate()))


def test_while_a_large_run_is_laid_out_the_last_runs_picture_does_not_stay_for_long(
    panel: GraphPanel, store: Store, qtbot: QtBot
) -> None:
    store.set(NEW, recording=chain(3), position=2)
    assert shown(panel) == [0, 1]
    recording = chain(4 * AT_ONCE, backward=False)
    store.set(NEW, recording=recording, position=len(recording.stops))
    panel._late.timeout.emit()
    assert panel.current_picture is None
    assert panel.view.display is None
    assert str(4 * AT_ONCE) in panel.view.hint
    qtbot.waitUntil(lambda: len(shown(panel)) == 4 * AT_ONCE, timeout=20_000)


def test_the_newest_request_wins(qtbot: QtBot) -> None:
    job = LayoutJob()
    arrived: list[tuple[int, Picture]] = []
    job.done.connect(lambda number, picture: arrived.append((number, picture)))
    for length in (400, 500, 600, 330):
        last = job.request(chain(length, backward=False), ViewOptions())
    qtbot.waitUntil(lambda: bool(arrived))
    job.close()
    assert [number for number, _ in arrived] == [last]
    assert arrived[0][1].graph.size == 330


def test_a_cancelled_or_closed_job_delivers_nothing(qtbot: QtBot) -> None:
    job = LayoutJob()
    arrived: list[int] = []
    job.done.connect(lambda number, picture: arrived.append(number))
    job.request(chain(400, backward=False), ViewOptions())
    job.cancel()
    job.request(chain(400, backward=False), ViewOptions())
    job.close()
    job.request(chain(10), ViewOptions())
    qtbot.wait(50)
    assert arrived == []


def test_the_tools_turn_the_direction_and_hide_the_gradients_way(panel: GraphPanel, store: Store) -> None:
    recording = chain(4)
    store.set(NEW, recording=recording, position=len(recording.stops))
    panel.tools.buttons["backward"].click()
    assert not store.options.backward
    display = panel.view.display
    assert display is not None
    assert not (display.edges.source > display.edges.target).any()
    panel.tools.buttons["direction"].click()
    assert store.options.direction == "down"
    assert panel.view.display is not None
    assert panel.view.display.bounds[3] > panel.view.display.bounds[2]


def test_the_menu_shows_and_hides_what_a_picture_may_have(panel: GraphPanel, store: Store) -> None:
    recording = chain(4)
    store.set(NEW, recording=recording, position=2)
    menu = panel.menu()
    actions = {action.objectName(): action for action in menu.actions()}
    assert not actions["graph.show_ghosts"].isChecked()
    actions["graph.show_ghosts"].trigger()
    assert store.options.ghosts
    assert shown(panel) == [0, 1, 2, 3]
    actions["graph.show_values"].trigger()
    assert not store.options.values
    actions["graph.copy_image"].trigger()
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    assert bytes(data.data("image/svg+xml").data()).startswith(b"<svg")
    actions["graph.copy_mermaid"].trigger()
    assert QGuiApplication.clipboard().text().startswith("flowchart")
    actions["graph.copy_dot"].trigger()
    assert QGuiApplication.clipboard().text().startswith("digraph")
    QGuiApplication.clipboard().clear()
    menu.deleteLater()


def test_the_zoom_buttons_zoom_and_fit_returns(panel: GraphPanel, store: Store) -> None:
    recording = chain(6)
    store.set(NEW, recording=recording, position=len(recording.stops))
    before = panel.view.scale
    panel.tools.buttons["zoom_in"].click()
    assert panel.view.scale > before
    panel.tools.buttons["fit"].click()
    assert panel.view.scale == pytest.approx(before)


def test_every_tool_has_a_name_for_those_who_cannot_see_it(panel: GraphPanel) -> None:
    assert all(button.accessibleName() and button.toolTip() for button in panel.tools.buttons.values())


def test_the_panel_wears_the_stores_theme(panel: GraphPanel, store: Store) -> None:
    store.set(Aspect.THEME, theme=theme("dark"))
    assert panel.view.grab().toImage().pixelColor(1, 1).name() == theme("dark")["canvas"]


def test_long_narration_is_cut_at_a_sentence() -> None:
    assert shortened("One. Two.", 20) == "One. Two."
    assert shortened("One two. Three four. Five.", 22) == "One two. Three four. …"
    assert shortened("x" * 30, 10) == "x" * 10 + " …"


def test_a_picture_that_a_thread_makes_knows_that_the_run_is_over(qtbot: QtBot) -> None:
    program = "import torch\nq = torch.randn(2, 2, 3, 4, requires_grad=True)\nloss = (q @ q.transpose(-2, -1)).sum()\n"
    recording = run_program(program)
    job = LayoutJob()
    with qtbot.waitSignal(job.done) as caught:
        job.request(recording, ViewOptions())
    assert caught.args is not None
    assert any(title == "q @ q.transpose(-2, -1)" for title in caught.args[1].display(99).cards.title)
    job.close()


def test_a_picture_made_while_a_program_ran_is_made_anew_when_it_has_ended(
    panel: GraphPanel, store: Store, qtbot: QtBot
) -> None:
    whole = run_program("import torch\nx = torch.ones(2, 2, 2)\ny = x @ x\n")
    growing = Recording(whole.source)
    growing.extend(whole.steps)
    store.set(NEW | Aspect.RUN, recording=growing, position=len(growing.stops), running=True)
    assert len(shown(panel)) > 2
    growing.outcome = whole.outcome
    store.set(Aspect.RUN, running=False)
    qtbot.waitUntil(lambda: len(shown(panel)) == 2)
