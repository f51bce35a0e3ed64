"""The cards of a display list as SVG: outlines, texts, heat maps.  The document around them is `svg`'s."""

from __future__ import annotations

import base64
import struct
import zlib
from functools import lru_cache
from xml.sax.saxutils import escape

import numpy as np

from visgrad.picture.display import Bar, Content, Display, Image, Shape, State, Text
from visgrad.picture.heat import Levels, dark_ink, figure_size, levels, palette, short_number
from visgrad.picture.roles import INDEX, ROLES, Theme

CORNER, PILL, CUT, TAB = 8.0, 22.0, 12.0, 6.0
GHOST = "0.42"
DARK_INK, LIGHT_INK = "#1c2030", "#ffffff"
ZOOM, CELL_ZOOM = 6, 24
FEW_CELLS = 8
"""So many cells are an image rather than shapes."""

SIZES = {10.0: "", 13.0: " t", 16.0: " v"}
"""Sizes of text that have a class."""
TEXT_ROLES = ("text", "text_dim", "text_faint", "gradient", "error")
"""Roles that texts have a class for."""


def clean(text: str) -> str:
    """Text for XML: escaped, without the control characters that XML forbids."""
    if text.isprintable():
        return escape(text)
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


def cards_svg(display: Display, theme: Theme) -> list[str]:
    """One group per card."""
    return [f'<g id="{name}"{card_svg(display, card, theme)}</g>' for card, name in enumerate(card_ids(display))]


def card_svg(display: Display, card: int, theme: Theme) -> str:
    """A group without its beginning and its end: attributes, and what is in it."""
    cards = display.cards
    x, y, across, down = cards.rect[card].tolist()
    state = int(cards.state[card])
    content = display.content(card)
    fade = f' opacity="{GHOST}"' if state & State.FUTURE else ""
    fill, line = int(cards.fill[card]), int(cards.line[card])
    return (
        f' transform="translate({n(x)} {n(y)})"{fade}><title>{_tooltip(content)}</title>'
        f"{_frame(int(cards.shape[card]), across, down, fill, line, state)}"
        f"{_content(content, theme)}{_badge(across, theme) if state & State.MARKED else ''}"
    )


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


def _frame(shape: int, across: float, down: float, fill: int, line: int, state: int) -> str:
    """The outline; `fill`, `line`: roles."""
    thick = "k"
    if state & State.VISITED:
        line = INDEX["gradient_edge"]
    if state & State.ACTIVE:
        line, thick = INDEX["card_active"], "K"
    if state & State.ERROR:
        line, fill, thick = INDEX["error"], INDEX["error_field"], "K"
    dash = ' stroke-dasharray="4 3.2"' if shape == Shape.DASHED or state & State.FUTURE else ""
    parts = []
    if state & (State.ACTIVE | State.ERROR):
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


def _content(content: Content, theme: Theme) -> str:
    bars = (_bar(bar) for bar in content.bars)
    images = (_image(image, theme) for image in content.images)
    texts = (_text(text) for text in content.texts)
    return "".join((*bars, *images, *texts))


def _bar(bar: Bar) -> str:
    return f'<rect {box(bar.x, bar.y, bar.width, bar.height)} rx="4" class="f{bar.role}"/>'


def _text(text: Text) -> str:
    if not text.text:
        return ""
    anchor = ("", " m", " e")[text.align]
    ink = f"r{text.role}" if ROLES[text.role] in TEXT_ROLES else f"f{text.role}"
    size = SIZES.get(text.size)
    other = f' style="font-size:{n(text.size)}px"' if size is None else ""
    style = f'class="{ink}{size or ""}{" b" if text.bold else ""}{anchor}"{other}'
    return f'<text {style} x="{n(text.x)}" y="{n(text.y)}">{clean(text.text)}</text>'


def _image(image: Image, theme: Theme) -> str:
    if not image.values.size:
        return ""
    shades = palette(theme, image.gradient)
    picked = levels(image)
    place = box(image.x, image.y, image.width, image.height)
    rule = f'<rect {place} class="o"/>'
    figures = _figures(image, picked, shades) if image.figures else ""
    if image.figures and picked.size < FEW_CELLS:
        return _grounds(image, picked, shades) + figures + rule
    data = base64.b64encode(_png(picked, shades, CELL_ZOOM if image.figures else ZOOM)).decode()
    return f'<image {place} preserveAspectRatio="none" class="p" href="data:image/png;base64,{data}"/>{figures}{rule}'


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


def _figures(image: Image, picked: Levels, shades: Levels) -> str:
    """The numbers in the cells, each row a line; what is not in dark ink says so."""
    size, room = figure_size(image)
    if not size:
        return ""
    rows, columns = picked.shape
    across, down = image.width / columns, image.height / rows
    dark = dark_ink(shades[picked])
    parts = []
    for row, column in np.ndindex(rows, columns):
        place = f'x="{n(image.x + (column + 0.5) * across)}"'
        if not column:
            place += f' y="{n(image.y + (row + 0.5) * down + 0.38 * size)}"'
        ink = "" if dark[row, column] else f' fill="{LIGHT_INK}"'
        parts.append(f"<tspan {place}{ink}>{short_number(float(image.values[row, column]), room)}</tspan>")
    return f'<text class="m" style="font-size:{size}px" fill="{DARK_INK}">{"".join(parts)}</text>'


def _png(picked: Levels, shades: Levels, zoom: int) -> bytes:
    """A small picture with a palette, as PNG, each number `zoom` pixels wide: not every viewer keeps pixels sharp."""
    used, place = np.unique(picked, return_inverse=True)
    index = place.reshape(picked.shape).astype(np.uint8).repeat(zoom, axis=0).repeat(zoom, axis=1)
    rows, columns = index.shape
    scan = np.hstack([np.zeros((rows, 1), np.uint8), index]).tobytes()

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)
    body = (chunk(b"IHDR", head), chunk(b"PLTE", shades[used].tobytes()))
    return b"\x89PNG\r\n\x1a\n" + b"".join((*body, chunk(b"IDAT", zlib.compress(scan, 9)), chunk(b"IEND", b"")))
