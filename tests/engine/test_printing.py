"""Tensors print as PyTorch prints them: recorded examples, and the same comparison with torch itself where it is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.printing import format_tensor, get_printoptions, printoptions, set_printoptions


@pytest.fixture(autouse=True)
def _default_options() -> Iterator[None]:
    """Every test starts and ends with the default print options."""
    set_printoptions(profile="default")
    yield
    set_printoptions(profile="default")


def f32(values: Any) -> np.ndarray[Any, Any]:
    return np.array(values, dtype=np.float32)


RECORDED = [
    (f32(2.0), {}, "tensor(2.)"),
    (f32(0.1), {}, "tensor(0.1000)"),
    (f32([1.5, -2.25, 100.0]), {}, "tensor([  1.5000,  -2.2500, 100.0000])"),
    (f32([1.0, 1e-5]), {}, "tensor([1.0000e+00, 1.0000e-05])"),
    (f32([1.0, math.nan, math.inf, -math.inf]), {}, "tensor([1., nan, inf, -inf])"),
    (f32([0.5, math.nan]), {}, "tensor([0.5000,    nan])"),
    (f32([1e9]), {}, "tensor([1.0000e+09])"),
    (f32([-0.0]), {}, "tensor([-0.])"),
    (f32([[1, 2], [3, 4]]), {}, "tensor([[1., 2.],\n        [3., 4.]])"),
    (np.array([1, -20, 3]), {"dtype": "torch.int64"}, "tensor([  1, -20,   3])"),
    (np.array([True, False]), {"dtype": "torch.bool"}, "tensor([ True, False])"),
    (np.array([1, 2], np.int32), {"dtype": "torch.int32"}, "tensor([1, 2], dtype=torch.int32)"),
    (np.array(0.5), {"dtype": "torch.float64"}, "tensor(0.5000, dtype=torch.float64)"),
    (np.zeros((0, 3), np.float32), {}, "tensor([], size=(0, 3))"),
    (np.zeros(0, np.int64), {"dtype": "torch.int64"}, "tensor([], dtype=torch.int64)"),
    (f32(3.0), {"requires_grad": True}, "tensor(3., requires_grad=True)"),
    (f32(3.0), {"requires_grad": True, "grad_fn": "MulBackward0"}, "tensor(3., grad_fn=<MulBackward0>)"),
    (f32([1.0]), {"device": "cuda:0"}, "tensor([1.], device='cuda:0')"),
    (np.arange(1001), {"dtype": "torch.int64"}, "tensor([   0,    1,    2,  ...,  998,  999, 1000])"),
]


@pytest.mark.parametrize(("array", "facts", "text"), RECORDED)
def test_a_tensor_prints_as_recorded_from_pytorch(array: Any, facts: dict[str, Any], text: str) -> None:
    assert format_tensor(array, **facts) == text


def test_long_vectors_wrap_at_eighty_columns_and_stay_aligned() -> None:
    assert format_tensor(f32(range(20))) == (
        "tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12., 13.,\n"
        "        14., 15., 16., 17., 18., 19.])"
    )


def test_a_suffix_that_would_pass_the_line_width_goes_to_a_line_of_its_own() -> None:
    text = format_tensor(f32([[0.25] * 7]), grad_fn="MulBackward0")
    assert text == (
        "tensor([[0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2500, 0.2500]],\n       grad_fn=<MulBackward0>)"
    )


def test_print_options_change_digits_and_are_restored_after_a_with_block() -> None:
    with printoptions(precision=2):
        assert format_tensor(f32([1.2345])) == "tensor([1.23])"
        assert get_printoptions()["precision"] == 2
    assert format_tensor(f32([1.2345])) == "tensor([1.2345])"


def test_sci_mode_forces_or_forbids_exponents_until_the_next_call() -> None:
    set_printoptions(sci_mode=True)
    assert format_tensor(f32([1.5])) == "tensor([1.5000e+00])"
    set_printoptions(sci_mode=False)
    assert format_tensor(f32([1e-5])) == "tensor([1.0000e-05])".replace("1.0000e-05", "0.0000")
    set_printoptions()
    assert format_tensor(f32([1e-5])) == "tensor([1.0000e-05])"


DTYPES = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]
SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)
ARRAYS = st.sampled_from(DTYPES).flatmap(lambda name: hnp.arrays(name, SHAPES))
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "precision": st.integers(0, 8),
        "threshold": st.sampled_from([0, 10, 1000]),
        "edgeitems": st.integers(0, 4),
        "linewidth": st.integers(20, 120),
        "sci_mode": st.sampled_from([None, True, False]),
        "profile": st.sampled_from(["default", "short", "full"]),
    },
)


def check_against_torch(array: np.ndarray[Any, Any]) -> None:
    torch = pytest.importorskip("torch")
    theirs = torch.tensor(array)
    assert format_tensor(array, dtype=theirs.dtype) == repr(theirs)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ARRAYS)
def test_any_array_prints_as_torch_prints_it(array: np.ndarray[Any, Any]) -> None:
    check_against_torch(array)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 2**32 - 1), SHAPES, st.integers(-6, 9), st.integers(0, 3), st.sampled_from(["float32", "float64"])
)
def test_ordinary_magnitudes_print_as_torch_prints_them(
    seed: int, shape: tuple[int, ...], exponent: int, digits: int, dtype: str
) -> None:
    values = np.random.default_rng(seed).standard_normal(shape).round(digits) * 10.0**exponent
    check_against_torch(np.asarray(values, dtype=dtype))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OPTIONS, ARRAYS)
def test_every_combination_of_options_prints_as_torch_prints_it(
    options: dict[str, Any], array: np.ndarray[Any, Any]
) -> None:
    torch = pytest.importorskip("torch")
    try:
        torch.set_printoptions(**options)
        set_printoptions(**options)
        check_against_torch(array)
    finally:
        torch.set_printoptions(profile="default")
        set_printoptions(profile="default")


@pytest.mark.parametrize("shape", [(1001,), (40, 30), (7, 200), (200, 7), (11, 11, 11), (2, 3, 400)])
def test_large_tensors_are_summarised_as_torch_does(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).standard_normal(shape)
    check_against_torch(values.astype(np.float32))
    check_against_torch((values * 50).astype(np.int64))


@pytest.mark.parametrize("columns", range(1, 12))
def test_suffixes_break_lines_where_torch_breaks_them(columns: int) -> None:
    torch = pytest.importorskip("torch")
    for rows in (1, 2):
        leaf = torch.full((rows, columns), 0.25, requires_grad=True)
        assert format_tensor(leaf.detach().numpy(), requires_grad=True) == repr(leaf)
        made = leaf.double() * 2
        facts = {"dtype": made.dtype, "grad_fn": "MulBackward0", "requires_grad": True}
        assert format_tensor(made.detach().numpy(), **facts) == repr(made)
