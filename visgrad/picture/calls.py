"""Calls of a library that do much at once: `optimizer.step()`, `hessian(f, x)`, the handful of operations that a matrix
product of batches is made of.  What one piece of the program's text does in one go, and no loop, function or module
of its own holds, becomes a group that is called as the text reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from visgrad.explain.spoken import said
from visgrad.picture.groups import CALL, Group, add_group
from visgrad.recording.model import Operation

LEAST = 2
"""Operations of a call that is worth a group."""


def fold_calls(
    groups: list[Group],
    of: list[int],
    operations: Sequence[Operation],
    text: Callable[[Operation], str],
    kind: Callable[[Group], None],
) -> None:
    """Add the groups; `text`: what the program says for an operation; `kind` is told of each new group."""
    inner = np.array(of, np.int64)
    for begin, end in _stretches(operations, inner):
        parent = of[begin]
        if parent >= 0 and (begin < groups[parent].first or end - begin >= groups[parent].operations):
            continue  # parameters, which stand with their layer; a group that is nothing but this call
        inside = range(begin, end)
        title = text(operations[begin]) or said(operations[begin].op)
        group = Group(parent, CALL, title, operations[begin].where[0].span.line, 0)
        group.intern = any(operations[at].op.startswith("_") and not operations[at].order for at in inside)
        number = add_group(groups, group, inside, operations, kind)
        groups[number].own = end - begin
        if parent >= 0:
            groups[parent].own -= end - begin
        of[begin:end] = [number] * (end - begin)


def _stretches(operations: Sequence[Operation], inner: NDArray[np.int64]) -> list[tuple[int, int]]:
    """From where to where one call of the program made several operations, all directly in one group."""
    if not len(inner):
        return []
    same = np.fromiter(
        (bool(a.where) and a.where == b.where for a, b in pairwise(operations)), np.bool_, len(operations) - 1
    )
    cuts = np.flatnonzero(~same | (np.diff(inner) != 0)) + 1
    bounds = np.concatenate([[0], cuts, [len(inner)]])
    long = np.flatnonzero(np.diff(bounds) >= LEAST)
    return [(int(bounds[at]), int(bounds[at + 1])) for at in long]
