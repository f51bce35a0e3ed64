"""The cards of a display list as SVG: outlines, texts, heat maps.  The document around them is `svg`'s."""

from __future__ import annotations

import base64
import struct
import zlib
from functools import lru_cache
from math import ceil
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.cards import LABEL
from visgrad.picture.display import ADVANCE, Align, Bar, Content, Display, Image, Shape, State, Text
from visgrad.picture.heat import Levels, dark_ink, figure_size, levels, palette, short_number
from visgrad.picture.roles import INDEX, ROLES, Theme

CORNER, PILL, CUT, TAB = 8.0, 22.0, 12.0, 6.0
GHOST = "0.42"
FUTURE, ACTIVE, VISITED, ERROR, MARKED = (
    int(bit) for bit in (State.FUTURE, State.ACTIVE, State.VISITED, State.ERROR, State.MARKED)
)
"""As plain numbers: an enumeration's operators are many times slower."""
DARK_INK, LIGHT_INK = "#1c2030", "#ffffff"
ZOOM, CELL_ZOOM = 6, 8
FEW_CELLS = 8
"""So many cells are an image rather than shapes."""

SIZES = {10.0: "", 13.0: " t", 16.0: " v"}
"""Sizes of text that have a class."""
TEXT_ROLES = ("text", "text_dim", "text_faint", "gradient", "error")
"""Roles that texts have a class for."""


def clean(text: str) -> str:
    """Text for XML: escaped, without the control characters that XML forbids."""
    if text.isprintable():
        return escape(text) if "&" in text or "<" in text or ">" in text else text
    return escape(
        "".join(c if c >= " " and not 0xD800 <= ord(c) <= 0xDFFF and c not in "\ufffe\uffff" else "�" for c in text)
    )


@lru_cache(1 << 16)
def n(number: float) -> str:
    """A coordinate in few characters."""
    if not number % 1:
        return str(int(number))
    text = f"{number:.1f}"
    if text.endswith(".0"):
        return "0" if text == "-0.0" else text[:-2]
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def box(x: float, y: float, across: float, down: float) -> str:
    """The attributes of a rectangle."""
    return f'x="{n(x)}" y="{n(y)}" width="{n(across)}" height="{n(down)}"'


def plain(colour: str) -> str:
    """The colour, without the opacity that `#rrggbbaa` may give."""
    return colour[:7]


def card_ids(display: Display) -> list[str]:
    """The id of each card: by its node; of portals, also by their place."""
    cards = display.cards
    columns = zip(cards.node.tolist(), cards.shape.tolist(), cards.rect.tolist(), strict=True)
    return [f"n{node}p{n(x)}_{n(y)}" if shape == Shape.SMALL else f"n{node}" for node, shape, (x, y, *_) in columns]


def cards_svg(display: Display, theme: Theme, shared: dict[str, str]) -> list[str]:
    """One group per card.  `shared`: by drawing its id, to be defined elsewhere; new ones are added.  That is what many
    cards have alike: outlines, bars, the word over gradients, rules around matrices."""

    def known(drawing: str) -> str:
        return f'<use href="#{shared.setdefault(drawing, f"c{len(shared)}")}"/>'

    parts = []
    for card, name in enumerate(card_ids(display)):
        content = display.content(card)
        alike = frame_svg(display, card) + "".join([_bar(bar) for bar in content.bars])
        alike += "".join([_text(text) for text in content.texts if text.text == LABEL])
        own = "".join([_text(text) for text in content.texts if text.text != LABEL])
        images = "".join([image_svg(image, theme) + known(_rule(image)) for image in content.images])
        drawn = known(alike) + images + own + _marks(display, card, theme)
        if display.cards.shape[card] == Shape.SMALL:
            drawn = f'<a href="#n{display.cards.node[card]}">{drawn}</a>'
        parts.append(f'<g id="{name}"{place_svg(display, card)}>{drawn}</g>')
    return parts


def card_svg(display: Display, card: int, theme: Theme) -> str:
    """A group without its beginning and its end: attributes, and what is in it, with a tooltip."""
    title = f"<title>{_tooltip(display.content(card))}</title>"
    drawn = frame_svg(display, card) + content_svg(display, card, theme)
    return f"{place_svg(display, card)}>{title}{drawn}"


def place_svg(display: Display, card: int) -> str:
    """The attributes that a card's group has: where it stands, and that it is yet to come."""
    x, y = display.cards.rect[card, :2].tolist()
    fade = f' opacity="{GHOST}"' if int(display.cards.state[card]) & FUTURE else ""
    return f' transform="translate({n(x)} {n(y)})"{fade}'


def content_svg(display: Display, card: int, theme: Theme) -> str:
    """What stands on a card."""
    content = display.content(card)
    bars = [_bar(bar) for bar in content.bars]
    images = [image_svg(image, theme) + _rule(image) for image in content.images]
    texts = [_text(text) for text in content.texts]
    return "".join((*bars, *images, *texts)) + _marks(display, card, theme)


def _marks(display: Display, card: int, theme: Theme) -> str:
    marked = int(display.cards.state[card]) & MARKED
    return _badge(float(display.cards.rect[card, 2]), theme) if marked else ""


def _tooltip(content: Content) -> str:
    return clean(" · ".join(text.text.strip(" =") for text in content.texts if text.text.strip()))


def outline(shape: int, across: float, down: float) -> str:
    """The shape of a card as an element without its closing, at the origin."""
    w, h = n(across), n(down)
    left, right, low = n(CORNER), n(across - CORNER), n(down - CORNER)
    foot = f"V{low}Q{w} {h} {right} {h}H{left}Q0 {h} 0 {low}"
    if shape == Shape.CUT:
        return f'<path d="M{left} 0H{n(across - CUT)}L{w} {n(CUT)}{foot}V{left}Q0 0 {left} 0Z"'
    if shape == Shape.TAB:
        tab = min(across * 0.4, 44.0)
        head = f"M0 {n(3 - TAB)}Q0 {n(-TAB)} 3 {n(-TAB)}H{n(tab - 6)}L{n(tab)} 0H{right}Q{w} 0 {w} {left}"
        return f'<path d="{head}{foot}Z"'
    return f'<rect width="{w}" height="{h}" rx="{n(_radius(shape, down))}"'


def _radius(shape: int, down: float) -> float:
    if shape in (Shape.PILL, Shape.DOUBLE, Shape.SMALL):
        return min(down / 2, PILL)
    return 1.5 if shape == Shape.SQUARE else CORNER


def frame_svg(display: Display, card: int) -> str:
    """The outline of a card, at the origin."""
    cards = display.cards
    across, down = cards.rect[card, 2:].tolist()
    shape, state = int(cards.shape[card]), int(cards.state[card])
    fill, line = int(cards.fill[card]), int(cards.line[card])
    thick = "k"
    if state & VISITED:
        line = INDEX["gradient_edge"]
    if state & ACTIVE:
        line, thick = INDEX["card_active"], "K"
    if state & ERROR:
        line, fill, thick = INDEX["error"], INDEX["error_field"], "K"
    dash = ' stroke-dasharray="4 3.2"' if shape == Shape.DASHED or state & FUTURE else ""
    parts = []
    if state & (ACTIVE | ERROR):
        radius = n(_radius(shape, down) + 3)
        parts.append(f'<rect {box(-3, -3, across + 6, down + 6)} rx="{radius}" class="f{line}" opacity=".18"/>')
    body = outline(shape, across, down)
    if shape == Shape.STACK:
        parts.append(f'{body} transform="translate(4 4)" class="f{fill} s{line}"/>')
    parts.append(f'{body} class="{thick} f{fill} s{line}"{dash}/>')
    if shape == Shape.DOUBLE:
        parts.append(
            f'<rect {box(3, 3, across - 6, down - 6)} rx="{n(_radius(shape, down) - 3)}" '
            f'class="s{line}" fill="none" opacity=".55"/>'
        )
    return "".join(parts)


def _badge(across: float, theme: Theme) -> str:
    return (
        f'<path transform="translate({n(across - CORNER)} 1)" d="M0 -8L8 6H-8Z" fill="{theme["warning"]}" '
        f'stroke="{theme["warning"]}" stroke-width="2.5"/><path transform="translate({n(across - CORNER)} 1)" '
        f'd="M0 -3V1M0 4.5V4.6" stroke="{theme["canvas"]}" stroke-width="2" stroke-linecap="round"/>'
    )


def _bar(bar: Bar) -> str:
    return f'<rect {box(bar.x, bar.y, bar.width, bar.height)} rx="{n(min(4.0, bar.width / 2))}" class="f{bar.role}"/>'


def _text(text: Text) -> str:
    if not text.text:
        return ""
    return f"{_text_head(text.role, text.size, text.bold, text.align, text.x, text.y)}{clean(text.text)}</text>"


@lru_cache(4096)
def _text_head(role: int, size: float, bold: bool, align: Align, x: float, y: float) -> str:
    return f'<text {_text_style(role, size, bold, align)} x="{n(x)}" y="{n(y)}">'


@lru_cache(512)
def _text_style(role: int, size: float, bold: bool, align: Align) -> str:
    """The attributes of a text that say how it looks."""
    ink = f"r{role}" if ROLES[role] in TEXT_ROLES else f"f{role}"
    known = SIZES.get(size)
    other = f' style="font-size:{n(size)}px"' if known is None else ""
    return f'class="{ink}{known or ""}{" b" if bold else ""}{("", " m", " e")[align]}"{other}'


def image_svg(image: Image, theme: Theme) -> str:
    """A matrix as a picture, with its figures."""
    if not image.values.size:
        return ""
    shades = palette(theme, image.gradient)
    picked = levels(image)
    figures = _figures(image, picked, theme) if image.figures else ""
    if image.figures and picked.size < FEW_CELLS:
        return _grounds(image, picked, shades) + figures
    place = box(image.x, image.y, image.width, image.height)
    data = base64.b64encode(_png(picked, shades, CELL_ZOOM if image.figures else ZOOM)).decode()
    return f'<image {place} preserveAspectRatio="none" class="p" href="data:image/png;base64,{data}"/>{figures}'


def _rule(image: Image) -> str:
    """The line around a matrix."""
    return f'<rect {box(image.x, image.y, image.width, image.height)} class="o"/>' if image.values.size else ""


def _grounds(image: Image, picked: Levels, shades: Levels) -> str:
    """The colours of a few cells."""
    rows, columns = picked.shape
    across, down = image.width / columns, image.height / rows
    parts = []
    for row, column in np.ndindex(rows, columns):
        x, y = image.x + column * across, image.y + row * down
        colour = shades[picked[row, column]].tobytes().hex()
        parts.append(f'<path fill="#{colour}" d="M{n(x)} {n(y)}h{n(across)}v{n(down)}h-{n(across)}z"/>')
    return "".join(parts)


def _figures(image: Image, picked: Levels, theme: Theme) -> str:
    """The numbers in the cells, each row one text: set so that a cell is a whole number of characters wide, spaces keep
    the columns apart.  What is not in dark ink says so."""
    size, room = figure_size(image)
    if not size:
        return ""
    rows, columns = picked.shape
    cell, down = image.width / columns, image.height / rows
    texts = [[short_number(number, room) for number in numbers] for numbers in image.values.tolist()]
    longest = max([len(text) for row in texts for text in row])
    pitch = max(ceil(cell / (ADVANCE * size)), longest + 1)
    x = n(image.x - (pitch - longest) / 2 * cell / pitch)
    first = image.y + 0.5 * down + 0.38 * size
    dark = _dark(theme, image.gradient)[picked]
    if not dark.all():
        inks = dark.tolist()
        texts = [
            [
                " " * (pitch - len(text)) + (text if ink else f'<tspan fill="{LIGHT_INK}">{text}</tspan>')
                for text, ink in pairs
            ]
            for pairs in (zip(row, ink, strict=True) for row, ink in zip(texts, inks, strict=True))
        ]
    else:
        texts = [[text.rjust(pitch) for text in row] for row in texts]
    parts = [
        f'<tspan x="{x}" y="{n(first + row * down)}">{"".join(written)}</tspan>' for row, written in enumerate(texts)
    ]
    set_in = n(cell / pitch / ADVANCE)
    return f'<text class="i" style="font-size:{set_in}px">{"".join(parts)}</text>'


@lru_cache(16)
def _dark(theme: Theme, gradient: bool) -> NDArray[np.bool_]:
    """For every shade, whether dark ink is read on it."""
    return dark_ink(palette(theme, gradient))


def _png(picked: Levels, shades: Levels, zoom: int) -> bytes:
    """A small picture with a palette, as PNG, each number `zoom` pixels wide: not every viewer keeps pixels sharp."""
    used = np.flatnonzero(np.bincount(picked.ravel()))
    number = np.zeros(len(shades), np.uint8)
    number[used] = np.arange(len(used))
    rows, columns = picked.shape[0] * zoom, picked.shape[1] * zoom
    scan = np.zeros((rows, columns + 1), np.uint8)
    scan[:, 1:] = number[picked].repeat(zoom, axis=0).repeat(zoom, axis=1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)
    body = (chunk(b"IHDR", head), chunk(b"PLTE", shades[used].tobytes()))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (*body, chunk(b"IDAT", zlib.compress(scan.tobytes(), 6)), chunk(b"IEND", b""))
    )
