"""One coordinate system of a program's charts: takes matplotlib's calls on axes and keeps them as `Series`.

Owns what a call draws.  Figures, and what is current, are `pyplot`'s.  Nothing is drawn here.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from visgrad.program.fields import Fields
from visgrad.program.guards import unavailable
from visgrad.program.names import words
from visgrad.program.plot_values import (
    Floats,
    Handle,
    colour_of,
    ends_of,
    groups_of,
    has_names,
    numbers,
    packed,
    quiet,
    renamed,
    style_of,
    thinned,
)
from visgrad.recording.chart import Axes, Series

NO_FILES = "programs have no files; imshow shows the image"
NO_CHART = "of matplotlib, plot, scatter, bar, hist, imshow, contour and their labels are drawn here"
SILENT = words(
    """
    tight_layout ion ioff pause draw colorbar xticks yticks tick_params margins subplots_adjust rc text annotate
    invert_yaxis invert_xaxis autoscale clabel axvspan axhspan locator_params ticklabel_format
    minorticks_on minorticks_off
    """
)
REFUSED = {"imsave": NO_FILES, "imread": "programs have no files; make the image with torch or numpy"}
LEFT_OUT = words(
    """quiver boxplot violinplot pie polar barh hist2d hexbin streamplot plot_surface scatter3D plot3D plot_wireframe"""
)


def left_out(name: str) -> Callable[..., Handle]:
    """A drawing that is not made here: the program is told, and goes on."""

    def call(*_: Any, **__: Any) -> Handle:
        warnings.warn(f"{name} is not drawn here; {NO_CHART}", stacklevel=2)
        return Handle()

    call.__name__ = call.__qualname__ = name
    return call


class Spines(Handle):
    """`ax.spines`: by name, by names, or as attributes."""

    def __getattr__(self, name: str) -> Any:
        return Handle() if name in ("left", "right", "top", "bottom") else super().__getattr__(name)

    def __getitem__(self, _: Any) -> Handle:
        return Handle()

    def values(self) -> list[Handle]:
        """All four sides."""
        return [Handle() for _ in range(4)]


class AxesState(Fields):
    """`matplotlib.axes.Axes` as far as notebooks use it.  `beside`: makes further axes in the same figure."""

    def __init__(self, beside: Callable[[AxesState], AxesState] = lambda axes: axes) -> None:
        self._series: list[Series] = []
        self._words: dict[str, Any] = {}
        self._beside = beside

    def __getattr__(self, name: str) -> Any:
        if name in SILENT or name.startswith(("set_", "get_")):
            return quiet
        if name in LEFT_OUT:
            return left_out(name)
        if name in REFUSED:
            return unavailable(f"Axes.{name}()", REFUSED[name])
        raise AttributeError(f"'Axes' object has no attribute '{name}'")

    # what draws

    def errorbar(self, x: Any, y: Any, yerr: Any = None, xerr: Any = None, **options: Any) -> list[Handle]:
        """The line; the bars of its errors are left out."""
        return self.plot(x, y, **{name: options[name] for name in ("label", "color") if name in options})

    def step(self, x: Any, y: Any, *style: Any, where: str = "pre", **options: Any) -> list[Handle]:
        """A line that changes at each x only."""
        across, up = numbers(x).repeat(2), numbers(y).repeat(2)
        if where == "post":
            return self.plot(across[1:], up[:-1], *style, **options)
        return self.plot(across[:-1], up[1:], *style, **options)

    def plot(self, *args: Any, label: str = "", color: Any = "", **options: Any) -> list[Handle]:
        """Lines: `plot(y)`, `plot(x, y)`, `plot(x, y, "r--", x2, y2, …)`; a matrix draws its columns."""
        drawn = 0
        for x, y, style in groups_of(args):
            colour, dashed, marker, line = style_of(style)
            dashed = dashed or str(options.get("linestyle", options.get("ls", "-"))) in ("--", ":", "-.", "dashed")
            marker = marker or bool(options.get("marker"))
            line = line and str(options.get("linestyle", options.get("ls", "-"))) not in ("", "None", "none", " ")
            for column in y.reshape(len(y), -1).T:
                if len(x) != len(column):
                    raise ValueError(
                        f"x and y must have same first dimension, but have shapes {tuple(x.shape)} and {tuple(y.shape)}"
                    )
                self._add(
                    "line" if line else "points",
                    x,
                    column,
                    label=str(label),
                    colour=colour_of(color) or colour_of(options.get("c", "")) or colour,
                    dashed=dashed,
                    marker=marker,
                )
                drawn += 1
        return [Handle() for _ in range(drawn)]

    def scatter(self, x: Any, y: Any, s: Any = None, c: Any = None, *, label: str = "", **options: Any) -> Handle:
        """Points; `c` is a colour, or a number for each point."""
        x, y = numbers(x).ravel(), numbers(y).ravel()
        if len(x) != len(y):
            raise ValueError("x and y must be the same size")
        chosen = options.get("color", c)
        values = None
        if chosen is not None and not isinstance(chosen, str):
            shades = numbers(chosen) if not has_names(chosen) else np.empty(0)
            values = shades.ravel() if shades.size == len(x) else None
        ink = str(options.get("cmap") or "") if values is not None else colour_of(chosen)
        self._add("points", x, y, values, label=str(label), colour=ink)
        return Handle()

    def bar(self, x: Any, height: Any, width: float = 0.8, *, label: str = "", color: Any = "", **_: Any) -> Handle:
        """Bars centred on `x` (names count from 0)."""
        at = np.arange(len(x), dtype=np.float64) if has_names(x) else numbers(x).ravel()
        heights = np.broadcast_to(numbers(height).ravel(), at.shape)
        self._add("bars", at - width / 2, heights, label=str(label), colour=colour_of(color), width=float(width))
        return Handle()

    def hist(
        self,
        x: Any,
        bins: Any = 10,
        range: Any = None,
        density: bool = False,
        *,
        label: str = "",
        color: Any = "",
        **_: Any,
    ) -> tuple[Floats, Floats, Handle]:
        """A histogram; returns counts, edges and a handle."""
        counts, edges = np.histogram(numbers(x).ravel(), bins=bins, range=range, density=density)
        heights = counts.astype(np.float64)
        width = float(edges[1] - edges[0])
        self._add("bars", edges[:-1], heights, label=str(label), colour=colour_of(color), width=width)
        return heights, edges, Handle()

    def fill_between(self, x: Any, y1: Any, y2: Any = 0.0, *, label: str = "", color: Any = "", **_: Any) -> Handle:
        """The band between two curves."""
        x, low = numbers(x).ravel(), numbers(y1).ravel()
        high = np.broadcast_to(numbers(y2), low.shape)
        self._add("band", x, low, high, label=str(label), colour=colour_of(color))
        return Handle()

    def axhline(self, y: float = 0.0, *_: Any, label: str = "", color: Any = "", **options: Any) -> Handle:
        """A horizontal rule."""
        self._rule("horizontal", float(y), label, color, options)
        return Handle()

    def axvline(self, x: float = 0.0, *_: Any, label: str = "", color: Any = "", **options: Any) -> Handle:
        """A vertical rule."""
        self._rule("vertical", float(x), label, color, options)
        return Handle()

    # words and scales

    def set_title(self, label: Any, *_: Any, **__: Any) -> None:
        """The words above."""
        self._words["title"] = str(label)

    def set_xlabel(self, label: Any, *_: Any, **__: Any) -> None:
        """The words along x."""
        self._words["xlabel"] = str(label)

    def set_ylabel(self, label: Any, *_: Any, **__: Any) -> None:
        """The words along y."""
        self._words["ylabel"] = str(label)

    def set(self, **words: Any) -> None:
        """Several `set_…` at once."""
        for name, value in words.items():
            getattr(self, f"set_{name}")(value)

    def legend(self, handles: Any = None, labels: Any = None, **_: Any) -> None:
        """Name the series, as labelled or by the list of labels (alone, or after the handles)."""
        labels = handles if labels is None else labels
        if isinstance(labels, list | tuple) and all(isinstance(label, str) for label in labels):
            named = [*labels, *(series.label for series in self._series[len(labels) :])]
            self._series = [renamed(series, label) for series, label in zip(self._series, named, strict=False)]
        self._words["legend"] = True

    def grid(self, visible: Any = True, *_: Any, **__: Any) -> None:
        """Lines behind the series."""
        self._words["grid"] = bool(visible)

    def axis(self, what: Any = None, **_: Any) -> None:
        """`axis("off")`, or the four limits."""
        if isinstance(what, str):
            self._words["frame"] = what != "off"
        elif what is not None:
            left, right, bottom, top = what
            self._words |= {"xlim": ends_of(left, right), "ylim": ends_of(bottom, top)}

    def set_axis_off(self) -> None:
        """No frame."""
        self._words["frame"] = False

    def set_xlim(self, left: Any = None, right: Any = None, **_: Any) -> None:
        """The range of x."""
        self._words["xlim"] = ends_of(left, right)

    def set_ylim(self, bottom: Any = None, top: Any = None, **_: Any) -> None:
        """The range of y."""
        self._words["ylim"] = ends_of(bottom, top)

    def get_xlim(self) -> tuple[float, ...]:
        """The range of x: what was set, else what the series cover."""
        return self._words.get("xlim") or self._covered("x")

    def get_ylim(self) -> tuple[float, ...]:
        """The range of y: what was set, else what the series cover."""
        return self._words.get("ylim") or self._covered("y")

    def _covered(self, side: str) -> tuple[float, float]:
        """The least and the greatest coordinate, with matplotlib's margin of a twentieth."""
        data = np.concatenate([np.frombuffer(getattr(series, side), "<f8") for series in self._series] or [np.empty(0)])
        data = data[np.isfinite(data)]
        if not data.size:
            return 0.0, 1.0
        low, high = float(data.min()), float(data.max())
        margin = (high - low) / 20 or 0.05
        return low - margin, high + margin

    @property
    def spines(self) -> Spines:
        """The frame's sides."""
        return Spines()

    def twinx(self) -> AxesState:
        """Axes for another scale; they are drawn as axes of their own."""
        return self._beside(self)

    twiny = twinx

    def vlines(self, x: Any, ymin: Any, ymax: Any, *_: Any, label: str = "", **options: Any) -> Handle:
        """Lines that stand at each x."""
        at = np.atleast_1d(numbers(x))
        low, high = (np.broadcast_to(numbers(end), at.shape) for end in (ymin, ymax))
        gap = np.full_like(at, np.nan)
        self._segments(np.stack([at, at, gap], 1), np.stack([low, high, gap], 1), label, options)
        return Handle()

    def hlines(self, y: Any, xmin: Any, xmax: Any, *_: Any, label: str = "", **options: Any) -> Handle:
        """Lines that lie at each y."""
        at = np.atleast_1d(numbers(y))
        low, high = (np.broadcast_to(numbers(end), at.shape) for end in (xmin, xmax))
        gap = np.full_like(at, np.nan)
        self._segments(np.stack([low, high, gap], 1), np.stack([at, at, gap], 1), label, options)
        return Handle()

    def stem(self, *args: Any, label: str = "", **options: Any) -> Handle:
        """A point at each value, on a line from zero."""
        x, y, _ = next(groups_of(args[:2]))
        self.vlines(x, np.zeros_like(y), y)
        return self.scatter(x, y, label=label)

    def set_xscale(self, scale: str, **_: Any) -> None:
        """ "linear" or "log"."""
        self._words["xlog"] = scale in ("log", "symlog")

    def set_yscale(self, scale: str, **_: Any) -> None:
        """ "linear" or "log"."""
        self._words["ylog"] = scale in ("log", "symlog")

    def semilogy(self, *args: Any, **options: Any) -> list[Handle]:
        """`plot` with logarithmic y."""
        self.set_yscale("log")
        return self.plot(*args, **options)

    def semilogx(self, *args: Any, **options: Any) -> list[Handle]:
        """`plot` with logarithmic x."""
        self.set_xscale("log")
        return self.plot(*args, **options)

    def loglog(self, *args: Any, **options: Any) -> list[Handle]:
        """`plot` with both logarithmic."""
        self.set_xscale("log")
        return self.semilogy(*args, **options)

    def cla(self) -> None:
        """Begin anew."""
        self._series, self._words = [], {}

    clear = cla

    @property
    def drawn(self) -> bool:
        """Whether there is anything in them."""
        return bool(self._series)

    def axes(self) -> Axes:
        """What has been drawn."""
        return Axes(tuple(self._series), **self._words)

    def _rule(self, kind: str, at: float, label: Any, colour: Any, options: dict[str, Any]) -> None:
        dashed = str(options.get("linestyle", options.get("ls", "-"))) not in ("-", "solid")
        where = np.array([at])
        self._add(kind, where, where, label=str(label), colour=colour_of(colour or options.get("c", "")), dashed=dashed)

    def _segments(self, x: Floats, y: Floats, label: str, options: dict[str, Any]) -> None:
        ink = colour_of(options.get("colors", options.get("color", "")))
        dashed = str(options.get("linestyles", options.get("linestyle", "-"))) not in ("-", "solid")
        self._add("line", x.ravel(), y.ravel(), label=str(label), colour=ink, dashed=dashed)

    def _add(self, kind: str, x: Floats, y: Floats, values: Floats | None = None, **options: Any) -> None:
        colours = b"" if values is None else packed(thinned(values))
        self._series.append(Series(kind, x=packed(thinned(x)), y=packed(thinned(y)), values=colours, **options))
