"""Runs that go on for long: the beginning is kept in full, then the latest steps; the whole is a recording like any."""

from __future__ import annotations

import textwrap
from bisect import bisect_right
from pathlib import Path

import numpy as np
import pytest

import engine
from engine.observe import observe
from tests.visgrad.worker_runs import Runner, printed
from visgrad.explain.narrate import narrate
from visgrad.export import dot, html, json, mermaid
from visgrad.recording.file import load, save
from visgrad.recording.forms import Forms
from visgrad.recording.model import Bind, Clearing, Contribution, Gap, Operation, Outcome, Print, Step
from visgrad.recording.recorder import Recorder
from visgrad.recording.recording import Recording
from visgrad.recording.stretch import Packer, Stretch, stretch_of
from visgrad.recording.window import Counts, Window
from visgrad.worker.parts import SLACK, Divider, Sieve
from visgrad.worker.protocol import Array, Limits, Packed

TRAINING = """
import torch
w = torch.tensor([1.0, 2.0], requires_grad=True)
c = torch.tensor(3.0)
opt = torch.optim.SGD([w], lr=0.01)
for i in range(600):
    if i == 300:
        middle = torch.arange(100.0)
    loss = (w * c).pow(2).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if i % 10 == 0:
        print(i)
late = middle + c
"""
SMALL = Limits(seconds=60, steps=500, latest=400)


@pytest.fixture(scope="module")
def whole(runner: Runner) -> Recording:
    return runner.run(TRAINING)


@pytest.fixture(scope="module")
def cut(runner: Runner, whole: Recording) -> Recording:
    return runner.run(TRAINING, SMALL)


def _what(operation: Operation) -> object:
    """An operation without its numbers."""
    outputs = [(output.summary, output.role, output.version) for output in operation.outputs]
    return operation.op, operation.call, operation.where, outputs, operation.arguments


def test_the_beginning_is_kept_in_full(whole: Recording, cut: Recording) -> None:
    assert cut.steps[:500] == whole.steps[:500]


def test_the_latest_steps_are_those_of_the_whole_run(whole: Recording, cut: Recording) -> None:
    latest = [step for step in cut.steps[cut.gap :] if isinstance(step, Operation) and step.op != "earlier"]
    assert len(latest) > 100
    assert list(map(_what, latest)) == list(map(_what, whole.operations[-len(latest) :]))
    given = [step for step in cut.steps[cut.gap :] if isinstance(step, Contribution)]
    given = given[3:]  # the first sweep may go back into what is not kept
    came = [step for step in whole.steps if isinstance(step, Contribution)][-len(given) :]
    assert len(given) > 50
    assert [step.gradient for step in given] == [step.gradient for step in came]


def test_a_gap_and_the_outcome_say_how_much_is_missing(whole: Recording, cut: Recording) -> None:
    gap = cut.steps[cut.gap]
    assert isinstance(gap, Gap)
    assert cut.missing == gap.steps > 0
    assert len(cut.steps) + gap.steps > len(whole.steps) * 0.99 > len(cut.steps)
    assert len(cut.steps) - cut.gap >= 400
    assert cut.outcome is not None
    assert cut.outcome.message == f"Its first 500 steps and its latest are kept; {gap.steps:,} between them are not."
    position = bisect_right(cut.stops, cut.gap) + 1
    told = narrate(cut.frame(position))
    assert told == f"{gap.steps:,} steps are not kept here; what follows are the latest of the run."
    assert "보관되지 않았습니다" in narrate(cut.frame(position), "ko")


def test_what_was_made_in_a_dropped_step_is_there_by_its_name(cut: Recording) -> None:
    last = cut.operations[-1]
    assert last.call == "middle + c"
    made = cut.operations[cut.producer[last.inputs[0]]]
    assert made.op == "earlier"
    assert cut.frame(len(cut.stops)).name(last.inputs[0]) == "middle"
    assert cut.operations[cut.producer[last.inputs[1]]].call == "torch.tensor(3.0)", "the beginning's are still there"


def test_all_that_was_printed_is_there_in_its_order(whole: Recording, cut: Recording) -> None:
    assert printed(cut) == printed(whole) == "".join(f"{i}\n" for i in range(0, 600, 10))
    assert any(isinstance(step, Print) for step in cut.steps[cut.gap :])


def test_sweeps_passes_and_names_go_on_behind_the_gap(cut: Recording) -> None:
    assert len(cut.began) == len(cut.ended)
    assert not cut.frame(len(cut.stops)).in_sweep
    assert cut.passes[-1][1].number == 600
    assert all(a.number < b.number for (_, a), (_, b) in zip(cut.passes, cut.passes[1:], strict=False))
    after = [step for step in cut.steps[cut.gap :] if isinstance(step, Bind) and step.name == "loss"]
    assert all(cut.operations[cut.producer[step.value]].op in ("sum", "earlier") for step in after)
    assert sum(isinstance(step, Clearing) for step in cut.steps[cut.gap :]) > 20


def test_it_is_saved_and_drawn_like_any_other(cut: Recording, tmp_path: Path) -> None:
    save(cut, tmp_path / "long.visgrad")
    again = load(tmp_path / "long.visgrad").recording
    assert again.steps == cut.steps
    assert (again.gap, again.missing, again.outcome) == (cut.gap, cut.missing, cut.outcome)
    end = again.frame(len(again.stops))
    for text in (again.to_svg(), dot.to_dot(again), mermaid.to_mermaid(again), json.to_json(end), html.to_html(again)):
        assert "middle" in text
    assert all(narrate(again.frame(position)) for position in range(len(again.stops)))


def test_full_arrays_are_fetched_by_the_numbers_of_the_recording(runner: Runner) -> None:
    recording = runner.run(TRAINING, SMALL)
    value = recording.operations[-1].outputs[0].value
    runner.worker.fetch(value)
    answer = runner.wait_for(Array)
    assert isinstance(answer, Array)
    assert np.frombuffer(answer.data, answer.dtype).tolist() == [3.0 + i for i in range(100)]


def test_a_short_run_has_no_gap(runner: Runner) -> None:
    recording = runner.run("import torch\nx = torch.zeros(2)\nfor _ in range(300): x = x + 1", SMALL)
    assert recording.gap == -1
    assert recording.outcome is not None
    assert recording.outcome.message == ""
    assert len(recording.operations) == 301


def test_an_endless_loop_ends_by_its_time_and_keeps_both_ends(runner: Runner) -> None:
    endless = "import torch\nx = torch.zeros(2)\nwhile True: x = x + 1"
    recording = runner.run(endless, Limits(seconds=1.0, steps=500, latest=400))
    assert recording.outcome is not None
    assert recording.outcome.message.startswith("Stopped after 1 seconds, the time limit of a run. Its first 500 steps")
    assert recording.operations[-1].inputs == (recording.operations[-2].outputs[0].value,)


def test_the_latest_steps_survive_the_worker(runner: Runner) -> None:
    source = """
    import torch
    x = torch.zeros(2)
    for _ in range(5000): x = x + 1
    try:
        while True: pass
    finally:
        while True: pass
    """
    recording = runner.run(textwrap.dedent(source), Limits(seconds=1.5, steps=500, latest=400))
    assert recording.gap > 0
    assert recording.operations[-1].outputs[0].summary.maximum == 5000.0


PROGRAMS = {
    "a view of what is gone": "base = torch.zeros(4)\nview = base[1:]\n{spin}\nview.add_(1)\nout = base[1:] + view",
    "in-place writes": "x = torch.zeros(3)\n{spin}\nfor i in range(90): x += 1\nout = x * 2",
    "a history that is gone": "a = torch.ones(1, requires_grad=True)\nb = a*2\n{spin}\nb.backward()\nout = a.grad + 1",
    "a sweep across the edge": """
        a = torch.ones(1, requires_grad=True)
        for _ in range(3):
            b = a
            for _ in range(40): b = b * 1.01
            b.backward()
        out = a.grad * 2
    """,
    "second order": """
        a = torch.ones(2, requires_grad=True)
        for _ in range(60):
            g, = torch.autograd.grad((a ** 3).sum(), a, create_graph=True)
            g.sum().backward()
            a.grad = None
        out = a * 1
    """,
    "modules": """
        m = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
        opt = torch.optim.Adam(m.parameters())
        for _ in range(30):
            opt.zero_grad()
            m(torch.ones(4, 2)).mean().backward()
            opt.step()
        out = m[0].weight * 1
    """,
}


@pytest.mark.parametrize("size", [1, 7, 40, 400])
@pytest.mark.parametrize("name", PROGRAMS)
def test_wherever_the_cuts_fall_the_whole_holds_together(name: str, size: int) -> None:
    source = textwrap.dedent(PROGRAMS[name]).replace("{spin}", "for _ in range(200): torch.zeros(1) + 1")
    sieve, recording = Sieve(Limits(steps=20, latest=size)), Recording(source)

    packer = Packer()

    def send(steps: Stretch, slides: bool) -> None:
        recording.extend(sieve.take(Packed(1, packer.pack(steps), slides)))

    def emit(steps: Stretch) -> None:
        divider.emit(steps)

    recorder = Recorder(source, emit)
    divider = Divider(Limits(steps=20, latest=size), recorder, send)
    names = {"torch": engine, "recorder": recorder}
    lines = [f"{line}; recorder.flush()" if line.strip() and not line.rstrip().endswith(":") else line
             for line in source.splitlines()]  # fmt: skip
    with observe(recorder):
        exec(compile("\n".join(lines), "<program>", "exec"), names)
        recorder.flush()
    recording.extend(sieve.rest())
    recording.outcome = Outcome("done")
    assert recording.operations[-1].outputs[0].summary.whole == names["out"].detach().numpy().tobytes()  # type: ignore[attr-defined]
    assert recording.to_svg()
    assert all(narrate(recording.frame(position)) for position in range(len(recording.stops)))


def packed(steps: list[Step], slides: bool = False) -> Packed:
    """The message of some steps."""
    return Packed(1, Packer().pack(stretch_of(steps, Forms())), slides)


def test_a_worker_that_never_slides_is_found_out() -> None:
    sieve = Sieve(Limits(steps=10, latest=10))
    with pytest.raises(ValueError, match="more steps than the run may have"):
        sieve.take(packed([Print("x")] * 11))
    sieve = Sieve(Limits(steps=10, latest=10))
    sieve.take(packed([], slides=True))
    with pytest.raises(ValueError, match="more steps than the run may have"):
        sieve.take(packed([Print("x")] * (SLACK + 11)))


def test_a_part_that_speaks_of_what_never_was_is_refused_once() -> None:
    sieve = Sieve(Limits(steps=10, latest=10))
    for _ in range(4):
        sieve.take(packed([Operation(99, "neg", (98,), ())], slides=True))
    with pytest.raises(ValueError, match="there is no value 98"):
        sieve.rest()
    assert sieve.rest() == []


def test_a_gap_that_is_negative_is_no_step() -> None:
    with pytest.raises(ValueError, match="negative"):
        Sieve(Limits()).take(packed([Gap(-1)]))


def test_what_was_printed_in_dropped_steps_is_joined_by_its_stream() -> None:
    window = Window(Counts())
    steps = [Print("a"), Print("b"), Print("c", "stderr"), Print("d", "result"), Print("e", "result")]
    window.add(stretch_of(steps, Forms()))
    window.slide()
    assert [(step.text, step.stream) for step in window.slide()] == [
        ("ab", "stdout"),
        ("c", "stderr"),
        ("d", "result"),
        ("e", "result"),
    ]
