"""A theme's roles as Qt colours, by index, and mixing of colours.  Knows no widget."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QColor

from visgrad.picture.roles import INDEX, Theme

Colours = tuple[QColor, ...]


def parse(text: str) -> QColor:
    """The colour `#rrggbb` or `#rrggbbaa` (Qt itself would read the latter as `#aarrggbb`)."""
    colour = QColor(text[:7])
    if len(text) == 9:
        colour.setAlpha(int(text[7:], 16))
    return colour


@cache
def colours(theme: Theme) -> Colours:
    """The colours of all roles, in the order of `ROLES`; shared, not to be changed."""
    return tuple(parse(text) for text in theme.colours)


def colour(theme: Theme, role: str) -> QColor:
    """The colour of one role by name, the caller's own."""
    return QColor(colours(theme)[INDEX[role]])


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """`first` with a `share` (0…1) of `second`."""
    keep = 1.0 - share
    return QColor.fromRgbF(
        first.redF() * keep + second.redF() * share,
        first.greenF() * keep + second.greenF() * share,
        first.blueF() * keep + second.blueF() * share,
        first.alphaF() * keep + second.alphaF() * share,
    )


def faded(base: QColor, opacity: float) -> QColor:
    """`base` at a share of its opacity; what swings past either end, as an easing curve does, stays in bounds."""
    result = QColor(base)
    result.setAlphaF(min(1.0, max(0.0, base.alphaF() * opacity)))
    return result
