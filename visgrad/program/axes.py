"""One coordinate system of a program's charts: takes matplotlib's calls on axes and keeps them as `Series`.

Owns what a call draws.  Figures, and what is current, are `pyplot`'s.  Nothing is drawn here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from visgrad.program.guards import unavailable
from visgrad.program.names import words
from visgrad.recording.chart import MOST_PIXELS, MOST_POINTS, Axes, Series

Floats = NDArray[np.float64]

COLOURS = {"b": "blue", "g": "green", "r": "red", "c": "cyan", "m": "magenta", "y": "gold", "k": "black", "w": "white"}
MARKERS = frozenset("ov^<>sp*h+xDd|.,PX128")
NO_FILES = "programs have no files; the window's export saves a chart as an image"
NO_CHART = "of matplotlib, plot, scatter, bar, hist, imshow and their labels are drawn here"
SILENT = words(
    """
    tight_layout ion ioff pause draw colorbar xticks yticks tick_params margins subplots_adjust rc text annotate
    invert_yaxis invert_xaxis autoscale minorticks_on minorticks_off
    """
)
REFUSED = {
    "savefig": NO_FILES,
    "imsave": NO_FILES,
    "imread": "programs have no files; make the image with torch or numpy",
    **dict.fromkeys(
        words(
            """contour contourf quiver boxplot violinplot pie polar pcolormesh stem barh hist2d hexbin streamplot
        plot_surface scatter3D plot3D plot_wireframe"""
        ),
        NO_CHART,
    ),
}


def numbers(data: Any) -> Floats:
    """Anything array-like as float64; a Tensor that requires grad refuses here in PyTorch's words."""
    if isinstance(data, list | tuple):
        data = [item.item() if hasattr(item, "item") else item for item in data]
    elif hasattr(data, "numpy"):
        data = data.numpy()
    return np.asarray(data, dtype=np.float64)


def thinned(array: Floats) -> Floats:
    """At most `MOST_POINTS` of a long array, evenly spaced."""
    step = -(-len(array) // MOST_POINTS)
    return array[::step] if step > 1 else array


def packed(array: Floats) -> bytes:
    """The bytes a Series holds."""
    return np.ascontiguousarray(array, dtype="<f8").tobytes()


class Handle:
    """Stands for what matplotlib returns for a thing drawn; everything can be asked of it, and nothing happens."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)
        return quiet

    def __repr__(self) -> str:
        return "<drawn>"


def quiet(*_: Any, **__: Any) -> None:
    """Accepts a call that only polishes."""


class AxesState:
    """`matplotlib.axes.Axes` as far as notebooks use it."""

    def __init__(self) -> None:
        self._series: list[Series] = []
        self._words: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name in SILENT or name.startswith(("set_", "get_")):
            return quiet
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

    def matshow(self, image: Any, **options: Any) -> Handle:
        """`imshow` of a matrix."""
        return self.imshow(image, **options)

    def plot(self, *args: Any, label: str = "", color: Any = "", **options: Any) -> list[Handle]:
        """Lines: `plot(y)`, `plot(x, y)`, `plot(x, y, "r--", x2, y2, …)`; a matrix draws its columns."""
        drawn = 0
        for x, y, style in _groups(args):
            colour, dashed, marker, line = _style(style)
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
                    colour=str(color or options.get("c", "")) or colour,
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
            shades = numbers(chosen) if not _names(chosen) else np.empty(0)
            values = shades.ravel() if shades.size == len(x) else None
        colour = chosen if isinstance(chosen, str) else ""
        self._add("points", x, y, values, label=str(label), colour=COLOURS.get(colour, colour))
        return Handle()

    def bar(self, x: Any, height: Any, width: float = 0.8, *, label: str = "", color: Any = "", **_: Any) -> Handle:
        """Bars centred on `x` (names count from 0)."""
        at = np.arange(len(x), dtype=np.float64) if _names(x) else numbers(x).ravel()
        heights = np.broadcast_to(numbers(height).ravel(), at.shape)
        self._add("bars", at - width / 2, heights, label=str(label), colour=_colour(color), width=float(width))
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
        self._add("bars", edges[:-1], heights, label=str(label), colour=_colour(color), width=width)
        return heights, edges, Handle()

    def imshow(self, image: Any, **_: Any) -> Handle:
        """An image of one channel, or the mean of three."""
        pixels = numbers(image)
        if pixels.ndim == 3 and pixels.shape[2] in (1, 3, 4):
            pixels = pixels[:, :, :3].mean(axis=2)
        if pixels.ndim != 2 or not pixels.size:
            raise TypeError(f"Invalid shape {pixels.shape} for image data")
        down, across = (-(-n // MOST_PIXELS) for n in pixels.shape)
        pixels = pixels[::down, ::across]
        self._series.append(Series("image", values=packed(pixels), rows=len(pixels)))
        return Handle()

    def fill_between(self, x: Any, y1: Any, y2: Any = 0.0, *, label: str = "", color: Any = "", **_: Any) -> Handle:
        """The band between two curves."""
        x, low = numbers(x).ravel(), numbers(y1).ravel()
        high = np.broadcast_to(numbers(y2), low.shape)
        self._add("band", x, low, high, label=str(label), colour=_colour(color))
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

    def legend(self, labels: Any = None, **_: Any) -> None:
        """Name the series, as labelled or by this list."""
        if isinstance(labels, list | tuple) and all(isinstance(label, str) for label in labels):
            named = [*labels, *(series.label for series in self._series[len(labels) :])]
            self._series = [_named(series, label) for series, label in zip(self._series, named, strict=False)]
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
            self._words |= {"xlim": _limits(left, right), "ylim": _limits(bottom, top)}

    def set_axis_off(self) -> None:
        """No frame."""
        self._words["frame"] = False

    def set_xlim(self, left: Any = None, right: Any = None, **_: Any) -> None:
        """The range of x."""
        self._words["xlim"] = _limits(left, right)

    def set_ylim(self, bottom: Any = None, top: Any = None, **_: Any) -> None:
        """The range of y."""
        self._words["ylim"] = _limits(bottom, top)

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

    def axes(self) -> Axes:
        """What has been drawn."""
        return Axes(tuple(self._series), **self._words)

    def _rule(self, kind: str, at: float, label: Any, colour: Any, options: dict[str, Any]) -> None:
        dashed = str(options.get("linestyle", options.get("ls", "-"))) not in ("-", "solid")
        where = np.array([at])
        self._add(kind, where, where, label=str(label), colour=_colour(colour or options.get("c", "")), dashed=dashed)

    def _add(self, kind: str, x: Floats, y: Floats, values: Floats | None = None, **options: Any) -> None:
        colours = b"" if values is None else packed(thinned(values))
        self._series.append(Series(kind, x=packed(thinned(x)), y=packed(thinned(y)), values=colours, **options))


def _groups(args: tuple[Any, ...]) -> Iterator[tuple[Floats, Floats, str]]:
    """The (x, y, style) groups of `plot`'s arguments."""
    rest = list(args)
    while rest:
        first = np.atleast_1d(numbers(rest.pop(0)))
        if rest and not isinstance(rest[0], str):
            x, y = first, np.atleast_1d(numbers(rest.pop(0)))
        else:
            x, y = np.arange(len(first), dtype=np.float64), first
        style = rest.pop(0) if rest and isinstance(rest[0], str) else ""
        yield x, y, style


def _style(style: str) -> tuple[str, bool, bool, bool]:
    """(colour, dashed, marked, has a line) of a format string such as "ro--"."""
    dashed = "--" in style or ":" in style or "-." in style
    line = dashed or "-" in style
    marker = any(c in MARKERS for c in style.replace("-.", ""))
    colour = next((COLOURS[c] for c in style if c in COLOURS), "")
    if style.startswith(("C", "#", "tab:")):
        return style, False, False, True
    return colour, dashed, marker, line or not marker


def _colour(colour: Any) -> str:
    return COLOURS.get(colour, colour) if isinstance(colour, str) else ""


def _names(values: Any) -> bool:
    return isinstance(values, list | tuple) and any(isinstance(value, str) for value in values)


def _limits(low: Any, high: Any) -> tuple[float, ...]:
    if isinstance(low, list | tuple):
        low, high = low
    limits = () if low is None or high is None else (float(low), float(high))
    if not all(map(math.isfinite, limits)):
        raise ValueError("Axis limits cannot be NaN or Inf")
    return limits


def _named(series: Series, label: str) -> Series:
    return msgspec.structs.replace(series, label=label)
