"""The recorder in backward sweeps: contributions, totals, accumulation, orders."""

from __future__ import annotations

from tests.visgrad.recorded import Run
from visgrad.explain.ledger import ledger
from visgrad.recording.model import Accumulation, BackwardBegin, BackwardEnd, Contribution, Summary
from visgrad.recording.summary import short, values


def number(summary: Summary) -> float:
    array = values(summary)
    assert array is not None
    return float(array)


def test_each_vector_jacobian_product_is_a_contribution_from_an_operation_to_a_value() -> None:
    run = Run("""
        w = torch.tensor(2.0, requires_grad=True)
        y = w**2
        z = 10*y + 25
        z.backward()
    """)
    sent = [step for step in run.recording.steps if isinstance(step, Contribution)]
    assert [(s.source, s.slot, s.value, number(s.gradient)) for s in sent] == [
        (3, 0, 2, 1),
        (2, 0, 1, 10),
        (1, 0, 0, 40),
    ]
    (begin,) = run.recording.sweeps
    assert begin.roots == (3,)
    assert number(begin.gradients[0]) == 1
    assert begin.where[0].span.line == 4
    assert number(run.recording.accumulations[0][0][1].grad) == 40
    assert isinstance(run.recording.steps[-1], BackwardEnd)


def test_the_second_operand_has_its_own_slot() -> None:
    run = Run("""
        a = torch.tensor(2.0, requires_grad=True)
        b = torch.tensor(5.0, requires_grad=True)
        c = a*b
        c.backward()
    """)
    ((_, to_a),), ((_, to_b),) = run.recording.contributions[0], run.recording.contributions[1]
    assert (to_a.slot, number(to_a.gradient)) == (0, 5)
    assert (to_b.slot, number(to_b.gradient)) == (1, 2)


def test_contributions_to_one_value_add_up_in_their_total() -> None:
    run = Run("""
        x = torch.tensor(3.0, requires_grad=True)
        y = x*x + 4*x
        y.backward()
    """)
    sent = [contribution for _, contribution in run.recording.contributions[0]]
    assert sorted(number(c.gradient) for c in sent) == [3, 3, 4]
    assert number(sent[-1].total) == 10


def test_repeated_sweeps_add_to_grad_and_the_first_of_them_is_marked() -> None:
    run = Run("""
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        for i in range(3):
            (x*2).sum().backward()
    """)
    history = [step for _, step in run.recording.accumulations[0]]
    assert [(step.sweep, step.first) for step in history] == [(0, True), (1, False), (2, False)]
    assert [values(step.grad).tolist() for step in history] == [[2, 2], [4, 4], [6, 6]]  # type: ignore[union-attr]
    assert [operation.op for operation in run.recording.operations] == ["tensor"] + ["mul", "sum"] * 3


def test_an_intermediate_that_retains_its_gradient_has_an_accumulation() -> None:
    run = Run("""
        x = torch.tensor(1.0, requires_grad=True)
        y = x*2
        y.retain_grad()
        z = y*3
        z.backward()
    """)
    ((_, kept),) = run.recording.accumulations[run.value("y")]
    assert number(kept.grad) == 3


def test_the_grad_of_a_leaf_is_a_value_with_a_name_once_it_is_used() -> None:
    run = Run("""
        w = torch.tensor(2.0, requires_grad=True)
        (w*3).backward()
        step = 0.5*w.grad
    """)
    (grad,) = run.named("grad")
    assert grad.call == "w.grad"
    assert grad.inputs == (run.value("w"),), "so the picture leads from a leaf over its gradient to the leaf's update"
    assert run.operation("step").inputs == (grad.outputs[0].value,)
    assert run.recording.frame(10**6).name(grad.outputs[0].value) == "w.grad"


def test_the_grad_after_another_sweep_is_another_value() -> None:
    run = Run("""
        w = torch.ones(2, requires_grad=True)
        (w*3).sum().backward()
        a = w.grad*1
        (w*3).sum().backward()
        b = w.grad*1
    """)
    first, second = (values(run.recording.values[grad.outputs[0].value].summary) for grad in run.named("grad"))
    assert first.tolist() == [3, 3]  # type: ignore[union-attr]
    assert second.tolist() == [6, 6]  # type: ignore[union-attr]


def test_operations_of_a_create_graph_sweep_are_of_the_first_order() -> None:
    run = Run("""
        x = torch.tensor(3.0, requires_grad=True)
        y = x**3
        y.backward(create_graph=True)
        g = x.grad*1
        x.grad = None
        g.backward()
    """)
    orders = [operation.order for operation in run.recording.operations]
    assert orders[:2] == [0, 0]
    assert set(orders) == {0, 1}
    assert all(o.call == "" for o in run.recording.operations if o.order == 1)
    assert number(run.recording.accumulations[0][-1][1].grad) == 18


def test_a_sweep_over_a_sweep_is_of_the_second_order() -> None:
    run = Run("""
        x = torch.tensor(2.0, requires_grad=True)
        y = x**4
        (g,) = torch.autograd.grad(y, x, create_graph=True)
        (h,) = torch.autograd.grad(g, x, create_graph=True)
        (k,) = torch.autograd.grad(h, x)
    """)
    assert run.names["k"].item() == 48
    assert max(operation.order for operation in run.recording.operations) == 2
    assert len(run.recording.sweeps) == 3


def test_sweeps_end_also_when_they_fail() -> None:
    run = Run("""
        x = torch.tensor(3.0, requires_grad=True)
        y = x*x
        y.backward()
        try:
            y.backward()
        except RuntimeError:
            pass
    """)
    begins = sum(isinstance(step, BackwardBegin) for step in run.recording.steps)
    assert begins == sum(isinstance(step, BackwardEnd) for step in run.recording.steps)
    assert not run.recording.frame(10**6).in_sweep


def test_gradients_reach_the_values_that_were_used_not_the_later_ones() -> None:
    run = Run(
        """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        y = w*2
        z = y*y
        y.add_(0)
    """.replace("y.add_(0)", "s = z.sum()\n        s.backward()")
    )
    assert run.recording.contributions[run.value("y")][0][1].source == run.operation("z").id


def test_an_in_place_operation_takes_its_place_in_the_backward_sweep() -> None:
    run = Run("""
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x*3
        y.mul_(2)
        y.sum().backward()
    """)
    doubled = next(operation for operation in run.named("mul") if operation.in_place)
    before, after = doubled.inputs[0], doubled.outputs[0]
    assert after.version == 1
    assert after.tensor == run.recording.values[before].tensor
    assert run.recording.before[after.value] == before
    assert values(run.recording.contributions[before][0][1].gradient).tolist() == [2, 2]  # type: ignore[union-attr]
    assert values(run.recording.accumulations[0][0][1].grad).tolist() == [6, 6]  # type: ignore[union-attr]


def test_hooked_and_accumulated_gradients_are_those_of_the_engine() -> None:
    run = Run("""
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x*3
        handle = y.register_hook(lambda g: g*10)
        y.sum().backward()
    """)
    last = run.recording.steps[-2]
    assert isinstance(last, Accumulation)
    assert values(last.grad).tolist() == [30, 30]  # type: ignore[union-attr]
    assert run.named("mul")[-1].where[0].function == "<lambda>"


def test_a_function_of_the_programs_own_is_an_operation_and_its_parts_run_inside() -> None:
    run = Run("""
        class Square(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x*x
            @staticmethod
            def backward(ctx, g):
                (x,) = ctx.saved_tensors
                return 2*x*g
        x = torch.tensor(3.0, requires_grad=True)
        y = Square.apply(x)
        y.backward()
    """)
    assert run.operation("y").backward == "SquareBackward"
    assert run.operation("y").inputs == (0,)
    ((_, sent),) = run.recording.contributions[0]
    assert sent.source == run.operation("y").id
    assert number(sent.gradient) == 6
    inside = run.named("mul")
    assert [operation.where[0].function for operation in inside] == ["Square.forward"] + ["Square.backward"] * 2


def test_setting_a_grad_to_zero_is_told_of_its_leaf() -> None:
    run = Run("""
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        for i in range(2):
            (w*3).sum().backward()
            w.grad.zero_()
    """)
    history = [values(step.grad).tolist() for _, step in run.recording.accumulations[0]]  # type: ignore[union-attr]
    assert history == [[3, 3], [0, 0], [3, 3], [0, 0]]
    end = run.recording.frame(10**6)
    shown = end.gradient(0)
    assert shown is not None
    assert values(shown).tolist() == [0, 0]  # type: ignore[union-attr]
    assert [short(row.total) for row in ledger(end, 0) if row.kind == "grad"] == ["[3, 3]", "[0, 0]"] * 2
    assert [short(row.gradient) for row in ledger(end, 0) if row.kind == "grad"] == ["[3, 3]", "[0, 0]"] * 2


def test_a_recorded_sweep_goes_on_from_the_graph_it_differentiates() -> None:
    """What a derivative saved is the result itself, and the gradient it starts with hangs on the root."""
    run = Run("""
        x = torch.tensor(0.5, requires_grad=True)
        out = torch.tanh(x)
        (slope,) = torch.autograd.grad(out, x, create_graph=True)
    """)
    operations, producer = run.recording.operations, run.recording.producer
    assert [operation.op for operation in operations if not operation.inputs] == ["tensor"]
    (start,) = run.named("grad")
    assert (start.call, start.inputs) == ("∂out/∂out", (run.value("out"),))
    square = next(operation for operation in operations if operation.order == 1)
    assert square.inputs == (run.value("out"), run.value("out"))
    assert operations[producer[run.value("slope")]].order == 1


def test_a_gradient_that_is_handed_out_hangs_on_what_it_is_the_gradient_of() -> None:
    run = Run("""
        x = torch.tensor(2.0, requires_grad=True)
        y = x**3
        (slope,) = torch.autograd.grad(y, x)
        later = slope*2
    """)
    (grad,) = run.named("grad")
    assert (grad.call, grad.inputs) == ("∂y/∂x", (run.value("x"),))
    assert run.operation("later").inputs == (run.value("slope"),)
    assert run.recording.frame(10**6).gradient(run.value("x")) is not None
