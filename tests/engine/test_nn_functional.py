"""nn.functional: values, first and second derivatives, and streams of random numbers agree with PyTorch."""

from __future__ import annotations

from typing import Any

import pytest

import engine
from tests.engine.oracle import check, recorded

torch: Any = engine
F: Any = engine.nn.functional


@pytest.mark.parametrize(("program", "expected"), recorded("gradients"))
def test_values_and_derivatives_up_to_the_second_are_those_torch_gave(program: str, expected: str) -> None:
    check(program, expected)


def test_a_third_derivative_of_a_convolution_can_be_taken() -> None:
    x = torch.randn(1, 1, 5, dtype=torch.float64, requires_grad=True)
    w = torch.randn(1, 1, 3, dtype=torch.float64, requires_grad=True)
    value = (F.conv1d(x, w) ** 3).sum()
    for _ in range(2):
        (gradient,) = torch.autograd.grad(value, x, create_graph=True)
        value = gradient.sum()
    (third,) = torch.autograd.grad(value, w)
    assert third.shape == w.shape
    assert third.abs().sum() > 0


def test_dropout_scales_what_it_keeps_and_does_nothing_in_evaluation() -> None:
    torch.manual_seed(0)
    kept = F.dropout(torch.ones(1000), 0.25)
    assert sorted(set(kept.tolist())) == pytest.approx([0, 4 / 3])
    assert abs(kept.mean().item() - 1) < 0.1
    whole = torch.ones(3)
    assert F.dropout(whole, 0.25, training=False) is whole


def test_batch_norm_moves_the_running_moments_only_while_training() -> None:
    mean, variance = torch.zeros(2), torch.ones(2)
    batch = torch.tensor([[1.0, 2.0], [3.0, 6.0]])
    F.batch_norm(batch, mean, variance)
    assert mean.tolist() == [0, 0]
    F.batch_norm(batch, mean, variance, training=True)
    assert mean.tolist() == pytest.approx([0.2, 0.4])
    assert variance.tolist() == pytest.approx([0.9 + 0.1 * 2, 0.9 + 0.1 * 8])


def test_max_pooling_with_a_border_never_reports_a_place_outside() -> None:
    values, places = F.max_pool2d(-torch.ones(1, 1, 3, 3), 3, 2, 1, return_indices=True)
    assert values.tolist() == [[[[-1, -1], [-1, -1]]]]
    assert min(places.reshape(-1).tolist()) >= 0
    assert max(places.reshape(-1).tolist()) < 9


def test_a_loss_of_differing_sizes_warns_as_torch_does() -> None:
    with pytest.warns(UserWarning, match="Using a target size"):
        F.mse_loss(torch.ones(2, 1), torch.ones(2))
