"""Reductions, extremes, moments, scans, sorting and softmax give what PyTorch gives, ties, NaN and errors included."""

from __future__ import annotations

from typing import Any

import pytest

import engine
from tests.engine.oracle import check, recorded

torch: Any = engine


@pytest.mark.parametrize(("program", "expected"), recorded("reduce"))
def test_reductions_give_what_torch_gave(program: str, expected: str) -> None:
    check(program, expected)


def test_topk_reports_values_in_order_and_places_that_hold_them() -> None:
    values = torch.tensor([3, 1, 2, 3, 1, 3])
    found = values.topk(4)
    assert found.values.tolist() == [3, 3, 3, 2]
    assert values[found.indices].tolist() == found.values.tolist()
    assert len(set(found.indices.tolist())) == 4


def test_a_half_precision_sum_is_accumulated_in_single_precision() -> None:
    assert torch.ones(4096, dtype=torch.float16).sum().item() == 4096


def test_named_results_unpack_like_tuples() -> None:
    values, indices = torch.tensor([[1.0, 5.0], [7.0, 2.0]]).max(dim=1)
    assert values.tolist() == [5, 7]
    assert indices.tolist() == [1, 0]
