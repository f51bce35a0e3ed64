"""Where two displays of one picture differ, so that only there anything is painted anew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ui.graph.painter import DisplayPainter
from visgrad.picture.display import Display, Floats

Marks = NDArray[np.int64]

FACTOR = 1_000_003


def changed(old: DisplayPainter, new: DisplayPainter) -> Floats | None:
    """Left, top, right, bottom of all that is not the same in both, in scene units; None where nothing has changed."""
    boxes = []
    for one, other in ((old, new), (new, old)):
        cards = _without(_cards(one.display), _cards(other.display))
        rect = one.display.cards.rect[cards]
        boxes.append(np.hstack([rect[:, :2], rect[:, :2] + rect[:, 2:]]))
        boxes.append(one.edges.geometry.boxes[_without(_edges(one.display), _edges(other.display))])
    found = np.concatenate(boxes)
    return np.concatenate([found[:, :2].min(axis=0), found[:, 2:].max(axis=0)]) if len(found) else None


def _cards(display: Display) -> Marks:
    """(n,): a number for each card that tells all that is painted of it from afar."""
    cards = display.cards
    return _mixed(cards.node, *cards.rect.T, cards.shape, cards.fill, cards.line, cards.accent, cards.state)


def _edges(display: Display) -> Marks:
    """(m,): the same for each edge."""
    edges = display.edges
    ends = edges.points[edges.start[1:] - 1].T
    return _mixed(edges.source, edges.target, edges.slot, edges.role, edges.state, edges.dashed, edges.width * 8, *ends)


def _mixed(*columns: NDArray[np.generic]) -> Marks:
    marks = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        marks *= FACTOR
        marks += column.astype(np.int64)
    return marks


def _without(marks: Marks, others: Marks) -> NDArray[np.intp]:
    """Which of the marks are not among the others.  Most stand in the same order in both, often in the same place."""
    count = min(len(marks), len(others))
    unlike = np.flatnonzero(marks[:count] != others[:count])
    first = int(unlike[0]) if len(unlike) else count
    unlike = np.flatnonzero(marks[len(marks) - count :][::-1] != others[len(others) - count :][::-1])
    last = min(int(unlike[0]) if len(unlike) else count, count - first)
    end, stop = len(marks) - last, len(others) - last
    return first + np.flatnonzero(~np.isin(marks[first:end], others[first:stop]))
