"""A display list as SVG text: our own writer, which is quick, keeps text as text, and needs no Qt.

Colours come from a theme; every card and edge is a group with an id and a tooltip, so the file can be edited, styled
or scripted later.  The outlines and line styles are those of the canvas.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection
from functools import lru_cache
from itertools import pairwise
from math import hypot

from visgrad.export.svg_cards import GHOST, TEXT_ROLES, box, cards_svg, clean, n, plain
from visgrad.picture.display import ARROW, RADIUS, Display, State
from visgrad.picture.roles import INDEX, ROLES, Theme
from visgrad.picture.text import width
from visgrad.resources import asset

CLASS = re.compile(r'class="([^"]+)"')
TEXTS = [INDEX[name] for name in TEXT_ROLES]
SHAPES = {
    "b": "font-weight:700",
    "m": "text-anchor:middle",
    "e": "text-anchor:end",
    "t": "font-size:13px",
    "v": "font-size:16px",
    "k": "stroke-width:1.25;stroke-linejoin:round",
    "K": "stroke-width:2;stroke-linejoin:round",
    "l": "fill:none;stroke-linecap:round;stroke-linejoin:round",
    "d": "stroke-width:1.5",
    "g": "stroke-width:1.75;stroke-dasharray:5 4",
    "o": "fill:none;stroke-width:.5",
    "p": "image-rendering:pixelated",
}
"""Classes without colours; `d` and `h` are data edges and their heads, `g` and `i` those of gradients, `r`, `f` and
`s` with a role's number are text, fill and stroke in its colour."""

FONT = "'JetBrains Mono', ui-monospace, 'DejaVu Sans Mono', monospace"


def to_svg(display: Display, theme: Theme, title: str = "", background: bool = True, embed_font: bool = False) -> str:
    """The picture as a standalone SVG document."""
    x, y, across, down = display.bounds
    frame = f'viewBox="{n(x)} {n(y)} {n(across)} {n(down)}" width="{n(across)}" height="{n(down)}"'
    drawn = [*edges_svg(display, theme), *cards_svg(display, theme)]
    used = {name for part in drawn for names in CLASS.findall(part) for name in names.split()}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame} font-family="{FONT}" xml:space="preserve">',
        f"<title>{clean(title)}</title>" if title else "",
        f"<style>{style_of(theme, embed_font, used)}</style>",
        f'<rect {box(x, y, across, down)} fill="{theme["canvas"]}"/>' if background else "",
        *drawn,
        "</svg>\n",
    ]
    return "\n".join(filter(None, parts))


def style_of(theme: Theme, embed_font: bool, used: Collection[str] | None = None) -> str:
    """The style sheet of a picture; of the classes, those that are `used`, or all."""
    classes = SHAPES | {f"r{index}": f"fill:{theme[ROLES[index]]}" for index in TEXTS}
    classes |= {f"f{index}": f"fill:{plain(colour)}" for index, colour in enumerate(theme.colours)}
    classes |= {f"s{index}": f"stroke:{plain(colour)}" for index, colour in enumerate(theme.colours)}
    classes["d"] += f";stroke:{plain(theme['edge'])}"
    classes["h"] = f"fill:{plain(theme['edge'])}"
    classes["g"] += f";stroke:{plain(theme['gradient_edge'])}"
    classes["i"] = f"fill:{plain(theme['gradient_edge'])}"
    classes["o"] += f";stroke:{plain(theme['card_line'])}"
    rules = ["text{white-space:pre;font-size:10px}"]
    rules += [f".{name}{{{rule}}}" for name, rule in classes.items() if used is None or name in used]
    if embed_font:
        for weight, name in ((400, "Regular"), (700, "Bold")):
            data = base64.b64encode(asset(f"fonts/JetBrainsMono-{name}.ttf").read_bytes()).decode()
            rules.append(
                f"@font-face{{font-family:'JetBrains Mono';font-weight:{weight};src:url(data:font/ttf;base64,{data})}}"
            )
    return "".join(rules)


def edge_ids(display: Display) -> list[str]:
    """The id of each edge: from which node to which, and to which argument; gradients lead the other way."""
    edges = display.edges
    gradient = INDEX["gradient_edge"]
    columns = zip(edges.role.tolist(), edges.source.tolist(), edges.target.tolist(), edges.slot.tolist(), strict=True)
    return [f"{'g' if role == gradient else 'e'}{u}-{v}-{slot}" for role, u, v, slot in columns]


def edges_svg(display: Display, theme: Theme) -> list[str]:
    """One group per edge."""
    return [f'<g id="{name}"{edge_svg(display, edge, theme)}</g>' for edge, name in enumerate(edge_ids(display))]


def edge_svg(display: Display, edge: int, theme: Theme) -> str:
    """A group without its beginning and its end: attributes, and what is in it."""
    edges = display.edges
    state, thick = int(edges.state[edge]), float(edges.width[edge])
    line: list[list[float]] = edges.points[edges.start[edge] : edges.start[edge + 1]].tolist()
    role = ROLES[edges.role[edge]]
    if role == "gradient_edge" and state & State.ACTIVE:
        role = "gradient"
    colour = plain(theme["error" if state & State.ERROR else role])
    fade = f' opacity="{GHOST}"' if state & State.FUTURE else ""
    dashed = bool(edges.dashed[edge])
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    label = _edge_label(line, edges.label[edge], role, theme) if edges.label and edges.label[edge] else ""
    path, head = rounded_line(line, backwards=dashed), arrow_head(line, thick)
    usual = {("edge", 1.5, False): "dh", ("gradient_edge", 1.75, True): "gi"}.get((role, thick, dashed))
    if usual and not state & State.ERROR:
        return f'{fade}><path class="l {usual[0]}" d="{path}"/><path class="{usual[1]}" d="{head}"/>{label}'
    stroke = f'stroke="{colour}" stroke-width="{n(thick)}"{dash}'
    return f'{fade}><path class="l" {stroke} d="{path}"/><path fill="{colour}" d="{head}"/>{label}'


def _edge_label(line: list[list[float]], text: str, role: str, theme: Theme) -> str:
    """A text in a small box on the middle of an edge."""
    x, y = _middle(line)
    room = width(text, 10) + 8
    ink, ground = ("text_dim", "canvas") if role in ("edge", "edge_active") else ("gradient", "gradient_fill")
    return (
        f'<rect {box(x - room / 2, y - 8, room, 16)} rx="4" '
        f'fill="{plain(theme[ground])}" stroke="{plain(theme[role])}" stroke-width="0.75"/>'
        f'<text class="m" font-size="10" x="{n(x)}" y="{n(y + 3.5)}" fill="{plain(theme[ink])}">{clean(text)}</text>'
    )


def _middle(line: list[list[float]]) -> tuple[float, float]:
    """The point half way along a line."""
    pieces = list(pairwise(line))
    sizes = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pieces]
    rest = sum(sizes) / 2
    for (a, b), size in zip(pieces, sizes, strict=True):
        if size and rest <= size:
            return a[0] + (b[0] - a[0]) * rest / size, a[1] + (b[1] - a[1]) * rest / size
        rest -= size
    return line[-1][0], line[-1][1]


def rounded_line(line: list[list[float]], backwards: bool = False) -> str:
    """Path data of a polyline with rounded bends that ends where its arrow head begins.

    `backwards`: begin there instead, so that the dashes of lines that end together lie on each other.
    """
    (ax, ay), (bx, by) = line[-2], line[-1]
    length = hypot(bx - ax, by - ay) or 1.0
    short = min(ARROW * 0.7, length) / length
    line = [*line[:-1], [bx + (ax - bx) * short, by + (ay - by) * short]]
    if backwards:
        line.reverse()
    pen = Pen(line[0][0], line[0][1])
    for (ax, ay), (bx, by), (cx, cy) in zip(line, line[1:], line[2:], strict=False):
        before, after = hypot(bx - ax, by - ay), hypot(cx - bx, cy - by)
        radius = min(RADIUS, before / 2, after / 2)
        if radius < 0.5:
            pen.line(bx, by)
            continue
        near, far = radius / before, radius / after
        pen.line(bx + (ax - bx) * near, by + (ay - by) * near)
        pen.bend(bx, by, bx + (cx - bx) * far, by + (cy - by) * far)
    pen.line(line[-1][0], line[-1][1])
    return pen.data


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
    pen = Pen(0.0, 0.0)
    start = len(pen.data)
    pen.line(x - uy * half, y + ux * half)
    pen.line(x + ux * inner, y + uy * inner)
    pen.line(x + uy * half, y - ux * half)
    return pen.data[start:] + "z"


class Pen:
    """Writes path data in few characters: steps from the last point, to a tenth of a unit."""

    def __init__(self, x: float, y: float) -> None:
        self._x, self._y = round(x * 10), round(y * 10)
        self.data = f"M{n(self._x / 10)} {n(self._y / 10)}"

    def line(self, x: float, y: float) -> None:
        """A straight line to a point."""
        across, down = self._step(x, y)
        if not down:
            self.data += f"h{n(across)}" if across else ""
        elif not across:
            self.data += f"v{n(down)}"
        else:
            self.data += f"l{_both(across, down)}"
        self._x, self._y = round(x * 10), round(y * 10)

    def bend(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """A curve to a point, drawn to another on the way."""
        self.data += f"q{_both(*self._step(x, y))}"
        across, down = self._step(to_x, to_y)
        self.data += f"{'' if across < 0 else ' '}{_both(across, down)}"
        self._x, self._y = round(to_x * 10), round(to_y * 10)

    def _step(self, x: float, y: float) -> tuple[float, float]:
        return (round(x * 10) - self._x) / 10, (round(y * 10) - self._y) / 10


def _both(across: float, down: float) -> str:
    return f"{n(across)}{'' if down < 0 else ' '}{n(down)}"
