"""Backward sweeps as steps: where they begin and end, what each vector–Jacobian product gave, what `.grad` became."""

from __future__ import annotations

from itertools import islice
from typing import Any
from weakref import ref

from engine.tensor import Tensor
from visgrad.recording.forms import ContributionForm
from visgrad.recording.known import GRADIENT
from visgrad.recording.model import BackwardBegin, BackwardEnd, Clearing
from visgrad.recording.operations import Operations
from visgrad.recording.places import Stack
from visgrad.recording.writer import SINGLE, float32

Entry = tuple[Any, ...]


class Sweeps(Operations):
    """Writes sweeps down."""

    def _begin(self, _: int, roots: tuple[Tensor, ...], gradients: tuple[Any, ...], stack: Stack) -> None:
        known = [self._known(root) for root in roots]
        order = 1 + max([k.order for k in known], default=0)
        self._sweeps.append((self._swept, order, stack))
        self._ordered = True
        told = [self.writer.told(gradient) for gradient in gradients]
        summaries = tuple([plan.layout.summary(data, 0) for plan, data in told])
        where = self._places.site(stack)[1]
        self.writer.other(BackwardBegin(self._swept, tuple([k.value for k in known]), summaries, where))
        self._swept += 1
        for k, gradient, (plan, _data) in zip(known, gradients, told, strict=True):
            self.writer.keep("gradient", k.value, gradient, plan)

    def _contributions(self, entries: list[Entry]) -> None:
        """Write the contributions that begin at `at`, up to what follows them: most of what happens are these."""
        writer, token, kind = self.writer, self.token, entries[self.at][0]
        sweep = self._sweeps[-1][0] if self._sweeps else -1
        quick, codes, integers, data = writer.quick, writer.codes, writer.integers, writer.data
        for entry in islice(entries, self.at, None):
            if entry[0] != kind:
                return
            _, node, slot, gradient, total = entry
            link = node._note
            if link is None or link[0] != token or slot >= len(link[2]) or sweep < 0:
                pass  # history from before the recording began
            elif total.__class__ is float32 and gradient.__class__ is float32:
                same = total is gradient
                number = quick.get(slot if same else ~slot)
                if number is None:
                    number = writer.forms.number(ContributionForm(slot, SINGLE.layout, None if same else SINGLE.layout))
                    quick[slot if same else ~slot] = number
                data.append(gradient)
                if not same:
                    data.append(total)
                integers += (sweep, link[1], link[2][slot])
                codes.append(number)
            else:
                writer.contribution(sweep, link[1], slot, link[2][slot], gradient, total)
            self.at += 1

    def _accumulate(self, _: int, leaf: Tensor, gradient: Any, grad: Any, holder: Tensor) -> None:
        known = self._known(leaf)
        if self._sweeps and not holder._req:  # what the program now finds in `.grad` is another value than before
            holder._note = None
            holder.__dict__[GRADIENT] = ref(leaf)
        writer = self.writer
        sent = writer.told(gradient)
        kept = sent if grad is gradient else writer.told(grad)
        number = self._sweeps[-1][0] if self._sweeps else self._swept - 1
        writer.accumulation(number, known.value, kept, kept == sent)
        known.graded = known.value
        writer.keep("gradient", known.value, grad, kept[0])

    def _clear(self, _: int, leaves: tuple[Tensor, ...], stack: Stack) -> None:
        values = []
        for leaf in leaves:
            known = self._note(leaf)
            if known is not None and known.graded >= 0:  # else nobody has been told that it had a gradient
                values.append(known.graded)
                known.graded = -1
        if values:
            self.writer.other(Clearing(tuple(values), self._places.site(stack)[1]))

    def _end(self, _: int) -> None:
        if self._sweeps:
            self.writer.other(BackwardEnd(self._sweeps.pop()[0]))
