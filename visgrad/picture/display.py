"""A picture as data: rectangles, polylines, texts and small images in scene units, coloured by role.

Owns the display list that every painter reads (the canvas, PNG, PDF, SVG, the HTML player).  It knows no Qt and no
theme: colours are indices into `roles.ROLES`, and text is set in the bundled monospace font, whose size is known
here.  One scene unit is one CSS pixel at scale 1; y grows downwards.

The arrays (`Cards`, `Edges`) are cheap to make and to paint at any size.  What stands *on* a card is asked for card
by card (`Display.content`), so that a painter pays only for the cards it shows in full.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]

ADVANCE = 0.6
"""Width of a character of the bundled monospace font, in units of its size (wide characters take two)."""

ASCENT = 0.8
"""What of a text's size stands above its baseline, near enough to centre it."""


class Shape(IntEnum):
    """The outlines that tell cards apart without colour."""

    ROUNDED = 0  # operation and its result
    PILL = 1  # leaf: ends are half circles
    DOUBLE = 2  # parameter: a pill with a second line inside
    SQUARE = 3  # constant tensor
    CUT = 4  # in-place result: one corner cut
    TAB = 5  # view: a tab like a folder's
    DASHED = 6  # no-grad or detached: rounded, dashed line
    STACK = 7  # a folded group: a second card behind
    SMALL = 8  # portal: a small stand-in for a leaf drawn elsewhere


class State(IntFlag):
    """What is happening to a card or edge in this frame."""

    NONE = 0
    FUTURE = 1  # has not run yet: drawn as a ghost
    ACTIVE = 2  # this step
    VISITED = 4  # the backward sweep has been here
    ERROR = 8
    DIM = 16  # outside of what is looked for
    LIT = 32  # on the path that is looked for
    MARKED = 64  # has a problem (nan, inf, …)


class Align(IntEnum):
    LEFT = 0
    CENTRE = 1
    RIGHT = 2


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; (x, y) is its baseline, relative to the card's top left corner."""

    x: float
    y: float
    size: float
    role: int
    text: str
    bold: bool = False
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A small matrix painted as a heat map into a rectangle relative to the card.

    `values`: float32 (rows, columns), scaled to −1…1 by `scale` (diverging map; nan is painted in role `nan`).
    `figures`: also write the numbers into the cells.
    """

    x: float
    y: float
    width: float
    height: float
    values: NDArray[np.float32]
    scale: float
    gradient: bool = False
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle or rule on a card, relative to it."""

    x: float
    y: float
    width: float
    height: float
    role: int


@dataclass(frozen=True, slots=True)
class Content:
    """What stands on a card.  Equal `key`s mean equal pictures, so a painter may cache by key."""

    key: tuple[object, ...]
    texts: tuple[Text, ...]
    images: tuple[Image, ...] = ()
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, eq=False)
class Cards:
    """All cards: `rect` (n, 4) x, y, width, height; `shape`, `fill`, `line`, `accent` (n,): a Shape and three roles;
    `state` (n,): State bits; `node` (n,): node id of the graph; `title`: the short name shown from afar."""

    rect: Floats
    shape: Bytes
    fill: Bytes
    line: Bytes
    accent: Bytes
    state: Bytes
    node: Ints
    title: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Edges:
    """All edges: edge k runs through `points[start[k]:start[k + 1]]`, a polyline of (p, 2) points; painters round its
    bends with `RADIUS`.  The arrow head stands at its last point.  `role`, `state` (m,); `width` (m,); `dashed` (m,);
    `source`, `target` (m,): node ids; `slot` (m,): argument position; `label` (m): text at its middle or ""."""

    points: Floats
    start: Ints
    role: Bytes
    state: Bytes
    width: Floats
    dashed: Bytes
    source: Ints
    target: Ints
    slot: Ints
    label: tuple[str, ...] = ()
    share: Floats | None = None  # (m,): where on its line each label stands, None for the middle
    boxes: Floats | None = None  # (m, 4): left, top, right, bottom of each edge, where that is known


@dataclass(frozen=True)
class Entry:
    """A colour of a legend and what it stands for, "" between the marks of a scale."""

    role: int
    text: str


@dataclass(frozen=True)
class Legend:
    """What colours stand for.  `by`: what cards are coloured by.  `scale`: the entries run from little to much; else
    each is a kind of its own."""

    by: str
    scale: bool
    entries: tuple[Entry, ...]
    language: str = "en"


RADIUS = 12.0
ARROW = 7.0


def no_content(card: int) -> Content:
    """The content of a card that shows nothing but its outline."""
    return Content((card,), ())


@dataclass(frozen=True, eq=False)
class Display:
    """A picture: `bounds` x, y, width, height of everything, the cards, the edges (data edges, then gradient edges).

    `legend`: what the cards' colours stand for, where that is not just what kind of node they are; it is not drawn
    until `legend.with_legend` makes a card of it.
    """

    bounds: tuple[float, float, float, float]
    cards: Cards
    edges: Edges
    content: Callable[[int], Content] = field(default=no_content)
    caption: str = ""
    legend: Legend | None = None
