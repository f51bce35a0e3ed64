"""The same seed gives PyTorch's numbers: recorded values, and comparison with torch itself where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import random

SEEDS = [0, 1, 42, 2**40 + 7, -1]


def source(seed: int) -> random.Generator:
    return random.Generator().manual_seed(seed)


def test_uniform_floats_of_seed_zero_are_the_recorded_ones() -> None:
    draws = random.uniform(source(0), 5, np.float32)
    assert draws.round(4).tolist() == pytest.approx([0.4963, 0.7682, 0.0885, 0.1320, 0.3074])


def test_few_and_many_normals_come_from_the_two_recorded_streams() -> None:
    assert random.normal(source(0), 3, np.float32).round(4).tolist() == pytest.approx([1.5410, -0.2934, -2.1788])
    many = random.normal(source(0), 16, np.float32)
    assert many[:3].round(4).tolist() == pytest.approx([-1.1258, -1.1524, -0.2506])


def test_permutations_and_integers_of_seed_zero_are_the_recorded_ones() -> None:
    assert random.permutation(source(0), 5).tolist() == [4, 0, 1, 3, 2]
    assert random.integers(source(0), 5, 0, 10).tolist() == [4, 9, 3, 0, 3]


def test_a_seed_restarts_the_stream_and_forgets_the_cached_normal() -> None:
    stream = source(3)
    first = random.normal(stream, 3, np.float64)
    assert stream.cached_normal is not None
    stream.manual_seed(3)
    assert stream.cached_normal is None
    assert np.array_equal(random.normal(stream, 3, np.float64), first)
    assert stream.initial_seed() == 3


@pytest.mark.parametrize("drawn", [0, 1, 623, 624, 625, 2000])
def test_a_saved_state_continues_the_stream_where_it_was(drawn: int) -> None:
    stream = source(5)
    stream.words(drawn)
    random.normal(stream, 1, np.float64)
    saved = stream.state_bytes()
    expected = random.normal(stream, 7, np.float64), random.uniform(stream, 700, np.float32)
    other = random.Generator()
    other.set_state_bytes(saved)
    assert np.array_equal(random.normal(other, 7, np.float64), expected[0])
    assert np.array_equal(random.uniform(other, 700, np.float32), expected[1])


def test_a_state_of_the_wrong_size_is_refused_in_pytorch_words() -> None:
    with pytest.raises(RuntimeError, match=r"Expected a CPUGeneratorImplState of size 5056 but found .* to be 3"):
        random.Generator().set_state_bytes(b"abc")


def test_an_unpredictable_seed_differs_between_calls() -> None:
    stream = random.Generator()
    assert stream.seed() != stream.seed()


Draw = tuple[str, Callable[[Any, int], Any], Callable[[random.Generator, int], Any]]
DRAWS: list[Draw] = [
    ("rand", lambda t, n: t.rand(n), lambda g, n: random.uniform(g, n, "float32")),
    ("rand double", lambda t, n: t.rand(n, dtype=t.float64), lambda g, n: random.uniform(g, n, "float64")),
    ("rand half", lambda t, n: t.rand(n, dtype=t.float16), lambda g, n: random.uniform(g, n, "float16")),
    (
        "uniform_",
        lambda t, n: t.empty(n).uniform_(-0.57, 0.7),
        lambda g, n: random.uniform(g, n, "float32", -0.57, 0.7),
    ),
    (
        "uniform_ double",
        lambda t, n: t.empty(n, dtype=t.float64).uniform_(-0.57, 0.7),
        lambda g, n: random.uniform(g, n, "float64", -0.57, 0.7),
    ),
    ("randint", lambda t, n: t.randint(-3, 10, (n,)), lambda g, n: random.integers(g, n, -3, 10)),
    ("wide randint", lambda t, n: t.randint(2**40, (n,)), lambda g, n: random.integers(g, n, 0, 2**40)),
    ("randint 2**28", lambda t, n: t.randint(2**28, (n,)), lambda g, n: random.integers(g, n, 0, 2**28)),
    ("randperm", lambda t, n: t.randperm(n), random.permutation),
    ("bernoulli_", lambda t, n: t.empty(n).bernoulli_(0.3), lambda g, n: random.bernoulli(g, n, 0.3)),
    (
        "bernoulli",
        lambda t, n: t.bernoulli(t.full((n,), 0.3)),
        lambda g, n: random.bernoulli_each(g, np.full(n, 0.3, "float32")),
    ),
    ("geometric_", lambda t, n: t.empty(n).geometric_(0.3), lambda g, n: random.geometric(g, n, "float32", 0.3)),
    (
        "multinomial",
        lambda t, n: t.multinomial(t.arange(1.0, 8).expand(n, 7), 3),
        lambda g, n: random.multinomial(g, np.tile(np.arange(1, 8, dtype="float32"), (n, 1)), 3, False),
    ),
    (
        "multinomial with replacement",
        lambda t, n: t.multinomial(t.arange(1.0, 8).expand(n, 7), 30, replacement=True),
        lambda g, n: random.multinomial(g, np.tile(np.arange(1, 8, dtype="float32"), (n, 1)), 30, True),
    ),
]
ROUNDED: list[Draw] = [
    ("randn", lambda t, n: t.randn(n), lambda g, n: random.normal(g, n, "float32")),
    ("randn double", lambda t, n: t.randn(n, dtype=t.float64), lambda g, n: random.normal(g, n, "float64")),
    ("normal_", lambda t, n: t.empty(n).normal_(1, 2), lambda g, n: random.normal(g, n, "float32", 1, 2)),
    ("exponential_", lambda t, n: t.empty(n).exponential_(2), lambda g, n: random.exponential(g, n, "float32", 2)),
    ("cauchy_", lambda t, n: t.empty(n).cauchy_(1, 2), lambda g, n: random.cauchy(g, n, "float32", 1, 2)),
    ("log_normal_", lambda t, n: t.empty(n).log_normal_(), lambda g, n: random.log_normal(g, n, "float32")),
]


def stream_states(torch: Any, stream: random.Generator) -> tuple[bytes, bytes]:
    """Both states without the cached normal, whose last place is libm's."""
    theirs, ours = bytes(torch.get_rng_state().numpy()), stream.state_bytes()
    return theirs[:5008] + theirs[5040:], ours[:5008] + ours[5040:]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("theirs", "ours"), [row[1:] for row in DRAWS], ids=[row[0] for row in DRAWS])
def test_draws_equal_torch_to_the_bit_and_leave_the_same_state(theirs: Any, ours: Any, seed: int) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(seed)
    stream = source(seed)
    for count in (1, 15, 16, 37, 700):
        assert np.array_equal(theirs(torch, count).numpy(), ours(stream, count))
    assert np.equal(*stream_states(torch, stream))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("theirs", "ours"), [row[1:] for row in ROUNDED], ids=[row[0] for row in ROUNDED])
def test_draws_with_logarithms_equal_torch_but_for_rounding(theirs: Any, ours: Any, seed: int) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(seed)
    stream = source(seed)
    for count in (1, 15, 16, 37, 700):
        np.testing.assert_allclose(ours(stream, count), theirs(torch, count).numpy(), rtol=1e-5, atol=1e-6)
    assert np.equal(*stream_states(torch, stream))
