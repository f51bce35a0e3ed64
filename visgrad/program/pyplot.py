"""The program's `matplotlib.pyplot`: takes the calls of course notebooks and tells a `Chart` when one is shown.

Owns the figures and what is current; what a call on axes draws is `axes`'s.  No file is written.  Options that only
polish (font sizes, line widths, alpha, tight_layout …) are accepted and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from visgrad.program.axes import REFUSED, SILENT, AxesState, Handle, quiet
from visgrad.program.guards import unavailable
from visgrad.program.names import words
from visgrad.program.surroundings import program_line
from visgrad.recording.chart import Chart

DRAWING = words(
    """
    plot scatter bar hist imshow matshow errorbar step fill_between axhline axvline legend grid axis cla
    semilogy semilogx loglog
    """
)
WORDS = words("title xlabel ylabel xlim ylim xscale yscale")


class FigureState:
    """`matplotlib.figure.Figure` as far as notebooks use it."""

    def __init__(self, rows: int = 1, columns: int = 1) -> None:
        self._columns = columns
        self._axes = [AxesState() for _ in range(rows * columns)]
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
        digits = tuple(int(d) for d in str(place[0])) if len(place) == 1 else tuple(int(p) for p in place)
        rows, columns, number = digits if len(digits) == 3 else (1, 1, 1)
        if not (0 < rows <= 8 and 0 < columns <= 8 and 0 < number <= rows * columns):
            raise ValueError(f"num must be an integer with 1 <= num <= {rows * columns}, not {number}")
        self._columns = columns
        self._axes += [AxesState() for _ in range(rows * columns - len(self._axes))]
        self._current = self._axes[number - 1]
        return self._current

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


class Maps:
    """`plt.cm`: colour maps are known by their names."""

    def __getattr__(self, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        return name


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
        if not (0 < nrows <= 8 and 0 < ncols <= 8):
            raise ValueError("subplots draws up to 8 by 8 axes here")
        self.show()
        self._figure = figure = FigureState(nrows, ncols)
        axes = np.empty((nrows, ncols), dtype=object)
        for place, state in enumerate(figure._axes):
            axes[divmod(place, ncols)] = state
        if not squeeze:
            return figure, axes
        return figure, axes.item() if axes.size == 1 else axes.squeeze()

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
        yield "rcParams", {}
        yield "style", Style()
        yield "cm", Maps()

    def _on_axes(self, name: str, method: str) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            return getattr(self.gca(), method)(*args, **options)

        call.__name__ = call.__qualname__ = name
        return call
