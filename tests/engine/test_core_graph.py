"""The recorded graph: how deep it may be, what it keeps alive, and what writing in place does to it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import engine as torch_dialect
from engine.registry import OPS

engine: Any = torch_dialect  # its names are made from the table, which a type checker cannot see


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    """Nothing here may depend on the cyclic garbage collector."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_chain_of_200_000_operations_neither_recurses_forwards_backwards_nor_when_it_is_freed() -> None:
    x = engine.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(200_000):
        y = y * 1.0
    y.backward()
    assert x.grad.item() == 1.0
    del y


def test_a_graph_is_freed_with_its_last_reference() -> None:
    def step() -> list[Any]:
        w = engine.randn(4, 4, requires_grad=True)
        loss = (engine.tanh(engine.randn(2, 4) @ w) ** 2).mean()
        loss.backward()
        part = w * 1
        part[0] = 1.0
        part.sum().backward()
        return [weakref.ref(t) for t in (w, loss, part, loss.grad_fn, part.grad_fn)]

    assert all(reference() is None for reference in step())


def test_gradients_of_two_inputs_do_not_share_memory() -> None:
    a, b = (engine.ones(3, requires_grad=True) for _ in range(2))
    (a + b).sum().backward()
    a.grad.zero_()
    assert b.grad.tolist() == [1.0, 1.0, 1.0]


def test_the_given_gradient_is_not_written_when_gradients_accumulate() -> None:
    a = engine.ones(3, requires_grad=True)
    given = engine.ones(3)
    (a * 1).backward(given)
    (a * 1).backward(given)
    assert given.tolist() == [1.0, 1.0, 1.0]
    assert a.grad.tolist() == [2.0, 2.0, 2.0]


def test_a_failed_sweep_leaves_no_part_of_a_gradient_behind() -> None:
    x = engine.ones(2, requires_grad=True)
    a = x * 3
    b = a * a
    c = b.exp()
    total = c.sum()
    total.backward(retain_graph=True)
    x.grad = None
    with engine.no_grad():
        a.mul_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        total.backward(retain_graph=True)
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_a_leaf_used_in_an_unrelated_graph_still_gets_its_whole_gradient() -> None:
    w = engine.tensor(2.0, requires_grad=True)
    other = w * 5
    y = w * 3 + w * w
    y.backward()
    assert w.grad.item() == 7.0
    other.backward()
    assert w.grad.item() == 12.0


def test_a_view_follows_its_base_when_that_is_rewritten_twice() -> None:
    x = engine.ones(4, requires_grad=True)
    y = x * 1
    row = y.view(2, 2)[0]
    y.mul_(3)
    row.mul_(2)
    y.sum().backward()
    assert x.grad.tolist() == [6.0, 6.0, 3.0, 3.0]
    assert row.grad_fn.name() == "AsStridedBackward0"
    assert y.grad_fn.name() == "CopySlices"


def test_second_derivatives_pass_through_a_rewritten_view() -> None:
    x = engine.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    y[0] = x[1] * x[0]
    (first,) = engine.autograd.grad(y.sum(), x, create_graph=True)
    assert first.tolist() == [2.0, 5.0]
    (second,) = engine.autograd.grad(first.sum(), x)
    assert second.tolist() == [1.0, 3.0]


def test_many_contributions_to_one_tensor_add_up() -> None:
    x = engine.arange(3.0).requires_grad_()
    y = x * 2
    total = sum((y * float(i) for i in range(10)), engine.zeros(3))
    total.sum().backward()
    assert x.grad.tolist() == [90.0, 90.0, 90.0]


def test_float32_results_stay_float32_through_scalars_and_arrays() -> None:
    x = engine.tensor(2.0, requires_grad=True)
    y = (x * 3 + engine.ones(2) * x).sum() / 7
    y.backward()
    assert (y.dtype, x.grad.dtype) == (engine.float32, engine.float32)


def test_every_derivative_names_a_parameter_of_its_row() -> None:
    for row in OPS.values():
        assert set(row.derivatives) <= set(row.parameters), row.name
        assert set(row.derivatives) == set(row.rules), row.name
        assert row.doc, row.name
        assert row.formula, row.name


def test_a_zero_dimensional_tensor_shares_its_storage_once_it_is_viewed() -> None:
    x = engine.tensor(1.0)
    view = x.view(1)
    view[0] = 5.0
    assert x.item() == 5.0
    assert np.shares_memory(x.numpy(), view.numpy())


def test_reading_the_gradient_of_what_is_no_leaf_warns_as_torch_does() -> None:
    y = torch_dialect.ones(2, requires_grad=True) * 2
    with pytest.warns(UserWarning, match="not a leaf Tensor is being accessed") as caught:
        assert y.grad is None
    try:
        import torch
    except ImportError:
        return
    theirs = torch.ones(2, requires_grad=True) * 2
    with pytest.warns(UserWarning, match="not a leaf") as said:
        assert theirs.grad is None
    assert str(said[0].message).startswith(str(caught[0].message))


def test_reading_a_retained_gradient_warns_of_nothing(recwarn: pytest.WarningsRecorder) -> None:
    y = torch_dialect.ones(2, requires_grad=True) * 2
    y.retain_grad()
    assert y.grad is None
    y.sum().backward()
    assert y.grad is not None
    assert y.detach().grad is None
    assert not recwarn.list


def test_a_sweep_may_start_at_several_outputs_of_one_operation_and_at_what_was_made_of_them() -> None:
    x = engine.tensor([1.0, 2.0, 3.0], requires_grad=True)
    a, b, c = x.unbind()
    engine.autograd.backward([a, a * b, b], retain_graph=True)
    assert x.grad.tolist() == [3.0, 2.0, 0.0]
    x.grad = None
    engine.autograd.backward([c, a, c])
    assert x.grad.tolist() == [1.0, 0.0, 2.0]


def test_adding_up_the_gradient_of_a_leaf_writes_into_no_array_of_the_program() -> None:
    w = engine.zeros(2, 3, requires_grad=True)
    upstream = engine.ones(2, 3)
    (w + w + w + w).backward(upstream)
    assert upstream.tolist() == [[1.0] * 3] * 2
    assert w.grad.tolist() == [[4.0] * 3] * 2
    kept = w.grad.detach().clone()
    (w + w + w).backward(w.grad)
    assert w.grad.tolist() == (4 * kept).tolist()


def test_what_rules_of_one_node_share_does_not_reach_a_sweep_that_is_recorded() -> None:
    norm = engine.nn.LayerNorm(4)
    x = engine.randn(3, 4, dtype=engine.float32).requires_grad_()
    y = norm(x).pow(2).sum()
    y.backward(retain_graph=True)
    plain = x.grad.clone()
    (recorded,) = engine.autograd.grad(y, x, create_graph=True)
    engine.testing.assert_close(recorded.detach(), plain)
    (second,) = engine.autograd.grad(recorded.pow(2).sum(), x)
    assert second.abs().sum().item() > 0


@pytest.mark.parametrize("count", [40, 4_000])
def test_gradients_of_a_table_add_up_in_the_order_its_rows_were_looked_up(count: int) -> None:
    table = engine.zeros(10, 8, requires_grad=True)
    rows = engine.randint(0, 10, (count,))
    upstream = engine.randn(count, 8)
    expected = np.zeros((10, 8), np.float32)
    np.add.at(expected, rows.numpy(), upstream.numpy())
    for looked_up in (engine.nn.functional.embedding(rows, table), table[rows]):
        table.grad = None
        looked_up.backward(upstream)
        assert np.array_equal(table.grad.numpy(), expected)


def test_how_lists_are_recorded_is_worked_out_once_for_lists_of_any_length() -> None:
    before = len(OPS["cat"].kinds)
    for count in range(2, 40):
        parts = [engine.ones(1, requires_grad=True) for _ in range(count)]
        engine.cat(parts).sum().backward()
        assert all(part.grad.item() == 1 for part in parts)
    assert len(OPS["cat"].kinds) <= before + 1
