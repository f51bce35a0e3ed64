"""What an observer is told: every operation, write and contribution, in order, and nothing written behind its back."""

from __future__ import annotations

from typing import Any

import engine as torch_dialect
from engine.backward import current_order
from engine.observe import Observer, observe
from engine.registry import Op

engine: Any = torch_dialect  # its names are made from the table, which a type checker cannot see


class Notes(Observer):
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.operations: list[tuple[str, tuple[Any, ...], tuple[Any, ...], Any]] = []
        self.events: list[str] = []
        self.orders: list[int] = []
        self.kept: list[tuple[Any, Any]] = []

    def operation(self, op: Op, inputs: Any, args: Any, kwargs: Any, out: Any) -> None:
        self.operations.append((op.name, inputs, args, out))
        self.events.append(op.name)
        self.orders.append(current_order())

    def before_write(self, tensor: Any) -> None:
        self.events.append("before_write")
        assert all(array.tolist() == value for array, value in self.kept)
        self.kept = [(array, value) for array, value in self.kept if array is not tensor._data]

    def backward_begin(self, roots: Any, gradients: Any) -> None:
        self.events.append(f"begin {[g.tolist() for g in gradients]}")

    def contribution(self, node: Any, slot: int, gradient: Any, total: Any) -> None:
        self.events.append(f"{node.name()}[{slot}] {gradient.tolist()} {total.tolist()}")
        self.kept += [(gradient, gradient.tolist()), (total, total.tolist())]

    def accumulate(self, leaf: Any, gradient: Any) -> None:
        self.events.append(f"grad {leaf.grad.tolist()}")

    def backward_end(self) -> None:
        self.events.append("end")


def test_the_lesson_is_told_step_by_step() -> None:
    with observe(Notes()) as notes:
        w = engine.tensor(2.0, requires_grad=True)
        z = 10 * w**2 + 25
        z.backward()
    assert notes.events == [
        "tensor", "pow", "mul", "add",
        "begin [1.0]",
        "AddBackward0[0] 1.0 1.0", "MulBackward0[0] 10.0 10.0", "PowBackward0[0] 40.0 40.0",
        "grad 40.0",
        "end",
    ]  # fmt: skip
    name, inputs, args, out = notes.operations[2]
    assert (name, len(inputs), args[0]) == ("mul", 1, 10)
    assert out.grad_fn.name() == "MulBackward0"


def test_a_square_has_two_inputs_and_two_contributions() -> None:
    with observe(Notes()) as notes:
        x = engine.tensor([1.0, 3.0], requires_grad=True)
        (x * x).backward(engine.ones(2))
    assert [len(inputs) for name, inputs, _, _ in notes.operations if name == "mul"] == [2]
    assert "MulBackward0[1] [1.0, 3.0] [2.0, 6.0]" in notes.events


def test_nothing_reported_is_written_before_that_is_announced() -> None:
    with observe(Notes()) as notes:
        x = engine.ones(2, requires_grad=True)
        for _ in range(3):
            y = x * 2
            (y + y + y).sum().backward()
    assert all(tensor.tolist() == value for tensor, value in notes.kept)
    assert x.grad.tolist() == [18.0, 18.0]


def test_an_in_place_operation_is_announced_and_gives_its_own_tensor() -> None:
    x = engine.ones(2)
    with observe(Notes()) as notes:
        x.add_(1)
    assert notes.events == ["before_write", "add"]
    assert notes.operations[0][3] is x


def test_a_second_derivative_is_recorded_one_order_up() -> None:
    with observe(Notes()) as notes:
        x = engine.tensor(2.0, requires_grad=True)
        (slope,) = engine.autograd.grad(x**3, x, create_graph=True)
        slope.backward()
    assert notes.orders[:2] == [0, 0]
    assert set(notes.orders[2:]) == {1}
    assert current_order() == 0
    assert x.grad.item() == 12.0


def test_a_sweep_that_fails_is_ended_too() -> None:
    x = engine.ones(2, requires_grad=True)
    y = (x * x).sum()
    y.backward()
    with observe(Notes()) as notes:
        try:
            y.backward()
        except RuntimeError:
            notes.events.append("raised")
    assert notes.events[-2:] == ["end", "raised"]


def test_every_input_of_an_operation_has_its_edge() -> None:
    with observe(Notes()) as notes:
        w = engine.ones(2, 2, requires_grad=True)
        b = engine.ones(2)
        out = engine.cat([w, w * 2]) @ engine.ones(2, 2) + b
        engine.where(out > 1, out, b).sum().backward()
    for _, inputs, _, result in notes.operations:
        if getattr(result, "grad_fn", None) is not None:
            assert len(result.grad_fn._edges) == len(inputs)
