"""Faults of the libraries below us that we have met, so that an upgrade cannot bring them back unseen."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


def test_qt_calls_that_return_nothing_keep_the_count_of_references_to_none(qtbot: QtBot) -> None:
    """PySide6 6.12 on Python 3.11 loses one a call, which ends the process after some thousands of them."""
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(1000):
        widget.update()
    assert abs(sys.getrefcount(None) - before) < 100
