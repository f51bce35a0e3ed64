"""Runs a program in this process with a recorder attached, statement by statement, telling it of the names."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable
from typing import Any

import engine
from engine.observe import observe
from visgrad.recording.check import check
from visgrad.recording.model import Operation, Output
from visgrad.recording.recorder import Recorder
from visgrad.recording.recording import Recording
from visgrad.recording.stretch import Stretch

Check = Callable[[Stretch], None]


class Run:
    """`recording`, `recorder` and the program's `names` after a run; `batches`: how many steps came at a time."""

    def __init__(self, source: str, names: dict[str, Any] | None = None, **options: Any) -> None:
        self.source = textwrap.dedent(source).lstrip("\n")
        self.recording = Recording(self.source)
        self.batches: list[int] = []
        self.recorder = Recorder(self.source, self._emit, **options)
        self.names: dict[str, Any] = {"torch": engine, "recorder": self.recorder} | (names or {})
        with observe(self.recorder):
            for statement in ast.parse(self.source).body:
                exec(compile(ast.Module([statement], []), "<program>", "exec"), self.names)
                for node in ast.walk(statement):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in self.names:
                        self.recorder.bind(node.id, self.names[node.id], statement.lineno)
            self.recorder.flush()

    def _emit(self, steps: Stretch) -> None:
        for step in steps:
            check(step)
        self.batches.append(len(steps))
        self.recording.extend(steps)

    def value(self, name: str) -> int:
        """The value that a name stands for at the end."""
        found = [value for value, names in self.recording.names.items() if names[-1][1] == name]
        return max(found)

    def output(self, name: str) -> Output:
        """The output that a name stands for at the end."""
        return self.recording.values[self.value(name)]

    def operation(self, name: str) -> Operation:
        """The operation that made what a name stands for at the end."""
        return self.recording.operations[self.recording.producer[self.value(name)]]

    def named(self, op: str) -> list[Operation]:
        """All operations of a kind."""
        return [operation for operation in self.recording.operations if operation.op == op]
