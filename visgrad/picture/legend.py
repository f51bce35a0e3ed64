"""The legend of a picture's colours as one more card below it, so that whatever paints cards paints it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from visgrad.explain.texts import sentence
from visgrad.picture.display import Align, Bar, Content, Display, Floats, Legend, Shape, Text
from visgrad.picture.roles import role
from visgrad.picture.text import width

NODE = -(2**31)
"""The legend's node: no operation and no group has this id."""

PAD, GAP, SIZE = 12.0, 16.0, 10.0
SWATCH, STEP = 14.0, 20.0
HEIGHT, SCALE_HEIGHT = 32.0, 44.0
BELOW = 8.0
"""Between the picture and the legend."""


def with_legend(display: Display) -> Display:
    """The display with its legend below it; as it is where there is none."""
    legend = display.legend
    if legend is None or not legend.entries:
        return display
    content, across, down = _scale(legend) if legend.scale else _kinds(legend)
    x, y, wide, high = display.bounds
    cards, last = display.cards, len(display.cards.node)
    place = np.array([[x + GAP, y + high + BELOW, across, down]], np.float64)
    bounds = (x, y, max(wide, across + 2 * GAP), high + down + BELOW + GAP)
    one = {"shape": Shape.ROUNDED, "fill": role("canvas"), "line": role("border"), "accent": role("border"), "state": 0}
    columns = {
        name: np.append(getattr(cards, name), np.array([value], getattr(cards, name).dtype))
        for name, value in one.items()
    }
    rect: Floats = np.concatenate([cards.rect, place])
    nodes = np.append(cards.node, np.array([NODE], cards.node.dtype))
    titles = (*cards.title, sentence(legend.language, f"legend.{legend.by}")) if cards.title else ()
    more = replace(cards, rect=rect, node=nodes, title=titles, **columns)
    below = display.content
    return replace(
        display, bounds=bounds, cards=more, content=lambda card: content if card == last else below(card), legend=None
    )


def _title(legend: Legend) -> tuple[Text, float]:
    text = sentence(legend.language, f"legend.{legend.by}")
    return Text(PAD, 20.0, SIZE, role("text_dim"), text), PAD + width(text, SIZE) + GAP


def _kinds(legend: Legend) -> tuple[Content, float, float]:
    """A swatch and a word for each."""
    title, x = _title(legend)
    texts, bars = [title], []
    for entry in legend.entries:
        bars.append(Bar(x, 9.0, SWATCH, SWATCH, entry.role))
        texts.append(Text(x + SWATCH + 6, 20.0, SIZE, role("text"), entry.text))
        x += SWATCH + 6 + width(entry.text, SIZE) + GAP
    return Content(("legend", legend), tuple(texts), (), tuple(bars)), x, HEIGHT


def _scale(legend: Legend) -> tuple[Content, float, float]:
    """All colours side by side, and figures below the ends and the middle."""
    title, x = _title(legend)
    texts, bars = [title], []
    first, last = legend.entries[0].text, legend.entries[-1].text
    x += max(width(first, SIZE) / 2 - STEP / 2, 0.0)
    for entry in legend.entries:
        bars.append(Bar(x, 9.0, STEP, SWATCH, entry.role))
        if entry.text:
            texts.append(Text(x + STEP / 2, 36.0, SIZE, role("text"), entry.text, align=Align.CENTRE))
        x += STEP
    x += max(width(last, SIZE) / 2 - STEP / 2, 0.0) + PAD
    return Content(("legend", legend), tuple(texts), (), tuple(bars)), x, SCALE_HEIGHT
