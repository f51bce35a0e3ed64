"""A recording as a Mermaid flow chart, for documents that draw Mermaid (Markdown on many sites, notebooks)."""

from __future__ import annotations

from visgrad.export.labels import outline
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
) -> str:
    """The graph at a position (None: the end).  Gradients are dotted edges that lead back."""
    options, colours = options or ViewOptions(), colours or theme("light")
    frame = recording.frame(len(recording.stops) if position is None else position)
    drawn = outline(frame, options)
    names = drawn.names
    lines = [f"flowchart {'LR' if options.direction == 'right' else 'TB'}"]
    kinds: dict[tuple[int, int], list[str]] = {}
    for row, (face, label) in enumerate(zip(drawn.faces, drawn.labels, strict=True)):
        if drawn.known[row] or options.ghosts:
            opened, closed = BRACKETS.get(face.shape, ("(", ")"))
            lines.append(f"  {names[row]}{opened}{quoted(label)}{closed}")
            kinds.setdefault((face.fill, face.line), []).append(names[row])
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
