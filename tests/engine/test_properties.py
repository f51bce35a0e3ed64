"""Whatever the shapes, types and indices: results are PyTorch’s, and derivatives those of finite differences.

Each property draws programs at random: broadcasting, promotion, reading and writing through indices, views that share
storage, reductions over dimensions, and the printed form.
"""

from __future__ import annotations

import importlib.util
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import engine

needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
quick = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
TYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float32", "float64")
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
FULL = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)
BINARY = ("add", "sub", "mul", "maximum", "minimum", "eq", "lt", "true_divide", "atan2", "remainder", "floor_divide")

NOT_FOR_MASKS = ("sub", "remainder", "floor_divide")


def oracle() -> Any:
    """torch."""
    import torch

    return torch


def values(shape: tuple[int, ...], kind: str, seed: int) -> Any:
    """Small numbers of a type, none of them zero."""
    numbers = np.random.default_rng(seed).integers(1, 5, shape)
    return numbers > 2 if kind == "bool" else numbers.astype(kind)


def both(call: Any, *arrays: Any) -> tuple[Any, Any]:
    """A call on torch and on the engine: the two results, or the two errors."""
    found = []
    for library in (oracle(), engine):
        tensors = [library.tensor(a) for a in arrays]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found.append(call(library, *tensors))
        except (RuntimeError, IndexError, TypeError, ValueError) as error:
            found.append(f"{type(error).__name__}: {str(error).splitlines()[0]}")
    return found[0], found[1]


def agree(theirs: Any, ours: Any) -> None:
    """The same values, type and shape; the same error."""
    if isinstance(theirs, str) or isinstance(ours, str):
        assert str(ours) == str(theirs)
        return
    assert str(ours.dtype) == str(theirs.dtype)
    assert tuple(ours.shape) == tuple(theirs.shape)
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-5, atol=1e-6)


@needs_torch
@quick
@given(st.sampled_from(BINARY), SHAPES, SHAPES, st.sampled_from(TYPES), st.sampled_from(TYPES), st.integers(0, 9))
def test_shapes_broadcast_and_types_promote_as_in_torch(
    name: str, a: tuple[int, ...], b: tuple[int, ...], first: str, second: str, seed: int
) -> None:
    assume(name not in NOT_FOR_MASKS or "bool" not in (first, second))
    agree(*both(lambda t, x, y: getattr(t, name)(x, y), values(a, first, seed), values(b, second, seed + 1)))


@needs_torch
@quick
@given(st.sampled_from(BINARY), SHAPES, st.sampled_from(TYPES), st.sampled_from([2, 2.5, True, -1]))
def test_numbers_promote_as_in_torch(name: str, shape: tuple[int, ...], kind: str, number: Any) -> None:
    assume(name not in ("maximum", "minimum", "atan2"))
    assume(name not in NOT_FOR_MASKS or (kind != "bool" and number is not True))
    agree(*both(lambda t, x: getattr(t, name)(x, number), values(shape, kind, 0)))


def keys(shape: tuple[int, ...]) -> Any:
    """Indices into a shape: numbers, slices, None, Ellipsis, lists with duplicates and masks."""
    size = shape[0]
    one = st.one_of(
        st.integers(-size, size - 1),
        st.slices(size).filter(lambda s: s.step is None or s.step > 0),
        st.none(),
        st.just(Ellipsis),
        st.lists(st.integers(-size, size - 1), min_size=1, max_size=4),
        hnp.arrays(bool, st.just((size,))).map(lambda m: ("mask", m)),
    )
    return st.one_of(one, st.tuples(one), st.tuples(one, st.sampled_from([0, slice(None), slice(1, None), None, ...])))


def for_library(library: Any, key: Any) -> Any:
    """A drawn index with the library's tensors for masks and for lists in a tuple."""
    if isinstance(key, tuple) and len(key) == 2 and isinstance(key[0], str):
        return library.tensor(key[1])
    if isinstance(key, tuple):
        return tuple(for_library(library, k) for k in key)
    return library.tensor(key) if isinstance(key, list) else key


@needs_torch
@quick
@given(st.data(), FULL)
def test_reading_through_an_index_gives_what_torch_gives_with_its_gradient(
    data: st.DataObject, shape: tuple[int, ...]
) -> None:
    key = data.draw(keys(shape))

    def read(library: Any, x: Any) -> Any:
        x.requires_grad_()
        found = x[for_library(library, key)]
        (found * found).sum().backward()
        return library.cat([found.flatten(), x.grad.flatten()])

    agree(*both(read, np.arange(np.prod(shape), dtype=np.float32).reshape(shape)))


@needs_torch
@quick
@given(st.data(), FULL, st.booleans())
def test_writing_through_an_index_writes_and_differentiates_as_torch(
    data: st.DataObject, shape: tuple[int, ...], of_tensor: bool
) -> None:
    key = data.draw(keys(shape))

    def write(library: Any, x: Any) -> Any:
        x.requires_grad_()
        value = library.tensor(2.0, requires_grad=True)
        y = x * 3
        y[for_library(library, key)] = value * 5 if of_tensor else 7.0
        (y * y).sum().backward()
        return library.stack([*y.flatten(), *x.grad.flatten(), *([value.grad] if value.grad is not None else [])])

    agree(*both(write, np.arange(np.prod(shape), dtype=np.float32).reshape(shape)))


VIEWS = (
    ("the transpose", lambda x: x.transpose(0, -1)),
    ("a row", lambda x: x[0]),
    ("every second", lambda x: x[::2]),
    ("flat", lambda x: x.reshape(-1)),
    ("one more dimension", lambda x: x.unsqueeze(0)),
    ("a narrower part", lambda x: x.narrow(0, 0, 1)),
    ("the last", lambda x: x.select(-1, -1)),
    ("detached", lambda x: x.detach()),
    ("a clone", lambda x: x.clone()),
)


@needs_torch
@quick
@given(FULL, st.lists(st.sampled_from(VIEWS), min_size=1, max_size=3))
def test_writing_into_a_view_shows_in_the_base_as_in_torch(shape: tuple[int, ...], chain: list[Any]) -> None:
    def write(library: Any, x: Any) -> Any:
        view = x
        for _, step in chain:
            view = step(view) if view.ndim else view
        view.add_(100)
        return library.cat([x.flatten(), view.flatten(), library.tensor([x._version, view._version])])

    agree(*both(write, np.arange(np.prod(shape), dtype=np.float32).reshape(shape)))


REDUCTIONS = ("sum", "mean", "prod", "amax", "amin", "var", "std", "logsumexp", "norm", "all", "any", "argmax", "max")


@needs_torch
@quick
@given(st.sampled_from(REDUCTIONS), SHAPES, st.integers(-4, 4), st.booleans(), st.sampled_from(TYPES))
def test_reductions_over_a_dimension_agree_with_torch_errors_included(
    name: str, shape: tuple[int, ...], dim: int, keepdim: bool, kind: str
) -> None:
    def reduce(library: Any, x: Any) -> Any:
        found = getattr(x, name)(dim=dim, keepdim=keepdim)
        return found[0] if isinstance(found, tuple) else found

    agree(*both(reduce, values(shape, kind, 3)))


@needs_torch
@settings(quick, max_examples=150)
@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        SHAPES,
        elements=st.one_of(
            st.floats(width=32), st.floats(-1e4, 1e4, width=32), st.integers(-1000, 1000).map(float), st.just(0.0)
        ),
    )
)
def test_tensors_print_as_in_torch(array: Any) -> None:
    theirs, ours = both(lambda library, x: repr(x), array)
    assert ours == theirs


@needs_torch
@quick
@given(hnp.arrays(st.sampled_from([np.int64, np.int32, np.uint8, bool]), SHAPES))
def test_whole_numbers_and_masks_print_as_in_torch(array: Any) -> None:
    theirs, ours = both(lambda library, x: repr(x), array)
    assert ours == theirs


SMOOTH = (
    lambda x, y: (x * y + x).sum(),
    lambda x, y: (x / (1 + y * y)).mean(),
    lambda x, y: (x - y).tanh().logsumexp(-1).sum(),
    lambda x, y: (x.exp() * y.sin()).sum(0).norm(),
    lambda x, y: (x * x + 1).log().cumsum(-1).mean() + y.sigmoid().prod(),
    lambda x, y: x[..., :1].expand_as(x).mul(y).pow(2).sum().sqrt(),
)


@quick
@given(st.sampled_from(SMOOTH), FULL, st.integers(0, 9))
def test_gradients_are_those_of_finite_differences(function: Any, shape: tuple[int, ...], seed: int) -> None:
    rng = np.random.default_rng(seed)
    arrays = [rng.uniform(0.3, 1.5, shape), rng.uniform(0.3, 1.5, shape[-1:])]
    torch: Any = engine
    leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
    found = torch.autograd.grad(function(*leaves), leaves)
    for i, array in enumerate(arrays):
        direction = rng.normal(size=array.shape)
        ends = []
        for sign in (1, -1):
            moved = [a + sign * 1e-6 * direction if j == i else a for j, a in enumerate(arrays)]
            ends.append(function(*[torch.tensor(a) for a in moved]).item())
        slope = (ends[0] - ends[1]) / 2e-6
        assert np.sum(found[i].numpy() * direction) == pytest.approx(slope, rel=1e-4, abs=1e-6)
