"""The docks: which panels stand where, under which titles, and their usual sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QStackedWidget, QWidget

from ui.i18n import tr
from ui.panel_title import PanelTitle

if TYPE_CHECKING:
    from ui.main_window import MainWindow

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea

PLACES = {"programDock": LEFT, "consoleDock": LEFT, "detailsDock": RIGHT, "timelineDock": BOTTOM}
"""Where each dock is usually; those of one side stand below each other in this order."""

MINIMUM_PROGRAM = 260
MINIMUM_DETAILS = 220


def stack(*pages: tuple[QWidget, str]) -> QStackedWidget:
    """Panels of which one is seen at a time, each with the name its tab gets."""
    result = QStackedWidget()
    for page, title in pages:
        page.setWindowTitle(title)
        result.addWidget(page)
    return result


def make_docks(window: MainWindow) -> None:
    """Put the window's panels into docks."""
    window.setCorner(Qt.Corner.BottomLeftCorner, LEFT)
    window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
    window.program.setMinimumWidth(MINIMUM_PROGRAM)
    window.details.setMinimumWidth(MINIMUM_DETAILS)
    program = _dock(window, "programDock", tr("panel.program"), window.program)
    program.setTitleBarWidget(PanelTitle(program, window.program))
    console = _dock(window, "consoleDock", tr("panel.console"), window.output)
    heading = PanelTitle(console, window.output)
    heading.add_button("clear", tr("console.clear")).clicked.connect(window.console.clear_all)
    console.setTitleBarWidget(heading)
    window.splitDockWidget(program, console, Qt.Orientation.Vertical)
    details = _dock(window, "detailsDock", tr("panel.details"), window.details)
    details.setTitleBarWidget(PanelTitle(details, window.details))
    timeline = _dock(window, "timelineDock", tr("panel.timeline"), window.timeline)
    timeline.setTitleBarWidget(QWidget(timeline))


def _dock(window: MainWindow, name: str, title: str, widget: QWidget) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(name)
    dock.setWidget(widget)
    window.addDockWidget(PLACES[name], dock)
    return dock


def arrange(window: MainWindow) -> None:
    """Show all docks in their usual places: the picture gets what the text and the inspector can spare."""
    by_name = {dock.objectName(): dock for dock in window.docks()}
    for name, area in PLACES.items():
        by_name[name].setFloating(False)
        window.addDockWidget(area, by_name[name])
        by_name[name].show()
    program, console, details = by_name["programDock"], by_name["consoleDock"], by_name["detailsDock"]
    window.splitDockWidget(program, console, Qt.Orientation.Vertical)
    left = max(MINIMUM_PROGRAM, round(window.width() * 0.3))
    right = max(MINIMUM_DETAILS, round(window.width() * 0.21))
    window.resizeDocks([program, details], [left, right], Qt.Orientation.Horizontal)
    window.resizeDocks([program, console], [68, 32], Qt.Orientation.Vertical)
