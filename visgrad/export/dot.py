"""A recording as Graphviz DOT text, to be laid out and styled further elsewhere."""

from __future__ import annotations

from visgrad.export.labels import outline
from visgrad.picture.display import Shape
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
) -> str:
    """The graph at a position (None: the end).  Gradients are dashed edges that lead back."""
    options, colours = options or ViewOptions(), colours or theme("light")
    frame = recording.frame(len(recording.stops) if position is None else position)
    drawn = outline(frame, options)
    direction = "LR" if options.direction == "right" else "TB"
    lines = [
        f"digraph {quoted(recording.name)} {{",
        f'  graph [rankdir={direction}, bgcolor="{colours["canvas"]}"];',
        f'  node [fontname="JetBrains Mono, monospace", fontsize=11, fontcolor="{colours["text"]}", shape=box];',
        f'  edge [color="{colours["edge"]}"];',
    ]
    for row, (face, label) in enumerate(zip(drawn.faces, drawn.labels, strict=True)):
        if not drawn.known[row] and not options.ghosts:
            continue
        style = STYLES.get(face.shape, "rounded,filled")
        fill, line = colours.colours[face.fill], colours.colours[face.line]
        rim = ", peripheries=2" if face.shape is Shape.DOUBLE else ""
        shape = {Shape.TAB: ", shape=folder", Shape.STACK: ", shape=box3d"}.get(face.shape, "")
        name = drawn.names[row]
        text = quoted("\n".join(label))
        lines.append(f'  {name} [label={text}, style="{style}", fillcolor="{fill}", color="{line}"{rim}{shape}];')
    names = drawn.names
    for u, v, count, back in drawn.edges:
        counted = f' [label="×{count}"]' if count > 1 else ""
        lines.append(f"  {names[u]} -> {names[v]}{counted};")
        if back:
            gradient = colours["gradient_edge"]
            lines.append(f'  {names[v]} -> {names[u]} [style=dashed, constraint=false, color="{gradient}"];')
    return "\n".join([*lines, "}", ""])


def quoted(text: str) -> str:
    """A DOT string; what DOT would read as an escape is written out."""
    plain = "".join(c for c in text if c == "\n" or c.isprintable())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
