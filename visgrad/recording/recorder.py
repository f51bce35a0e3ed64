"""Records what the engine does while a program runs: the observer on the hot path.

Owns what has to be caught at once, and as little of it as possible: references to arrays, nodes and the program's
position are appended to a list, and turned into steps (by `decoder`) when a time slice has passed, when an array is
about to be overwritten, or on `flush`.
"""

from __future__ import annotations

from collections.abc import Callable
from sys import _getframe
from time import perf_counter
from types import FrameType
from typing import Any

import numpy as np

from engine.backends import to_numpy
from engine.observe import Observer
from engine.registry import Op
from engine.tensor import Tensor
from visgrad.recording.chart import Chart
from visgrad.recording.decoder import (
    ACCUMULATE,
    BEGIN,
    BIND,
    CLEAR,
    CONTRIBUTION,
    END,
    GIVEN,
    MEMBER,
    OPERATION,
    ORDINARY,
    READY,
    REPLACED,
    Decoder,
)
from visgrad.recording.known import note_derivative, shown_by
from visgrad.recording.layers import is_module
from visgrad.recording.members import PLAIN, Modules, members
from visgrad.recording.model import Error, Pass, Print
from visgrad.recording.places import Places, Stack
from visgrad.recording.retained import BUDGET, Retained
from visgrad.recording.stretch import Stretch
from visgrad.recording.sweeps import Entry

SLICE = 0.016
"""Seconds after which what was caught is told."""

SLOW = 0.0002
"""Operations that take this long are decoded at once, so that their arrays can go."""

MANY = 20_000
"""So much is caught at most before it is told, however quick the program."""

CONTAINERS = (list, tuple, dict)


class Recorder(Observer):
    """Emits stretches of steps.

    `source`, `filename`: the program's text and the file name it was compiled under.  `is_program` tells the program's
    frames by file name (default: that one file); frames above `base` are not looked at.
    """

    def __init__(
        self,
        source: str,
        emit: Callable[[Stretch], None],
        filename: str = "<program>",
        is_program: Callable[[str], bool] | None = None,
        base: FrameType | None = None,
        budget: int = BUDGET,
    ) -> None:
        self._modules = Modules()
        self.places = Places(is_program or filename.__eq__, filename, source, base, self._modules.path)
        self._catch = self.places.catch
        self._retained = Retained(budget)
        self._decoder = Decoder(self.places, self._retained)
        self._emit = emit
        self._raw: list[Entry] = []
        self._written: Tensor | None = None
        self._written_at: Stack | None = None
        self._passes: dict[int, int] = {}
        self._turned: dict[int, int] = {}
        self._sweeping = 0
        self._stride = self._left = 4
        self._looked = self._told = perf_counter()

    # the engine's calls

    def operation(
        self, op: Op, inputs: tuple[Tensor, ...], args: tuple[Any, ...], kwargs: dict[str, Any], out: Any
    ) -> None:
        """Catch an operation."""
        written = False
        stack = None
        if self._written is not None:
            written, self._written = self._written is out, None
            stack = self._written_at if written else None
        if stack is None:
            places, frame = self.places, _getframe(2)
            if frame.f_code is places.top:  # the arithmetic operators are called by the program itself
                stack = places.top_id, frame.f_lasti
            else:
                stack = self._catch(3)
                if stack is None:
                    return
        if self._turned:
            self._turn()
        for tensor in inputs:
            if tensor._seen is not tensor._data and not (written and tensor is out):
                self._notice(tensor, stack)
        if isinstance(out, tuple):
            self._operation_with_many(op, inputs, args, kwargs, out, stack)
            return
        if not written and inputs and out is inputs[0]:
            return  # `x.contiguous()` of what is contiguous: nothing was made
        data = out._seen = out._data
        if written or op.view:
            self._raw.append((OPERATION, op, inputs, args, kwargs, out, data, out._fn, out._req, stack, written))
        else:
            self._raw.append((ORDINARY, op, inputs, args, kwargs, out, data, out._fn, out._req, stack))
        self._left -= 1
        if not self._left:
            self._tick()

    def _operation_with_many(
        self, op: Op, inputs: tuple[Tensor, ...], args: tuple[Any, ...], kwargs: dict[str, Any], out: Any, stack: Stack
    ) -> None:
        for tensor in out:
            tensor._seen = tensor._data
        fn = out[0].grad_fn if out else None
        requires_grad = any(tensor._req for tensor in out)
        data = tuple([tensor._data for tensor in out])
        self._raw.append((OPERATION, op, inputs, args, kwargs, out, data, fn, requires_grad, stack, False))
        self._tick()

    def before_write(self, tensor: Tensor) -> None:
        """Read what is about to be overwritten."""
        self._written_at = None
        if not self._sweeping:  # in one it is a `.grad` that is added to, and told of by `accumulate`
            stack = self._written_at = self._catch(2)
            if stack is not None:
                self._meet(tensor, stack)
        data = tensor._data
        if not isinstance(data, np.generic):
            self._decode()
            self._retained.before_write(data)
        self._written = tensor

    def backward_begin(self, roots: tuple[Tensor, ...], gradients: tuple[Any, ...]) -> None:
        """Catch the start of a sweep."""
        for root in roots:
            self._meet(root)
        for root, gradient in zip(roots, gradients, strict=True):
            note_derivative(gradient, root, root)  # should a recorded sweep go on with it
        arrays = tuple([gradient._data for gradient in gradients])
        self._sweeping += 1
        self._raw.append((BEGIN, roots, arrays, self._catch(2) or ()))

    def contribution(self, node: Any, slot: int, gradient: Any, total: Any) -> None:
        """Catch a vector–Jacobian product."""
        self._raw.append((CONTRIBUTION, node, slot, gradient, total))
        self._left -= 1
        if not self._left:
            self._tick()

    def accumulate(self, leaf: Tensor, gradient: Any) -> None:
        """Catch what a leaf's `.grad` has become."""
        grad = leaf._grad
        if grad is None:
            return
        self._meet(leaf)
        grad._seen = None
        self._raw.append((ACCUMULATE, leaf, gradient, grad._data, grad))

    def backward_end(self) -> None:
        """Catch the end of a sweep."""
        self._sweeping = max(0, self._sweeping - 1)
        self._raw.append((END,))

    def returned(self, roots: tuple[Tensor, ...], inputs: tuple[Tensor, ...], gradients: tuple[Any, ...]) -> None:
        """Note whose gradients these are, should the program go on with them."""
        for of, gradient in zip(inputs, gradients, strict=True):
            if gradient is not None and gradient._fn is None:
                note_derivative(gradient, roots[0], of)

    def clear(self, leaves: tuple[Tensor, ...]) -> None:
        """Catch that gradients are taken away."""
        self._raw.append((CLEAR, leaves, self._catch(2) or ()))

    # the program's

    def loop(self, line: int, begins: bool) -> None:
        """The loop at a line begins, or begins its next pass; told when an operation follows."""
        number = self._passes[line] = 0 if begins else self._passes.get(line, 0) + 1
        if number:
            self._turned.pop(line, None)
            self._turned[line] = number

    def _turn(self) -> None:
        self._raw += [(READY, Pass(line, number)) for line, number in self._turned.items()]
        self._turned = {}

    def bind(self, name: str, obj: Any, line: int = 0) -> None:
        """The program gave a name to something: a tensor, or what holds tensors."""
        kind = type(obj)
        if kind in PLAIN:
            return
        if isinstance(obj, Tensor):
            self._meet(obj)
            self._raw.append((BIND, name, obj, obj._req, obj._data, line, self._catch(2) or ()))
        elif isinstance(obj, CONTAINERS) or is_module(obj):
            stack = self._catch(2) or ()
            renamed = self._modules.renamed
            for text, tensor in members(name, obj, self._modules):
                self._meet(tensor, stack)
                self._raw.append((MEMBER, text, tensor, tensor._req, tensor._data, line, stack))
            if self._modules.renamed != renamed:  # what is written of their calls has the names in it
                self._decoder.forget_names()

    def print(self, text: str, stream: str = "stdout", line: int = 0) -> None:
        """The program wrote text."""
        self._raw.append((READY, Print(text, stream, line)))
        self._tick()

    def chart(self, chart: Chart) -> None:
        """The program showed a chart."""
        self._raw.append((READY, chart))
        self._tick()

    def error(self, error: Error) -> None:
        """The program ended in an error."""
        self._raw.append((READY, error))
        self.flush()

    def flush(self) -> None:
        """Tell everything that was caught."""
        self._decode()
        self._told = self._looked = perf_counter()
        steps = self._decoder.writer.take()
        if steps:
            self._emit(steps)

    def fetch(self, value: int, kind: str = "value") -> np.ndarray[Any, Any] | None:
        """The full array of a value or of its gradient, None if it is not kept (small ones stand in the steps)."""
        array = self._retained.get(kind, value)
        return None if array is None else np.asarray(to_numpy(array))

    @property
    def sweeping(self) -> bool:
        """Whether a backward sweep is under way."""
        return self._sweeping > 0

    def forget(self, kept: int, forgotten: int) -> None:
        """Values from `kept` up to `forgotten` will not be known to those who are told."""
        self._decoder.forget(kept, forgotten)

    def release(self) -> None:
        """Let go of the program's frames; nothing is caught any more."""
        self.places.base = None

    # inside

    def _tick(self) -> None:
        """Look at the clock, so often that little time passes between looks."""
        now = perf_counter()
        passed = now - self._looked
        self._looked = now
        slow = passed > SLOW * self._stride
        if passed < SLICE / 16:
            self._stride = min(self._stride * 2, 1024)
        elif passed > SLICE / 4:
            self._stride = max(self._stride // 4, 1)
        self._left = self._stride
        if now - self._told > SLICE or len(self._raw) > MANY:
            self.flush()
        elif slow:  # large arrays: their memory is wanted back sooner than the steps are
            self._decode()

    def _decode(self) -> None:
        raw, self._raw = self._raw, []
        try:
            self._decoder.decode(raw)
        except BaseException:
            self._raw = raw[self._decoder.at + 1 :] + self._raw
            raise

    def _meet(self, tensor: Tensor, stack: Stack | None = None) -> None:
        if tensor._seen is not tensor._data:
            self._notice(tensor, stack)

    def _notice(self, tensor: Tensor, stack: Stack | None = None) -> None:
        """A tensor is met for the first time, or with another array than the last time."""
        if stack is None:
            stack = self._catch(3) or ()
        data, before = tensor._data, tensor._seen
        tensor._seen = data
        other = shown_by(tensor)
        if before is None:
            if other is not None and isinstance(other._seen, np.generic):
                other._seen = other._data
            self._raw.append((GIVEN, tensor, data, tensor._req, other, stack))
        elif not (isinstance(before, np.generic) and np.array_equal(before, data, equal_nan=True)):
            self._raw.append((REPLACED, tensor, data, other, stack))
