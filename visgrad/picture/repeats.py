"""Structures that a run repeats although no loop, function or module of the program's text says so: layers written out
one after the other, a list of formulas in one line.

What counts is which operations follow each other, with how many arguments and what shapes.  A stretch of a group that
is the same structure three times in a row, or more often, becomes a group of its own, with a pass for each time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from visgrad.explain.spoken import said
from visgrad.picture.display import Ints
from visgrad.picture.groups import PASS, REPEAT, Group, add_group
from visgrad.recording.model import Operation

LEAST_TIMES = 3
LEAST_OPERATIONS = 6
LONGEST = 48
"""Operations that a structure has at most."""

NAMED = 5
"""So many operations name a structure."""

Repeat = tuple[int, int, int]
"""Where it begins, how many operations it has, how often it comes."""


def fold_repeats(
    groups: list[Group], of: list[int], operations: Sequence[Operation], kind: Callable[[Group], None]
) -> None:
    """Add groups for what is repeated within the groups that there are; `kind` is told of each new group."""
    numbers: dict[object, int] = {}
    signature = np.array([numbers.setdefault(_structure(one), len(numbers)) for one in operations], np.int32)
    inner = np.array(of, np.int32)
    cuts = [0, *(np.flatnonzero(np.diff(inner)) + 1).tolist(), len(inner)]
    known: dict[bytes, list[Repeat]] = {}
    for begin, end in pairwise(cuts):
        if end - begin < LEAST_OPERATIONS or (of[begin] >= 0 and begin < groups[of[begin]].first):
            continue
        stretch = signature[begin:end]
        key = stretch.tobytes()
        if key not in known:
            known[key] = repeats(stretch)
        for start, period, times in known[key]:
            _insert(groups, of, operations, (begin + start, period, times), kind)


def _structure(operation: Operation) -> object:
    shapes = tuple(output.summary.shape for output in operation.outputs)
    return operation.op, len(operation.inputs), operation.in_place, shapes


def repeats(kinds: Ints) -> list[Repeat]:
    """The stretches of a sequence that repeat themselves; where they overlap, the longest, of equal ones the one whose
    structure is shortest.  In order."""
    found = []
    for period in range(1, min(LONGEST, len(kinds) // LEAST_TIMES) + 1):
        same = np.concatenate([[False], kinds[:-period] == kinds[period:], [False]])
        turns = np.flatnonzero(same[1:] != same[:-1])
        for begin, end in zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True):
            times = (end - begin) // period + 1
            if times >= LEAST_TIMES and times * period >= LEAST_OPERATIONS:
                found.append((-times * period, period, begin, times))
    taken = np.zeros(len(kinds), bool)
    chosen = []
    for covered, period, begin, times in sorted(found):
        if not taken[begin : begin - covered].any():
            taken[begin : begin - covered] = True
            chosen.append((begin, period, times))
    return sorted(chosen)


def _insert(
    groups: list[Group],
    of: list[int],
    operations: Sequence[Operation],
    repeat: Repeat,
    kind: Callable[[Group], None],
) -> None:
    begin, period, times = repeat
    parent = of[begin]
    names = [said(operations[begin + at].op) for at in range(min(period, NAMED))]
    title = " · ".join(names) + (" …" if period > NAMED else "")
    where = operations[begin].where
    line = where[0].span.line if where else 0
    whole = add_group(
        groups, Group(parent, REPEAT, title, line, 0), range(begin, begin + period * times), operations, kind
    )
    if parent >= 0:
        groups[parent].own -= period * times
    if period == 1:
        groups[whole].own = times
        of[begin : begin + times] = [whole] * times
        return
    for number in range(times):
        inside = range(begin + number * period, begin + (number + 1) * period)
        one = add_group(
            groups, Group(whole, PASS, f"pass {number + 1}", line, 0, number == 0), inside, operations, kind
        )
        groups[one].own = period
        of[inside.start : inside.stop] = [one] * period
