"""What the text formats (DOT, Mermaid) write on a node: the same as stands on a card, in a few lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visgrad.picture.cards import call_of, kind_of
from visgrad.picture.faces import Face, face
from visgrad.picture.graph import Graph, build
from visgrad.picture.options import ViewOptions
from visgrad.picture.text import one_line
from visgrad.recording.frame import Frame
from visgrad.recording.model import Operation
from visgrad.recording.summary import short


@dataclass(frozen=True)
class Outline:
    """A graph at a frame: `graph`, the rows that have run, and for each row of the graph its face and its label."""

    graph: Graph
    known: list[bool]
    faces: list[Face]
    labels: list[list[str]]


def outline(frame: Frame, options: ViewOptions) -> Outline:
    """All that the text formats write, at a frame."""
    recording = frame.recording
    graph = build(recording, options)
    roots = {recording.producer[value] for sweep in recording.sweeps for value in sweep.roots}
    operations = [recording.operations[node] for node in graph.nodes.tolist()]
    faces = [face(operation, operation.id in roots) for operation in operations]
    known = [frame.known(operation.id) for operation in operations]
    labels = [label(frame, operation, face, options) for operation, face in zip(operations, faces, strict=True)]
    return Outline(graph, known, faces, labels)


def label(frame: Frame, operation: Operation, face: Face, options: ViewOptions) -> list[str]:
    """Name and call; backward name, shape and type; value; gradient."""
    name = ", ".join(filter(None, (frame.name(output.value) for output in operation.outputs)))
    call = call_of(operation, face)
    title = f"{name} = {call}" if name and call else name or call or one_line(operation.call) or operation.op
    lines = [title, "  ".join(filter(None, kind_of(operation, face)))]
    for output in operation.outputs[:1]:
        if options.values:
            lines.append(short(output.summary))
        gradient = frame.gradient(output.value)
        if options.gradients and gradient is not None:
            lines.append(f"grad {short(gradient)}")
    return lines


def flowed(frame: Frame) -> set[tuple[int, int]]:
    """(operation, argument slot) of every edge along which a gradient has come."""
    return {
        (contribution.source, contribution.slot)
        for history in frame.recording.contributions.values()
        for step, contribution in history
        if step < frame.end
    }


def edges(drawn: Outline, ghosts: bool) -> list[tuple[int, int, int]]:
    """(source row, target row, argument slot) of the edges to write."""
    graph = drawn.graph
    columns = np.column_stack([graph.source, graph.target, graph.slot]).tolist()
    return [(u, v, slot) for u, v, slot in columns if ghosts or drawn.known[v]]
