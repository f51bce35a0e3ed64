"""A recording as Graphviz DOT text, to be laid out and styled further elsewhere."""

from __future__ import annotations

from visgrad.export.labels import edges, flowed, outline
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
        shape = ", shape=folder" if face.shape is Shape.TAB else ""
        name = f"n{drawn.graph.nodes[row]}"
        text = quoted("\n".join(label))
        lines.append(f'  {name} [label={text}, style="{style}", fillcolor="{fill}", color="{line}"{rim}{shape}];')
    back = flowed(frame) if options.backward else set()
    nodes = drawn.graph.nodes.tolist()
    for u, v, slot in edges(drawn, options.ghosts):
        lines.append(f"  n{nodes[u]} -> n{nodes[v]};")
        if (nodes[v], slot) in back:
            lines.append(
                f'  n{nodes[v]} -> n{nodes[u]} [style=dashed, constraint=false, color="{colours["gradient_edge"]}"];'
            )
    return "\n".join([*lines, "}", ""])


def quoted(text: str) -> str:
    """A DOT string; what DOT would read as an escape is written out."""
    plain = "".join(c for c in text if c == "\n" or c.isprintable())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
