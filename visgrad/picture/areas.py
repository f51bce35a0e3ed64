"""How a tensor's numbers are shown on a card: one large figure, a grid of figures, or a heat map.

Which of these, and how much room it takes, depends on the shape alone, so that a value and its gradient look alike and
a card keeps its size while it is played.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from math import isfinite, prod

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import ADVANCE, Image, Text
from visgrad.picture.roles import role
from visgrad.picture.text import elide
from visgrad.recording.model import Summary
from visgrad.recording.summary import figures, thumbnail, values

FIGURE, SMALL = 16.0, 10.0
CELL_WIDTH, CELL_HEIGHT = 44.0, 18.0
LONGEST = len("-1.234e-05")
"""Characters of a figure."""
FEW = 4
"""Matrices of at most this many rows and columns are written out."""

HEAT_WIDTH, HEAT_HEIGHT = 128, 52
LEAST_HEAT = 24.0


class Form(Enum):
    """The ways to show numbers."""

    FIGURE = auto()
    CELLS = auto()
    HEAT = auto()
    NOTHING = auto()  # there are no elements


@dataclass(frozen=True)
class Area:
    """The room that a tensor's numbers take on a card; `rows` and `columns` of cells."""

    form: Form
    width: float
    height: float
    rows: int = 1
    columns: int = 1


def area(shape: tuple[int, ...]) -> Area:
    """The area for tensors of a shape."""
    if not shape:
        return Area(Form.FIGURE, LONGEST * ADVANCE * FIGURE, 20.0)
    if not prod(shape):
        return Area(Form.NOTHING, 0.0, 20.0)
    columns, rows = shape[-1], prod(shape[:-1])
    if rows <= FEW and columns <= FEW:
        if rows == columns == 1:
            return Area(Form.FIGURE, LONGEST * ADVANCE * FIGURE, 20.0)
        return Area(Form.CELLS, columns * CELL_WIDTH, rows * CELL_HEIGHT, rows, columns)
    rows, columns = _sampled(rows), _sampled(columns)
    side = max(min(12, HEAT_HEIGHT // rows, HEAT_WIDTH // columns), 3)
    height = -(-max(rows * side, 12) // 4) * 4
    return Area(Form.HEAT, max(columns * side, LEAST_HEAT), float(height), rows, columns)


def _sampled(count: int) -> int:
    """How many rows or columns a thumbnail has of `count`."""
    return -(-count // -(-count // 16))


def paint(
    room: Area,
    summary: Summary,
    x: float,
    y: float,
    width: float,
    gradient: bool = False,
    size: float = FIGURE,
    shared: float = 0.0,
) -> tuple[list[Text], list[Image]]:
    """A tensor's numbers, set at (x, y), `width` wide at most.  `shared`: the magnitude that gets the full colour, and
    the colours are those of values; 0 for the tensor's own."""
    ink = role("gradient" if gradient else "text")
    if room.form is Form.NOTHING:
        return [Text(x, y + 13, SMALL, role("text_faint"), "no elements")], []
    if room.form is Form.FIGURE:
        array = values(summary)
        text = figures(array.reshape(-1)[0].item()) if array is not None and array.size else "?"
        return [Text(x, y + 15, size, ink, elide(text, int(width / (ADVANCE * size))), bold=gradient)], []
    matrix = _matrix(summary)
    if matrix is None:
        return [Text(x, y + 13, SMALL, role("text_faint"), "…")], []
    cells = room.form is Form.CELLS
    # Behind figures the colours keep to the pale half of the map, so that the figures stay legible.
    scale = (shared or _scale(summary, matrix)) * (2.0 if cells else 1.0)
    image = Image(x, y, room.width, room.height, matrix, scale, gradient and not shared, cells)
    ends = f"±{figures(_rounded(scale))}" if np.any(matrix) or shared else "0"
    start = x + room.width + 8
    if cells or start + len(ends) * ADVANCE * SMALL > x + width:
        return [], [image]
    return [Text(start, y + room.height / 2 + 3.5, SMALL, role("text_dim"), ends)], [image]


def reach(summary: Summary) -> float:
    """The greatest magnitude in a tensor, 0 where there is none."""
    matrix = _matrix(summary)
    return 0.0 if matrix is None or not matrix.any() else _scale(summary, matrix)


def _matrix(summary: Summary) -> NDArray[np.float32] | None:
    array = thumbnail(summary)
    if array is None:
        whole = values(summary)
        if whole is None or not whole.size:
            return None
        array = np.asarray(whole.real if whole.dtype.kind == "c" else whole, np.float32)
        array = array.reshape(-1, summary.shape[-1] if summary.shape else 1)
    return array


def _scale(summary: Summary, matrix: NDArray[np.float32]) -> float:
    """The greatest magnitude, which gets the full colour; 1 where there is none."""
    most = max(abs(summary.minimum), abs(summary.maximum))
    if not isfinite(most):
        finite = np.abs(matrix[np.isfinite(matrix)])
        most = float(finite.max()) if finite.size else 0.0
    return most or 1.0


def _rounded(number: float) -> float:
    return float(f"{number:.2g}")
