"""What belongs together in a recording: loops and their passes, functions, modules, repeats, as a tree of groups.

Owns the tree and the choice of what is folded at a degree of detail.  An operation's groups follow from its call stack
and from the passes of the loops it lies in.  How a folded group is drawn is `graph`'s and `cards`'s.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from weakref import WeakKeyDictionary, proxy

import numpy as np

from visgrad.picture.calls import fold_calls
from visgrad.picture.display import Ints
from visgrad.picture.groups import FUNCTION, LOOP, MODULE, PASS, Group, Tree
from visgrad.picture.opening import RUN, Opening, is_rest
from visgrad.picture.repeats import fold_repeats
from visgrad.picture.story import Story
from visgrad.picture.text import cut, one_line
from visgrad.recording.model import Call, Operation, Pass, Span
from visgrad.recording.recording import Recording

AUTOMATIC = 40
"""Cards that are shown at most when nobody has asked for more detail."""

COUNTLESS = 1e18
"""Cards without end, but not what a person would not call by its name."""

FEWEST = 5
"""Cards that the least detail shows, where the program can be told in so few."""


@dataclass(frozen=True)
class Loop:
    """A loop of the text: its line, the last line of its body, its header without the colon."""

    line: int
    end: int
    header: str


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
        self._text = recording.source
        self._loops = loops(recording.source)
        self._lines = [loop.line for loop in self._loops]
        self._headers = {loop.line: loop.header for loop in self._loops if not loop.header.startswith("while")}
        self._found: dict[tuple[int, str, int, str | int], int] = {}
        self._passes: dict[int, int] = {}
        self._read = 0
        self._ended = False
        self._around: dict[int, tuple[Loop, ...]] = {}
        self._kinds: list[int] = []
        self._kind_numbers: dict[tuple[int, str, int, str], int] = {}
        self._opening: Opening | None = None
        self._tree: Tree | None = None
        self._levels: list[tuple[Call, Call | None, int]] = []
        self._current = -1
        self._counted = self._computes = 0
        self._cuts: dict[Span, str] = {}
        self._homeless: set[int] = set()  # parameters that no operation has used
        self._story = Story(self._recording, lambda line: [loop.line for loop in self._loops_around(line)])
        self.groups: list[Group] = []
        self.of: list[int] = []

    def grow(self) -> Folds:
        """Sort in the operations that have come since."""
        recording = self._recording
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
                self._turn(turns[turn][1])
                turn += 1
            self._add(operation)
        self._count()
        self._story.grow(self.groups, self.of)
        self._read = len(recording.operations)
        if ended:
            self._ended = True
            fold_calls(self.groups, self.of, recording.operations, self._call_text, self._note_kind)
            fold_repeats(self.groups, self.of, recording.operations, self._note_kind)
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
            self._opening = Opening(self.groups, self._kinds, loose, told)
        return self._opening.opened(wanted)

    def _turn(self, turn: Pass) -> None:
        """A loop begins a pass; the loops inside of it are yet to begin."""
        self._passes[turn.line] = turn.number
        place = bisect_right(self._lines, turn.line) - 1
        if place < 0:
            return
        around = self._loops[place]
        for depth, (call, _, _) in enumerate(self._levels):
            if around.line <= call.span.line <= around.end:
                del self._levels[depth:]
                break
        for loop in self._loops[place + 1 :]:
            if loop.line > around.end:
                break
            self._passes.pop(loop.line, None)

    def _add(self, operation: Operation) -> None:
        group = self._innermost(operation.where)
        if group != self._current:
            self._count()
            self._current = group
        self.of.append(group)
        self._computes += bool(operation.inputs)
        if self._homeless and operation.inputs:
            self._take_home(operation, group)
        elif not operation.inputs and operation.outputs and operation.outputs[0].role == "parameter":
            self._homeless.add(operation.id)

    def _take_home(self, operation: Operation, group: int) -> None:
        """A parameter stands with the layer that uses it first."""
        for value in operation.inputs:
            made = self._recording.producer[value]
            if made not in self._homeless:
                continue
            self._homeless.discard(made)
            before = self.of[made]
            if group < 0 or self.groups[group].kind != MODULE or before == group:
                continue
            self.of[made] = group
            for at, change in ((before, -1), (group, 1)):
                if at >= 0:
                    self.groups[at].own += change
                while at >= 0:
                    self.groups[at].operations += change
                    at = self.groups[at].parent

    def _innermost(self, where: tuple[Call, ...]) -> int:
        """The group of a call stack.  Levels that are as they were for the operation before are not looked at again."""
        group = -1
        levels = self._levels
        for depth in range(len(where)):
            level = len(where) - 1 - depth
            call = where[level]
            inner = where[level - 1] if level else None
            if depth < len(levels):
                old, old_inner, after = levels[depth]
                if old == call and _same_callee(inner, old_inner):
                    group = after
                    continue
                del levels[depth:]
            if self._may_loop(call, where[level + 1] if depth else None):
                group = self._looping(group, call.span.line)
            if inner is not None:
                group = self._called(group, call, inner)
            levels.append((call, inner, group))
        del levels[len(where) :]
        return group

    def _count(self) -> None:
        """Note the operations that have come into the current group."""
        count, self._counted = len(self.of) - self._counted, len(self.of)
        group = self._current
        if group >= 0:
            self.groups[group].own += count
        while group >= 0:
            one = self.groups[group]
            one.operations += count
            one.computes += self._computes
            one.last = len(self.of) - 1
            group = one.parent
        self._computes = 0

    def _called(self, group: int, call: Call, inner: Call) -> int:
        """The group of what is called at `call`."""
        if inner.module:
            number = self._group(group, MODULE, call.span.line, inner.module, f"{inner.module}@{call.span.column}")
            self.groups[number].callee = inner.function.removesuffix(".forward").rpartition(".")[2]
            return number
        place = f"{inner.function}@{call.span.line}:{call.span.column}"
        title = self._cut(call.span) if inner.function.endswith(">") else inner.function
        return self._group(group, FUNCTION, call.span.line, title or inner.function, place)

    def _call_text(self, operation: Operation) -> str:
        """What the program says where it has a library do something."""
        call = operation.where[0]
        if call.module:
            return one_line(operation.call)
        header = self._headers.get(call.span.line)
        if header is not None and call.span.end_line > call.span.line:
            return header.partition(" in ")[2]  # the iterator of a loop
        return self._cut(call.span)

    def _cut(self, span: Span) -> str:
        """The text of a comprehension: it has no name."""
        text = self._cuts.get(span)
        if text is None:
            text = self._cuts[span] = one_line(cut(self._text, span))
        return text

    def _group(self, parent: int, kind: str, line: int, title: str, key: str | int) -> int:
        place = (parent, kind, line, key)
        number = self._found.get(place)
        # What was left and is entered again is another group: groups are stretches of time.
        if number is None or not self._entered(number):
            number = self._found[place] = len(self.groups)
            depth = self.groups[parent].depth + 1 if parent >= 0 else 0
            leads = kind == PASS and not self.groups[parent].children
            self.groups.append(Group(parent, kind, title, line, depth, leads, first=len(self.of)))
            self._note_kind(self.groups[number])
            if parent >= 0:
                self.groups[parent].children.append(number)
        return number

    def _note_kind(self, group: Group) -> None:
        """Number the kind of the group that has been added last."""
        above = self._kinds[group.parent] if group.parent >= 0 else -1
        like = (above, group.kind, group.line, str(group.leads) if group.kind == PASS else group.title)
        self._kinds.append(self._kind_numbers.setdefault(like, len(self._kind_numbers)))

    def _entered(self, number: int) -> bool:
        """Whether the latest operation lies in a group, or none has come since it was made."""
        if self.groups[number].first == len(self.of):
            return True
        group = self._current
        while group > number:
            group = self.groups[group].parent
        return group == number

    def _may_loop(self, call: Call, outer: Call | None) -> bool:
        """Whether the loops around a level of the call stack are its own: those around a comprehension or a layer of
        the engine's are of the level that they stand in."""
        return outer is None or not (call.function.endswith(">") or (call.module and call.span == outer.span))

    def _looping(self, group: int, line: int) -> int:
        """The pass, of the loops around a line, that something in a group belongs to.  What a loop's header does
        between two passes, as fetching the next batch, belongs to the pass that it is done for."""
        for loop in self._loops_around(line):
            number = self._passes.get(loop.line)
            if number is not None:
                group = self._group(group, LOOP, loop.line, loop.header, loop.line)
                group = self._group(group, PASS, loop.line, f"pass {number}", number)
        header, number = self._headers.get(line), self._passes.get(line)
        if header is not None and number is not None:
            loop_group = self._found.get((group, LOOP, line, line))
            if loop_group is not None and self._entered(loop_group):
                return self._group(loop_group, PASS, line, f"pass {number + 1}", number + 1)
        return group

    def _loops_around(self, line: int) -> tuple[Loop, ...]:
        """The loops a line lies in, outermost first; a loop's own header is outside of it."""
        found = self._around.get(line)
        if found is None:
            found = self._around[line] = tuple(loop for loop in self._loops if loop.line < line <= loop.end)
        return found


def _same_callee(one: Call | None, other: Call | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.function == other.function and one.module == other.module


def loops(source: str) -> list[Loop]:
    """The loops of a program's text in order of lines; none where it cannot be parsed.

    One-line loops (`for …: x = f(x)`) have no lines of their own and are not folded.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    lines = source.splitlines()
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.While) and node.body[0].lineno > node.lineno:
            header = lines[node.lineno - 1].strip().removesuffix(":")
            found.append(Loop(node.lineno, node.body[-1].end_lineno or node.lineno, header))
    return sorted(found, key=lambda loop: loop.line)


_kept: WeakKeyDictionary[Recording, Folds] = WeakKeyDictionary()
