"""What is drawn of a field, a number for each place of a grid: images, coloured planes and contour lines.

Owns these calls of axes.  Contour lines are found in triangles: each cell of the grid is two of them, and in each a
line is straight.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from visgrad.program.plot_values import Floats, Handle, colour_of, numbers, packed
from visgrad.recording.chart import MOST_PIXELS, Series

MOST_LEVELS = 24
FINEST = 96
"""Rows and columns in which contour lines are looked for."""


class Fields:
    """The part of axes that draws fields; `_series` is theirs."""

    _series: list[Series]

    def imshow(self, image: Any, *, extent: Any = None, origin: str = "upper", cmap: Any = "", **_: Any) -> Handle:
        """An image of one channel, or the mean of three."""
        pixels = numbers(image)
        if pixels.ndim == 3 and pixels.shape[2] in (1, 3, 4):
            pixels = pixels[:, :, :3].mean(axis=2)
        if pixels.ndim != 2 or not pixels.size:
            raise TypeError(f"Invalid shape {pixels.shape} for image data")
        pixels = _coarser(pixels, MOST_PIXELS)
        if extent is None and origin == "upper":
            self._series.append(Series("image", values=packed(pixels), rows=len(pixels), colour=str(cmap or "")))
            return Handle()
        rows, columns = pixels.shape
        left, right, bottom, top = extent if extent is not None else (-0.5, columns - 0.5, -0.5, rows - 0.5)
        return self._plane(pixels if origin == "lower" else pixels[::-1], (left, right), (bottom, top), cmap)

    def matshow(self, image: Any, **options: Any) -> Handle:
        """`imshow` of a matrix."""
        return self.imshow(image, **options)

    def pcolormesh(self, *args: Any, cmap: Any = "", **_: Any) -> Handle:
        """A plane of colours over x and y."""
        x, y, field = _field(args)
        return self._plane(_coarser(field, MOST_PIXELS), (x[0], x[-1]), (y[0], y[-1]), cmap)

    pcolor = pcolormesh

    def contourf(self, *args: Any, levels: Any = None, cmap: Any = "", **_: Any) -> Handle:
        """A plane of colours, as many as there are levels."""
        x, y, field = _field(args)
        steps = _levels(field, args[3] if len(args) > 3 else levels)
        plane = _coarser(field, MOST_PIXELS)
        banded = np.concatenate([steps[:1], steps])[np.searchsorted(steps, plane, side="right")]
        return self._plane(np.where(np.isfinite(plane), banded, np.nan), (x[0], x[-1]), (y[0], y[-1]), cmap)

    def contour(self, *args: Any, levels: Any = None, colors: Any = "", **_: Any) -> Handle:
        """Lines along which the field has each of the levels."""
        x, y, field = _field(args)
        steps = _levels(field, args[3] if len(args) > 3 else levels)
        across, up = _coarser(x[None], FINEST)[0], _coarser(y[None], FINEST)[0]
        lines = [contour_lines(across, up, _coarser(field, FINEST), float(level)) for level in steps]
        points = np.concatenate(lines) if lines else np.empty((0, 2))
        ink = colour_of(colors if isinstance(colors, str) else next(iter(colors), ""))
        self._series.append(Series("line", x=packed(points[:, 0]), y=packed(points[:, 1]), colour=ink))
        return Handle()

    def _plane(self, field: Floats, x: tuple[float, float], y: tuple[float, float], cmap: Any) -> Handle:
        """An image with its lowest row first, from corner to corner."""
        ends = packed(np.array(x, np.float64)), packed(np.array(y, np.float64))
        named = str(cmap or "")
        self._series.append(Series("image", x=ends[0], y=ends[1], values=packed(field), rows=len(field), colour=named))
        return Handle()


def contour_lines(x: Floats, y: Floats, field: Floats, level: float) -> Floats:
    """(3 n, 2): the ends of n straight pieces, each followed by a row of nan."""
    across, up = np.meshgrid(x, y)
    corners = np.stack([across, up, field - level], axis=-1)
    a, b, c, d = corners[:-1, :-1], corners[:-1, 1:], corners[1:, :-1], corners[1:, 1:]
    triangles = np.stack([np.stack([a, b, c], -2), np.stack([d, b, c], -2)]).reshape(-1, 3, 3)
    above = triangles[:, :, 2] > 0
    crossed = (above.any(axis=1) & ~above.all(axis=1)) & np.isfinite(triangles[:, :, 2]).all(axis=1)
    triangles, above = triangles[crossed], above[crossed]
    alone = np.where(above.sum(axis=1, keepdims=True) == 1, above, ~above).argmax(axis=1)  # the corner on its own side
    rows = np.arange(len(triangles))
    first = triangles[rows, alone]
    pieces = np.full((len(triangles), 3, 2), np.nan)
    for place in (0, 1):
        other = triangles[rows, (alone + place + 1) % 3]
        share = first[:, 2] / (first[:, 2] - other[:, 2])
        pieces[:, place] = first[:, :2] + share[:, None] * (other - first)[:, :2]
    return pieces.reshape(-1, 2)


def _field(args: tuple[Any, ...]) -> tuple[Floats, Floats, Floats]:
    """x of the columns, y of the rows, and the field, from `(Z)` or `(X, Y, Z)`."""
    field = numbers(args[0] if len(args) < 3 else args[2])
    if field.ndim != 2 or min(field.shape) < 2:
        raise TypeError(f"Input z must be at least a (2, 2) shaped array, but has shape {field.shape}")
    rows, columns = field.shape
    if len(args) < 3:
        return np.arange(columns, dtype=np.float64), np.arange(rows, dtype=np.float64), field
    x, y = numbers(args[0]), numbers(args[1])
    x, y = (x[0] if x.ndim == 2 else x)[:columns], (y[:, 0] if y.ndim == 2 else y)[:rows]
    if len(x) != columns or len(y) != rows:
        raise TypeError(f"Shapes of x {x.shape} and z {field.shape} do not match")
    return x, y, field


def _levels(field: Floats, wanted: Any) -> Floats:
    """The levels asked for, or so many evenly between the least and the greatest."""
    if wanted is not None and np.ndim(wanted):
        steps: Floats = np.sort(numbers(wanted))[:MOST_LEVELS]
        return steps
    low, high = float(np.nanmin(field)), float(np.nanmax(field))
    return np.linspace(low, high, min(int(wanted or 8), MOST_LEVELS) + 2)[1:-1]


def _coarser(array: Floats, most: int) -> Floats:
    """At most so many rows and columns, evenly chosen, the first and the last among them."""
    rows, columns = (np.linspace(0, n - 1, min(n, most)).round().astype(int) for n in array.shape)
    coarse: Floats = array[rows][:, columns]
    return coarse
