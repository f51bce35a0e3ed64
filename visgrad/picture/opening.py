"""Which groups of a recording are open at a degree of detail.

Groups of one kind (all calls of a function at one place, the first passes of a loop, all its other passes) open
together, so that like things look alike.  What tells the story opens first: the way to the loss.  The order in which
kinds open does not depend on how much is wanted, so more detail only adds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import heapify, heappop, heappush

from visgrad.picture.groups import CALL, FUNCTION, MODULE, PASS, Group

RUN = 3
"""So many closed passes that follow each other are one card, whichever loop they are of; the first stands alone."""

IDLE = 8
"""What only makes tensors opens this much later than what computes with them."""

HANDFUL = 10
NAMED = 1.6
"""Where there is more than a handful of cards, what has a name that tells what it does (a function, a module) opens
where so many times its cards would do."""

INNER = 4
"""And so much later what a library's call or layer is made of."""

LAYERS = -1
"""The kind of all layers on the story: their parameters show, or none's."""

CONTAINERS = frozenset({"Sequential", "ModuleList"})
"""Modules of a class that says nothing of what they do."""

STORY, BESIDE, INTERN = 0, 1, 2
COSTS = (1.0, 2.0, 1e30, 0.0)
"""By rank (the last is for what adds nothing): what is beside the story opens where twice as many cards are wanted."""


def is_rest(group: Group) -> bool:
    """Whether a group is a pass that may be put together with those beside it."""
    return group.kind == PASS and not group.leads


def _second(groups: Sequence[Group], told: Collection[int]) -> set[int]:
    """The groups of modules that are the second, or a later one, of their class: one tells how all of them work."""
    found: set[int] = set()
    seen: dict[str, str] = {}
    for number in sorted(told):
        group = groups[number]
        if group.kind != MODULE or _inner(group) or group.callee in CONTAINERS:
            continue
        if seen.setdefault(group.callee, group.title) != group.title:
            found.add(number)
    return found


def _inner(group: Group) -> bool:
    """Whether a group is one thing to who wrote the program: a call of a library, a layer with its parameters."""
    return group.kind == CALL or (group.kind == MODULE and group.computes == 1)


class Opening:
    """The kinds of a tree of groups; `kinds[g]` is the kind of group g, `loose` how many operations lie in none.
    `told`: the groups that the story passes through; with none, every group is as good as any other."""

    def __init__(self, groups: Sequence[Group], kinds: Sequence[int], loose: int, told: Collection[int] = ()) -> None:
        told = set(told) - _second(groups, told)
        layers = {number for number in told if _inner(groups[number]) and groups[number].operations > 1}
        layers = {number for number in layers if groups[number].kind == MODULE}
        first: dict[str, int] = {}  # one module that is called at several places is of one kind
        for number in sorted(told - layers):
            if groups[number].kind == MODULE:
                first.setdefault(groups[number].title, kinds[number])
        kinds = [
            LAYERS if number in layers else first.get(groups[number].title, kind) if number in told else kind
            for number, kind in enumerate(kinds)
        ]
        self._groups, self._kinds = groups, kinds
        self._alike: dict[int, list[int]] = {}
        for number, kind in enumerate(kinds):
            self._alike.setdefault(kind, []).append(number)
        self._told = {kinds[number] for number in told}
        self._steps = self._order(loose)

    def opened(self, wanted: float) -> set[int]:
        """The groups that are open when about `wanted` cards are to be shown."""
        found: set[int] = set()
        for shown, kind in self._steps:
            if shown > wanted:
                break
            found.update(self._alike[kind])
        return found

    def _order(self, loose: int) -> list[tuple[float, int]]:
        """How many cards must be wanted for each kind to open, in the order in which they open: next is the one, of
        those in sight, that adds the fewest cards, first on the story, then beside it; deep ones and those that compute
        nothing later, and last what has no name in the program's language."""
        top = [number for number, group in enumerate(self._groups) if group.parent < 0 and group.operations]
        shown = loose + len(top)
        waiting = [self._offer(kind) for kind in {self._kinds[number] for number in top}]
        heapify(waiting)
        steps = []
        seen: set[int] = set()
        while waiting:
            rank, _, kind, more = heappop(waiting)
            if kind in seen:
                continue
            seen.add(kind)
            late = NAMED if shown > HANDFUL and self._named(kind) else 1.0
            shown += more
            steps.append((shown * COSTS[rank] * late, kind))
            inside = {self._kinds[child] for number in self._alike[kind] for child in self._groups[number].children}
            for other in inside:
                heappush(waiting, self._offer(other))
        return steps

    def _offer(self, kind: int) -> tuple[int, int, int, int]:
        """The rank and the price of opening a kind, the kind, and how many cards that adds."""
        members = [self._groups[number] for number in self._alike[kind]]
        if all(group.operations <= 1 for group in members):
            return -1, 0, kind, 0
        parents: dict[int, int] = {}
        for group in members:
            parents[group.parent] = parents.get(group.parent, 0) + 1
        rest = is_rest(members[0])
        before = sum(1 if rest and count >= RUN else count for count in parents.values())
        more = sum(map(self._cards, members)) - before
        late = INNER if all(map(_inner, members)) else 1 if any(group.computes for group in members) else IDLE
        beside = bool(self._told) and kind not in self._told
        rank = INTERN if any(group.intern for group in members) else BESIDE if beside else STORY
        return rank, max(more, 1) * (members[0].depth + 1) * late, kind, more

    def _named(self, kind: int) -> bool:
        return kind != LAYERS and self._groups[self._alike[kind][0]].kind in (FUNCTION, MODULE)

    def _cards(self, group: Group) -> int:
        """How many cards an open group shows when everything in it is closed."""
        inside = [self._groups[child] for child in group.children if self._groups[child].operations]
        rest = sum(map(is_rest, inside))
        return group.own + len(inside) - (rest - 1 if rest >= RUN else 0)
