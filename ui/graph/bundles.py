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
    """What of the lines lies in a rectangle; in front whole periods of their dashes are cut, which stay where they are.

    Qt would walk along every dash of a line, however little of it shows.
    """
    if not len(lines):
        return lines
    if all(lines[:, end].min() >= low[end % 2] and lines[:, end].max() <= high[end % 2] for end in range(4)):
        return lines
    begin, way = lines[:, :2], lines[:, 2:] - lines[:, :2]
    with np.errstate(divide="ignore", invalid="ignore"):
        to_low, to_high = (np.array(low) - begin) / way, (np.array(high) - begin) / way
    beside = (way == 0) & ((begin < np.array(low)) | (begin > np.array(high)))
    level = way == 0
    first = np.where(level, 0.0, np.minimum(to_low, to_high)).max(axis=1, initial=0.0)
    last = np.where(level, 1.0, np.maximum(to_low, to_high)).min(axis=1, initial=1.0)
    shows = (first < last) & ~beside.any(axis=1)
    first, last, begin, way = first[shows], last[shows], begin[shows], way[shows]
    length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)
    first = np.floor(first * length / period) * period / length
    return np.hstack([begin + way * first[:, None], begin + way * last[:, None]])


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
