"""Special functions hold their defining identities, to twelve digits, and agree with PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine
from tests.engine.oracle import HAS_TORCH

torch: Any = engine
S = torch.special
X = torch.tensor(np.linspace(-5.3, 40, 400))
POSITIVE = torch.tensor(np.linspace(0.05, 60, 400))
INSIDE = torch.tensor(np.concatenate([np.linspace(0.001, 0.999, 300), 10.0 ** np.arange(-250, -3)]))


def close(a: Any, b: Any, digits: int = 12) -> bool:
    """Whether two tensors agree to so many digits."""
    return bool(np.allclose(a.numpy(), b.numpy(), rtol=10.0**-digits, atol=10.0**-digits))


def test_log_gamma_and_digamma_step_as_the_gamma_function_does() -> None:
    assert close(torch.lgamma(X + 1), torch.lgamma(X) + X.abs().log())
    assert close(torch.digamma(X + 1), torch.digamma(X) + 1 / X, 11)


def test_the_gamma_function_of_whole_numbers_is_a_factorial() -> None:
    for n in range(1, 30):
        assert torch.lgamma(torch.tensor(float(n), dtype=torch.float64)).exp().item() == pytest.approx(
            math.factorial(n - 1), rel=1e-12
        )


def test_zeta_of_two_is_pi_squared_over_six_and_steps_by_its_first_term() -> None:
    two = torch.tensor(2.0, dtype=torch.float64)
    assert S.zeta(two, torch.tensor(1.0, dtype=torch.float64)).item() == pytest.approx(math.pi**2 / 6, rel=1e-14)
    assert close(S.zeta(two, POSITIVE), S.zeta(two, POSITIVE + 1) + POSITIVE**-2)


def test_the_two_incomplete_gamma_functions_add_up_to_one() -> None:
    a = torch.tensor(np.linspace(0.1, 20, 400))
    assert close(torch.igamma(a, POSITIVE) + torch.igammac(a, POSITIVE), torch.ones_like(a))
    assert close(torch.igamma(torch.ones_like(a), POSITIVE), 1 - torch.exp(-POSITIVE))


def test_bessel_functions_solve_their_differential_equation() -> None:
    x = torch.tensor(np.linspace(0.1, 50, 100), requires_grad=True)
    y = torch.i0(x) * torch.exp(-x.detach())
    (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    assert close(second + first.detach() / x.detach(), y.detach(), 10)


def test_the_inverse_of_the_normal_distribution_function_undoes_it() -> None:
    assert close(S.log_ndtr(S.ndtri(INSIDE)), INSIDE.log(), 11)
    assert close(S.ndtr(S.ndtri(INSIDE)), INSIDE)


@pytest.mark.skipif(not HAS_TORCH, reason="torch is not installed")
@pytest.mark.parametrize(
    "function",
    [
        *[lambda t, x, n=n: getattr(t, n)(x) for n in ("lgamma", "digamma", "sinc", "erf", "erfc")],
        *[lambda t, x, n=n: getattr(t.special, n)(x) for n in ("i0e", "i1e", "entr", "ndtr", "log_ndtr", "erfcx")],
        *[lambda t, x, n=n: t.polygamma(n, x) for n in range(2)],
        lambda t, x: t.xlogy(x, x.abs()),
        lambda t, x: t.mvlgamma(x.abs() + 1, 2),
        lambda t, x: t.special.ndtri(1 / (2 + x * x)),
    ],
)
@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_values_and_infinities_are_those_of_torch(function: Callable[[Any, Any], Any], kind: str) -> None:
    import torch as oracle

    edges = [0.0, -0.0, math.inf, -math.inf, math.nan, 1e-20, -30.5, 150.0, 1e5]
    values = np.concatenate([X.numpy(), edges]).astype(kind)
    ours = function(engine, torch.from_numpy(values)).numpy()
    theirs = function(oracle, oracle.from_numpy(values.copy())).numpy()
    digits = 1e-9 if kind == "float64" else 2e-4
    assert np.allclose(ours, theirs, rtol=digits, atol=digits, equal_nan=True), (values, ours, theirs)
