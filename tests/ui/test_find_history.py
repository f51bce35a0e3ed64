"""Back and forward through what has been selected."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.ui.runs import chain
from ui.find.history import History
from ui.main_window import MainWindow
from ui.store import Aspect, Store

NEW = Aspect.RECORDING | Aspect.POSITION


def visiting(*nodes: int) -> tuple[Store, History]:
    store = Store()
    history = History(store, store)
    history.wanted.connect(store.select)
    store.set(NEW, recording=chain(6))
    for node in nodes:
        store.select(node)
    return store, history


def walk(store: Store, history: History, *steps: int) -> list[int | None]:
    found = []
    for step in steps:
        history.go(step)
        found.append(store.selection)
    return found


def test_back_leads_through_what_was_selected_and_forward_leads_again() -> None:
    assert walk(*visiting(1, 2, 3), -1, -1, -1, 1, 1, 1) == [2, 1, 1, 2, 3, 3]


def test_a_new_selection_on_the_way_back_ends_the_way_forward() -> None:
    store, history = visiting(1, 2, 3)
    walk(store, history, -1)
    store.select(5)
    assert walk(store, history, 1, -1, -1) == [5, 2, 1]


def test_back_from_nothing_leads_to_what_was_selected_last() -> None:
    store, history = visiting(1, 2)
    store.select(None)
    assert walk(store, history, -1, -1) == [2, 1]


def test_another_recording_begins_another_history() -> None:
    store, history = visiting(1, 2)
    store.set(NEW | Aspect.SELECTION, recording=chain(3), selection=None)
    assert walk(store, history, -1) == [None]


def test_keys_and_the_buttons_of_the_mouse_lead_back_and_forward(window: MainWindow) -> None:
    recording = chain(4)
    window.store.set(NEW, recording=recording, position=len(recording.stops))
    for node in (1, 3):
        window.store.select(node)
    window.actions_by_name["backAction"].trigger()
    assert window.store.selection == 1
    window.actions_by_name["forwardAction"].trigger()
    assert window.store.selection == 3
    QTest.mousePress(window.graph.view, Qt.MouseButton.BackButton, pos=QPoint(5, 5))
    assert window.store.selection == 1
    QTest.mousePress(window.graph.view, Qt.MouseButton.ForwardButton, pos=QPoint(5, 5))
    assert window.store.selection == 3
