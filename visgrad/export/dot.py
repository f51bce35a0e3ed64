"""A recording as Graphviz DOT text, to be laid out and styled further elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

from visgrad.explain.texts import sentence
from visgrad.export.labels import outline
from visgrad.picture.display import Legend, Shape
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import Theme, theme
from visgrad.recording.recording import Recording

STYLES = {
    Shape.PILL: "rounded,filled",
    Shape.DOUBLE: "rounded,filled",
    Shape.SQUARE: "filled",
    Shape.DASHED: "rounded,filled,dashed",
    Shape.CUT: "diagonals,filled",
    Shape.STACK: "filled",
}


def to_dot(
    recording: Recording,
    position: int | None = None,
    options: ViewOptions | None = None,
    colours: Theme | None = None,
    nodes: Collection[int] | None = None,
) -> str:
    """The graph at a position (None: the end), or some `nodes` of it.  Gradients are dashed edges that lead back."""
    options, colours = options or ViewOptions(), colours or theme("light")
    frame = recording.frame(len(recording.stops) if position is None else position)
    drawn = outline(frame, options, nodes)
    direction = "LR" if options.direction == "right" else "TB"
    lines = [
        f"digraph {quoted(recording.name)} {{",
        f'  graph [rankdir={direction}, bgcolor="{colours["canvas"]}"];',
        f'  node [fontname="JetBrains Mono, monospace", fontsize=11, fontcolor="{colours["text"]}", shape=box];',
        f'  edge [color="{colours["edge"]}"];',
    ]
    for row in drawn.rows:
        face = drawn.faces[row]
        style = STYLES.get(face.shape, "rounded,filled")
        fill, line = colours.colours[drawn.fills[row]], colours.colours[drawn.lines[row]]
        rim = ", peripheries=2" if face.shape is Shape.DOUBLE else ""
        shape = {Shape.TAB: ", shape=folder", Shape.STACK: ", shape=box3d"}.get(face.shape, "")
        name = drawn.names[row]
        text = quoted("\n".join(drawn.labels[row]))
        lines.append(f'  {name} [label={text}, style="{style}", fillcolor="{fill}", color="{line}"{rim}{shape}];')
    names = drawn.names
    for u, v, count, back in drawn.edges:
        counted = f' [label="×{count}"]' if count > 1 else ""
        lines.append(f"  {names[u]} -> {names[v]}{counted};")
        if back:
            gradient = colours["gradient_edge"]
            lines.append(f'  {names[v]} -> {names[u]} [style=dashed, constraint=false, color="{gradient}"];')
    if drawn.legend is not None and drawn.rows:
        lines.append(_legend(drawn.legend, colours))
    return "\n".join([*lines, "}", ""])


def _legend(legend: Legend, colours: Theme) -> str:
    """A node that says what the colours stand for."""
    title = sentence(legend.language, f"legend.{legend.by}")
    cells = [f"<td>{escape(title)}</td>"]
    for entry in legend.entries:
        cells.append(f'<td bgcolor="{colours.colours[entry.role]}" width="18"></td>')
        if entry.text:
            cells.append(f"<td>{escape(entry.text)}</td>")
    table = f'<table border="0" cellborder="0" cellspacing="0"><tr>{"".join(cells)}</tr></table>'
    return f"  legend [shape=plaintext, label=<{table}>];"


def quoted(text: str) -> str:
    """A DOT string; what DOT would read as an escape is written out."""
    plain = "".join(c for c in text if c == "\n" or c.isprintable())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
