"""The canvas: what people do with mouse and keyboard, and how it moves from one picture to the next."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.displays import grid_display, lesson_display
from ui.colours import colour
from ui.graph.camera import FIT_LIMIT, Camera, between, fitting
from ui.graph.pulse import pulsing_edges
from ui.graph.tween import Opening, Tween
from ui.graph.view import GraphView
from visgrad.picture.display import Display
from visgrad.picture.roles import theme

Show = Callable[[Display | None], GraphView]


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    def build(display: Display | None) -> GraphView:
        view = GraphView()
        qtbot.addWidget(view)
        view.resize(900, 500)
        view.show()
        qtbot.waitExposed(view)
        view.set_display(display, animate=False)
        return view

    return build


def middle_of(view: GraphView, node: int) -> QPoint:
    rect = view.node_rect(node)
    assert rect is not None
    return view.to_widget(rect.center().x(), rect.center().y()).toPoint()


def point_at(view: GraphView, at: QPoint) -> None:
    none, modifiers = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    where = QPointF(at)
    QApplication.sendEvent(
        view, QMouseEvent(QEvent.Type.MouseMove, where, QPointF(view.mapToGlobal(at)), none, none, modifiers)
    )


def wheel(view: GraphView, at: QPointF, steps: int) -> None:
    event = QWheelEvent(
        at,
        QPointF(view.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_a_graph_is_shown_whole_and_a_small_one_is_not_blown_up(show: Show) -> None:
    small, large = show(lesson_display()), show(grid_display(400))
    for view in (small, large):
        assert view.display is not None
        x, y, width, height = view.display.bounds
        visible = view.visible_rect()
        assert visible.left() <= x
        assert visible.top() <= y
        assert visible.right() >= x + width
        assert visible.bottom() >= y + height
    assert small.scale <= FIT_LIMIT
    assert fitting((0, 0, 10, 10), 2000, 2000).scale == FIT_LIMIT


def test_a_click_on_a_card_tells_its_node_and_one_beside_it_tells_the_background(show: Show, qtbot: QtBot) -> None:
    view = show(lesson_display())
    with qtbot.waitSignal(view.nodeClicked) as clicked:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle_of(view, 2))
    assert clicked.args == [2]
    with qtbot.waitSignal(view.backgroundClicked):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    with qtbot.waitSignal(view.nodeActivated) as activated:
        QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=middle_of(view, 1))
    assert activated.args == [1]


def test_the_wheel_zooms_about_the_pointer(show: Show) -> None:
    view = show(lesson_display())
    at = QPointF(200, 180)
    before = view.visible_rect()
    under = QPointF(before.left() + at.x() / view.scale, before.top() + at.y() / view.scale)
    wheel(view, at, 3)
    after = view.to_widget(under.x(), under.y())
    assert view.scale > 900 / before.width() * 1.5
    assert abs(after.x() - at.x()) < 0.01
    assert abs(after.y() - at.y()) < 0.01


def test_dragging_moves_the_graph_and_is_not_a_click(show: Show, qtbot: QtBot) -> None:
    view = show(lesson_display())
    start = middle_of(view, 1)
    with qtbot.assertNotEmitted(view.nodeClicked):
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(view, start + QPoint(40, 20))
        QTest.mouseMove(view, start + QPoint(80, 50))
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(80, 50))
    moved = middle_of(view, 1) - start
    assert abs(moved.x() - 80) <= 1
    assert abs(moved.y() - 50) <= 1


def test_an_untouched_view_keeps_showing_all_of_a_growing_graph(show: Show) -> None:
    view = show(grid_display(4))
    for count in (20, 80, 200):
        grown = grid_display(count)
        view.set_display(grown, animate=False)
        assert view.visible_rect().width() >= grown.bounds[2]


def test_after_panning_what_is_looked_at_stays_put_when_the_graph_changes(show: Show) -> None:
    view = show(grid_display(60))
    wheel(view, QPointF(450, 250), 4)
    node = view.node_at(QPointF(450, 250))
    if node is None:
        node = 30
    display = grid_display(60)
    display.cards.rect[:, :2] += (500.0, 300.0)
    display.edges.points[:] += (500.0, 300.0)
    where = middle_of(view, node)
    view.set_display(display, animate=False)
    shift = middle_of(view, node) - where
    assert abs(shift.x()) <= 1
    assert abs(shift.y()) <= 1


def test_fitting_again_follows_the_graph_again(show: Show) -> None:
    view = show(grid_display(60))
    wheel(view, QPointF(450, 250), 5)
    view.fit(animate=False)
    grown = grid_display(150)
    view.set_display(grown, animate=False)
    assert view.visible_rect().width() >= grown.bounds[2]


def test_cards_glide_to_their_new_places_and_the_movement_ends(show: Show, qtbot: QtBot) -> None:
    view = show(lesson_display(gradient=False))
    moved = lesson_display(gradient=False)
    moved.cards.rect[2, 1] += 90
    view.set_display(moved)
    assert view.moving
    qtbot.waitUntil(lambda: not view.moving)
    assert view.node_rect(2) is not None


def test_reduced_motion_jumps(show: Show) -> None:
    view = show(lesson_display(gradient=False))
    view.reduced_motion = True
    moved = lesson_display(gradient=False)
    moved.cards.rect[2, 1] += 90
    view.set_display(moved)
    view.zoom(2.0)
    assert not view.moving


def test_half_way_a_card_is_half_way_and_a_newcomer_half_there() -> None:
    old, new = grid_display(3), grid_display(4)
    new.cards.rect[1, 0] += 100
    display, alpha = Tween(old, new).at(0.5)
    assert display.cards.rect[1, 0] == old.cards.rect[1, 0] + 50
    assert alpha is not None
    assert alpha.tolist() == [1.0, 1.0, 1.0, 0.5]
    assert Tween(old, new).at(1.0) == (new, None)


def test_what_was_folded_comes_out_of_where_its_group_was() -> None:
    old, new = grid_display(3), grid_display(6)
    old.cards.node[2] = -1
    display, _ = Tween(old, new, Opening(-1, 3, 5)).at(0.0)
    group = old.cards.rect[2]
    assert (display.cards.rect[3:6, :2] == group[:2]).all()
    assert (display.cards.rect[2] == new.cards.rect[2]).all()


def test_edges_with_other_bends_move_along_their_line() -> None:
    old, new = lesson_display(gradient=False), lesson_display(gradient=False)
    straight = np.delete(new.edges.points, [1, 2], axis=0)
    start = np.concatenate([[0], new.edges.start[1:] - 2]).astype(np.int32)
    fewer = Display(
        new.bounds, new.cards, type(new.edges)(**{**vars(new.edges), "points": straight, "start": start}), new.content
    )
    display, _ = Tween(old, fewer).at(0.25)
    assert display.edges.points.shape == straight.shape
    assert np.isfinite(display.edges.points).all()


def test_the_gradient_of_this_step_runs_along_its_edge_and_a_value_along_its_own() -> None:
    assert pulsing_edges(lesson_display(gradient=True, active=2)) == [4]
    assert pulsing_edges(lesson_display(gradient=False, active=2)) == []
    forward = lesson_display(gradient=False)
    forward.edges.state[1] = 2
    assert pulsing_edges(forward) == [1]


def test_brackets_walk_from_node_to_node_in_order_and_enter_activates(show: Show, qtbot: QtBot) -> None:
    view = show(lesson_display())
    walked: list[int] = []
    view.nodeClicked.connect(walked.append)
    view.nodeClicked.connect(view.set_selection)
    for _ in range(6):
        QTest.keyClick(view, Qt.Key.Key_BracketRight)
    QTest.keyClick(view, Qt.Key.Key_BracketLeft)
    assert walked == [0, 1, 2, 3, 3, 3, 2]
    with qtbot.waitSignal(view.nodeActivated) as activated:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert activated.args == [2]
    with qtbot.waitSignal(view.backgroundClicked):
        QTest.keyClick(view, Qt.Key.Key_Escape)


def test_walking_to_a_node_out_of_sight_brings_it_into_view(show: Show) -> None:
    view = show(grid_display(300))
    view.reduced_motion = True
    view.zoom(8.0)
    view.nodeClicked.connect(view.set_selection)
    QTest.keyClick(view, Qt.Key.Key_BracketLeft)
    rect = view.node_rect(299)
    assert rect is not None
    assert view.visible_rect().contains(rect)


def test_pointing_at_a_node_tells_it_and_leaving_tells_nothing(show: Show) -> None:
    view = show(lesson_display())
    told: list[object] = []
    view.nodeHovered.connect(told.append)
    point_at(view, middle_of(view, 3))
    point_at(view, QPoint(3, 3))
    assert told == [3, None]


def test_assistive_tools_hear_how_many_nodes_there_are_and_which_is_selected(show: Show) -> None:
    view = show(lesson_display())
    view.set_selection(1)
    assert view.accessibleName() == "graphView"
    assert "4 nodes" in view.accessibleDescription()
    assert "y" in view.accessibleDescription()


def test_without_a_picture_a_hint_is_painted_on_the_canvas_colour(show: Show) -> None:
    view = show(None)
    plain = view.grab().toImage()
    view.set_hint("Press Run")
    hinted = view.grab().toImage()
    assert hinted.pixelColor(1, 1) == colour(theme("light"), "canvas")
    assert plain != hinted
    assert view.accessibleDescription() == "Press Run"


def test_another_theme_paints_in_its_colours(show: Show) -> None:
    view = show(lesson_display())
    view.set_theme(theme("dark"))
    image = view.grab().toImage()
    assert image.pixelColor(1, 1) == colour(theme("dark"), "canvas")
    at = middle_of(view, 1) + QPoint(40, 20)
    assert image.pixelColor(at) == colour(theme("dark"), "card")


def test_a_camera_between_two_is_at_both_ends_where_they_are() -> None:
    first, last = Camera(0, 0, 0.5), Camera(100, 50, 2.0)
    assert between(first, last, 0.0) == first
    assert between(first, last, 1.0) == last
    half = between(first, last, 0.5)
    assert half.scale == pytest.approx(1.0)
    assert 0 < half.x < 100
