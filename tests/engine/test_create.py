"""Creating tensors, from data, as constants, as ranges and at random, gives what PyTorch gives, errors included."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import engine
from tests.engine.oracle import check, recorded

torch: Any = engine


@pytest.mark.parametrize(("program", "expected"), recorded("create"))
def test_creation_gives_what_torch_gave(program: str, expected: str) -> None:
    check(program, expected)


def test_from_numpy_shares_memory_with_its_array_and_tensor_copies_it() -> None:
    array = np.zeros(3)
    shared, copied = torch.from_numpy(array), torch.tensor(array)
    array[0] = 7
    assert shared.tolist() == [7, 0, 0]
    assert copied.tolist() == [0, 0, 0]


def test_a_long_flat_list_and_the_same_list_with_a_numpy_number_give_the_same_values() -> None:
    numbers = [0.5 * i for i in range(1000)]
    assert torch.tensor(numbers).tolist() == torch.tensor([np.float32(0.0), *numbers[1:]]).tolist() == numbers


def test_random_fills_of_a_transposed_tensor_follow_its_memory_as_in_torch() -> None:
    torch.manual_seed(0)
    flat = torch.rand(6).tolist()
    torch.manual_seed(0)
    turned = torch.rand_like(torch.zeros(2, 3).t())
    assert turned.t().reshape(6).tolist() == flat


def test_an_observer_sees_creation_as_an_operation_without_inputs() -> None:
    from engine.observe import Observer, observe

    seen = []

    class Watcher(Observer):
        def operation(self, op, inputs, args, kwargs, out):  # type: ignore[no-untyped-def]
            seen.append((op.name, len(inputs), out.tolist()))

    with observe(Watcher()):
        torch.ones(2)
        torch.tensor([1, 2])
    assert seen == [("ones", 0, [1.0, 1.0]), ("tensor", 0, [1, 2])]
