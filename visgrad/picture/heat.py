"""Numbers as colours: the diverging map from negative over zero to positive, in a theme's colours."""

from __future__ import annotations

from functools import lru_cache
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import ADVANCE, Image
from visgrad.picture.roles import Theme

STEPS = 32
"""Shades on either side of zero."""

Levels = NDArray[np.uint8]


def levels(image: Image) -> Levels:
    """(rows, columns): which shade of `palette` each number has."""
    scale = image.scale if image.scale > 0 and np.isfinite(image.scale) else 1.0
    numbers = image.values.astype(np.float64) / scale
    missing = np.isnan(numbers)
    place = np.clip(np.where(missing, 0.0, numbers), -1.0, 1.0)
    result: Levels = np.where(missing, 2 * STEPS + 1, np.rint((place + 1) * STEPS)).astype(np.uint8)
    return result


@lru_cache(16)
def palette(theme: Theme, gradient: bool) -> Levels:
    """(2·STEPS + 2, 3): red, green, blue of every shade; the last is for nan.  Not to be written to."""
    kind = "gradient" if gradient else "value"
    low, zero, high = (_rgb(theme[f"{kind}_{end}"]) for end in ("low", "zero", "high"))
    share = np.linspace(0.0, 1.0, STEPS + 1)[:, None]
    below, above = low + (zero - low) * share, zero + (high - zero) * share
    shades: Levels = np.rint(np.vstack([below[:-1], above, _rgb(theme["nan"])])).astype(np.uint8)
    return shades


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.float64)


def dark_ink(colours: Levels) -> NDArray[np.bool_]:
    """Whether black is read better than white on each colour (last axis: red, green, blue)."""
    light = colours.astype(np.float64) @ np.array([0.299, 0.587, 0.114]) / 255
    result: NDArray[np.bool_] = light > 0.55
    return result


def figure_size(image: Image) -> tuple[int, int]:
    """The size of the figures in an image's cells, and how many characters fit; (0, 0) where none do."""
    rows, columns = image.values.shape
    size = int(min(image.height / rows * 0.62, 12.0))
    room = int((image.width / columns - 2) / (ADVANCE * size)) if size >= 6 else 0
    return (size, room) if room >= 2 else (0, 0)


def short_number(value: float, room: int) -> str:
    """A number in at most `room` characters, with no more than four significant digits; "…" if even one is too many."""
    if not isfinite(value):
        return str(float(value))
    plain = f"{value:.4g}"
    if len(plain) <= room and "e" not in plain:
        return plain
    for digits in (4, 3, 2, 1):
        for text in (f"{value:.{digits}g}", f"{value:.{digits - 1}e}"):
            mantissa, sign, exponent = text.partition("e")
            short = f"{mantissa}e{int(exponent)}" if sign else text
            if len(short) <= room:
                return short
    return "…"
