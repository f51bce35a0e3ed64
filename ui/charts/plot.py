"""One chart as a widget: its axes in a grid, each a pyqtgraph plot in the theme's colours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.colours import colour
from visgrad.picture.roles import Theme
from visgrad.program.colour_maps import known, shades
from visgrad.recording.chart import Axes, Chart, Series

CYCLE = ("accent", "gradient", "success", "order2", "leaf", "in_place", "order1", "text_dim")
"""The roles of a chart's series that have no colour of their own, in turn."""

HEIGHT = 190
MAP = ("value_low", "value_zero", "value_high")
MAP_STEPS = 64


class ChartView(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Draws `chart` in `theme`; the wheel zooms, a drag moves, a double click shows all."""

    def __init__(self, chart: Chart, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chart")
        self._rows = -(-len(chart.axes) // chart.columns)
        self.setBackground(colour(theme, "raised"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(HEIGHT * self._rows)
        words = [chart.title, *(axes.title for axes in chart.axes)]
        self.setAccessibleName(next((w for w in words if w), "chart"))
        if chart.title:
            self.addLabel(chart.title, colspan=chart.columns, color=_hex(theme, "text"), size="10pt")
            self.nextRow()
        for place, axes in enumerate(chart.axes):
            if place and not place % chart.columns:
                self.nextRow()
            _draw(self.addPlot(), axes, theme)

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT * self._rows)

    def wheelEvent(self, event: Any) -> None:
        """The wheel scrolls the panel; with Control it zooms the chart."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()


def _draw(plot: Any, axes: Axes, theme: Theme) -> None:
    plot.setMenuEnabled(False)
    plot.hideButtons()
    image = any(series.kind == "image" and not series.x for series in axes.series)  # of pixels, not over x and y
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(QPen(colour(theme, "border")))
        axis.setTextPen(QPen(colour(theme, "text_dim")))
        axis.setStyle(showValues=axes.frame, tickLength=-4)
        axis.enableAutoSIPrefix(False)  # a loss of 0.3 is not 300 thousandths
        axis.setVisible(axes.frame)
    plot.showGrid(x=axes.grid, y=axes.grid, alpha=0.25)
    if axes.title:
        plot.setTitle(axes.title, color=_hex(theme, "text"), size="9pt")
    for side, text in (("bottom", axes.xlabel), ("left", axes.ylabel)):
        if text:
            plot.setLabel(side, text, color=_hex(theme, "text_dim"))
    plot.setLogMode(x=axes.xlog, y=axes.ylog)
    if image:
        plot.setAspectLocked(True)
        plot.invertY(True)
    if axes.legend:
        legend = plot.addLegend(offset=(-8, 8), labelTextColor=_hex(theme, "text"))
        legend.setBrush(QBrush(colour(theme, "raised")))
        legend.setPen(QPen(colour(theme, "border")))
    for place, series in enumerate(axes.series):
        for item in _items(series, _colour(series, theme, place), theme):
            plot.addItem(item)
    _limit(plot, axes)


def _limit(plot: Any, axes: Axes) -> None:
    if axes.xlim:
        low, high = np.log10(axes.xlim) if axes.xlog and min(axes.xlim) > 0 else axes.xlim
        plot.setXRange(float(low), float(high), padding=0)
    if axes.ylim:
        low, high = np.log10(axes.ylim) if axes.ylog and min(axes.ylim) > 0 else axes.ylim
        plot.setYRange(float(low), float(high), padding=0)


def _items(series: Series, ink: QColor, theme: Theme) -> list[Any]:
    x, y, values = (np.frombuffer(data, dtype="<f8") for data in (series.x, series.y, series.values))
    pen = pg.mkPen(ink, width=1.6, style=Qt.PenStyle.DashLine if series.dashed else Qt.PenStyle.SolidLine)
    label = series.label or None
    match series.kind:
        case "line":
            marks = {"symbol": "o", "symbolSize": 5, "symbolBrush": ink, "symbolPen": None} if series.marker else {}
            return [pg.PlotDataItem(x, y, pen=pen, name=label, connect="finite", **marks)]
        case "points":
            brushes = [QBrush(c) for c in _shades(values, theme, series.colour)] if len(values) else QBrush(ink)
            return [
                pg.PlotDataItem(
                    x, y, pen=None, symbol="o", symbolSize=6, symbolPen=None, symbolBrush=brushes, name=label
                )
            ]
        case "bars":
            edge = pg.mkPen(colour(theme, "raised"), width=0.5)
            return [pg.BarGraphItem(x0=x, width=series.width, height=y, brush=QBrush(ink), pen=edge, name=label)]
        case "image":
            item = pg.ImageItem(values.reshape(series.rows, -1), axisOrder="row-major")
            item.setLookupTable(_table(theme, series.colour))
            if len(x):
                item.setRect(QRectF(x[0], y[0], x[-1] - x[0], y[-1] - y[0]))
            return [item]
        case "band":
            low, high = pg.PlotDataItem(x, y, pen=None), pg.PlotDataItem(x, values, pen=None)
            shade = QColor(ink)
            shade.setAlpha(60)
            return [low, high, pg.FillBetweenItem(low, high, brush=QBrush(shade))]
        case _:
            return [pg.InfiniteLine(float(x[0]), angle=0 if series.kind == "horizontal" else 90, pen=pen)]


def _colour(series: Series, theme: Theme, place: int) -> QColor:
    """The series' own colour if Qt knows it, else the theme's next one."""
    written = series.colour.removeprefix("tab:")
    if written.startswith("C") and written[1:].isdigit():
        return colour(theme, CYCLE[int(written[1:]) % len(CYCLE)])
    if written in ("black", "k"):
        return colour(theme, "text")
    own = QColor(written) if written and QColor.isValidColorName(written) else QColor()
    return own if own.isValid() else colour(theme, CYCLE[place % len(CYCLE)])


def _shades(values: NDArray[np.float64], theme: Theme, name: str) -> list[QColor]:
    """A colour for each value, over the map from low to high."""
    low, high = np.nanmin(values), np.nanmax(values)
    steps = np.nan_to_num((values - low) / ((high - low) or 1.0) * (MAP_STEPS - 1)).astype(int)
    table = [QColor(int(r), int(g), int(b)) for r, g, b in _table(theme, name)]
    return [table[step] for step in steps]


def _table(theme: Theme, name: str = "") -> NDArray[np.uint8]:
    """(steps, 3) bytes: the colours of values from low over the middle to high, of a named map or the theme's own."""
    if known(name):
        return (255 * shades(name, np.linspace(0, 1, MAP_STEPS))).round().astype(np.uint8)
    stops = np.array([(c.red(), c.green(), c.blue()) for c in (colour(theme, name) for name in MAP)], np.float64)
    at = np.linspace(0, 2, MAP_STEPS)
    channels = [np.interp(at, [0, 1, 2], stops[:, c]) for c in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


def _hex(theme: Theme, name: str) -> str:
    return str(colour(theme, name).name())
