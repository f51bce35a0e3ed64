"""Where on its line an edge's label stands: in the middle, or elsewhere if a card or another label is in the way."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

import numpy as np

from visgrad.picture.display import Floats, Ints
from visgrad.picture.text import width

Line = Sequence[Sequence[float]]

MIDDLE = 0.5
SHARES = (MIDDLE, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)
"""Of the line's length, the best first."""

SIZE, TALL, BESIDE = 10.0, 16.0, 11.0
MOST = 300
"""Of more labels none is looked at: they stand in the middle."""


def along(line: Line, share: float) -> tuple[float, float]:
    """The point at a share of a line's length."""
    pieces = list(pairwise(line))
    sizes = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pieces]
    rest = sum(sizes) * share
    for (a, b), size in zip(pieces, sizes, strict=True):
        if size and rest <= size:
            return a[0] + (b[0] - a[0]) * rest / size, a[1] + (b[1] - a[1]) * rest / size
        rest -= size
    return line[-1][0], line[-1][1]


def label_box(line: Line, text: str, share: float, side: int) -> tuple[float, float, float, float]:
    """x, y of the middle of a label, its width and height.  It stands beside the line: `side` -1 above it or right of
    it, 1 below or left."""
    x, y = along(line, share)
    room = width(text, SIZE) + 8
    if abs(line[-1][0] - line[0][0]) >= abs(line[-1][1] - line[0][1]):
        return x, y + side * BESIDE, room, TALL
    return x - side * (room / 2 + 4), y, room, TALL


def label_shares(labels: Sequence[str], points: Floats, start: Ints, cards: Floats) -> Floats:
    """(m,): where on its line each edge's label stands.  `cards` (n, 4): x, y, width, height of what is in the way."""
    shares = np.full(len(labels), MIDDLE)
    labelled = [edge for edge, text in enumerate(labels) if text]
    if len(labelled) > MOST:
        return shares
    taken = np.hstack([cards[:, :2], cards[:, :2] + cards[:, 2:]])
    for edge in labelled:
        line = points[start[edge] : start[edge + 1]].tolist()
        boxes = np.array([_corners(*label_box(line, labels[edge], share, -1)) for share in SHARES])
        meets = (taken[:, None, :2] < boxes[:, 2:]).all(axis=2) & (taken[:, None, 2:] > boxes[:, :2]).all(axis=2)
        best = int(meets.any(axis=0).argmin())  # the first that is free, or else the first of all
        shares[edge] = SHARES[best]
        taken = np.vstack([taken, boxes[best]])
    return shares


def _corners(x: float, y: float, across: float, down: float) -> tuple[float, float, float, float]:
    return x - across / 2, y - down / 2, x + across / 2, y + down / 2
