"""Every row computes, forwards and backwards, on arrays that refuse to meet NumPy's: mistakes a GPU would punish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine
from engine.registry import OPS, Op
from engine.sweep import TENSORS
from engine.tensor import Tensor, wrap
from tests.engine.samples import arrays_of, call, wanting
from tests.engine.strict import Mixed, StrictArray

UNSET = ("empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided")  # rows whose values are not set

CASES = [(op, i) for op in OPS.values() for i in range(len(op.samples))]


def plain(value: Any) -> Any:
    """A value for a comparison."""
    data = value._data if isinstance(value, Tensor) else value
    return data.get() if isinstance(data, StrictArray) else data


def outcome(op: Op, number: int, place: Any) -> tuple[list[Any], list[Any]]:
    """The outputs of a sample call and the gradients of its inputs, the inputs' arrays put in place by `place`."""
    sample = op.samples[number]
    engine.manual_seed(0)
    tensors = [wrap(place(a)) for a in arrays_of(sample, "float32")]
    for t, wanted in zip(tensors, wanting(op, sample), strict=True):
        if wanted and t.is_floating_point():
            t.requires_grad_()
    outs = call(getattr(TENSORS, op.name), sample, tensors)
    roots = [o for o in outs if isinstance(o, Tensor) and o.requires_grad]
    leaves = [t for t in tensors if t.requires_grad]
    if not roots or not leaves:
        return outs, []
    upstream = [wrap(place(np.ones(o.shape, o._data.dtype))) for o in roots]
    return outs, list(engine.autograd.grad(roots, leaves, upstream, allow_unused=True))


@pytest.mark.parametrize(("op", "number"), CASES, ids=[f"{op.name}-{i}" for op, i in CASES])
def test_a_row_keeps_to_the_library_of_its_inputs(op: Op, number: int) -> None:
    given = bool(arrays_of(op.samples[number], "float32"))
    try:
        expected = outcome(op, number, np.asarray)
    except (RuntimeError, NotImplementedError) as error:
        with pytest.raises(type(error)):
            outcome(op, number, StrictArray)
        return
    found = outcome(op, number, StrictArray)
    for mine, theirs in zip((*found[0], *found[1]), (*expected[0], *expected[1]), strict=True):
        if given and isinstance(theirs, Tensor):
            assert isinstance(mine._data, StrictArray), f"{type(mine._data).__name__} came out"
        if op.name not in UNSET and theirs is not None:
            np.testing.assert_array_equal(plain(mine), plain(theirs))


MISTAKES: list[Callable[[StrictArray], Any]] = [
    np.asarray,
    lambda strict: strict + np.ones(2),
    lambda strict: np.where(strict > 0, np.ones(2), 0),
    lambda strict: strict[np.arange(2)],
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_strict_arrays_refuse_numpy_arrays_and_conversion(mistake: Callable[[StrictArray], Any]) -> None:
    with pytest.raises(Mixed):
        mistake(StrictArray(np.ones(2)))


def test_what_strict_arrays_give_is_strict_down_to_single_numbers() -> None:
    strict = StrictArray(np.ones(2))
    assert isinstance(strict + 1, StrictArray)
    assert isinstance(strict.sum(), StrictArray)
    assert isinstance(np.float32(2) * strict, StrictArray)
