"""What a kind of node looks like: its outline and its colour roles."""

from __future__ import annotations

from typing import NamedTuple

from visgrad.picture.display import Shape
from visgrad.picture.roles import role
from visgrad.recording.model import Operation


class Face(NamedTuple):
    """`fill`, `line`, `accent`: roles.  `kind`: a word for what it is, "" where the backward name says enough."""

    shape: Shape
    fill: int
    line: int
    accent: int
    kind: str = ""


def _face(shape: Shape, fill: str, line: str, accent: str, kind: str = "") -> Face:
    return Face(shape, role(fill), role(line), role(accent), kind)


LEAF = _face(Shape.PILL, "leaf_fill", "leaf", "leaf", "leaf")
PARAMETER = _face(Shape.DOUBLE, "parameter_fill", "parameter", "parameter", "parameter")
CONSTANT = _face(Shape.SQUARE, "constant_fill", "constant", "constant", "constant")
GRADIENT = _face(Shape.SQUARE, "gradient_fill", "gradient", "gradient", "gradient")
RESULT = _face(Shape.ROUNDED, "card", "card_line", "operation")
OUTPUT = _face(Shape.ROUNDED, "output_fill", "output", "output")
NO_GRAD = _face(Shape.DASHED, "no_grad_fill", "no_grad", "no_grad", "no grad")
DETACHED = _face(Shape.DASHED, "no_grad_fill", "no_grad", "no_grad", "detached")
GROUP = _face(Shape.STACK, "group_fill", "card_line", "accent", "group")

SOURCES = {"leaf": LEAF, "parameter": PARAMETER, "constant": CONSTANT, "no_grad": NO_GRAD, "detached": DETACHED}


def face(operation: Operation, root: bool) -> Face:
    """The face of an operation's card.  `root`: a backward sweep starts from its result."""
    output = operation.outputs[0] if operation.outputs else None
    plain = SOURCES.get(output.role, RESULT) if output else RESULT
    if output is None:
        return plain
    if operation.op == "grad":
        return GRADIENT
    if operation.in_place and plain in (LEAF, PARAMETER):
        return plain._replace(shape=Shape.CUT, line=role("in_place"), accent=role("in_place"))
    if plain in (LEAF, PARAMETER, CONSTANT, DETACHED):
        return plain
    if plain is RESULT:
        if operation.order:
            accent = role("order1" if operation.order == 1 else "order2")
            plain = plain._replace(line=accent, accent=accent)
        if root:
            plain = OUTPUT
    if operation.in_place:
        return plain._replace(shape=Shape.CUT, line=role("in_place"), accent=role("in_place"), kind="in place")
    if output.view_of >= 0:
        return plain._replace(shape=Shape.TAB, line=role("view"), accent=role("view"), kind="view")
    return plain
