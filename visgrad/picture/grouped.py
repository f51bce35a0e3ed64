"""What the folded groups of a picture stand for: how much is in each, and which value each shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from visgrad.picture.cards import Card, band_of, shape_of
from visgrad.picture.facts import Facts
from visgrad.picture.fold import Folds
from visgrad.picture.folded import Folding
from visgrad.picture.graph import Graph
from visgrad.picture.group_cards import Inside, group_card
from visgrad.picture.groups import CALL, FUNCTION, LOOP, LOOPS, MODULE, PASS
from visgrad.picture.options import ViewOptions
from visgrad.recording.model import Bind
from visgrad.recording.recording import Recording


def group_cards(
    recording: Recording, graph: Graph, folding: Folding, folds: Folds, facts: Facts, options: ViewOptions
) -> dict[int, Card]:
    """The cards of the rows that are groups."""
    found = {}
    for row, inside in insides(recording, graph, folding, folds, facts).items():
        result = recording.operations[inside.results[-1]]
        found[row] = group_card(inside, result, band_of(recording, result.outputs[:1]), options)
    return found


def insides(recording: Recording, graph: Graph, folding: Folding, folds: Folds, facts: Facts) -> dict[int, Inside]:
    """What the rows that are groups stand for."""
    rows = np.flatnonzero(graph.nodes < 0).tolist()
    named = _named(folding, folds, facts) if rows else {}
    found = {row: _inside(folds, folding, row, named.get(row)) for row in rows}
    for row, inside in found.items():
        if called := _called(recording, inside):
            inside = replace(inside, called=called)
        if inside.group.kind == MODULE and inside.computes == 1:
            inside = replace(inside, shape=shape_of(recording.operations[inside.results[-1]]))
        found[row] = inside
    return found


def _inside(folds: Folds, folding: Folding, row: int, named: tuple[str, list[int]] | None) -> Inside:
    number, end = int(folding.group[row]), int(folding.ends[row])
    group = folds.groups[number]
    together, passes, loop = [group], 0, ""
    if group.kind == PASS:
        above = folds.groups[group.parent]
        beside = (folds.groups[other] for other in above.children)
        together = [one for one in beside if one.kind == PASS and group.first <= one.first <= end]
        passes, loop = len(together), above.title if above.kind == LOOP else ""
    elif group.kind in LOOPS:
        passes = sum(folds.groups[child].kind == PASS for child in group.children)
    operations = sum(one.operations for one in together)
    computes = sum(one.computes for one in together)
    name, results = named or ("", [end])
    return Inside(group, operations, computes, passes, tuple(results), name, loop=loop)


def _called(recording: Recording, inside: Inside) -> str:
    """The name that the line which calls a group gives its result, or that one time of a repeat gives its own; "" if
    there is none."""
    operation, group = recording.operations[inside.results[-1]], inside.group
    repeated = group.kind == PASS and not inside.loop and inside.passes == 1
    if operation.in_place or not (repeated or group.kind in (FUNCTION, MODULE, CALL)):
        return ""
    for output in operation.outputs:
        for step, name in reversed(recording.names.get(output.value, [])):
            bind = recording.steps[step]
            line = operation.where[0].span.line if repeated and operation.where else group.line
            if isinstance(bind, Bind) and bind.line == line and name.isidentifier():
                return name
    return ""


def _named(folding: Folding, folds: Folds, facts: Facts) -> dict[int, tuple[str, list[int]]]:
    """For each loop and pass that is folded: what the last single number with a name in it is called, and the
    operations that made what is called so."""
    kinds = [folds.groups[number].kind if number >= 0 else "" for number in folding.group.tolist()]
    operations, names = facts.figures()
    rows = folding.member[operations]
    found = {}
    for row in [row for row, kind in enumerate(kinds) if kind in (*LOOPS, PASS)]:
        mine = np.flatnonzero(rows == row)
        if len(mine):
            name = names[int(mine[np.argmax(operations[mine])])]
            results = sorted(int(operations[place]) for place in mine.tolist() if names[place] == name)
            found[row] = (name, results)
    return found
