"""A recording as one page that plays it, forwards and backwards, in any browser and without a network.

The page holds every group of the picture once for each way it ever looks, and for each group the positions at which
its look changes; showing a position is looking these up.  The script is our own and short; `page.html#12` opens the
page at its twelfth step.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

from visgrad.export.moments import spread
from visgrad.export.svg import FONT, edge_ids, edge_svg, heads, style_of
from visgrad.export.svg_cards import card_ids, card_svg, n
from visgrad.picture.display import Display
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.picture.parts import WHOLE, Part
from visgrad.picture.roles import Theme, theme
from visgrad.recording.model import Print
from visgrad.recording.recording import Recording

MOST = 1000
"""A page has at most this many positions."""

Look = tuple[str, str]
"""Attributes of a group, and what is in it."""


def to_html(
    recording: Recording,
    position: int | None = None,
    options: ViewOptions | None = None,
    colours: Theme | None = None,
    title: str = "",
    part: Part = WHOLE,
    picture: Picture | None = None,
) -> str:
    """The page; it opens at `position` (None: the end).  Of very long recordings it has `MOST` positions.  `part`: of
    the picture; `picture`: as in `export`."""
    colours = colours or theme("light")
    picture = picture or Picture(recording, options)
    end = len(recording.stops)
    positions = spread(0, end, MOST)
    cut = part.steady(picture.display(end))
    cards, edges, looks = timelines(picture, positions, colours, cut)
    wanted = end if position is None else position
    x, y, across, down = picture.still(end, cut).bounds
    data = {
        "looks": looks,
        "edges": edges,
        "cards": cards,
        "positions": positions,
        "lines": [recording.frame(at).line for at in positions],
        "prints": prints(recording, positions),
        "start": max(moment for moment, at in enumerate(positions) if at <= max(wanted, 0)),
    }
    fields = {
        "TITLE": escape(title or recording.name),
        "STYLE": style_of(colours),
        "HEADS": heads(colours),
        "BOX": f"{n(x)} {n(y)} {n(across)} {n(down)}",
        "WIDTH": n(across),
        "FONT": FONT,
        "SOURCE": "".join(f"<li><code>{escape(line) or ' '}</code></li>" for line in recording.source.splitlines()),
        "DATA": json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c"),
        "SCRIPT": SCRIPT,
    } | {name: icon(name) for name in ICONS}
    for role in ("canvas", "panel", "border", "text", "text_dim", "accent", "text_on_accent", "current_line", "hover"):
        fields[f"C_{role}"] = colours[role][:7]
    page = PAGE
    for field, value in fields.items():
        page = page.replace(f"@{field}@", value)
    return page


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
    line = lines.setdefault(name, [])
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
    "zoom": "M9 3h4v4M7 13H3V9M13 3L9 7M3 13l4-4",
}
OUTLINED = ("pause", "zoom", "next", "back")


def icon(name: str) -> str:
    """A button's picture."""
    fill = "none" if name in OUTLINED else "currentColor"
    return (
        f'<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="{ICONS[name]}" '
        f'fill="{fill}" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>@TITLE@</title>
<style>
body { margin: 0; display: grid; grid-template: 1fr auto / auto 1fr; height: 100vh; background: @C_canvas@;
  color: @C_text@; font: 13px/1.5 @FONT@; }
aside { grid-row: 1 / 3; overflow: auto; max-width: 36vw; padding: 8px 0; background: @C_panel@;
  border-right: 1px solid @C_border@; }
ol { margin: 0; padding: 0 16px 0 3.5em; color: @C_text_dim@; }
ol code { color: @C_text@; white-space: pre; font: inherit; }
li { padding-left: 6px; }
li.here { background: @C_current_line@; box-shadow: -3.5em 0 @C_current_line@, inset 2px 0 @C_accent@; }
pre { margin: 16px 0 0; padding: 8px 16px; border-top: 1px solid @C_border@; font: inherit; white-space: pre-wrap; }
main { overflow: auto; display: grid; place-items: center; padding: 8px; }
main svg { max-width: 100%; height: auto; }
main.large svg { max-width: none; }
#edges > g { transition: opacity .15s; }
#edges.pointed > g { opacity: .15; }
#edges.pointed > g.near { opacity: 1; }
nav { display: flex; gap: 6px; align-items: center; padding: 8px 12px; background: @C_panel@;
  border-top: 1px solid @C_border@; }
nav input { flex: 1; accent-color: @C_accent@; }
button { display: grid; place-items: center; min-width: 36px;
  height: 32px; border: 1px solid @C_border@; border-radius: 6px; background: @C_canvas@;
  color: @C_text@; font: inherit; cursor: pointer; }
button:hover { background: @C_hover@; }
button:focus-visible, input:focus-visible { outline: 2px solid @C_accent@; outline-offset: 1px; }
output { min-width: 8em; text-align: right; color: @C_text_dim@; }
@media (max-width: 700px) { aside { display: none; } }
@STYLE@
</style>
</head>
<body>
<aside><ol>@SOURCE@</ol><pre id="printed" aria-label="Printed"></pre></aside>
<main><svg xmlns="http://www.w3.org/2000/svg" viewBox="@BOX@" width="@WIDTH@" font-family="@FONT@" role="img"
  aria-label="@TITLE@"><defs>@HEADS@</defs><g id="edges"></g><g id="cards"></g></svg></main>
<nav>
<button id="first" title="To the start (Home)">@first@</button>
<button id="back" title="Step back (←)">@back@</button>
<button id="play" title="Play (Space)">@play@</button>
<button id="next" title="Step forward (→)">@next@</button>
<button id="end" title="To the end (End)">@end@</button>
<input id="slider" type="range" min="0" value="0" aria-label="Step">
<output id="where"></output>
<button id="zoom" title="Fit or full size (F)">@zoom@</button>
</nav>
<template id="playIcon">@play@</template><template id="pauseIcon">@pause@</template>
<script type="application/json" id="data">@DATA@</script>
<script>
@SCRIPT@
</script>
</body>
</html>
"""

SCRIPT = """'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const by = id => document.getElementById(id);
const SVG = 'http://www.w3.org/2000/svg';
const groups = [];
for (const layer of ['edges', 'cards']) {
  for (const [name, line] of Object.entries(data[layer])) {
    const group = document.createElementNS(SVG, 'g');
    group.id = name;
    by(layer).append(group);
    groups.push({ group, line, shown: -1 });
  }
}
const items = [...document.querySelectorAll('ol li')];
const last = data.positions.length - 1;
let position = 0, timer = null;

function lookAt(line, at) {
  let look = -1;
  for (let i = 0; i < line.length && line[i] <= at; i += 2) look = line[i + 1];
  return look;
}

function show(at) {
  position = Math.max(0, Math.min(last, at));
  for (const entry of groups) {
    const look = lookAt(entry.line, position);
    if (look === entry.shown) continue;
    entry.shown = look;
    const [attributes, inside] = look < 0 ? ['', ''] : data.looks[look];
    for (const name of ['transform', 'opacity']) entry.group.removeAttribute(name);
    for (const [, name, value] of attributes.matchAll(/(\\w+)="([^"]*)"/g)) entry.group.setAttribute(name, value);
    entry.group.innerHTML = inside;
  }
  items.forEach((item, index) => item.classList.toggle('here', index + 1 === data.lines[position]));
  by('printed').textContent = data.prints.filter(([from]) => from <= position).map(([, text]) => text).join('');
  by('slider').value = position;
  by('where').textContent = data.positions[position] + ' / ' + data.positions[last];
}

// The lines of the card that is pointed at stand out.
function point(card) {
  const node = card ? card.id.match(/^n(-?\\d+)/)[1] : null;
  by('edges').classList.toggle('pointed', card !== null);
  for (const edge of by('edges').children) {
    const [, from, to] = edge.id.match(/^[eg](-?\\d+)-(-?\\d+)-/);
    edge.classList.toggle('near', from === node || to === node);
  }
}

function icon(name) {
  by('play').innerHTML = by(name + 'Icon').innerHTML;
}

function stop() {
  clearInterval(timer);
  timer = null;
  icon('play');
}

function play() {
  if (timer) return stop();
  if (position === last) show(0);
  icon('pause');
  timer = setInterval(() => position < last ? show(position + 1) : stop(), 700);
}

const actions = {
  first: () => { stop(); show(0); },
  back: () => { stop(); show(position - 1); },
  play,
  next: () => { stop(); show(position + 1); },
  end: () => { stop(); show(last); },
  zoom: () => document.querySelector('main').classList.toggle('large'),
};
for (const [name, action] of Object.entries(actions)) by(name).addEventListener('click', action);
const keys = { Home: 'first', ArrowLeft: 'back', ' ': 'play', ArrowRight: 'next', End: 'end', f: 'zoom' };
document.addEventListener('keydown', event => {
  const name = keys[event.key];
  if (!name || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  actions[name]();
});
by('cards').addEventListener('pointerover', event => point(event.target.closest('#cards > g')));
by('cards').addEventListener('pointerleave', () => point(null));
by('slider').max = last;
by('slider').addEventListener('input', event => { stop(); show(Number(event.target.value)); });
const fromAddress = () => /^#\\d+$/.test(location.hash) ? Number(location.hash.slice(1)) : data.start;
window.addEventListener('hashchange', () => { stop(); show(fromAddress()); });
show(fromAddress());"""
