"""The Charts panel: what the program drew with matplotlib, one under the other, drawn with pyqtgraph in the theme.

Shows the charts up to the current position.  What a chart holds is `visgrad.recording.chart`'s.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from ui.charts.plot import ChartView
from ui.i18n import tr
from ui.naming import name
from ui.store import Aspect, Store
from visgrad.recording.chart import Chart

MOST = 24
"""Charts that are shown; of more, the latest."""


class Charts(QScrollArea):
    """The charts of a store's recording.  `arrived` is emitted when there is one more than before."""

    arrived = Signal()

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name(self, "charts", tr("panel.charts"))
        self.store = store
        self._shown: list[Chart] = []
        self._views: list[ChartView] = []
        self._column = QWidget()
        self._column.setObjectName("chartColumn")
        self._layout = QVBoxLayout(self._column)
        self._layout.setContentsMargins(8, 8, 8, 8)
        self._layout.setSpacing(8)
        self._hint = QLabel(tr("charts.empty"))
        self._hint.setObjectName("caption")
        self._hint.setWordWrap(True)
        self._layout.addWidget(self._hint)
        self._layout.addStretch(1)
        self.setWidget(self._column)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        store.changed.connect(self._changed)

    def _changed(self, aspects: Aspect) -> None:
        if aspects & Aspect.THEME:
            self._clear()
        if aspects & (Aspect.RECORDING | Aspect.POSITION | Aspect.THEME):
            self._show()

    def _show(self) -> None:
        charts = self.store.frame.charts()[-MOST:]
        kept = 0
        while kept < min(len(charts), len(self._shown)) and charts[kept] is self._shown[kept]:
            kept += 1
        more = len(charts) > len(self._shown)
        self._clear(kept)
        for chart in charts[kept:]:
            view = ChartView(chart, self.store.theme)
            self._layout.insertWidget(self._layout.count() - 1, view)
            self._views.append(view)
            self._shown.append(chart)
        self._hint.setVisible(not charts)
        if more:
            self.arrived.emit()

    def _clear(self, keep: int = 0) -> None:
        for view in self._views[keep:]:
            self._layout.removeWidget(view)
            view.setParent(None)
            view.deleteLater()
        del self._views[keep:], self._shown[keep:]
