"""Sorts operations into groups as they come: each by its call stack and by the passes of the loops that it lies in.

Owns the growing tree; which of its groups are folded is `fold`'s.
"""

from __future__ import annotations

from collections.abc import Sequence

from visgrad.picture.groups import FUNCTION, LOOP, MODULE, PASS, Group
from visgrad.picture.loops import Loops
from visgrad.picture.text import cut, one_line
from visgrad.recording.model import Call, Operation, Pass, Span


class Grouping:
    """`groups[g]`; `of[i]`: the innermost group of operation i, or -1; `kinds[g]`: like groups have the same number."""

    def __init__(self, source: str, producer: Sequence[int]) -> None:
        """`producer[v]`: the operation that made value v, also of those to come."""
        self._text = source
        self._producer = producer
        self._loops = Loops(source)
        self._found: dict[tuple[int, str, int, str | int], int] = {}
        self._passes: dict[int, int] = {}
        self._kind_numbers: dict[tuple[int, str, int, str], int] = {}
        self._levels: list[tuple[Call, Call | None, int]] = []
        self._current = -1
        self._counted = self._computes = 0
        self._cuts: dict[Span, str] = {}
        self._homeless: set[int] = set()  # parameters that no operation has used
        self.groups: list[Group] = []
        self.of: list[int] = []
        self.kinds: list[int] = []

    def lines_around(self, line: int) -> list[int]:
        """The lines of the loops that a line lies in."""
        return [loop.line for loop in self._loops.around(line)]

    def turn(self, turn: Pass) -> None:
        """A loop begins a pass; the loops inside of it are yet to begin."""
        self._passes[turn.line] = turn.number
        around = self._loops.at(turn.line)
        if around is None:
            return
        for depth, (call, _, _) in enumerate(self._levels):
            if around.line <= call.span.line <= around.end:
                del self._levels[depth:]
                break
        for loop in self._loops.inside(around):
            self._passes.pop(loop.line, None)

    def add(self, operation: Operation) -> None:
        """The next operation."""
        group = self._innermost(operation.where)
        if group != self._current:
            self.count()
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
            made = self._producer[value]
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

    def count(self) -> None:
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

    def call_text(self, operation: Operation) -> str:
        """What the program says where it has a library do something."""
        call = operation.where[0]
        if call.module:
            return one_line(operation.call)
        header = self._loops.headers.get(call.span.line)
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
            self.note_kind(self.groups[number])
            if parent >= 0:
                self.groups[parent].children.append(number)
        return number

    def note_kind(self, group: Group) -> None:
        """Number the kind of the group that has been added last."""
        above = self.kinds[group.parent] if group.parent >= 0 else -1
        like = (above, group.kind, group.line, str(group.leads) if group.kind == PASS else group.title)
        self.kinds.append(self._kind_numbers.setdefault(like, len(self._kind_numbers)))

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
        for loop in self._loops.around(line):
            number = self._passes.get(loop.line)
            if number is not None:
                group = self._group(group, LOOP, loop.line, loop.header, loop.line)
                group = self._group(group, PASS, loop.line, f"pass {number}", number)
        header, number = self._loops.headers.get(line), self._passes.get(line)
        if header is not None and number is not None:
            loop_group = self._found.get((group, LOOP, line, line))
            if loop_group is not None and self._entered(loop_group):
                return self._group(loop_group, PASS, line, f"pass {number + 1}", number + 1)
        return group


def _same_callee(one: Call | None, other: Call | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.function == other.function and one.module == other.module
