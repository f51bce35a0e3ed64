"""Maxima and minima, with and without their places, and how they share the gradient at ties.

`max()` and `amax` share it equally among equals; `max(dim)` gives it to the place it reports.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes
from engine.backends import Array
from engine.ops.reduce import kept, spread
from engine.ops.sizes import type_name, wrap_dims
from engine.registry import arr, op, sample

NEEDS_DIM = (
    "{}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' "
    "argument."
)


def shared(F: Any, g: Any, input: Any, result: Any, dim: Any) -> Any:
    """`g` divided equally among the elements that equal the extreme (or are NaN where it is)."""
    top = spread(F, result, input.shape, dim)
    hits = (input == top) | ((input != input) & (top != top))
    count = F.sum(hits, dim)
    return hits * spread(F, g / F.reshape(count, g.shape), input.shape, dim)


def at_places(F: Any, g: Any, shape: Any, dim: int, indices: Any) -> Any:
    """Zeros of `shape` with `g` at the reported places along `dim`."""
    if not shape:
        return g
    zeros = F.zeros_of(g, shape)
    places = F.reshape(indices, kept(shape, dim))
    return F.scatter(zeros, dim, places, F.reshape(g, kept(shape, dim)))


def check_not_empty(name: str, input: Array, dim: Any) -> None:
    """Refuse to look for an extreme among no elements."""
    if input.size:
        return
    if dim is None:
        raise RuntimeError(NEEDS_DIM.format(name))
    for d in wrap_dims(dim, input.ndim):
        if not input.shape[d]:
            raise IndexError(f"{name}(): Expected reduction dim {d} to have non-zero size.")


def extreme(ufunc: np.ufunc, input: Array, dim: Any, keepdim: bool) -> Array:
    """`ufunc.reduce` over `dim`."""
    return ufunc.reduce(input, axis=None if dim is None else wrap_dims(dim, input.ndim), keepdims=keepdim)


def extreme_and_place(name: str, find: Any, input: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    """The extremes along `dim` and the first places where they are."""
    check_not_empty(name, input, dim)
    if not input.ndim:
        wrap_dims(dim, 0)
        return input, np.int64(0)
    (axis,) = wrap_dims(dim, input.ndim)
    places = find(input, axis=axis, keepdims=True)
    values = np.take_along_axis(input, places, axis)
    return (values, places) if keepdim else (np.squeeze(values, axis), np.squeeze(places, axis))


SHARE = ("g, shared equally among ties", lambda F, g, s: shared(F, g, s.input, s.result, s.dim))


def is_array(value: Any) -> bool:
    """Whether an argument is a tensor (or the array of one)."""
    return hasattr(value, "dtype")


def backward_name(name: str) -> Any:
    """The grad_fn of `max`: one for all elements, one for a dimension, one for two tensors."""
    forms = (f"{name}Backward1", f"{name}Backward0", f"{name}imumBackward0")

    def choose(call: dict[str, Any]) -> str:
        if is_array(call["dim"]) or call["other"] is not None:
            return forms[2]
        return forms[0] if call["dim"] is None else forms[1]

    return choose


def winner_gradient(F: Any, g: Any, s: Any) -> Any:
    """Shared among ties for all elements, at the reported places for a dimension, `pair_gradient` for two tensors."""
    if is_array(s.dim) or s.other is not None:
        return pair_gradient(F, g, s, s.input)
    if s.dim is None:
        return shared(F, g, s.input, s.result, None)
    return at_places(F, g[0], s.input_shape, s.dim, s.result[1])


def pair_gradient(F: Any, g: Any, s: Any, own: Any) -> Any:
    """`g` where this operand wins, half of it at ties."""
    first, second = s.input, s.other if s.dim is None else s.dim
    return F.where(first == second, g / 2, g * (own == s.result))


WINNER = {
    "input": ("g where it is the extreme", winner_gradient),
    "dim": ("g where it wins, half at ties", lambda F, g, s: pair_gradient(F, g, s, s.dim)),
    "other": ("g where it wins, half at ties", lambda F, g, s: pair_gradient(F, g, s, s.other)),
}
WINNER_SAVES = ["input", "input_shape", "dim", "other", "result"]


def extreme_of(name: str, ufunc: np.ufunc, find: Any, input: Array, dim: Any, keepdim: bool, other: Any) -> Any:
    """The three forms of `max` and `min`."""
    other = dim if is_array(dim) else other
    if other is not None:
        kind = dtypes.result_type([input, other]).np
        return ufunc(input.astype(kind, copy=False), other.astype(kind, copy=False))
    if dim is None:
        check_not_empty(name, input, None)
        return ufunc.reduce(input, axis=None)
    if not isinstance(dim, int):
        raise TypeError(
            f"{name}() received an invalid combination of arguments - got ({type_name(dim)}), but expected one of:\n"
            " * ()\n * (Tensor other)\n * (int dim, bool keepdim = False)\n"
        )
    return extreme_and_place(name, find, input, dim, keepdim)


@op(
    "max",
    "max input",
    family="reduction",
    doc="The largest element; with a dimension, those along it and their places; with a tensor, the larger ones.",
    grads=WINNER,
    backward=backward_name("Max"),
    saves=WINNER_SAVES,
    returns=("values", "indices"),
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 1), sample(arr(2, 3), 0, keepdim=True), sample(arr(2, 3), arr(3))],
)
def max(input: Array, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    return extreme_of("max", np.maximum, np.argmax, input, dim, keepdim, other)


@op(
    "min",
    "min input",
    family="reduction",
    doc="The smallest element; with a dimension, those along it and their places; with a tensor, the smaller ones.",
    grads=WINNER,
    backward=backward_name("Min"),
    saves=WINNER_SAVES,
    returns=("values", "indices"),
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 1), sample(arr(2, 3), 0, keepdim=True), sample(arr(2, 3), arr(3))],
)
def min(input: Array, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    return extreme_of("min", np.minimum, np.argmin, input, dim, keepdim, other)


@op(
    "amax",
    "max input",
    family="reduction",
    doc="The largest element, overall or along dimensions; ties share the gradient.",
    grads={"input": SHARE},
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 1), sample(arr(2, 3, 2), (0, 2), keepdim=True)],
)
def amax(input: Array, dim: Any = None, keepdim: bool = False) -> Array:
    dim = None if dim == () else dim
    check_not_empty("amax", input, dim)
    return extreme(np.maximum, input, dim, keepdim)


@op(
    "amin",
    "min input",
    family="reduction",
    doc="The smallest element, overall or along dimensions; ties share the gradient.",
    grads={"input": SHARE},
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 1)],
)
def amin(input: Array, dim: Any = None, keepdim: bool = False) -> Array:
    dim = None if dim == () else dim
    check_not_empty("amin", input, dim)
    return extreme(np.minimum, input, dim, keepdim)


def aminmax_gradient(F: Any, g: Any, s: Any) -> Any:
    """Both gradients, each shared among its ties."""
    parts = [shared(F, part, s.input, s.result[i], s.dim) for i, part in enumerate(g) if part is not None]
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]


@op(
    "aminmax",
    "min input, max input",
    family="reduction",
    doc="The smallest and the largest element, overall or along a dimension.",
    grads={"input": ("both gradients, each shared equally among ties", aminmax_gradient)},
    saves=["input", "dim", "result"],
    returns=("min", "max"),
    samples=[sample(arr(2, 3)), sample(arr(2, 3), dim=1)],
)
def aminmax(input: Array, *, dim: Any = None, keepdim: bool = False) -> tuple[Array, Array]:
    if not input.size and dim is None:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        )
    check_not_empty("aminmax", input, dim)
    return extreme(np.minimum, input, dim, keepdim), extreme(np.maximum, input, dim, keepdim)


def place(name: str, find: Any, input: Array, dim: Any, keepdim: bool) -> Array:
    """The first place of the extreme: in the flattened input, or along `dim`."""
    if not input.size:
        if dim is None:
            raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
        check_not_empty(name, input, dim)
    if not input.ndim:
        wrap_dims(dim, 0)
        return np.int64(0)
    return find(input, axis=None if dim is None else wrap_dims(dim, input.ndim)[0], keepdims=keepdim)


@op(
    "argmax",
    "where input is largest",
    family="reduction",
    doc="The place of the largest element.",
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 1)],
)
def argmax(input: Array, dim: Any = None, keepdim: bool = False) -> Array:
    return place("argmax", np.argmax, input, dim, keepdim)


@op(
    "argmin",
    "where input is smallest",
    family="reduction",
    doc="The place of the smallest element.",
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 1)],
)
def argmin(input: Array, dim: Any = None, keepdim: bool = False) -> Array:
    return place("argmin", np.argmin, input, dim, keepdim)
