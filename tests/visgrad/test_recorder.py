"""The recorder: operations, ids, roles, names, places and arguments."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import engine
from engine.observe import observe
from tests.visgrad.recorded import Run
from visgrad.recording.members import Modules, members
from visgrad.recording.model import Argument, Bind, Error, Operation, Print, Span
from visgrad.recording.places import Places, Stack
from visgrad.recording.recorder import Recorder
from visgrad.recording.recording import Recording
from visgrad.recording.stretch import Stretch
from visgrad.recording.summary import values
from visgrad.worker.client import run_program

torch: Any = engine


def test_operations_are_numbered_in_the_order_in_which_they_ran() -> None:
    run = Run("""
        w = torch.tensor(2.0, requires_grad=True)
        y = w**2
        z = 10*y + 25
    """)
    assert [operation.op for operation in run.recording.operations] == ["tensor", "pow", "mul", "add"]
    assert [operation.inputs for operation in run.recording.operations] == [(), (0,), (1,), (2,)]
    assert [float(values(output.summary)) for output in run.recording.values] == [2, 4, 40, 65]  # type: ignore[arg-type]
    assert run.operation("z").backward == "AddBackward0"


def test_a_tensor_used_twice_gives_two_inputs() -> None:
    run = Run("""
        x = torch.tensor(3.0, requires_grad=True)
        y = x*x
    """)
    assert run.operation("y").inputs == (0, 0)
    assert run.recording.users[0] == [(1, 0), (1, 1)]


def test_arguments_stand_in_the_order_of_the_call_with_constants_as_text() -> None:
    run = Run("""
        y = torch.tensor(3.0)
        a = 10*y
        b = y*10
        c = torch.add(y, a, alpha=2)
        d = torch.stack([y, a, y])
    """)
    assert run.operation("a").arguments == (Argument("input", text="10"), Argument("other", 0))
    assert run.operation("b").arguments == (Argument("input", 0), Argument("other", text="10"))
    assert run.operation("c").arguments == (Argument("input", 0), Argument("other", 1), Argument("alpha", text="2"))
    assert [a.input for a in run.operation("d").arguments] == [0, 1, 2]
    assert run.operation("d").inputs == (0, 1, 0)


def test_constants_of_equal_value_but_different_kind_keep_their_text() -> None:
    run = Run("""
        y = torch.tensor(3.0)
        a = y*1
        b = y*1.0
    """)
    assert [run.operation(name).arguments[1].text for name in "ab"] == ["1", "1.0"]


def test_a_long_constant_is_cut_short() -> None:
    run = Run("x = torch.tensor([[float(i) for i in range(1000)]] * 50)")
    (argument,) = run.operation("x").arguments
    assert argument.name == "data"
    assert len(argument.text) <= 60


def test_the_call_is_the_expression_that_the_program_wrote() -> None:
    run = Run("""
        w = torch.tensor(2.0, requires_grad=True)
        z = 10*w**2 + torch.exp(
            w)
    """)
    calls = [operation.call for operation in run.recording.operations]
    assert calls == [
        "torch.tensor(2.0, requires_grad=True)",
        "w**2",
        "10*w**2",
        "torch.exp(\nw)",
        "10*w**2 + torch.exp(\nw)",
    ]


def test_columns_count_characters_also_after_hangul_and_accents() -> None:
    run = Run("""
        w = torch.tensor(2.0)
        가나, é = (w*2, "ü"); y = w*3
    """)
    assert run.operation("y").call == "w*3"
    assert run.operation("y").where[0].span == Span(2, 24, 2, 27)


def test_where_holds_every_level_of_the_programs_own_functions() -> None:
    run = Run("""
        def inner(a):
            return a*2
        def outer(a):
            return inner(a) + 1
        x = torch.tensor(1.0)
        y = outer(x)
    """)
    product = run.named("mul")[0]
    assert [(call.function, call.span.line) for call in product.where] == [("inner", 2), ("outer", 4), ("<module>", 6)]
    assert product.call == "a*2"


def test_roles_tell_leaves_constants_results_no_grad_and_detached() -> None:
    run = Run("""
        leaf = torch.tensor(1.0, requires_grad=True)
        constant = torch.tensor(2.0)
        result = leaf*constant
        plain = constant*3
        with torch.no_grad():
            quiet = leaf*2
        cut = result.detach()
    """)
    roles = {name: run.output(name).role for name in ("leaf", "constant", "result", "plain", "quiet", "cut")}
    assert roles == {
        "leaf": "leaf",
        "constant": "constant",
        "result": "result",
        "plain": "no_grad",
        "quiet": "no_grad",
        "cut": "detached",
    }
    assert run.output("leaf").requires_grad
    assert not run.output("quiet").requires_grad


def test_asking_for_gradients_later_is_told_as_a_step() -> None:
    run = Run("""
        u = torch.ones(3)
        u.requires_grad_()
        v = (u*2).sum()
        v.backward()
    """)
    assert run.named("requires_grad_")[0].in_place
    leaf = run.recording.values[run.named("mul")[0].inputs[0]]
    assert leaf.role == "leaf"
    assert leaf.version == 0
    assert leaf.tensor == run.recording.values[0].tensor
    assert leaf.value in run.recording.accumulations


def test_asking_for_gradients_on_the_way_to_a_name_is_told_at_the_binding() -> None:
    run = Run("u = torch.ones(3).requires_grad_()")
    assert run.output("u").role == "leaf"


def test_a_name_is_bound_once_for_each_value() -> None:
    run = Run("""
        x = torch.tensor(1.0)
        x = x
        y = x
        x = x*2
    """)
    binds = [(step.name, step.value, step.line) for step in run.recording.steps if isinstance(step, Bind)]
    assert binds == [("x", 0, 1), ("y", 0, 3), ("x", 1, 4)]


def test_tensors_in_containers_are_named_by_their_place_unless_they_have_a_name() -> None:
    run = Run("""
        w = torch.tensor(1.0)
        params = [w, torch.tensor(2.0), {"h": (torch.tensor(3.0),)}]
    """)
    names = [run.recording.frame(10**6).names(value) for value in range(3)]
    assert names == [["w"], ["params[1]"], ["params[2]['h'][0]"]]


def test_of_a_large_container_only_the_first_tensors_are_named() -> None:
    w = torch.tensor(1.0)
    named = [name for name, _ in members("xs", [0.5, [w] * 100_000, w], Modules())]
    assert named[0] == "xs[1][0]"
    assert len(named) <= 512
    assert list(members("table", [[[0.5] * 500] * 500] * 500, Modules())) == []


def test_tensors_made_before_the_recording_are_given() -> None:
    before = torch.tensor([1.0, 2.0], requires_grad=True)
    recording = Recording()
    recorder = Recorder("", recording.extend)
    with observe(recorder):
        (before * 2).sum().backward()
    recorder.flush()
    given = recording.operations[0]
    assert (given.op, given.inputs, given.outputs[0].role) == ("given", (), "leaf")
    assert 0 in recording.accumulations


def test_two_recorders_one_after_the_other_do_not_mix_their_ids() -> None:
    x = torch.tensor(1.0, requires_grad=True)
    first, second = Recording(), Recording()
    for recording in (first, second):
        recorder = Recorder("", recording.extend)
        with observe(recorder):
            y = x * 2 + x
            y.backward()
        recorder.flush()
    assert [o.op for o in first.operations] == [o.op for o in second.operations] == ["given", "mul", "add"]
    assert len(second.contributions[0]) == 2


def test_an_operation_with_several_outputs_makes_several_values() -> None:
    run = Run("""
        x = torch.tensor([[1.0, 5.0], [7.0, 3.0]], requires_grad=True)
        v, i = x.max(dim=1)
        v.sum().backward()
    """)
    operation = run.operation("v")
    assert len(operation.outputs) == 2
    assert run.operation("i") is operation
    assert run.output("i").summary.dtype == "int64"
    (sent,) = [contribution for _, contribution in run.recording.contributions[0]]
    assert sent.source == operation.id
    assert values(sent.gradient).tolist() == [[0, 1], [1, 0]]  # type: ignore[union-attr]


def test_prints_and_errors_keep_their_place_among_the_operations() -> None:
    recording = Recording()
    recorder = Recorder("", recording.extend)
    with observe(recorder):
        torch.tensor(1.0)
        recorder.print("one\n", line=1)
        torch.tensor(2.0)
        recorder.error(Error("ValueError", "no"))
    kinds = [type(step) for step in recording.steps]
    assert kinds == [Operation, Print, Operation, Error]


def test_an_unchanged_tensor_that_is_handed_back_makes_no_operation() -> None:
    run = Run("""
        x = torch.tensor([1.0, 2.0])
        y = x.contiguous()
    """)
    assert len(run.recording.operations) == 1
    assert run.value("y") == 0


def test_long_runs_are_told_while_they_last_and_nothing_is_kept() -> None:
    told: list[int] = []

    def emit(steps: Stretch) -> None:
        told.append(len(steps))

    recorder = Recorder("", emit)
    with observe(recorder):
        x = torch.tensor(1.0, requires_grad=True)
        y = x
        for _ in range(60_000):
            y = y * 0.5
        alive = weakref.ref(y)
        del y
    assert len(told) >= 2
    recorder.flush()
    gc.collect()
    assert alive() is None
    assert sum(told) == 60_001


def test_full_arrays_can_be_fetched_until_the_budget_is_spent() -> None:
    run = Run(
        """
        a = torch.arange(1000.0)
        b = a*2
        c = torch.zeros(3)
        big = torch.zeros(100000)
        """,
        budget=9000,
    )
    assert np.array_equal(run.recorder.fetch(run.value("b")), np.arange(1000, dtype=np.float32) * 2)  # type: ignore[arg-type]
    assert run.recorder.fetch(run.value("c")) is None
    assert run.recorder.fetch(run.value("big")) is None
    with observe(run.recorder):
        run.names["a"] * 3
    run.recorder.flush()
    assert run.recorder.fetch(run.value("a")) is None
    assert run.recorder.fetch(run.value("b")) is not None


def test_fetched_gradients_are_those_of_the_last_sweep() -> None:
    run = Run("""
        x = torch.ones(100, requires_grad=True)
        y = x*3
        y.sum().backward()
    """)
    gradient = run.recorder.fetch(run.value("x"), "gradient")
    assert gradient is not None
    assert gradient.tolist() == [3.0] * 100


def test_a_fetched_value_is_what_it_was_before_it_was_written_over() -> None:
    run = Run("""
        a = torch.ones(100)
        first = a
        a.mul_(2)
        a.add_(1)
    """)
    kept = [run.recorder.fetch(value) for value in range(3)]
    assert [array[0] for array in kept if array is not None] == [1, 2, 3]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError])
def test_ids_stay_in_order_when_telling_is_interrupted(interruption: type[BaseException]) -> None:
    class Interrupted(Places):
        def site(self, stack: Stack) -> Any:
            raise interruption

    recording = Recording()
    recorder = Recorder("", recording.extend)
    with observe(recorder):
        x = torch.tensor(1.0)
        y = x * 2
        recorder.places.__class__ = Interrupted
        with pytest.raises(interruption):
            recorder.flush()
        recorder.places.__class__ = Places
        y = y * 3 + x
        recorder.flush()
    assert [operation.op for operation in recording.operations] == ["given", "mul", "mul", "add"]


def test_an_optimizer_s_step_takes_the_parameter_and_its_gradient_and_keeps_its_buffers_to_itself() -> None:
    run = Run("""
        w = torch.ones(3, requires_grad=True)
        optimizer = torch.optim.Adam([w])
        for _ in range(2):
            optimizer.zero_grad()
            (w * w).sum().backward()
            optimizer.step()
    """)
    steps = [operation for operation in run.recording.operations if operation.op == "adam_step"]
    producer, operations = run.recording.producer, run.recording.operations
    made = [[operations[producer[value]].op for value in step.inputs] for step in steps]
    assert made == [["ones", "grad"], ["adam_step", "grad"]]


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("for a in x[:, 0:1]: y = a * 2", "for a in x[:, 0:1]"),
        ("for i, a in enumerate(x):\n    print(i)\n", "enumerate(x)"),
        ("for a in {'k:': x}['k:']: pass", "for a in {'k:': x}['k:']"),
    ],
)
def test_what_a_loop_walks_is_called_by_the_loops_first_line(line: str, call: str) -> None:
    recording = run_program(f"import torch\nx = torch.ones(2, 2)\n{line}\n")
    assert recording.error is None
    assert [step.call for step in recording.steps if isinstance(step, Operation) and step.op == "unbind"] == [call]
