"""What belongs together in a recording: loops and their passes, functions, modules, repeats, as a tree of groups.

Owns the choice of what is folded at a degree of detail.  The tree is `grouping`'s, how a folded group is drawn is
`graph`'s and `cards`'s.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from math import log
from weakref import WeakKeyDictionary, proxy

import numpy as np

from visgrad.picture.calls import fold_calls
from visgrad.picture.display import Ints
from visgrad.picture.grouping import Grouping
from visgrad.picture.groups import Group, Tree
from visgrad.picture.opening import RUN, Opening, is_rest
from visgrad.picture.repeats import fold_repeats
from visgrad.picture.story import Story
from visgrad.recording.recording import Recording

AUTOMATIC = 40
"""Cards that are shown at most when nobody has asked for more detail."""

COUNTLESS = 1e18
"""Cards without end, but not what a person would not call by its name."""

FEWEST = 5
"""Cards that the least detail shows, where the program can be told in so few."""


def folds_of(recording: Recording) -> Folds:
    """The groups of a recording as it is now; kept while the recording is, and grown with it."""
    folds = _kept.get(recording)
    if folds is None:
        folds = _kept[recording] = Folds(recording)
    return folds.grow()


class Folds:
    """The groups of a recording; `grow` after more has come.

    `groups[g]`; `of[i]`: the innermost group of operation i, or -1.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = proxy(recording)
        self._grouping = Grouping(recording.source, recording.producer)
        self._story = Story(self._recording, self._grouping.lines_around)
        self._read = 0
        self._ended = False
        self._opening: Opening | None = None
        self._tree: Tree | None = None
        self.groups, self.of = self._grouping.groups, self._grouping.of

    def grow(self) -> Folds:
        """Sort in the operations that have come since."""
        recording, grouping = self._recording, self._grouping
        seen = self._read
        ended = recording.outcome is not None and not self._ended
        if seen == len(recording.operations) and not ended:
            return self
        self._opening = self._tree = None
        begin = 0 if not seen else recording.made[seen - 1] + 1
        turns = recording.passes
        turn = bisect_right(turns, begin - 1, key=lambda entry: entry[0])
        for operation in recording.operations[seen:]:
            made = recording.made[operation.id]
            while turn < len(turns) and turns[turn][0] < made:
                grouping.turn(turns[turn][1])
                turn += 1
            grouping.add(operation)
        grouping.count()
        self._story.grow(self.groups, self.of)
        self._read = len(recording.operations)
        if ended:
            self._ended = True
            fold_calls(self.groups, self.of, recording.operations, grouping.call_text, grouping.note_kind)
            fold_repeats(self.groups, self.of, recording.operations, grouping.note_kind)
        return self

    def path(self, operation: int) -> list[int]:
        """The groups of an operation, outermost first."""
        found = []
        group = self.of[operation]
        while group >= 0:
            found.append(group)
            group = self.groups[group].parent
        return found[::-1]

    def closed(self, detail: float | None, unfolded: Iterable[int] = (), folded: Iterable[int] = ()) -> set[int]:
        """The groups to draw as one card: those beyond `detail` (0…1; None: as much as is legible), less `unfolded`,
        with `folded`.  More detail never closes a group that less leaves open."""
        opened = self._opened(self._wanted(detail))
        opened.difference_update(folded)
        opened.update(unfolded)
        return {g for g in range(len(self.groups)) if g not in opened}

    def representatives(self, closed: set[int]) -> Ints:
        """For each operation, the outermost closed group it lies in, or -1 where it is shown itself.  Passes that
        follow each other count as the first of them."""
        tree = self.tree()
        own = np.full(len(self.groups) + 1, -1, np.int32)  # the last is for operations in no group
        own[np.fromiter(closed, np.intp, len(closed))] = np.fromiter(closed, np.int32, len(closed))
        outermost = tree.outermost(own)
        runs = [
            run
            for loop in tree.loops[outermost[tree.loops] < 0].tolist()
            for run in self._runs(self.groups[loop], outermost)
        ]
        if runs:
            for run in runs:
                own[run] = run[0]
            outermost = tree.outermost(own)
        found: Ints = outermost[tree.of]
        return found

    def tree(self) -> Tree:
        """The groups as arrays."""
        if self._tree is None:
            self._tree = Tree(self.groups, self.of)
        return self._tree

    def _runs(self, loop: Group, outermost: Ints) -> list[list[int]]:
        """The closed passes of a loop that follow each other, where they are many."""
        runs: list[list[int]] = [[]]
        for child in loop.children:
            group, run = self.groups[child], runs[-1]
            if not is_rest(group) or outermost[child] != child:
                runs.append([])
            elif run and self.groups[run[-1]].last + 1 != group.first:
                runs.append([child])
            else:
                run.append(child)
        return [run for run in runs if len(run) >= RUN]

    def above(self, group: int) -> list[int]:
        """The groups a group lies in, innermost first."""
        found = []
        while (group := self.groups[group].parent) >= 0:
            found.append(group)
        return found

    def detail(self, cards: int) -> float:
        """The detail at which about so many cards are shown."""
        count = len(self.of)
        if cards >= count or count <= FEWEST:
            return 1.0
        return max(0.0, log(max(cards, FEWEST) / FEWEST) / log(count / FEWEST))

    def _wanted(self, detail: float | None) -> float:
        count = len(self.of)
        if detail is None:
            return COUNTLESS if count <= AUTOMATIC else AUTOMATIC
        if detail >= 1 or count <= FEWEST:
            return float("inf")
        return float(FEWEST * (count / FEWEST) ** max(detail, 0.0))

    def _opened(self, wanted: float) -> set[int]:
        if self._opening is None:
            loose = len(self.of) - sum(group.operations for group in self.groups if group.parent < 0)
            told = self._story.groups(self.groups, self.of)
            self._opening = Opening(self.groups, self._grouping.kinds, loose, told)
        return self._opening.opened(wanted)


_kept: WeakKeyDictionary[Recording, Folds] = WeakKeyDictionary()
