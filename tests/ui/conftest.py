"""What the tests of the graph panel share: a store, and a panel on the screen that shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ui.graph.panel import GraphPanel
from ui.store import Store


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def panel(qtbot: QtBot, store: Store) -> Iterator[GraphPanel]:
    """A panel without motion; its layout job ends with the test."""
    panel = GraphPanel(store)
    panel.view.reduced_motion = True
    qtbot.addWidget(panel)
    panel.resize(800, 500)
    panel.show()
    qtbot.waitExposed(panel)
    yield panel
    panel.close_job()
