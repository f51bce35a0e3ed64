"""Turns what the recorder caught into steps: ids, roles, versions, summaries, places.

Owns the kinds of entries and the names of tensors.  Entries are tuples that begin with one of the kinds below;
`recorder` makes them.  What becomes of each is in `operations`, `sweeps` and `tensors`; `writer` has the steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.tensor import Tensor
from visgrad.recording.model import Step
from visgrad.recording.places import Places, Stack
from visgrad.recording.retained import Retained
from visgrad.recording.sweeps import Entry, Sweeps

CONTRIBUTION, ORDINARY, OPERATION, GIVEN, REPLACED, BIND, MEMBER, BEGIN, ACCUMULATE, CLEAR, END, READY = range(12)


class Decoder(Sweeps):
    """`decode(entries)` writes the steps of entries down with `writer`."""

    def __init__(self, places: Places, retained: Retained) -> None:
        super().__init__(places, retained)
        self._bound: dict[str, int] = {}
        self._handlers: dict[int, Callable[..., None]] = {
            ORDINARY: self._ordinary,
            OPERATION: self._operation,
            GIVEN: self._given,
            REPLACED: self._replaced,
            BIND: self._bind,
            MEMBER: self._member,
            BEGIN: self._begin,
            ACCUMULATE: self._accumulate,
            CLEAR: self._clear,
            END: self._end,
            READY: self._ready,
        }

    def decode(self, entries: list[Entry]) -> None:
        """Turn entries into steps.  What is raised half-way (the end of a run) costs the entry it was `at`, no more."""
        handlers = self._handlers
        try:
            self.at = 0
            while self.at < len(entries):
                entry = entries[self.at]
                if entry[0] == CONTRIBUTION:
                    self._contributions(entries)
                else:
                    handlers[entry[0]](*entry)
                    self.at += 1
        except BaseException:
            self.writer.rewind()
            self._forget(entries[self.at])
            raise
        finally:
            self.writer.forget_arrays()

    def _forget(self, entry: Entry) -> None:
        """Drop ids given to tensors by an entry that was not told."""
        for part in entry:
            for tensor in part if isinstance(part, tuple) else (part,):
                known = self._note(tensor) if isinstance(tensor, Tensor) else None
                if known is not None and known.value >= self.writer.values:
                    tensor._note = None

    def forget_names(self) -> None:
        """Modules have other names from now on."""
        self._places.forget_names()
        self.writer.quick.clear()

    def _bind(self, _: int, name: str, tensor: Tensor, requires_grad: bool, data: Any, line: int, stack: Stack) -> None:
        known = self._known(tensor)
        if known.role == "constant" and requires_grad:
            self._asked(tensor, known, data, stack)
        known.name = name
        if self._bound.get(name) != known.value:
            self._bound[name] = known.value
            self.writer.bind(name, known.value, line)

    def _member(
        self, _: int, name: str, tensor: Tensor, requires_grad: bool, data: Any, line: int, stack: Stack
    ) -> None:
        """A tensor inside of something that got a name: it is called by its place there, unless it has a name.

        What was `self.weight` while its object was made has a better one as soon as the object has.
        """
        known = self._known(tensor).name
        if not known or known.startswith("self.") or name in self._bound:
            self._bind(_, name, tensor, requires_grad, data, line, stack)

    def _ready(self, _: int, step: Step) -> None:
        self.writer.other(step)
