"""What the inspector says about a folded group, as plain data: what it is, how much is in it, what goes in and out.

Owns the description of a group in a picture; that of an operation is `facts`'.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

import numpy as np

from ui.i18n import tr
from ui.inspector.facts import Item, Matrix, Posting, Section, Source, Subject, Unfold, Words
from visgrad.explain.label import label
from visgrad.picture.display import Ints
from visgrad.picture.draw import Picture
from visgrad.picture.group_cards import Inside
from visgrad.picture.roles import ROLES
from visgrad.recording.frame import Frame
from visgrad.recording.model import Summary
from visgrad.recording.summary import short

FEW = 14
"""At most so many characters of a value are set beside its name."""

LISTED = 12
"""At most so many inputs, or outputs, are listed."""


def describe_group(frame: Frame, picture: Picture, node: int) -> Subject | None:
    """All that is known of a folded group at a frame; None where the picture has no such group."""
    rows = np.flatnonzero(picture.graph.nodes == node)
    inside = picture.cards[int(rows[0])].inside if len(rows) else None
    if inside is None:
        return None
    row = int(rows[0])
    card = picture.cards[row]
    sections = [Section("", (Unfold(-1 - node, tr("inspector.unfold")),))]
    if not frame.known(int(picture.folding.begins[row])):
        sections.append(Section("", (Words(tr("inspector.ahead"), "dim"),)))
    else:
        sections += _result(frame, inside)
        sections += _passing(frame, "inspector.inputs", _values(frame, picture, picture.graph.target, row))
        sections += _passing(frame, "inspector.outputs", _values(frame, picture, picture.graph.source, row))
    sections += _origin(frame, inside.group.line)
    kind = tr(f"kind.{inside.group.kind}")
    return Subject(card.name, kind, ROLES[card.face.accent], "", _brief(inside), tuple(sections))


def _brief(inside: Inside) -> str:
    parts = [tr("inspector.operations", count=inside.operations)]
    if inside.passes > 1:
        parts.append(tr("inspector.passes", count=inside.passes))
    return " · ".join(parts)


def _result(frame: Frame, inside: Inside) -> list[Section]:
    """The value that the group's card shows, as far as it has come, and its gradient."""
    made = frame.recording.made
    count = bisect_left(inside.results, frame.end, key=made.__getitem__)
    outputs = frame.recording.operations[inside.results[count - 1]].outputs if count else ()
    if not outputs or not inside.group.computes:
        return []
    output = outputs[0]
    title = inside.name or label(frame, output.value)
    found = [Section(tr("inspector.comes_to", name=title), (Matrix(output.summary, output.value),))]
    gradient = frame.gradient(output.value)
    if gradient is not None:
        found.append(Section(tr("inspector.gradient"), (Matrix(gradient, output.value, "gradient"),)))
    return found


def _values(frame: Frame, picture: Picture, ends: Ints, row: int) -> list[int]:
    """The values on the edges that end (or begin) at a row, without repeats, of those there are by now."""
    folding, recording = picture.folding, frame.recording
    mine = np.flatnonzero(ends[folding.edge] == row)
    values = (
        recording.operations[operation].inputs[slot]
        for operation, slot in zip(folding.operation[mine].tolist(), folding.slot[mine].tolist(), strict=True)
        if frame.known(operation)
    )
    return list(dict.fromkeys(values))


def _passing(frame: Frame, title: str, values: list[int]) -> list[Section]:
    """What goes in, or comes out: names and values, each a way to the operation that made it."""
    if not values:
        return []
    items: list[Item] = list(_listed(frame, values[:LISTED]))
    if len(values) > LISTED:
        items.append(Posting(tr("inspector.more", count=len(values) - LISTED), "", ""))
    return [Section(tr(title), tuple(items))]


def _listed(frame: Frame, values: Iterable[int]) -> Iterable[Posting]:
    recording = frame.recording
    for value in values:
        yield Posting(label(frame, value), _briefly(recording.values[value].summary), "", recording.producer[value])


def _briefly(summary: Summary) -> str:
    """The numbers where they are few, else the shape: names stand beside."""
    text = short(summary, FEW)
    return text if not text.startswith("(") else text[: text.index(")") + 1]


def _origin(frame: Frame, line: int) -> list[Section]:
    lines = frame.recording.source.splitlines()
    if not 0 < line <= len(lines):
        return []
    return [Section(tr("inspector.source"), (Source(line, lines[line - 1].strip()),))]
