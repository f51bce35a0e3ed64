"""Lines of a crowd put together: pieces that run over each other on one track of pixels are drawn once.

Many edges share their way from one column of cards to the next; on the screen they are one line.
"""

from __future__ import annotations

import numpy as np

from visgrad.picture.display import Floats


def bundled(lines: Floats, exact: float) -> tuple[Floats, Floats]:
    """Upright and level lines without those that others cover, and the lines that slant, of (n, 4) x1, y1, x2, y2.

    `exact`: device pixels a unit.
    """
    level, upright = lines[:, 1] == lines[:, 3], lines[:, 0] == lines[:, 2]
    slanting = lines[~(level | upright)]
    rows, columns = _merged(lines[level], 0, exact), _merged(lines[upright & ~level], 1, exact)
    return np.concatenate([rows, columns]), slanting


def clipped(lines: Floats, low: tuple[float, float], high: tuple[float, float], period: float) -> Floats:
    """Level and upright lines cut to a rectangle, but for whole periods of their dashes, which stay where they are."""
    begin = lines[:, :2] + np.floor(np.maximum(np.array(low) - lines[:, :2], 0.0) / period) * period
    return np.hstack([np.minimum(begin, lines[:, 2:]), np.minimum(lines[:, 2:], np.array(high))])


def _merged(lines: Floats, along: int, exact: float) -> Floats:
    """Lines that run `along` x (0) or y (1): one for each stretch of a track of pixels that is covered."""
    if not len(lines):
        return lines
    across = lines[:, 1 - along]
    low = np.minimum(lines[:, along], lines[:, along + 2])
    high = np.maximum(lines[:, along], lines[:, along + 2])
    track = np.rint(across * exact)
    base = float(low.min())
    far = (track - float(track.min())) * (float(high.max()) - base + 1.0) - base  # one track after the other
    order = np.argsort(low + far)
    begin, end = (low + far)[order], np.maximum.accumulate((high + far)[order])
    first = np.flatnonzero(np.concatenate([[True], begin[1:] > end[:-1]]))
    last = np.concatenate([first[1:], [len(lines)]]) - 1
    chosen = order[first]
    merged = lines[chosen].copy()
    merged[:, along], merged[:, along + 2] = low[chosen], end[last] - far[chosen]
    return merged
