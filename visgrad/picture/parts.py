"""Parts of a picture as pictures of their own: some of its nodes, or what a rectangle shows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import Content, Display
from visgrad.picture.lines import chosen_lines

MARGIN = 24.0

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Part:
    """What of a picture is wanted: some `nodes`, or what a rectangle shows (`bounds`: x, y, width, height); with
    neither, all of it."""

    nodes: frozenset[int] | None = None
    bounds: Bounds | None = None

    def of(self, display: Display) -> Display:
        """The part of a display."""
        if self.nodes is not None:
            return only(display, self.nodes)
        return fitted(display) if self.bounds is None else within(display, self.bounds)

    def steady(self, last: Display) -> Callable[[Display], Display]:
        """As `of`, for the displays of a recording up to `last`: all are as large as that one's part."""
        bounds = self.of(last).bounds
        return lambda display: replace(self.of(display), bounds=bounds)

    def members(self, display: Display) -> frozenset[int] | None:
        """The nodes that are in it, None where all are."""
        if self.bounds is None:
            return self.nodes
        return frozenset(self.of(display).cards.node.tolist())


WHOLE = Part()


def fitted(display: Display) -> Display:
    """The picture, no larger than what is drawn on it."""
    rect, points = display.cards.rect, display.edges.points
    if not len(rect):
        return display
    low = np.vstack([rect[:, :2], points]).min(axis=0) - MARGIN
    high = np.vstack([rect[:, :2] + rect[:, 2:], points]).max(axis=0) + MARGIN
    x, y, right, bottom = (float(side) for side in (*low, *high))
    return replace(display, bounds=(x, y, right - x, bottom - y))


def only(display: Display, nodes: Collection[int]) -> Display:
    """The cards of these nodes, and the edges from one of them to another."""
    wanted = np.array(sorted(nodes), np.int64)
    edges = display.edges
    kept = np.isin(edges.source, wanted) & np.isin(edges.target, wanted)
    cards = np.isin(display.cards.node, wanted)
    return fitted(_chosen(display, np.flatnonzero(cards), np.flatnonzero(kept)))


def within(display: Display, bounds: tuple[float, float, float, float]) -> Display:
    """What lies in a rectangle (x, y, width, height), at least in part; the picture is as large as the rectangle."""
    x, y, width, height = bounds
    rect = display.cards.rect
    apart = (rect[:, 0] > x + width) | (rect[:, 0] + rect[:, 2] < x)
    apart |= (rect[:, 1] > y + height) | (rect[:, 1] + rect[:, 3] < y)
    edges = display.edges
    if len(edges.role):
        first = edges.start[:-1]
        low, high = np.minimum.reduceat(edges.points, first), np.maximum.reduceat(edges.points, first)
        kept = ((low <= (x + width, y + height)) & (high >= (x, y))).all(axis=1)
    else:
        kept = np.zeros(0, bool)
    return replace(_chosen(display, np.flatnonzero(~apart), np.flatnonzero(kept)), bounds=bounds)


def _chosen(display: Display, rows: NDArray[np.intp], lines: NDArray[np.intp]) -> Display:
    old, edges = display.cards, display.edges
    title = tuple(old.title[row] for row in rows.tolist()) if old.title else ()
    arrays = {name: getattr(old, name)[rows] for name in ("rect", "shape", "fill", "line", "accent", "state", "node")}
    points, start = chosen_lines(edges.points, edges.start, lines)
    chosen = {
        name: getattr(edges, name)[lines] for name in ("role", "state", "width", "dashed", "source", "target", "slot")
    }
    label = tuple(edges.label[line] for line in lines.tolist()) if edges.label else ()

    def content(card: int) -> Content:
        return display.content(int(rows[card]))

    return replace(
        display,
        cards=replace(old, title=title, **arrays),
        edges=replace(
            edges,
            points=points,
            start=start.astype(np.int32),
            label=label,
            share=None if edges.share is None else edges.share[lines],
            boxes=None if edges.boxes is None else edges.boxes[lines],
            **chosen,
        ),
        content=content,
    )
