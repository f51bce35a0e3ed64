"""Summaries of arrays and the short texts made of them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.dtypes import bfloat16
from visgrad.recording.summary import figures, short, summarise, thumbnail, values


def test_a_scalar_is_held_whole_and_is_its_own_statistics() -> None:
    summary = summarise(np.float32(40.0))
    assert summary.shape == ()
    assert summary.dtype == "float32"
    assert values(summary) == np.float32(40)
    assert (summary.minimum, summary.maximum, summary.mean, summary.std) == (40, 40, 40, 0)


def test_up_to_64_elements_are_held_whole_and_more_are_not() -> None:
    small = np.arange(64, dtype=np.int64).reshape(8, 8)
    held = values(summarise(small))
    assert held is not None
    assert np.array_equal(held, small)
    assert held.dtype == np.int64
    assert values(summarise(np.zeros(65))) is None


def test_an_empty_array_is_held_whole() -> None:
    held = values(summarise(np.zeros((2, 0, 3), np.float32)))
    assert held is not None
    assert held.shape == (2, 0, 3)


def test_nan_and_inf_are_counted_and_left_out_of_the_statistics() -> None:
    summary = summarise(np.array([1.0, np.nan, 3.0, np.inf, -np.inf], np.float32))
    assert (summary.nans, summary.infs) == (1, 2)
    assert (summary.minimum, summary.maximum, summary.mean, summary.std) == (1, 3, 2, 1)


def test_an_array_of_nothing_but_nan_has_no_statistics_and_warns_of_nothing() -> None:
    summary = summarise(np.full((3, 3), np.nan))
    assert summary.nans == 9
    assert np.isnan(summary.mean)
    assert summary.histogram == ()


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, st.integers(2, 256), elements=st.floats(-1e6, 1e6, width=32)))
def test_statistics_are_those_of_numpy(array: np.ndarray) -> None:
    summary = summarise(array)
    assert summary.minimum == array.min()
    assert summary.maximum == array.max()
    assert summary.mean == pytest.approx(array.mean(), rel=1e-9, abs=1e-6)
    assert summary.std == pytest.approx(array.std(), rel=1e-6, abs=1e-6)
    assert sum(summary.histogram) == len(array)
    assert len(summary.histogram) == 16


def test_the_histogram_counts_equal_bins_from_minimum_to_maximum() -> None:
    assert summarise(np.arange(160.0)).histogram == (10,) * 16


def test_a_large_array_is_described_by_an_even_sample() -> None:
    array = np.tile(np.arange(1024, dtype=np.float32), (1024, 1))
    for summary in (summarise(array), summarise(array.T)):
        assert sum(summary.histogram) == 256
        assert summary.minimum == 0
        assert summary.maximum > 900
        assert summary.mean == pytest.approx(511.5, rel=0.1)


@pytest.mark.parametrize("shape", [(1000,), (5000, 3), (3, 5000), (2, 7, 900), (17, 65)])
def test_a_sample_has_about_256_elements_whatever_the_shape(shape: tuple[int, ...]) -> None:
    summary = summarise(np.arange(np.prod(shape), dtype=np.int64).reshape(shape))
    rows, columns = summary.sample_shape
    assert 100 < rows * columns <= 256
    assert len(summary.sample) == 4 * rows * columns
    small = thumbnail(summary)
    assert small is not None
    assert max(small.shape) <= 16
    assert small[0, 0] == 0
    assert (np.diff(small, axis=1) > 0).all()


def test_a_thumbnail_is_a_strided_float32_matrix_of_at_most_16_by_16() -> None:
    array = np.arange(40 * 50, dtype=np.float32).reshape(40, 50)
    small = thumbnail(summarise(array))
    assert small is not None
    assert small.shape == (14, 13)
    assert np.array_equal(small, array[::3, ::4])
    row = thumbnail(summarise(np.arange(5)))
    assert row is not None
    assert row.tolist() == [[0, 1, 2, 3, 4]]
    assert thumbnail(summarise(np.float32(1))) is None


def test_the_thumbnail_of_a_permuted_array_samples_its_own_order() -> None:
    array = np.arange(20 * 6 * 30, dtype=np.float32).reshape(20, 6, 30).transpose(2, 1, 0)
    small = thumbnail(summarise(array))
    assert small is not None
    assert np.array_equal(small, array.reshape(180, 20)[::12, ::2])


def test_big_endian_and_strided_arrays_are_read_as_what_they_say() -> None:
    array = np.arange(12, dtype=">f4").reshape(3, 4)[::-1, ::2]
    held = values(summarise(array))
    assert held is not None
    assert held.tolist() == array.tolist()


def test_a_repeated_number_is_summarised_without_being_written_out() -> None:
    for shape in [(100,), (300, 400), (2, 300, 400)]:
        summary = summarise(np.broadcast_to(np.float32(2), shape))
        assert (summary.minimum, summary.maximum) == (2, 2)


def test_huge_numbers_raise_no_warnings() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        summary = summarise(np.array([1e308, -1e308, 1e308, 1e308]))
        assert summary.maximum == 1e308
        large = summarise(np.array([1e300] * 99 + [float("inf")]))
        assert large.infs == 1
        assert large.maximum == np.finfo(np.float32).max


def test_booleans_and_complex_numbers_are_summarised() -> None:
    assert summarise(np.array([True, False, True, True])).mean == 0.75
    assert summarise(np.array([3 + 4j])).maximum == 5
    assert short(summarise(np.array([True, False]))) == "[True, False]"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (40.0, "40"),
        (0.76159, "0.7616"),
        (1.2e-5, "1.2e-5"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (-0.5, "-0.5"),
        (12345.678, "12346"),
        (1234567.0, "1234567"),
        (1.5e8, "1.5e8"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.001234567, "0.001235"),
        (9999.99, "10000"),
        (99999.9, "100000"),
        (10**12, "1e12"),
        (7, "7"),
        (True, "True"),
        (1 - 2j, "1-2j"),
        (np.float32(0.1), "0.1"),
    ],
)
def test_figures_are_short_and_keep_four_digits(number: complex, text: str) -> None:
    assert figures(number) == text


def test_short_text_shows_small_arrays_whole_and_large_ones_by_shape_and_mean() -> None:
    assert short(summarise(np.float32(40))) == "40"
    assert short(summarise(np.array([36.0, 81.0]))) == "[36, 81]"
    assert short(summarise(np.array([[1.0, 2.0], [3.0, 4.0]]))) == "[[1, 2], [3, 4]]"
    assert short(summarise(np.full((2, 3), 0.123456789))) == "(2, 3) mean 0.1235"
    assert short(summarise(np.array([np.nan] * 30))) == "(30,) 30 nan"
    assert short(summarise(np.zeros((0,)))) == "[]"


def test_bfloat16_is_summarised_as_the_numbers_it_stands_for() -> None:
    summary = summarise(np.array([1.0, 2.03, np.inf]).astype(bfloat16.np))
    assert (summary.dtype, len(summary.whole), summary.infs, summary.maximum) == ("bfloat16", 6, 1, 2.03125)
    assert short(summary) == "[1, 2.031, inf]"
    large = summarise(np.full((40, 50), 0.1).astype(bfloat16.np))
    assert abs(large.mean - 0.1001) < 1e-4
    thumb = thumbnail(large)
    assert thumb is not None
    assert thumb.dtype == np.float32
