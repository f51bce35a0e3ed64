"""Charts as data: what a program drew with `matplotlib.pyplot`, bounded in size.

Owns the structs and their check.  How they are made from calls is `program.pyplot`'s; how they look is the window's.
"""

from __future__ import annotations

from math import isfinite

import msgspec

MOST_POINTS = 20_000
"""Points of one series that are kept; longer ones are thinned out evenly."""

MOST_PIXELS = 256
"""Rows and columns of an image that are kept."""

KINDS = frozenset({"line", "points", "bars", "image", "horizontal", "vertical", "band"})


class Series(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One thing drawn into axes.

    `kind`: "line", "points", "bars" (x are the left edges, `width` their widths), "image" (`values`, row by row, in
    `rows` rows; with two `x` and two `y` it lies between these, its lowest row first), "horizontal" or "vertical" (a
    rule at y[0] or x[0]), "band" (between `y` and `values`).
    `x`, `y`: float64 bytes of equal length.  `values`: float64 bytes: an image, the colour value of each point, or "".
    `colour`: as the program wrote it, or ""; of images and of points with values the name of a colour map.
    `marker`: whether a line has its points marked.
    """

    kind: str
    label: str = ""
    x: bytes = b""
    y: bytes = b""
    values: bytes = b""
    rows: int = 0
    width: float = 0.0
    colour: str = ""
    dashed: bool = False
    marker: bool = False


class Axes(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One coordinate system: its series, its words, its scales and the limits the program set (empty: automatic)."""

    series: tuple[Series, ...] = ()
    title: str = ""
    xlabel: str = ""
    ylabel: str = ""
    legend: bool = False
    grid: bool = False
    frame: bool = True
    xlog: bool = False
    ylog: bool = False
    xlim: tuple[float, ...] = ()
    ylim: tuple[float, ...] = ()


class Chart(msgspec.Struct, frozen=True, tag_field="step", tag="chart", gc=False):
    """The program showed a figure: `axes` in rows of `columns`, drawn by program line `line`."""

    axes: tuple[Axes, ...]
    columns: int = 1
    title: str = ""
    line: int = 0


def check_chart(chart: Chart) -> None:
    """ValueError if a chart cannot be drawn."""
    if not 1 <= chart.columns <= 64 or len(chart.axes) > 64:
        raise ValueError("a chart has at most 64 columns and 64 axes")
    for axes in chart.axes:
        if len(axes.xlim) not in (0, 2) or len(axes.ylim) not in (0, 2):
            raise ValueError("limits are two numbers")
        if not all(map(isfinite, (*axes.xlim, *axes.ylim))):
            raise ValueError("limits are finite")
        for series in axes.series:
            _check_series(series)


def _check_series(series: Series) -> None:
    if series.kind not in KINDS:
        raise ValueError(f"{series.kind!r} is no kind of series")
    if any(len(data) % 8 or len(data) > 8 * MOST_PIXELS**2 for data in (series.x, series.y, series.values)):
        raise ValueError("a series has too many points, or part of one")
    if series.kind == "image":
        if series.rows < 1 or len(series.values) % (8 * series.rows):
            raise ValueError("an image's rows are of unequal length")
        if (len(series.x), len(series.y)) not in ((0, 0), (16, 16)):
            raise ValueError("an image lies between two x and two y")
    elif len(series.x) != len(series.y) or (series.values and len(series.values) != len(series.y)):
        raise ValueError("a series has more of one coordinate than of the other")
