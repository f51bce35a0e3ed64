"""The Charts panel shows what a program drew, in step with the position and the theme."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from ui.charts.charts import Charts
from ui.charts.plot import ChartView
from ui.store import Aspect, Store
from visgrad.picture.roles import theme
from visgrad.recording.chart import Axes, Chart, Series
from visgrad.recording.recording import Recording


def data(*numbers: float) -> bytes:
    return np.array(numbers, "<f8").tobytes()


LINE = Series("line", "loss", data(0, 1, 2), data(3, 2, 1), dashed=True, marker=True)
EVERYTHING = (
    LINE,
    Series("points", x=data(0, 1), y=data(1, 2), values=data(0, 1)),
    Series("bars", x=data(0, 1), y=data(1, 2), width=0.5, colour="tab:orange"),
    Series("image", values=data(1, 2, 3, 4), rows=2),
    Series("horizontal", x=data(1), y=data(1), colour="C2"),
    Series("vertical", x=data(1), y=data(1), colour="no colour"),
    Series("band", x=data(0, 1), y=data(0, 0), values=data(1, 2)),
)


def shown(panel: Charts) -> list[ChartView]:
    return [view for view in panel.findChildren(ChartView) if view.parent() is not None]


def test_charts_come_and_go_with_the_position_and_are_remade_in_another_theme(qtbot: QtBot) -> None:
    store = Store()
    panel = Charts(store)
    qtbot.addWidget(panel)
    recording = Recording()
    recording.extend([Chart((Axes((LINE,), title="first"),)), Chart((Axes((LINE,)),), title="second")])
    with qtbot.waitSignal(panel.arrived):
        store.set(Aspect.RECORDING, recording=recording, position=2)
    assert [view.accessibleName() for view in shown(panel)] == ["first", "second"]
    store.go(1)
    assert [view.accessibleName() for view in shown(panel)] == ["first"]
    store.set(Aspect.THEME, theme=theme("dark"))
    assert [view.accessibleName() for view in shown(panel)] == ["first"]


def test_every_kind_of_series_is_painted(qtbot: QtBot) -> None:
    axes = [Axes((series,), title=series.kind, legend=True, grid=True) for series in EVERYTHING]
    view = ChartView(Chart((*axes, Axes((LINE,), ylog=True, ylim=(0.1, 10.0), frame=False)), 2), theme("light"))
    qtbot.addWidget(view)
    view.resize(500, 800)
    view.show()
    qtbot.waitExposed(view)
    image = view.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(colours) > 8


def test_axes_are_labelled_in_the_program_s_own_numbers(qtbot: QtBot) -> None:
    small = Series("line", "", data(0, 1, 2), data(0.3, 0.01, 0.002))
    view = ChartView(Chart((Axes((small,), ylabel="loss"),)), theme("light"))
    qtbot.addWidget(view)
    view.resize(320, 200)
    view.show()
    qtbot.waitExposed(view)
    axis = view.getItem(0, 0).getAxis("left")
    assert "x0.001" not in axis.labelString()
    assert axis.autoSIPrefixScale == 1.0
