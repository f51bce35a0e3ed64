"""What the folded groups of a picture stand for: how much is in each, and which value each shows."""

from __future__ import annotations

import numpy as np

from visgrad.picture.cards import Card, band_of
from visgrad.picture.facts import Facts
from visgrad.picture.fold import Folds
from visgrad.picture.folded import Folding
from visgrad.picture.graph import Graph
from visgrad.picture.group_cards import Inside, group_card
from visgrad.picture.groups import LOOPS, PASS
from visgrad.picture.options import ViewOptions
from visgrad.recording.recording import Recording


def group_cards(
    recording: Recording, graph: Graph, folding: Folding, folds: Folds, facts: Facts, options: ViewOptions
) -> dict[int, Card]:
    """The cards of the rows that are groups."""
    found = {}
    for row, inside in insides(graph, folding, folds, facts).items():
        result = recording.operations[inside.results[-1]]
        found[row] = group_card(inside, result, band_of(recording, result.outputs[:1]), options)
    return found


def insides(graph: Graph, folding: Folding, folds: Folds, facts: Facts) -> dict[int, Inside]:
    """What the rows that are groups stand for."""
    rows = np.flatnonzero(graph.nodes < 0).tolist()
    named = _named(folding, folds, facts) if rows else {}
    return {row: _inside(folds, folding, row, named.get(row)) for row in rows}


def _inside(folds: Folds, folding: Folding, row: int, named: tuple[str, list[int]] | None) -> Inside:
    number, end = int(folding.group[row]), int(folding.ends[row])
    group = folds.groups[number]
    passes = 0
    if group.kind == PASS:
        beside = (folds.groups[other] for other in folds.groups[group.parent].children)
        together = [one for one in beside if one.kind == PASS and group.first <= one.first <= end]
        operations, passes = sum(one.operations for one in together), len(together)
    else:
        operations = group.operations
        if group.kind in LOOPS:
            passes = sum(folds.groups[child].kind == PASS for child in group.children)
    if named is None:
        return Inside(group, operations, passes, (end,))
    name, results = named
    return Inside(group, operations, passes, tuple(results), name)


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
