"""A recording as a Mermaid flow chart, for documents that draw Mermaid (Markdown on many sites, notebooks)."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from visgrad.explain.texts import sentence
from visgrad.export.labels import outline
from visgrad.picture.colouring import fills
from visgrad.picture.display import Shape
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import ROLES, Theme, theme
from visgrad.recording.recording import Recording

BRACKETS = {
    Shape.PILL: ("([", "])"),
    Shape.DOUBLE: ("[[", "]]"),
    Shape.SQUARE: ("[", "]"),
    Shape.CUT: ("[/", "/]"),
    Shape.TAB: ("[/", "\\]"),
    Shape.STACK: ("[[", "]]"),
}


def to_mermaid(
    recording: Recording,
    position: int | None = None,
    options: ViewOptions | None = None,
    colours: Theme | None = None,
    nodes: Collection[int] | None = None,
) -> str:
    """The graph at a position (None: the end), or some `nodes` of it.  Gradients are dotted edges that lead back."""
    options, colours = options or ViewOptions(), colours or theme("light")
    frame = recording.frame(len(recording.stops) if position is None else position)
    drawn = outline(frame, options, nodes)
    names = drawn.names
    lines = [f"flowchart {'LR' if options.direction == 'right' else 'TB'}"]
    kinds: dict[tuple[int, int], list[str]] = {}
    for row in drawn.rows:
        opened, closed = BRACKETS.get(drawn.faces[row].shape, ("(", ")"))
        lines.append(f"  {names[row]}{opened}{quoted(drawn.labels[row])}{closed}")
        kinds.setdefault((drawn.fills[row], drawn.lines[row]), []).append(names[row])
    gradients = []
    count = 0
    for u, v, merged, back in drawn.edges:
        lines.append(f"  {names[u]} -->{f'|×{merged}|' if merged > 1 else ''} {names[v]}")
        count += 1
        if back:
            lines.append(f"  {names[v]} -.-> {names[u]}")
            gradients.append(str(count))
            count += 1
    if gradients:
        lines.append(f"  linkStyle {','.join(gradients)} stroke:{colours['gradient_edge']}")
    if drawn.legend is not None and drawn.rows:
        lines.append(f"  subgraph legend [{quoted([sentence(drawn.legend.language, f'legend.{drawn.legend.by}')])}]")
        for number, entry in enumerate(drawn.legend.entries):
            if entry.text:
                lines.append(f"    legend{number}[{quoted([entry.text])}]")
                tint = int(fills(np.array([entry.role]))[0])
                kinds.setdefault((tint, entry.role), []).append(f"legend{number}")
        lines.append("  end")
    for (fill, line), members in kinds.items():
        style = f"fill:{colours.colours[fill]},stroke:{colours.colours[line]},color:{colours['text']}"
        lines.append(f"  classDef {ROLES[line]}_{ROLES[fill]} {style}")
        lines.append(f"  class {','.join(members)} {ROLES[line]}_{ROLES[fill]}")
    return "\n".join([*lines, ""])


def quoted(label: list[str]) -> str:
    """A Mermaid string: what Mermaid or HTML would read is written as entity codes."""
    return '"' + "<br/>".join("".join(map(_character, line)) for line in label) + '"'


def _character(c: str) -> str:
    if c in '#"<>&`\\':
        return f"#{ord(c)};"
    return c if c.isprintable() else "�"
