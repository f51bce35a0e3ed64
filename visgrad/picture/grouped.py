"""What the folded groups of a picture stand for: how much is in each, and which value each shows."""

from __future__ import annotations

import numpy as np

from visgrad.picture.cards import Card
from visgrad.picture.fold import Folds
from visgrad.picture.folded import Folding
from visgrad.picture.graph import Graph
from visgrad.picture.group_cards import Inside, group_card, shows_figure
from visgrad.picture.groups import LOOP, PASS
from visgrad.picture.options import ViewOptions
from visgrad.recording.recording import Recording


def group_cards(
    recording: Recording, graph: Graph, folding: Folding, folds: Folds, options: ViewOptions
) -> dict[int, Card]:
    """The cards of the rows that are groups."""
    rows = np.flatnonzero(graph.nodes < 0).tolist()
    named = _named(recording, folding, folds) if rows else {}
    sweeps = bool(recording.sweeps) or recording.outcome is None
    found = {}
    for row in rows:
        inside = _inside(folds, folding, row, named.get(row, {}))
        result = recording.operations[inside.results[-1]]
        gradient = any((o.requires_grad and sweeps) or o.value in recording.gradients for o in result.outputs[:1])
        found[row] = group_card(inside, result, gradient, options)
    return found


def _inside(folds: Folds, folding: Folding, row: int, named: dict[str, list[int]]) -> Inside:
    number, end = int(folding.group[row]), int(folding.ends[row])
    group = folds.groups[number]
    passes = 0
    if group.kind == PASS:
        beside = (folds.groups[other] for other in folds.groups[group.parent].children)
        together = [one for one in beside if one.kind == PASS and group.first <= one.first <= end]
        operations, passes = sum(one.operations for one in together), len(together)
    else:
        operations = group.operations
        if group.kind == LOOP:
            passes = sum(folds.groups[child].kind == PASS for child in group.children)
    if not named:
        return Inside(group, operations, passes, (end,))
    name, results = max(named.items(), key=lambda item: (item[1][-1], item[0]))
    return Inside(group, operations, passes, tuple(results), name)


def _named(recording: Recording, folding: Folding, folds: Folds) -> dict[int, dict[str, list[int]]]:
    """For each loop and pass that is folded, the single numbers with a name in it: by name, the operations in order."""
    loops = {
        row
        for row, number in enumerate(folding.group.tolist())
        if number >= 0 and folds.groups[number].kind in (LOOP, PASS)
    }
    member = folding.member
    found: dict[int, dict[str, list[int]]] = {}
    for value, history in recording.names.items():
        operation = recording.producer[value]
        row = int(member[operation])
        name = history[-1][1]
        if row in loops and name.isidentifier() and shows_figure(recording.operations[operation]):
            names = found.setdefault(row, {})
            names.setdefault(name, []).append(operation)
    for names in found.values():
        for results in names.values():
            results.sort()
    return found
