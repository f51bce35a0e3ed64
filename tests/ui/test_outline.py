"""The outline: the graph as rows, for the keyboard and for those who listen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.runs import chain, chain_steps
from ui.graph.outline import COLUMNS, Outline
from ui.store import Aspect, Store
from visgrad.recording.recording import Recording

NEW = Aspect.RECORDING | Aspect.POSITION


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def outline(qtbot: QtBot, store: Store) -> Outline:
    outline = Outline(store)
    qtbot.addWidget(outline)
    outline.resize(500, 300)
    outline.show()
    qtbot.waitExposed(outline)
    return outline


def row(outline: Outline, number: int) -> list[str]:
    model = outline.model()
    return [str(model.index(number, column).data()) for column in range(len(COLUMNS))]


def test_operations_stand_in_the_order_they_ran_with_name_call_shape_value_and_gradient(
    outline: Outline, store: Store
) -> None:
    recording = chain(3)
    store.set(NEW, recording=recording, position=len(recording.stops))
    assert outline.model().rowCount() == 3
    assert row(outline, 0) == ["v0", "torch.tensor(2.0)", "()", "2", "1"]
    assert row(outline, 2) == ["v2", "v1 + 1", "()", "4", "1"]


def test_rows_come_and_go_with_the_position(outline: Outline, store: Store) -> None:
    recording = chain(4)
    store.set(NEW, recording=recording, position=0)
    assert outline.model().rowCount() == 0
    store.go(3)
    assert outline.model().rowCount() == 3
    assert row(outline, 2)[4] == ""
    store.go(1)
    assert outline.model().rowCount() == 1


def test_rows_are_added_as_the_recording_grows(outline: Outline, store: Store) -> None:
    steps, recording = chain_steps(10), Recording()
    added: list[tuple[int, int]] = []
    outline.model().rowsInserted.connect(lambda parent, first, last: added.append((first, last)))
    store.set(NEW, recording=recording, position=0)
    for first in range(0, 20, 4):
        recording.extend(steps[first : first + 4])
        store.set(NEW, position=len(recording.stops))
    assert added == [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]


def test_the_current_row_is_the_stores_selection_both_ways(outline: Outline, store: Store) -> None:
    recording = chain(4)
    store.set(NEW, recording=recording, position=len(recording.stops))
    store.select(2)
    assert outline.currentIndex().row() == 2
    QTest.keyClick(outline, Qt.Key.Key_Down)
    assert store.selection == 3
    store.select(None)
    assert not outline.currentIndex().isValid()


def test_a_selection_that_has_not_run_yet_is_kept_and_shown_when_it_has(outline: Outline, store: Store) -> None:
    recording = chain(4)
    store.set(NEW, recording=recording, position=len(recording.stops))
    store.select(3)
    store.go(2)
    assert store.selection == 3
    assert not outline.currentIndex().isValid()
    store.go(4)
    assert outline.currentIndex().row() == 3


def test_a_row_is_told_to_assistive_tools_as_one_sentence(outline: Outline, store: Store) -> None:
    recording = chain(2)
    store.set(NEW, recording=recording, position=len(recording.stops))
    spoken = outline.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "v1 = v0 + 1" in spoken
    assert "3" in spoken
    assert outline.accessibleName() == "outline"


def test_the_table_has_no_children_and_columns_with_headings(outline: Outline, store: Store) -> None:
    store.set(NEW, recording=chain(2), position=2)
    model = outline.model()
    assert model.rowCount(model.index(0, 0, QModelIndex())) == 0
    headings = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(len(COLUMNS))]
    assert all(headings)
    assert len(set(headings)) == len(COLUMNS)


def test_columns_share_the_width_until_someone_moves_one(outline: Outline) -> None:
    header = outline.header()
    assert header.length() <= outline.viewport().width()
    header.resizeSection(0, 111)
    outline.resize(800, 300)
    assert header.sectionSize(0) == 111


def test_another_outline_leaves_the_selection_as_it_is(qtbot: QtBot, store: Store) -> None:
    recording = chain(4)
    store.set(~Aspect(0), recording=recording, position=len(recording.stops), selection=2)
    outline = Outline(store)
    qtbot.addWidget(outline)
    assert store.selection == 2
    assert outline.currentIndex().row() == 2


def test_a_narrow_outline_tells_name_and_call_in_one_column(outline: Outline, store: Store) -> None:
    recording = chain(3)
    store.set(NEW, recording=recording, position=len(recording.stops))
    outline.resize(260, 300)
    call = COLUMNS.index("call")
    assert outline.isColumnHidden(0)
    assert row(outline, 2)[call] == "v2 = v1 + 1"
    assert "v2 = v1 + 1" in outline.model().index(2, call).data(Qt.ItemDataRole.AccessibleTextRole)
    outline.resize(700, 300)
    assert not outline.isColumnHidden(0)
    assert row(outline, 2)[call] == "v1 + 1"
