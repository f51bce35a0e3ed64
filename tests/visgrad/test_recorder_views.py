"""The recorder and shared memory: views, in-place writes, `.data`, copies taken in time."""

from __future__ import annotations

from typing import Any

from tests.visgrad.recorded import Run
from visgrad.recording.summary import values


def numbers(run: Run, value: int) -> Any:
    array = values(run.recording.values[value].summary)
    assert array is not None
    return array.tolist()


def test_a_view_names_the_value_whose_memory_it_shares() -> None:
    run = Run("""
        x = torch.arange(6.0)
        v = x.view(2, 3)
        c = x*1
    """)
    assert run.output("v").view_of == run.value("x")
    assert run.output("c").view_of == -1


def test_a_value_keeps_what_it_was_when_its_tensor_is_written_over() -> None:
    run = Run("""
        x = torch.zeros(3)
        x.add_(1)
        x.mul_(5)
    """)
    assert [numbers(run, value) for value in range(3)] == [[0, 0, 0], [1, 1, 1], [5, 5, 5]]
    assert [run.recording.values[value].version for value in range(3)] == [0, 1, 2]


def test_writing_through_a_view_gives_its_base_a_new_value() -> None:
    run = Run("""
        x = torch.zeros(4)
        v = x[1:3]
        v.add_(7)
        y = x*1
    """)
    write = next(operation for operation in run.recording.operations if operation.in_place)
    assert len(write.outputs) == 2
    assert numbers(run, write.outputs[1].value) == [0, 7, 7, 0]
    assert run.operation("y").inputs == (write.outputs[1].value,)


def test_a_view_shows_another_value_after_its_base_was_written() -> None:
    run = Run("""
        x = torch.zeros(4)
        v = x[1:3]
        x.add_(7)
        y = v*1
    """)
    (seen,) = run.operation("y").inputs
    assert numbers(run, seen) == [7, 7]
    shown = run.recording.operations[run.recording.producer[seen]]
    assert shown.op == "as_strided"
    assert shown.inputs == (run.value("x"),) or numbers(run, shown.inputs[0]) == [7, 7, 7, 7]


def test_gradients_pass_through_a_write_into_a_view() -> None:
    run = Run("""
        x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
        y = x*1
        v = y[1:3]
        v.mul_(10)
        y.sum().backward()
    """)
    assert run.names["x"].grad.tolist() == [1, 10, 10, 1]
    write = next(operation for operation in run.recording.operations if operation.in_place)
    base_after = write.outputs[1].value
    assert base_after in run.recording.contributions
    assert any(c.source == write.id for _, c in run.recording.contributions[run.named("mul")[0].outputs[0].value])


def test_a_step_through_data_changes_the_leaf_and_is_no_history() -> None:
    run = Run("""
        w = torch.tensor(2.0, requires_grad=True)
        y = w**2
        y.backward()
        w.data.sub_(0.1*w.grad)
        z = w*1
    """)
    (data,) = run.named("data")
    assert data.inputs == (0,)
    assert data.outputs[0].role == "detached"
    (used,) = run.operation("z").inputs
    assert run.recording.values[used].tensor == run.recording.values[0].tensor
    assert abs(numbers(run, used) - 1.6) < 1e-6
    assert run.recording.values[used].role == "leaf"


def test_exchanging_data_gives_the_leaf_a_new_value() -> None:
    run = Run("""
        w = torch.ones(3, requires_grad=True)
        w.data = torch.zeros(3)
        y = (w*2).sum()
        y.backward()
    """)
    (exchange,) = run.named("set_data")
    assert exchange.call == "w.data = …"
    assert numbers(run, exchange.outputs[0].value) == [0, 0, 0]
    assert exchange.outputs[0].value in run.recording.accumulations


def test_a_training_step_without_history_keeps_the_leaf_a_leaf() -> None:
    run = Run("""
        w = torch.tensor([2.0, 3.0], requires_grad=True)
        for i in range(2):
            (w*w).sum().backward()
            with torch.no_grad():
                w -= 0.1*w.grad
            w.grad = None
    """)
    steps = [operation for operation in run.recording.operations if operation.in_place]
    assert [operation.outputs[0].role for operation in steps] == ["leaf", "leaf"]
    assert [operation.outputs[0].version for operation in steps] == [1, 2]
    assert set(run.recording.accumulations) == {0, steps[0].outputs[0].value}


def test_writing_into_a_detached_tensor_changes_the_one_it_shares_with() -> None:
    run = Run("""
        x = torch.zeros(3, requires_grad=True)
        d = x.detach()
        d.add_(4)
        y = x*1
    """)
    (used,) = run.operation("y").inputs
    assert numbers(run, used) == [4, 4, 4]


def test_an_assignment_into_a_tensor_is_a_write_into_it() -> None:
    run = Run("""
        a = torch.tensor([1.0, 2.0], requires_grad=True)
        b = a.clone()
        b[0] = 5.0
        b.sum().backward()
    """)
    write = next(operation for operation in run.recording.operations if operation.in_place)
    assert write.backward == "CopySlices"
    assert [numbers(run, output.value) for output in write.outputs] == [5, [5, 2]]
    assert run.names["a"].grad.tolist() == [0, 1]
    cloned = run.named("clone")[0].outputs[0].value
    ((_, sent),) = run.recording.contributions[cloned]
    assert sent.source == write.id


def test_sharing_memory_asks_a_tensor_for_no_truth_value() -> None:
    run = Run("""
        x = torch.zeros(3)
        d = x.detach().detach()
        d += 1
    """)
    assert numbers(run, run.recording.operations[-1].outputs[1].value) == [1, 1, 1]
    assert run.recording.values[run.recording.operations[-1].outputs[1].value].tensor == 0


def test_a_model_moved_to_where_it_is_shows_no_memory_but_its_own() -> None:
    run = Run("""
        model = torch.nn.BatchNorm1d(2).to("cpu")
        model.weight.data = model.weight.detach()
        y = model.weight*1
    """)
    (used,) = run.operation("y").inputs
    assert numbers(run, used) == [1, 1]
