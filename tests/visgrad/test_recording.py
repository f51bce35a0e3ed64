"""Recordings and frames: indices, stops, and what holds at a position."""

from __future__ import annotations

from collections import UserList
from typing import Any

import numpy as np
import pytest

from tests.visgrad.recordings import first_lesson, first_lesson_steps
from visgrad.recording.check import check
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
    Print,
    Span,
    Step,
    Summary,
)
from visgrad.recording.recording import Recording
from visgrad.recording.summary import summarise, values

ONE = summarise(np.float32(1))


def test_stops_are_operations_sweeps_contributions_prints_and_errors() -> None:
    recording = first_lesson()
    kinds = [type(recording.frame(position).step).__name__ for position in range(1, len(recording.stops) + 1)]
    assert kinds == ["Operation"] * 4 + ["BackwardBegin"] + ["Contribution"] * 3 + ["Print"]


def test_bindings_accumulations_and_ends_belong_to_the_stop_before_them() -> None:
    recording = first_lesson()
    assert recording.frame(1).name(0) == "w"
    after_last_contribution = recording.frame(8)
    accumulated = after_last_contribution.accumulated(0)
    assert accumulated is not None
    assert values(accumulated.grad) == 40
    assert not after_last_contribution.in_sweep


def test_position_0_knows_nothing() -> None:
    frame = first_lesson().frame(0)
    assert frame.step is None
    assert frame.operation_count == 0
    assert frame.names(0) == []
    assert frame.gradient(0) is None
    assert frame.sweep is None
    assert not frame.in_sweep
    assert frame.line == 0


def test_positions_beyond_the_end_are_the_end() -> None:
    recording = first_lesson()
    assert recording.frame(10_000).position == len(recording.stops)
    assert recording.frame(-5).position == 0


def test_gradients_appear_one_by_one() -> None:
    recording = first_lesson()
    reached = [
        [value for value in range(4) if recording.frame(position).gradient(value) is not None]
        for position in range(4, 9)
    ]
    assert reached == [[], [3], [2, 3], [1, 2, 3], [0, 1, 2, 3]]


def test_the_sweep_runs_from_its_begin_to_its_end() -> None:
    recording = first_lesson()
    assert [recording.frame(p).in_sweep for p in range(len(recording.stops) + 1)] == [False] * 5 + [True] * 3 + [
        False
    ] * 2
    assert recording.frame(4).sweep is None
    assert recording.frame(9).sweep == recording.sweeps[0]


def test_a_position_can_be_found_by_its_operation() -> None:
    recording = first_lesson()
    for operation in range(4):
        frame = recording.frame(recording.position_of(operation))
        assert frame.step == recording.operations[operation]


def test_a_frame_knows_its_line_and_what_was_printed() -> None:
    recording = first_lesson()
    assert [recording.frame(p).line for p in range(1, 10)] == [2, 3, 4, 4, 5, 4, 4, 3, 6]
    assert recording.frame(8).printed() == []
    assert [step.text for step in recording.frame(9).printed()] == ["tensor(40.)\n"]


def test_the_innermost_frame_of_an_error_comes_first() -> None:
    recording = first_lesson()
    outer, inner = Call("<module>", Span(9, 0, 9, 4)), Call("f", Span(2, 4, 2, 8))
    recording.extend([Error("ValueError", "no", (outer, inner))])
    frame = recording.frame(len(recording.stops))
    assert frame.where == (inner, outer)
    assert frame.line == 2
    assert recording.error is not None


class CountingSteps(UserList[Step]):
    """Counts how often a step is looked at."""

    looks = 0

    def __getitem__(self, index: Any) -> Any:
        type(self).looks += 1
        return super().__getitem__(index)


def test_a_frame_of_a_long_recording_looks_at_few_steps() -> None:
    recording = Recording()
    steps: list[Step] = [Operation(0, "tensor", (), (Output(0, ONE, "leaf", True),)), Bind("w", 0)]
    steps += [Operation(i, "mul", (i - 1, 0), (Output(i, ONE, "result", True),)) for i in range(1, 25_000)]
    steps.append(BackwardBegin(0, (24_999,), (ONE,)))
    for i in range(24_999, 0, -1):
        steps += [Contribution(0, i, 0, i - 1, ONE, ONE), Contribution(0, i, 1, 0, ONE, ONE)]
    steps += [Accumulation(0, 0, ONE), BackwardEnd(0)]
    steps += [Print("x\n", line=1)] * 25_000
    recording.extend(steps)
    assert len(recording.steps) > 100_000
    recording.steps = CountingSteps(recording.steps)  # type: ignore[assignment]
    CountingSteps.looks = 0
    for position in range(0, len(recording.stops) + 1, 1000):
        frame = recording.frame(position)
        assert frame.position == position
        _ = frame.step, frame.sweep, frame.in_sweep, frame.line, frame.operation_count
        _ = frame.gradient(0), frame.name(0), frame.accumulated(0), frame.known(5)
    assert CountingSteps.looks < 1000


def operation(**changes: Any) -> Operation:
    plain: dict[str, Any] = {"id": 0, "op": "mul", "inputs": (), "outputs": (Output(0, ONE, "leaf", True),)}
    return Operation(**(plain | changes))


@pytest.mark.parametrize(
    "step",
    [
        operation(id=1),
        operation(inputs=(0,)),
        operation(outputs=(Output(3, ONE, "leaf"),)),
        operation(outputs=(Output(0, ONE, "leaf", view_of=0),)),
        operation(arguments=(Argument("self", 0),)),
        Bind("w", 0),
        BackwardBegin(0, (0,), (ONE,)),
        BackwardBegin(0, (), (ONE,)),
        BackwardBegin(1, (), ()),
        Contribution(0, 0, 0, 0, ONE, ONE),
        Accumulation(0, 0, ONE),
        BackwardEnd(0),
    ],
)
def test_a_step_that_speaks_of_what_is_not_there_is_refused(step: Step) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        Recording().extend([step])


def test_a_contribution_to_a_slot_that_an_operation_lacks_is_refused() -> None:
    recording = Recording()
    recording.extend(first_lesson_steps()[:8])
    with pytest.raises(ValueError, match="no input 1"):
        recording.extend([Contribution(0, 3, 1, 2, ONE, ONE)])


@pytest.mark.parametrize(
    "summary",
    [
        Summary((2,), "float32", whole=b"123"),
        Summary((100,), "float32", whole=b"0" * 400),
        Summary((-1,), "float32"),
        Summary((), "object"),
        Summary((), "float32"),
        Summary((), "float32", whole=b"1234", sample=b"0000", sample_shape=(1, 1)),
        Summary((100, 100), "float32", sample=b"0" * 4 * 1600, sample_shape=(40, 40)),
        Summary((100, 100), "float32", sample=b"0" * 4 * 100, sample_shape=(15, 15)),
    ],
)
def test_a_summary_whose_bytes_do_not_fit_is_refused(summary: Summary) -> None:
    with pytest.raises(ValueError, match=r"shape|dtype"):
        check(operation(outputs=(Output(0, summary, "leaf"),)))


def test_steps_as_a_recorder_makes_them_are_accepted() -> None:
    for step in first_lesson_steps():
        check(step)


def test_a_place_that_no_text_has_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        check(operation(where=(Call("f", Span(1, -1, 1, 2)),)))
    with pytest.raises(ValueError, match="role"):
        check(operation(outputs=(Output(0, ONE, "king"),)))
