"""A recording as one page that plays it, forwards and backwards, in any browser and without a network.

The page holds every group of the picture once for each way it ever looks, and for each group the positions at which
its look changes; showing a position is looking these up.  What the page is and does stands in `assets/page`; its
address may end in a step (`page.html#12`).  It is light or dark as the reader's system is, unless a theme is asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import escape

from visgrad.explain.narrate import narrate
from visgrad.explain.texts import sentence
from visgrad.export.labels import lines_of
from visgrad.export.moments import spread
from visgrad.export.svg import FONT, edge_ids, edge_svg, heads, style_of
from visgrad.export.svg_cards import card_ids, card_svg, n
from visgrad.picture.display import Display, State
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.picture.parts import WHOLE, Part
from visgrad.picture.roles import ROLES, Theme, theme
from visgrad.recording.model import Print
from visgrad.recording.recording import Recording
from visgrad.resources import asset

MOST = 1000
"""A page has at most this many positions."""

Look = tuple[str, str]
"""Attributes of a group, and what is in it."""

WORDS = (
    "picture",
    "program",
    "printed",
    "steps",
    "step",
    "first",
    "back",
    "play",
    "next",
    "end",
    "zoom",
    "theme",
    "space",
)
"""Of the page itself: `page.…` in the translations."""

FIXED = ("value_low", "value_zero", "value_high", "gradient_low", "gradient_zero", "gradient_high", "nan")
"""Colours that are mixed into heat maps; dark pages turn these upside down."""

MARK = re.compile(r"#0a0b([0-9a-f]{2})")


def to_html(
    recording: Recording,
    position: int | None = None,
    options: ViewOptions | None = None,
    colours: Theme | None = None,
    title: str = "",
    part: Part = WHOLE,
    picture: Picture | None = None,
) -> str:
    """The page; it opens at `position` (None: the end).  Of very long recordings it has `MOST` positions.  `colours`:
    None for light or dark as the reader's system is.  `part`: of the picture; `picture`: as in `export`."""
    picture = picture or Picture(recording, options)
    end = len(recording.stops)
    positions = spread(0, end, MOST)
    cut = part.steady(picture.display(end))
    x, y, across, down = picture.still(end, cut).bounds
    own = colours is not None and colours.name not in ("light", "dark")
    marked = _marked(colours if colours is not None and own else theme("light"))
    fields = _words(picture.options.language) | {
        "TITLE": escape(title or recording.name),
        "LANGUAGE": picture.options.language,
        "THEME": "" if colours is None or own else f' data-theme="{colours.name}"',
        "SCHEME": "light dark" if colours is None else "dark" if colours.dark else "light",
        "HIDDEN": " hidden" if own else "",
        "COLOURS": _sheets(colours if own else None),
        "STYLE": _variables(style_of(marked)) + HEAT,
        "HEADS": _variables(heads(marked)),
        "BOX": f"{n(x)} {n(y)} {n(across)} {n(down)}",
        "SOURCE": "".join(f"<li><code>{escape(line) or ' '}</code></li>" for line in recording.source.splitlines()),
        "SCRIPT": asset("page/player.js").read_text("utf-8").strip(),
        "DATA": _data(recording, picture, positions, marked, cut, end if position is None else position),
        "WIDTH": n(across),
        "HEIGHT": n(down),
        "FONT": FONT,
    }
    page = asset("page/player.html").read_text("utf-8")
    page = page.replace("@CSS@", asset("page/player.css").read_text("utf-8"))
    return re.sub(r"@(\w+)@", lambda found: fields[found[1]], page)


def _words(language: str) -> dict[str, str]:
    words = {word: escape(sentence(language, f"page.{word}"), quote=True) for word in WORDS}
    return words | {f"ICON_{name}": icon(name) for name in ICONS}


def _data(
    recording: Recording,
    picture: Picture,
    positions: list[int],
    marked: Theme,
    cut: Callable[[Display], Display],
    wanted: int,
) -> str:
    """What the script plays, as JSON that may stand in a page."""
    cards, edges, looks = timelines(picture, positions, marked, cut)
    tips, texts = _tips(picture, positions, cards)
    frames = [recording.frame(at) for at in positions]
    data = {
        "looks": [(attributes, _plain(inside)) for attributes, inside in looks],
        "edges": edges,
        "cards": cards,
        "tips": tips,
        "texts": texts,
        "positions": positions,
        "lines": [frame.line for frame in frames],
        "words": [narrate(frame, picture.options.language) for frame in frames],
        "active": [_active(picture.display(at)) for at in positions],
        "prints": prints(recording, positions),
        "start": max(moment for moment, at in enumerate(positions) if at <= max(wanted, 0)),
    }
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def _tips(picture: Picture, positions: list[int], cards: Timelines) -> tuple[Timelines, list[str]]:
    """What each card tells when it is pointed at: by card a moment, the number of a text, …; and the texts."""
    rows = {f"n{node}": row for row, node in reversed(list(enumerate(picture.graph.nodes.tolist())))}
    numbers: dict[str, int] = {}
    tips: Timelines = {}
    for name, line in cards.items():
        row = rows.get(name.partition("p")[0])
        if row is None:
            continue  # the legend
        for moment, look in zip(line[::2], line[1::2], strict=True):
            if look >= 0:
                text = "\n".join(lines_of(picture, row, positions[moment]))
                _add(tips.setdefault(name, []), moment, numbers.setdefault(text, len(numbers)))
    return tips, list(numbers)


HAPPENING = int(State.ACTIVE | State.ERROR)


def _active(display: Display) -> str:
    """The card at which something is happening, "" for none."""
    states = display.cards.state.tolist()
    names = (
        name for name, state in zip(card_ids(display), states, strict=True) if state & (State.ACTIVE | State.ERROR)
    )
    return next(names, "")


# colours ---------------------------------------------------------------------------------------------------------


UPSIDE_DOWN = "{filter:invert(1) hue-rotate(180deg)}"
HEAT = (
    f"[data-theme=dark] :is(.p,.h){UPSIDE_DOWN}"
    f"@media(prefers-color-scheme:dark){{:root:not([data-theme]) :is(.p,.h){UPSIDE_DOWN}}}"
)


def _marked(worn: Theme) -> Theme:
    """The theme with a mark for each colour that the page may show in another theme."""
    colours = (
        colour if name in FIXED else f"#0a0b{place:02x}"
        for place, (name, colour) in enumerate(zip(ROLES, worn.colours, strict=True))
    )
    return replace(worn, colours=tuple(colours))


def _variables(text: str) -> str:
    """A text with the marks of colours as the page's variables."""
    return MARK.sub(lambda found: f"var(--{ROLES[int(found[1], 16)]})", text)


def _plain(inside: str) -> str:
    """What is in a group, without the tooltip that pictures by themselves have, its heat maps marked as such."""
    text = re.sub(r"^<title>.*?</title>", "", inside, flags=re.DOTALL)
    text = re.sub(r'<path fill="(?=#(?!0a0b))', '<path class="h" fill="', text)
    return _variables(re.sub(r'<text (?=style="font-size:[\d.]+px" fill="#1c2030")', '<text class="h" ', text))


def _sheets(only: Theme | None) -> str:
    """The variables in each theme."""
    if only is not None:
        return f":root{{{_sheet(only)}}}"
    light, dark = _sheet(theme("light")), _sheet(theme("dark"))
    system = f"@media(prefers-color-scheme:dark){{:root:not([data-theme]){{{dark}}}}}"
    return f":root{{{light}}}{system}[data-theme=dark]{{{dark}}}"


def _sheet(worn: Theme) -> str:
    named = (f"--{name}:{colour[:7]}" for name, colour in zip(ROLES, worn.colours, strict=True) if name not in FIXED)
    return f"color-scheme:{'dark' if worn.dark else 'light'};" + ";".join(named)


# what happens when -------------------------------------------------------------------------------------------------


Timelines = dict[str, list[int]]
"""By group: a moment, the look from there on (-1: none), the next moment, …; moments count the page's positions."""


def timelines(
    picture: Picture, positions: list[int], colours: Theme, cut: Callable[[Display], Display] = WHOLE.of
) -> tuple[Timelines, Timelines, list[Look]]:
    """When each card and each edge changes its look, and the looks.  `cut`: the part of a display that is wanted."""
    cards: Timelines = {}
    edges: Timelines = {}
    numbers: dict[Look, int] = {}
    before: dict[str, object] = {}
    for moment, position in enumerate(positions):
        display = picture.still(position, cut)
        now: dict[str, object] = {}
        states, fills = display.cards.state.tolist(), display.cards.fill.tolist()
        for card, name in enumerate(card_ids(display)):
            now[name] = key = (states[card], fills[card], display.content(card).key)
            if before.get(name) != key:
                _note(cards, numbers, name, moment, card_svg(display, card, colours))
        drawn = display.edges
        kinds = zip(drawn.state.tolist(), drawn.role.tolist(), drawn.label, strict=True)
        for (edge, name), kind in zip(enumerate(edge_ids(display)), kinds, strict=True):
            now[name] = kind
            if before.get(name) != kind:
                _note(edges, numbers, name, moment, edge_svg(display, edge, colours))
        for name in before.keys() - now.keys():
            (cards if name in cards else edges)[name] += [moment, -1]
        before = now
    return cards, edges, list(numbers)


def _note(lines: Timelines, numbers: dict[Look, int], name: str, moment: int, group: str) -> None:
    attributes, _, inside = group.partition(">")
    number = numbers.setdefault((attributes, inside), len(numbers))
    _add(lines.setdefault(name, []), moment, number)


def _add(line: list[int], moment: int, number: int) -> None:
    if not line or line[-1] != number:
        line += [moment, number]


def prints(recording: Recording, positions: list[int]) -> list[tuple[int, str]]:
    """What was printed, each piece with the moment from which it is there."""
    result, read = [], 0
    for moment, position in enumerate(positions):
        end = recording.frame(position).end
        text = "".join(step.text for step in recording.steps[read:end] if isinstance(step, Print))
        read = end
        if text:
            result.append((moment, text))
    return result


ICONS = {
    "first": "M4 3v10M13 3L6 8l7 5z",
    "back": "M11 3L4 8l7 5z",
    "play": "M5 3l8 5-8 5z",
    "pause": "M5 3v10M11 3v10",
    "next": "M5 3l7 5-7 5z",
    "end": "M12 3v10M3 3l7 5-7 5z",
    "theme": "M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z",
    "zoom": "M9 3h4v4M7 13H3V9M13 3L9 7M3 13l4-4",
}
OUTLINED = ("pause", "zoom", "next", "back", "theme")


def icon(name: str) -> str:
    """A button's picture."""
    fill = "none" if name in OUTLINED else "currentColor"
    return (
        f'<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="{ICONS[name]}" '
        f'fill="{fill}" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
