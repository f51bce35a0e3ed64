"""What a group of operations is: a loop, a pass of one, a call of a function, of a module or of a library.

The tree of groups is made by `fold`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from visgrad.picture.display import Ints
from visgrad.recording.model import Operation

LOOP, PASS, FUNCTION, MODULE, REPEAT, CALL = "loop", "pass", "function", "module", "repeat", "call"
LOOPS = (LOOP, REPEAT)
"""Groups that consist of passes."""


@dataclass
class Group:
    """A piece of the program's run.  `parent`: the group it lies in, or -1.  `children`: groups directly in it.

    `kind`: "loop", "pass", "function", "module", "repeat" or "call".  `title`: `for i in range(3)`, `pass 2`, `f`,
    `model.0`, `optimizer.step()`.  `line`: where it stands.  `operations`: how many lie in it, at any depth, of which
    `computes` have inputs; `own`: directly.  `first`, `last`: ids at the ends of its time (a layer's parameters, which
    lie in it, were made before).  `leads`: it is the first pass of its loop.  `intern`: a call that is made of
    operations which have no name in the program's language.  `callee`: the class of a module.
    """

    parent: int
    kind: str
    title: str
    line: int
    depth: int
    leads: bool = False
    intern: bool = False
    callee: str = ""
    operations: int = 0
    computes: int = 0
    first: int = -1
    last: int = -1
    own: int = 0
    children: list[int] = field(default_factory=list)


def add_group(
    groups: list[Group], group: Group, inside: range, operations: Sequence[Operation], kind: Callable[[Group], None]
) -> int:
    """Fill in what a group has in it, and put it below its parent, in order of time; its number.  `kind` is told."""
    number = len(groups)
    group.first, group.last, group.operations = inside.start, inside.stop - 1, len(inside)
    group.computes = sum(bool(operations[at].inputs) for at in inside)
    groups.append(group)
    if group.parent >= 0:
        above = groups[group.parent]
        group.depth = above.depth + 1
        above.children.append(number)
        above.children.sort(key=lambda child: groups[child].first)
    kind(group)
    return number


class Tree:
    """Groups as arrays.  `of[i]`: the innermost group of operation i, or -1.  `first[g]`: a group's first operation.
    `loops`: the groups that consist of passes."""

    def __init__(self, groups: Sequence[Group], of: Sequence[int]) -> None:
        self.of: Ints = np.array(of, np.int32)
        self.first: Ints = np.array([group.first for group in groups], np.int32)
        self.loops: Ints = np.array([g for g, group in enumerate(groups) if group.kind in LOOPS], np.int32)
        self._parent: Ints = np.array([group.parent for group in groups], np.int32)
        depth = np.array([group.depth for group in groups], np.int32)
        self._levels = [np.flatnonzero(depth == level) for level in range(1, int(depth.max(initial=0)) + 1)]

    def outermost(self, own: Ints) -> Ints:
        """Of each group and those above it, the outermost that `own` names; it names -1 for none."""
        found = own.copy()
        for members in self._levels:
            above = found[self._parent[members]]
            found[members] = np.where(above >= 0, above, own[members])
        return found
