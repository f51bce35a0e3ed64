"""Which groups of a recording are open at a degree of detail.

Groups of one kind (all calls of a function at one place, the first passes of a loop, all its other passes) open
together, so that like things look alike.  The order in which kinds open does not depend on how much is wanted, so more
detail only adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from visgrad.picture.groups import PASS, Group

RUN = 3
"""So many closed passes that follow each other are one card, whichever loop they are of; the first stands alone."""

IDLE = 8
"""What only makes tensors opens this much later than what computes with them."""


def is_rest(group: Group) -> bool:
    """Whether a group is a pass that may be put together with those beside it."""
    return group.kind == PASS and not group.leads


class Opening:
    """The kinds of a tree of groups; `kinds[g]` is the kind of group g, `loose` how many operations lie in none."""

    def __init__(self, groups: Sequence[Group], kinds: Sequence[int], loose: int) -> None:
        self._groups, self._kinds = groups, kinds
        self._alike: dict[int, list[int]] = {}
        for number, kind in enumerate(kinds):
            self._alike.setdefault(kind, []).append(number)
        self._steps = self._order(loose)

    def opened(self, wanted: float) -> set[int]:
        """The groups that are open when about `wanted` cards are to be shown."""
        found: set[int] = set()
        for shown, kind in self._steps:
            if shown > wanted:
                break
            found.update(self._alike[kind])
        return found

    def _order(self, loose: int) -> list[tuple[int, int]]:
        """How many cards are shown once each kind is open, in the order in which they open: next is the one, of those
        in sight, that adds the fewest cards; deep ones and those that compute nothing later."""
        top = [number for number, group in enumerate(self._groups) if group.parent < 0]
        shown = loose + len(top)
        waiting = [self._offer(kind) for kind in {self._kinds[number] for number in top}]
        heapify(waiting)
        steps = []
        while waiting:
            _, kind, more = heappop(waiting)
            shown += more
            steps.append((shown, kind))
            inside = {self._kinds[child] for number in self._alike[kind] for child in self._groups[number].children}
            for other in inside:
                heappush(waiting, self._offer(other))
        return steps

    def _offer(self, kind: int) -> tuple[int, int, int]:
        """The price of opening a kind, the kind, and how many cards that adds."""
        members = [self._groups[number] for number in self._alike[kind]]
        parents: dict[int, int] = {}
        for group in members:
            parents[group.parent] = parents.get(group.parent, 0) + 1
        rest = is_rest(members[0])
        before = sum(1 if rest and count >= RUN else count for count in parents.values())
        more = sum(map(self._cards, members)) - before
        idle = IDLE if not any(group.computes for group in members) else 1
        return max(more, 1) * (members[0].depth + 1) * idle, kind, more

    def _cards(self, group: Group) -> int:
        """How many cards an open group shows when everything in it is closed."""
        rest = sum(is_rest(self._groups[child]) for child in group.children)
        return group.own + len(group.children) - (rest - 1 if rest >= RUN else 0)
