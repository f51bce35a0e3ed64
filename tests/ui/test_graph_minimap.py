"""The map in the corner: there while the graph does not fit, and a way to move about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.runs import chain
from ui.graph.panel import GraphPanel
from ui.store import Aspect, Store

NEW = Aspect.RECORDING | Aspect.POSITION


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def panel(qtbot: QtBot, store: Store) -> Iterator[GraphPanel]:
    panel = GraphPanel(store)
    panel.view.reduced_motion = True
    qtbot.addWidget(panel)
    panel.resize(800, 500)
    panel.show()
    qtbot.waitExposed(panel)
    recording = chain(12)
    store.set(NEW, recording=recording, position=len(recording.stops))
    panel.view.repaint()
    yield panel
    panel.close_job()


def test_a_graph_that_fits_needs_no_map(panel: GraphPanel, qtbot: QtBot) -> None:
    qtbot.wait(20)
    assert panel.minimap.isHidden()


def test_the_map_comes_when_part_of_the_graph_is_out_of_sight_and_goes_again(panel: GraphPanel, qtbot: QtBot) -> None:
    panel.view.zoom(4.0)
    qtbot.waitUntil(panel.minimap.isVisible)
    qtbot.waitUntil(lambda: not panel.minimap.geometry().intersects(panel.narration.geometry()))
    assert panel.rect().contains(panel.minimap.geometry())
    assert not panel.minimap.geometry().intersects(panel.tools.geometry())
    panel.view.fit()
    qtbot.waitUntil(panel.minimap.isHidden)


def test_dragging_in_the_map_moves_the_view(panel: GraphPanel, qtbot: QtBot) -> None:
    panel.view.zoom(4.0)
    qtbot.waitUntil(panel.minimap.isVisible)
    qtbot.waitUntil(lambda: panel.minimap.width() > 100)
    middle = panel.minimap.height() // 2
    QTest.mousePress(panel.minimap, Qt.MouseButton.LeftButton, pos=QPoint(8, middle))
    first = panel.view.node_rect(0)
    assert first is not None
    assert panel.view.visible_rect().intersects(first)
    QTest.mouseMove(panel.minimap, QPoint(panel.minimap.width() - 8, middle))
    QTest.mouseRelease(panel.minimap, Qt.MouseButton.LeftButton, pos=QPoint(panel.minimap.width() - 8, middle))
    last = panel.view.node_rect(11)
    assert last is not None
    qtbot.waitUntil(lambda: panel.view.visible_rect().intersects(last))
    assert not panel.view.visible_rect().intersects(first)


def test_the_map_has_a_mark_for_every_card(panel: GraphPanel, qtbot: QtBot) -> None:
    panel.view.zoom(4.0)
    qtbot.waitUntil(panel.minimap.isVisible)
    qtbot.waitUntil(lambda: panel.minimap.width() > 100)
    display = panel.view.display
    assert display is not None
    image = panel.minimap.grab().toImage()
    ground = image.pixelColor(image.width() // 2, image.height() - 4)
    place = panel.minimap.scaled(display)
    for row in display.cards.rect.tolist():
        x, y = (row[0] + row[2] / 2) * place.scale + place.dx, (row[1] + row[3] / 2) * place.scale + place.dy
        assert QRect(0, 0, image.width(), image.height()).contains(int(x), int(y))
        assert image.pixelColor(int(x), int(y)) != ground


def test_a_small_view_is_not_covered_by_a_map(panel: GraphPanel, qtbot: QtBot) -> None:
    panel.resize(420, 320)
    panel.view.zoom(4.0)
    panel.view.repaint()
    qtbot.wait(20)
    assert panel.minimap.isHidden()
