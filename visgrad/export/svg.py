"""A display list as SVG text: our own writer, which is quick, keeps text as text, and needs no Qt.

Colours come from a theme; every card and edge is an element with an id, so the file can be edited, styled or scripted
later.  The outlines and line styles are those of the canvas.  What many elements share is written once: outlines of
cards, arrow heads, sets of classes, the style of edges that follow each other.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from math import hypot

from visgrad.export.svg_cards import ACTIVE, DARK_INK, ERROR, FUTURE, GHOST, TEXT_ROLES, box, cards_svg, clean, n, plain
from visgrad.picture.display import ARROW, RADIUS, Display
from visgrad.picture.edge_labels import MIDDLE, label_box
from visgrad.picture.roles import INDEX, ROLES, Theme
from visgrad.resources import asset

CLASS = re.compile(r'class="([^"]+)"')
TEXTS = [INDEX[name] for name in TEXT_ROLES]
TARGET = ":target{filter:drop-shadow(0 0 4px)}"
"""What a link has led to is seen."""

ROUND = "stroke-linecap:round;stroke-linejoin:round"
SHAPES = {
    "b": "font-weight:700",
    "m": "text-anchor:middle",
    "e": "text-anchor:end",
    "t": "font-size:13px",
    "v": "font-size:16px",
    "k": "stroke-width:1.25;stroke-linejoin:round",
    "K": "stroke-width:2;stroke-linejoin:round",
    "l": f"fill:none;{ROUND}",
    "d": f"fill:none;{ROUND};stroke-width:1.5;marker-end:url(#head-d)",
    "n": f"fill:none;{ROUND};stroke-width:1;marker-end:url(#head-n)",
    "g": f"fill:none;{ROUND};stroke-width:1.75;stroke-dasharray:5 4;marker-start:url(#head-g)",
    "o": "fill:none;stroke-width:.5",
    "p": "image-rendering:pixelated",
    "i": f"fill:{DARK_INK}",
}
"""Classes without colours; `d`, `n` and `g` are the lines of data, of data without gradients, and of gradients.  `r`,
`f` and `s` with a role's number are text, fill and stroke in its colour."""

USUAL = {("edge", 1.5): "d", ("edge", 1.0): "n", ("gradient_edge", 1.75): "g"}
"""The class of an edge of this role and width."""
USUAL_ROLES = {(INDEX[name], thick): style for (name, thick), style in USUAL.items()}

FONT = "'JetBrains Mono', ui-monospace, 'DejaVu Sans Mono', monospace"


def to_svg(display: Display, theme: Theme, title: str = "", background: bool = True, embed_font: bool = False) -> str:
    """The picture as a standalone SVG document."""
    x, y, across, down = display.bounds
    frame = f'viewBox="{n(x)} {n(y)} {n(across)} {n(down)}" width="{n(across)}" height="{n(down)}"'
    outlines: dict[str, str] = {}
    drawn = "\n".join([*edges_svg(display, theme), *cards_svg(display, theme, outlines)])
    shared = heads(theme) + "".join(f'<g id="{name}">{drawing}</g>' for drawing, name in outlines.items())
    body, styles = _short_classes(f"<defs>{shared}</defs>\n{drawn}", classes_of(theme))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame} font-family="{FONT}" xml:space="preserve">',
        f"<title>{clean(title)}</title>" if title else "",
        f"<style>{_common(embed_font)}{TARGET}{styles}</style>",
        f'<rect {box(x, y, across, down)} fill="{theme["canvas"]}"/>' if background else "",
        body,
        "</svg>\n",
    ]
    return "\n".join(filter(None, parts))


def _short_classes(body: str, classes: dict[str, str]) -> tuple[str, str]:
    """The drawing with one short class for each set of classes, the most frequent in one letter, and their rules."""
    found = Counter(CLASS.findall(body))
    short = {names: _letters(number) for number, (names, _) in enumerate(found.most_common())}
    rules = (f".{name}{{{';'.join(classes[part] for part in names.split())}}}" for names, name in short.items())
    return CLASS.sub(lambda found: f'class="{short[found[1]]}"', body), "".join(rules)


def _letters(number: int) -> str:
    """a … z, aa, ab, …"""
    rest, letter = divmod(number, 26)
    return (_letters(rest - 1) if rest else "") + chr(ord("a") + letter)


def style_of(theme: Theme) -> str:
    """The style sheet with every class that cards and edges may have."""
    return _common(False) + "".join(f".{name}{{{rule}}}" for name, rule in classes_of(theme).items())


def classes_of(theme: Theme) -> dict[str, str]:
    """The rule of every class."""
    classes = SHAPES | {f"r{index}": f"fill:{theme[ROLES[index]]}" for index in TEXTS}
    classes |= {f"f{index}": f"fill:{plain(colour)}" for index, colour in enumerate(theme.colours)}
    classes |= {f"s{index}": f"stroke:{plain(colour)}" for index, colour in enumerate(theme.colours)}
    for (role, _), name in USUAL.items():
        classes[name] += f";stroke:{plain(theme[role])}"
    classes["o"] += f";stroke:{plain(theme['card_line'])}"
    return classes


def _common(embed_font: bool) -> str:
    rules = ["text{white-space:pre;font-size:10px}"]
    if embed_font:
        for weight, name in ((400, "Regular"), (700, "Bold")):
            data = base64.b64encode(asset(f"fonts/JetBrainsMono-{name}.ttf").read_bytes()).decode()
            rules.append(
                f"@font-face{{font-family:'JetBrains Mono';font-weight:{weight};src:url(data:font/ttf;base64,{data})}}"
            )
    return "".join(rules)


def heads(theme: Theme) -> str:
    """The arrow heads of usual edges.  A line ends where its head begins to be as wide as it."""
    return "".join(
        f'<marker id="head-{name}" markerUnits="userSpaceOnUse" orient="auto-start-reverse" markerWidth="24" '
        f'markerHeight="24" refX="{n(-ARROW * 0.7)}" overflow="visible">'
        f'<path fill="{plain(theme[role])}" d="M0 0{_head(1.0, 0.0, thick)}"/></marker>'
        for (role, thick), name in USUAL.items()
    )


def edge_ids(display: Display) -> list[str]:
    """The id of each edge: from which node to which, and to which argument; gradients lead the other way."""
    edges = display.edges
    gradient = INDEX["gradient_edge"]
    columns = zip(edges.role.tolist(), edges.source.tolist(), edges.target.tolist(), edges.slot.tolist(), strict=True)
    return [f"{'g' if role == gradient else 'e'}{u}-{v}-{slot}" for role, u, v, slot in columns]


def edges_svg(display: Display, theme: Theme) -> list[str]:
    """An element for each edge; those in one usual style that follow each other are in one group."""
    edges = display.edges
    parts, style = [], ""
    points, start = edges.points.tolist(), edges.start.tolist()
    columns = (edges.role.tolist(), edges.width.tolist(), edges.state.tolist(), edges.dashed.tolist())
    labels = edges.label or [""] * len(edges.role)
    rows = zip(edge_ids(display), *columns, labels, pairwise(start), strict=True)
    for edge, (name, role, thick, state, dashed, label, (begin, end)) in enumerate(rows):
        usual = USUAL_ROLES.get((role, thick)) if not (state or label) else None
        if style and usual != style:
            parts.append("</g>")
            style = ""
        if usual is None:
            parts.append(f'<g id="{name}"{edge_svg(display, edge, theme)}</g>')
            continue
        if not style:
            style = usual
            parts.append(f'<g class="{style}">')
        parts.append(f'<path id="{name}" d="{rounded_line(points[begin:end], dashed)}"/>')
    return [*parts, "</g>"] if style else parts


def edge_svg(display: Display, edge: int, theme: Theme) -> str:
    """A group without its beginning and its end: attributes, and what is in it."""
    edges = display.edges
    state, thick = int(edges.state[edge]), float(edges.width[edge])
    line: list[list[float]] = edges.points[edges.start[edge] : edges.start[edge + 1]].tolist()
    role = ROLES[edges.role[edge]]
    if role == "gradient_edge" and state & ACTIVE:
        role = "gradient"
    colour = plain(theme["error" if state & ERROR else role])
    fade = f' opacity="{GHOST}"' if state & FUTURE else ""
    dashed = bool(edges.dashed[edge])
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    text = edges.label[edge] if edges.label else ""
    share = MIDDLE if edges.share is None else float(edges.share[edge])
    label = _edge_label(line, text, role, share, theme) if text else ""
    path = rounded_line(line, backwards=dashed)
    usual = USUAL.get((role, thick))
    if usual and not state & ERROR:
        return f'{fade}><path class="{usual}" d="{path}"/>{label}'
    stroke = f'stroke="{colour}" stroke-width="{n(thick)}"{dash}'
    return f'{fade}><path class="l" {stroke} d="{path}"/><path fill="{colour}" d="{arrow_head(line, thick)}"/>{label}'


def _edge_label(line: list[list[float]], text: str, role: str, share: float, theme: Theme) -> str:
    """A text in a small box beside an edge.  A gradient's line runs below the data's, or on its left: labels stand on
    the free side of either."""
    data = role in ("edge", "edge_active")
    x, y, room, tall = label_box(line, text, share, -1 if data else 1)
    ink, ground = ("text_dim", "canvas") if data else ("gradient", "gradient_fill")
    return (
        f'<rect {box(x - room / 2, y - tall / 2, room, tall)} rx="4" '
        f'fill="{plain(theme[ground])}" stroke="{plain(theme[role])}" stroke-width="0.75"/>'
        f'<text class="m" font-size="10" x="{n(x)}" y="{n(y + 3.5)}" fill="{plain(theme[ink])}">{clean(text)}</text>'
    )


def rounded_line(line: list[list[float]], backwards: bool = False) -> str:
    """Path data of a polyline with rounded bends that ends where its arrow head begins, in whole units.

    `backwards`: begin there instead, so that the dashes of lines that end together lie on each other.
    """
    (ax, ay), (bx, by) = line[-2], line[-1]
    length = hypot(bx - ax, by - ay) or 1.0
    short = min(ARROW * 0.7, length) / length
    line = [*line[:-1], [bx + (ax - bx) * short, by + (ay - by) * short]]
    if backwards:
        line.reverse()
    (ax, ay), (bx, by) = line[0], line[1]
    x, y = round(ax), round(ay)
    parts = [f"M{x} {y}"]
    after = hypot(bx - ax, by - ay)
    for cx, cy in line[2:]:
        before, after = after, hypot(cx - bx, cy - by)
        radius = min(RADIUS, before / 2, after / 2)
        if radius < 0.5:
            to_x, to_y = round(bx), round(by)
            parts.append(_step(to_x - x, to_y - y))
            x, y = to_x, to_y
        else:
            near, far = radius / before, radius / after
            to_x, to_y = round(bx + (ax - bx) * near), round(by + (ay - by) * near)
            parts.append(_step(to_x - x, to_y - y))
            x, y = round(bx + (cx - bx) * far), round(by + (cy - by) * far)
            bend = _pair(round(bx) - to_x, round(by) - to_y)
            parts.append(f"q{bend}{'' if x < to_x else ' '}{_pair(x - to_x, y - to_y)}")
        ax, ay, bx, by = bx, by, cx, cy
    parts.append(_step(round(bx) - x, round(by) - y))
    return "".join(parts)


def _step(across: int, down: int) -> str:
    """A straight line."""
    if not down:
        return f"h{across}" if across else ""
    return f"l{_pair(across, down)}" if across else f"v{down}"


def _pair(across: int, down: int) -> str:
    return f"{across}{down}" if down < 0 else f"{across} {down}"


def arrow_head(line: list[list[float]], thick: float) -> str:
    """Path data of the arrow head at the end of a line."""
    (ax, ay), (bx, by) = line[-2], line[-1]
    length = hypot(bx - ax, by - ay) or 1.0
    ux, uy = (bx - ax) / length, (by - ay) / length
    return f"M{n(round(bx, 1))} {n(round(by, 1))}{_head(round(ux, 2), round(uy, 2), thick)}"


@lru_cache(4096)
def _head(ux: float, uy: float, thick: float) -> str:
    """An arrow head from its point on, pointing along (ux, uy)."""
    size = ARROW + 1.6 * max(thick - 1.0, 0.0)
    half, back, inner = size * 0.52, size * 1.15, size * 0.25
    x, y = -ux * back, -uy * back
    corners = [(x - uy * half, y + ux * half), (x + ux * inner, y + uy * inner), (x + uy * half, y - ux * half)]
    steps, at = "", (0.0, 0.0)
    for corner in corners:
        across, down = (round(to - come, 1) for to, come in zip(corner, at, strict=True))
        at = (at[0] + across, at[1] + down)
        steps += f"l{n(across)}{'' if down < 0 else ' '}{n(down)}"
    return steps + "z"
