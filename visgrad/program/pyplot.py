"""The program's `matplotlib.pyplot`: takes the calls of course notebooks and tells a `Chart` when one is shown.

Owns the figures and what is current; what a call on axes draws is `axes`'s.  No file is written.  Options that only
polish (font sizes, line widths, alpha, tight_layout …) are accepted and left out.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from visgrad.program.axes import LEFT_OUT, REFUSED, SILENT, AxesState, left_out
from visgrad.program.colour_maps import Maps
from visgrad.program.guards import unavailable
from visgrad.program.names import words
from visgrad.program.plot_values import Handle, quiet
from visgrad.program.surroundings import program_line
from visgrad.recording.chart import Chart

DRAWING = words(
    """
    plot scatter bar hist imshow matshow errorbar step fill_between axhline axvline legend grid axis cla
    semilogy semilogx loglog contour contourf pcolormesh pcolor stem vlines hlines twinx twiny
    """
)
WORDS = words("title xlabel ylabel xscale yscale")


NOT_SAVED = "savefig writes no file: programs have none; the chart is shown in the Charts panel"


class FigureState:
    """`matplotlib.figure.Figure` as far as notebooks use it."""

    def __init__(self, rows: int = 1, columns: int = 1) -> None:
        self._columns = columns
        self._axes = [AxesState(self._beside) for _ in range(rows * columns)]
        self._current = self._axes[0]
        self._title = ""

    def __getattr__(self, name: str) -> Any:
        if name in REFUSED:
            return unavailable(f"Figure.{name}()", REFUSED[name])
        if name in SILENT or name.startswith(("set_", "get_")):
            return quiet
        raise AttributeError(f"'Figure' object has no attribute '{name}'")

    def suptitle(self, text: Any, **_: Any) -> None:
        """The words above all axes."""
        self._title = str(text)

    def add_subplot(self, *place: Any, **_: Any) -> AxesState:
        """Axes at (rows, columns, number), or at a number such as 211."""
        if len(place) == 1 and isinstance(place[0], Cell):
            place = place[0]
        digits = tuple(int(d) for d in str(place[0])) if len(place) == 1 else tuple(int(p) for p in place)
        rows, columns, number = digits if len(digits) == 3 else (1, 1, 1)
        if not (0 < rows <= 8 and 0 < columns <= 8 and 0 < number <= rows * columns):
            raise ValueError(f"num must be an integer with 1 <= num <= {rows * columns}, not {number}")
        self._columns = columns
        self._axes += [AxesState(self._beside) for _ in range(rows * columns - len(self._axes))]
        self._current = self._axes[number - 1]
        return self._current

    def add_axes(self, *_: Any, **__: Any) -> AxesState:
        """Axes at a place of their own."""
        if any(state.drawn for state in self._axes):
            self._current = self._beside(self._current)
        return self._current

    def add_gridspec(self, nrows: int = 1, ncols: int = 1, **_: Any) -> Grid:
        """A grid whose cells `add_subplot` takes."""
        return Grid(nrows, ncols)

    def subplots(self, nrows: int = 1, ncols: int = 1, *, squeeze: bool = True, **_: Any) -> Any:
        """Axes in rows and columns: one, a row or column of them, or a matrix."""
        if not (0 < nrows <= 8 and 0 < ncols <= 8):
            raise ValueError("subplots draws up to 8 by 8 axes here")
        axes = np.empty((nrows, ncols), dtype=object)
        for place in range(nrows * ncols):
            axes[divmod(place, ncols)] = self.add_subplot(nrows, ncols, place + 1)
        self._current = axes[0, 0]
        return axes if not squeeze else axes.item() if axes.size == 1 else axes.squeeze()

    def savefig(self, *_: Any, **__: Any) -> None:
        """There are no files to write, and a program need not end for it: the chart is shown when it is complete."""
        warnings.warn(NOT_SAVED, stacklevel=2)

    def _beside(self, axes: AxesState) -> AxesState:
        """Further axes, after these."""
        more = AxesState(self._beside)
        self._axes.insert(self._axes.index(axes) + 1, more)
        return more

    def chart(self, line: int) -> Chart | None:
        """What has been drawn, None if nothing has."""
        axes = tuple(state.axes() for state in self._axes)
        return Chart(axes, self._columns, self._title, line) if any(one.series for one in axes) else None


class Style(Handle):
    """`plt.style`: the window has a theme of its own, so styles are accepted and left out."""

    @contextmanager
    def context(self, *_: Any, **__: Any) -> Iterator[None]:
        """`with plt.style.context(…)`."""
        yield


class Cell(tuple[int, int, int]):
    """Rows, columns and number of a cell of a grid."""


class Grid:
    """`GridSpec`: cells by row and column; a slice stands for its first cell."""

    def __init__(self, nrows: int, ncols: int) -> None:
        self._shape = nrows, ncols

    def __getitem__(self, at: Any) -> Cell:
        row, column = at if isinstance(at, tuple) else divmod(at, self._shape[1]) if isinstance(at, int) else (at, 0)
        row, column = ((place.start or 0) if isinstance(place, slice) else place for place in (row, column))
        rows, columns = self._shape
        return Cell((rows, columns, row % rows * columns + column % columns + 1))


class Cycle:
    """`rcParams["axes.prop_cycle"]`."""

    def by_key(self) -> dict[str, list[str]]:
        """The colours of series that have none of their own."""
        return {"color": [f"C{number}" for number in range(10)]}


class Settings(dict[str, Any]):
    """`rcParams`: whatever is asked for is there, and nothing follows from it."""

    def __missing__(self, key: str) -> Any:
        return {"axes.prop_cycle": Cycle(), "figure.figsize": [6.4, 4.8]}.get(key, 10.0)


class Pyplot:
    """The state of one process's `plt`; `begin` gives each run its own."""

    def __init__(self) -> None:
        self._tell: Callable[[Chart], None] = quiet
        self._figure: FigureState | None = None
        self.names = dict(self._make_names())

    def begin(self, tell: Callable[[Chart], None]) -> None:
        """A run begins: its charts go to `tell`."""
        self._tell, self._figure = tell, None

    def end(self) -> None:
        """A run is over: what was drawn and not shown is shown, as notebooks do."""
        self.show()

    def figure(self, *_: Any, **__: Any) -> FigureState:
        """A new figure; the one before it is shown."""
        self.show()
        self._figure = FigureState()
        return self._figure

    def subplots(self, nrows: int = 1, ncols: int = 1, *, squeeze: bool = True, **_: Any) -> tuple[FigureState, Any]:
        """A new figure and its axes: one, a row or column of them, or a matrix."""
        self.show()
        self._figure = figure = FigureState()
        return figure, figure.subplots(nrows, ncols, squeeze=squeeze)

    def subplot_mosaic(self, mosaic: Any, **_: Any) -> tuple[FigureState, dict[str, AxesState]]:
        """A new figure and its axes by name, one for each name of a list of rows (or a text of letters)."""
        rows = [list(row) for row in (mosaic.strip().splitlines() if isinstance(mosaic, str) else mosaic)]
        found = dict.fromkeys(str(name) for row in rows for name in row if name != ".")
        figure, axes = self.subplots(1, min(len(found), 8), squeeze=False)
        return figure, dict(zip(found, axes.ravel(), strict=False))

    def show(self, *_: Any, **__: Any) -> None:
        """Tell the figure, and begin anew."""
        figure, self._figure = self._figure, None
        chart = figure.chart(program_line()) if figure is not None else None
        if chart is not None:
            self._tell(chart)

    def gcf(self) -> FigureState:
        """The figure being drawn."""
        if self._figure is None:
            self._figure = FigureState()
        return self._figure

    def gca(self, **_: Any) -> AxesState:
        """The axes being drawn into."""
        return self.gcf()._current

    def close(self, *_: Any) -> None:
        """Forget the figure."""
        self._figure = None

    def _make_names(self) -> Iterator[tuple[str, Any]]:
        """The module's names: the axes' methods work on the current axes, `title` and its like set its words."""
        for name in words("figure subplots show gcf gca close"):
            yield name, getattr(self, name)
        yield "clf", self.close
        for name in DRAWING:
            yield name, self._on_axes(name, name)
        for name in WORDS:
            yield name, self._on_axes(name, f"set_{name}")
        yield "axes", self.gca
        yield "subplot", lambda *place, **_: self.gcf().add_subplot(*place)
        yield "suptitle", lambda text, **_: self.gcf().suptitle(text)
        yield from dict.fromkeys(SILENT, quiet).items()
        for name, instead in REFUSED.items():
            yield name, unavailable(f"plt.{name}()", instead)
        yield from ((name, left_out(name)) for name in LEFT_OUT)
        for name in ("xlim", "ylim"):
            yield name, self._limits(name)
        yield "savefig", lambda *_, **__: self.gcf().savefig()
        yield "subplot_mosaic", self.subplot_mosaic
        yield "rcParams", Settings()
        yield "style", Style()
        yield "cm", Maps()
        yield "colormaps", Maps()
        yield "get_cmap", Maps().get_cmap

    def _limits(self, name: str) -> Callable[..., tuple[float, ...]]:
        def limits(*ends: Any, **options: Any) -> tuple[float, ...]:
            axes = self.gca()
            if ends or options:
                getattr(axes, f"set_{name}")(*ends, **options)
            return tuple(getattr(axes, f"get_{name}")())

        limits.__name__ = limits.__qualname__ = name
        return limits

    def _on_axes(self, name: str, method: str) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            return getattr(self.gca(), method)(*args, **options)

        call.__name__ = call.__qualname__ = name
        return call
