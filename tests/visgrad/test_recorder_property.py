"""Whatever a program does with shared memory, a recorded value is what its tensor held when it was used."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

import engine
from engine.observe import observe
from visgrad.recording.check import check
from visgrad.recording.recorder import Recorder
from visgrad.recording.recording import Recording
from visgrad.recording.stretch import Stretch
from visgrad.recording.summary import values

torch: Any = engine

ACTIONS = ["mul", "add", "slice", "view", "detach", "data", "add_", "mul_", "set", "assign_data", "flush", "grad"]
Actions = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 50), st.integers(0, 50)), max_size=25)


def act(tensors: list[Any], action: str, first: int, second: int) -> None:
    """One thing a program may do to the tensors it has."""
    a, b = tensors[first % len(tensors)], tensors[second % len(tensors)]
    with torch.no_grad():
        match action:
            case "slice":
                tensors.append(a[1:] if len(a) > 1 else a[:])
            case "view":
                tensors.append(a.view(-1))
            case "detach":
                tensors.append(a.detach())
            case "data":
                tensors.append(a.data)
            case "add_":
                a.add_(1)
            case "mul_":
                a.mul_(-2)
            case "set":
                a[0] = second
            case "assign_data" if a._views is None and a._base is None:
                a.data = torch.full(a.shape, float(second))
    if action == "mul":
        tensors.append(a * 3)
    elif action == "add" and a.shape == b.shape:
        tensors.append(a + b)
    elif action == "grad" and a.requires_grad:
        (a * a).sum().backward()


@settings(max_examples=80, deadline=None)
@example([("data", 0, 0), ("assign_data", 0, 0), ("data", 2, 0), ("add_", 2, 0)])
@given(Actions)
def test_a_recorded_value_is_what_its_tensor_held(actions: list[tuple[str, int, int]]) -> None:
    recording = Recording()

    def emit(steps: Stretch) -> None:
        for step in steps:
            check(step)
        recording.extend(steps)

    recorder = Recorder("", emit)
    used: list[tuple[int, np.ndarray[Any, Any]]] = []
    with observe(recorder):
        tensors = [torch.arange(4.0), torch.ones(4, requires_grad=True)]
        for action, first, second in actions:
            if action == "flush":
                recorder.flush()
            try:
                act(tensors, action, first, second)
            except RuntimeError:
                continue  # what the engine refuses, the recorder need not tell
            for tensor in tensors:
                held = np.array(tensor._data)
                tensor * 1
                recorder.flush()
                used.append((recording.operations[-1].inputs[0], held))
    for value, held in used:
        shown = values(recording.values[value].summary)
        assert shown is not None
        assert np.array_equal(shown, held)
