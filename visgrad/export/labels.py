"""What the text formats (DOT, Mermaid) write on a node: the same as stands on a card, in a few lines."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from visgrad.explain.spoken import said
from visgrad.picture.cards import call_of, kind_of
from visgrad.picture.colouring import NOTHING, Colouring, fills
from visgrad.picture.display import Legend
from visgrad.picture.draw import Picture
from visgrad.picture.faces import GROUP, Face, face
from visgrad.picture.facts import facts_of
from visgrad.picture.fold import folds_of
from visgrad.picture.folded import fold
from visgrad.picture.group_cards import Inside, has_result, words
from visgrad.picture.grouped import insides
from visgrad.picture.naming import Naming, told
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import role
from visgrad.picture.text import one_line
from visgrad.recording.frame import Frame
from visgrad.recording.model import Operation
from visgrad.recording.summary import short


@dataclass(frozen=True)
class Outline:
    """A graph at a frame: `rows`, the nodes that are written; for each row of the graph its name, face and label, and
    the roles of its `fills` and `lines`.

    `edges`: source row, target row, how many edges it stands for, whether a gradient has come along it.  `legend`:
    what the colours stand for, None where they are those of kinds of nodes.
    """

    rows: list[int]
    names: list[str]
    faces: list[Face]
    labels: list[list[str]]
    fills: list[int]
    lines: list[int]
    edges: list[tuple[int, int, int, bool]]
    legend: Legend | None = None


def outline(frame: Frame, options: ViewOptions, nodes: Collection[int] | None = None) -> Outline:
    """All that the text formats write, at a frame: folded as a picture is.  `nodes`: those that are wanted."""
    recording = frame.recording
    facts, folds = facts_of(recording), folds_of(recording)
    closed = folds.closed(options.detail, options.unfolded, options.folded)
    graph, folding = fold(facts.graph(options), folds, closed)
    roots = {recording.producer[value] for sweep in recording.sweeps for value in sweep.roots}
    groups = insides(recording, graph, folding, folds, facts)
    naming = Naming(recording)
    faces, labels = [], []
    for row, node in enumerate(graph.nodes.tolist()):
        if node < 0:
            faces.append(GROUP)
            labels.append(group_label(frame, groups[row], options))
            continue
        operation = told(frame, recording.operations[node], options.language)
        faces.append(face(operation, node in roots))
        labels.append(label(frame, operation, faces[-1], naming.name(frame, operation), options))
    known = [frame.known(begin) for begin in folding.begins.tolist()]
    came = np.zeros(len(folding.count), bool)
    came[folding.edge[facts.flowed(folding.operation, folding.slot) < frame.end]] = True
    back = (came & options.backward).tolist()
    every = graph.nodes.tolist()
    written = [
        (options.ghosts or seen) and (nodes is None or node in nodes) for seen, node in zip(known, every, strict=True)
    ]
    columns = zip(graph.source.tolist(), graph.target.tolist(), folding.count.tolist(), back, strict=True)
    edges = [edge for edge in columns if written[edge[0]] and written[edge[1]]]
    names = [f"n{node}" if node >= 0 else f"g{-1 - node}" for node in every]
    rows = [row for row, wanted in enumerate(written) if wanted]
    plain = [face.fill for face in faces], [face.line for face in faces]
    if options.colour == "role":
        return Outline(rows, names, faces, labels, *plain, edges)
    colouring = Colouring(recording, options.colour, graph, folding, options.language)
    roles = colouring.roles(frame)
    there = roles != NOTHING
    tinted = (np.where(there, fills(roles), role("card")).tolist(), np.where(there, roles, role("card_line")).tolist())
    return Outline(rows, names, faces, labels, *tinted, edges, colouring.legend)


def group_label(frame: Frame, inside: Inside, options: ViewOptions) -> list[str]:
    """What a folded group is, what is in it, and what it has come to."""
    title, kind, count = words(inside, options.language)
    lines = [title, f"{kind}  {count}"]
    known = [operation for operation in inside.results if frame.known(operation)]
    if options.values and known and has_result(inside, frame.recording.operations[known[-1]]):
        outputs = frame.recording.operations[known[-1]].outputs
        value = short(outputs[0].summary) if outputs else ""
        lines += [f"{inside.name} = {value}" if inside.name else value] if value else []
        gradient = frame.gradient(outputs[0].value) if outputs and not inside.name else None
        if options.gradients and gradient is not None:
            lines.append(f"grad {short(gradient)}")
    return lines


def label(frame: Frame, operation: Operation, face: Face, name: str, options: ViewOptions) -> list[str]:
    """Name and call; backward name, shape and type; value; gradient."""
    call = call_of(operation, face, options.language)
    title = f"{name} = {call}" if name and call else name or call or one_line(operation.call) or said(operation.op)
    lines = [title, "  ".join(filter(None, kind_of(operation, face, options.language)))]
    for output in operation.outputs[:1]:
        if options.values:
            lines.append(short(output.summary))
        gradient = frame.gradient(output.value)
        if options.gradients and gradient is not None:
            lines.append(f"grad {short(gradient)}")
    return lines


def lines_of(picture: Picture, row: int, position: int) -> list[str]:
    """The label of a card of a picture, at a position."""
    frame, card = picture.recording.frame(position), picture.cards[row]
    if card.inside is not None:
        return group_label(frame, card.inside, picture.options)
    name = Naming(picture.recording).name(frame, card.operation)
    return label(frame, card.operation, card.face, name, picture.options)
