"""Backward sweeps as steps: where they begin and end, what each vector–Jacobian product gave, what `.grad` became."""

from __future__ import annotations

from typing import Any
from weakref import ref

from engine.tensor import Tensor
from visgrad.recording.known import GRADIENT
from visgrad.recording.model import BackwardBegin, BackwardEnd, Clearing
from visgrad.recording.operations import Operations
from visgrad.recording.places import Stack


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

    def _contribution(self, _: int, node: Any, slot: int, gradient: Any, total: Any) -> None:
        link = node._note
        if link is None or link[0] != self.token or slot >= len(link[2]) or not self._sweeps:
            return  # history from before the recording began
        self.writer.contribution(self._sweeps[-1][0], link[1], slot, link[2][slot], gradient, total)

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
