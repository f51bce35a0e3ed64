"""Makes recordings by hand for tests of pictures: a dozen operations with their derivatives, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visgrad.recording.model import (
    Accumulation,
    Argument,
    BackwardBegin,
    BackwardEnd,
    Bind,
    Call,
    Contribution,
    Error,
    Operation,
    Output,
    Span,
    Step,
)
from visgrad.recording.recording import Recording
from visgrad.recording.summary import summarise

Array = NDArray[Any]
Rule = tuple[str, Callable[..., Any], Callable[..., tuple[Any, ...]]]

RULES: dict[str, Rule] = {
    "add": ("AddBackward0", lambda a, b: a + b, lambda g, y, a, b: (g, g)),
    "sub": ("SubBackward0", lambda a, b: a - b, lambda g, y, a, b: (g, -g)),
    "mul": ("MulBackward0", lambda a, b: a * b, lambda g, y, a, b: (g * b, g * a)),
    "scale": ("MulBackward0", lambda a, k=1.0: a * k, lambda g, y, a, k=1.0: (g * k,)),
    "shift": ("AddBackward0", lambda a, k=0.0: a + k, lambda g, y, a, k=0.0: (g,)),
    "pow": ("PowBackward0", lambda a, k=2.0: a**k, lambda g, y, a, k=2.0: (g * k * a ** (k - 1),)),
    "mm": ("MmBackward0", lambda a, b: a @ b, lambda g, y, a, b: (g @ b.T, a.T @ g)),
    "tanh": ("TanhBackward0", np.tanh, lambda g, y, a: (g * (1 - y * y),)),
    "relu": ("ReluBackward0", lambda a: np.maximum(a, 0), lambda g, y, a: (g * (a > 0),)),
    "mean": ("MeanBackward0", lambda a: a.mean(), lambda g, y, a: (np.full_like(a, g / a.size),)),
    "view": ("ViewBackward0", lambda a: a.reshape(-1), lambda g, y, a: (g.reshape(a.shape),)),
}


class Sketch:
    """Values are known by their ids; `array[v]` is what value v holds."""

    def __init__(self, name: str = "sketch.py") -> None:
        self.steps: list[Step] = []
        self.array: list[Array] = []
        self.needs: list[bool] = []
        self.operations: list[Operation] = []
        self.maker: list[int] = []
        self.line = 0
        self.sweeps = 0
        self.name = name

    def leaf(self, name: str, data: Any, role: str = "leaf", call: str = "") -> int:
        """A tensor the program makes itself."""
        array = np.asarray(data, np.float32)
        return self._record("tensor", (), array, role, role in ("leaf", "parameter"), name, call=call)

    def constant(self, name: str, data: Any) -> int:
        """A tensor that needs no gradient."""
        return self.leaf(name, data, "constant")

    def op(self, rule: str, *inputs: int, name: str = "", call: str = "", in_place: bool = False, **k: Any) -> int:
        """One operation of `RULES` on values; the result takes part in the gradient if an input does."""
        backward, forward, _ = RULES[rule]
        array = np.asarray(forward(*(self.array[v] for v in inputs), **k), np.float32)
        needs = any(self.needs[v] for v in inputs)
        arguments = tuple(Argument(key, text=repr(value)) for key, value in k.items())
        view = inputs[0] if rule == "view" else -1
        role = "result" if needs else "no_grad"
        return self._record(
            rule, inputs, array, role, needs, name, call, backward if needs else "", arguments, in_place, view
        )

    def backward(self, root: int, gradient: Any = None) -> None:
        """One sweep from `root`."""
        start = np.ones_like(self.array[root]) if gradient is None else np.asarray(gradient, np.float32)
        totals: dict[int, Array] = {root: start}
        self.line += 1
        self.steps.append(BackwardBegin(self.sweeps, (root,), (summarise(start),), self._where("backward")))
        for operation in reversed(self.operations):
            out = operation.outputs[0].value
            if out not in totals or not operation.inputs:
                continue
            keywords = {a.name: float(a.text) for a in operation.arguments}
            _, _, rule = RULES[operation.op]
            parts = rule(totals[out], self.array[out], *(self.array[v] for v in operation.inputs), **keywords)
            for slot, (value, part) in enumerate(zip(operation.inputs, parts, strict=True)):
                if self.needs[value]:
                    self._contribute(operation.id, slot, value, np.asarray(part, np.float32), totals)
        for value, total in totals.items():
            if not self.operations[self.maker[value]].inputs:
                self.steps.append(Accumulation(self.sweeps, value, summarise(total)))
        self.steps.append(BackwardEnd(self.sweeps))
        self.sweeps += 1

    def error(self, message: str, operation: int = -1) -> None:
        """The program ends here."""
        self.line += 1
        self.steps.append(Error("RuntimeError", message, self._where("error"), operation=operation))

    def recording(self) -> Recording:
        """The recording of what has been sketched."""
        recording = Recording("", self.name)
        recording.extend(self.steps)
        return recording

    def _contribute(self, source: int, slot: int, value: int, part: Array, totals: dict[int, Array]) -> None:
        shape = self.array[value].shape
        while part.ndim > len(shape):
            part = part.sum(0)
        for axis, size in enumerate(shape):
            if size == 1 and part.shape[axis] != 1:
                part = part.sum(axis, keepdims=True)
        totals[value] = totals[value] + part if value in totals else part
        total = summarise(np.asarray(totals[value], np.float32))
        self.steps.append(Contribution(self.sweeps, source, slot, value, summarise(part), total))

    def _where(self, function: str) -> tuple[Call, ...]:
        return (Call(function, Span(self.line, 0, self.line, 10)),)

    def _record(
        self,
        op: str,
        inputs: tuple[int, ...],
        array: Array,
        role: str,
        needs: bool,
        name: str,
        call: str = "",
        backward: str = "",
        arguments: tuple[Argument, ...] = (),
        in_place: bool = False,
        view: int = -1,
    ) -> int:
        value, number = len(self.array), len(self.operations)
        self.line += 1
        output = Output(value, summarise(array), role, needs, value, int(in_place), view)
        where = self._where("<module>")
        step = Operation(number, op, inputs, (output,), arguments, backward, call, where, 0, in_place)
        self.operations.append(step)
        self.steps.append(step)
        self.array.append(array)
        self.needs.append(needs)
        self.maker.append(number)
        if name:
            self.steps.append(Bind(name, value, self.line))
        return value
