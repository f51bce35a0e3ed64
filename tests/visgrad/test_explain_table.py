"""Every operator of the engine's table can be recorded, explained and told, in every language."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

import engine
from engine.observe import observe
from engine.registry import OPS, ArraySample, Op
from visgrad.explain.formula import explain
from visgrad.explain.narrate import narrate
from visgrad.explain.why_none import why_none
from visgrad.recording.check import check
from visgrad.recording.recorder import Recorder
from visgrad.recording.recording import Recording
from visgrad.recording.stretch import Stretch

torch: Any = engine
PUBLIC = [op for op in OPS.values() if op.function and op.samples and callable(getattr(engine, op.name, None))]


def made(value: Any, random: np.random.Generator) -> Any:
    """A sample's argument."""
    if isinstance(value, ArraySample):
        numbers = random.uniform(value.low, value.high, value.shape)
        if value.kind == "bool":
            return torch.tensor((numbers > 0).tolist())
        if value.kind == "int":
            return torch.tensor(np.trunc(numbers).astype(int).tolist())
        return torch.tensor(numbers.tolist(), requires_grad=True)
    return type(value)(made(item, random) for item in value) if type(value) in (list, tuple) else value


def recorded(op: Op) -> Recording:
    """The recording of an operator's first sample, with a sweep where there can be one."""
    random = np.random.default_rng(0)
    recording = Recording()

    def emit(steps: Stretch) -> None:
        for step in steps:
            check(step)
        recording.extend(steps)

    recorder = Recorder("", emit)
    sample = op.samples[0]
    with observe(recorder):
        args = [made(value, random) for value in sample.args]
        for name, value in zip("abcdefgh", args, strict=False):
            recorder.bind(name, value)
        out = getattr(torch, op.name)(*args, **{name: made(value, random) for name, value in sample.kwargs.items()})
        recorder.bind("y", out)
        first = out[0] if isinstance(out, tuple | list) else out
        if first.requires_grad:
            with suppress(RuntimeError):  # some have no derivative, and say so
                first.sum().backward()
    recorder.flush()
    return recording


@pytest.mark.parametrize("op", PUBLIC, ids=lambda op: op.name)
def test_an_operator_is_recorded_explained_and_told(op: Op) -> None:
    recording = recorded(op)
    end = recording.frame(10**9)
    for operation in recording.operations:
        explained = explain(end, operation.id)
        if operation.op == op.name and operation.inputs and not op.composite:
            assert explained.doc == op.doc
            for given in {argument.name for argument in operation.arguments if argument.input >= 0}:
                assert not re.search(rf"(?<!the )\b{given}\b(?!\()", explained.symbols)
            for derivative in explained.derivatives:
                assert derivative.rule
                assert derivative.gradient is None or recording.contributions
    for position in range(len(recording.stops) + 1):
        frame = recording.frame(position)
        assert narrate(frame)
        assert narrate(frame, "ko")
    for value in range(len(recording.values)):
        assert why_none(end, value).text
