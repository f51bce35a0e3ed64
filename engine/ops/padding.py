"""Padding, with a constant or with copies (reflect, replicate, circular).

Copies pick places along each dimension; their derivative adds at those places.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.backends import Array, asarray
from engine.registry import arr, op, sample

OPTIONS: dict[str, Any] = {"family": "layer", "function": False, "method": False}


def picked_places(n: int, before: int, after: int, mode: str) -> Array:
    """The places of a padded dimension in the dimension before."""
    if mode == "circular":  # a negative padding crops first
        first, last = max(-before, 0), n - max(-after, 0)
        return first + np.arange(-max(before, 0), last - first + max(after, 0)) % (last - first)
    places = np.arange(-before, n + after)
    if mode == "replicate":
        return np.clip(places, 0, n - 1)
    return (n - 1) - np.abs((n - 1) - np.abs(places))


@op(
    "_picked",
    "input[…, places]",
    family="shape",
    doc="The elements at places along one dimension.",
    grads={"input": ("g added at the places", lambda F, g, s: F._added(g, s.dim, s.places, s.input_shape))},
    backward="IndexSelectBackward0",
)
def _picked(input: Array, dim: int, places: Array) -> Array:
    return np.take(input, asarray(places, None, input), axis=dim)


@op(
    "_added",
    "input added at the places",
    family="shape",
    doc="Zeros with the elements added at places along one dimension.",
    grads={"input": ("g at the places", lambda F, g, s: F._picked(g, s.dim, s.places))},
    backward="IndexAddBackward0",
)
def _added(input: Array, dim: int, places: Array, shape: Any) -> Array:
    out = np.zeros_like(input, shape=tuple(shape))
    places = asarray(places, None, input)
    np.add.at(np.moveaxis(out, dim, 0), places, np.moveaxis(input, dim, 0))
    return out


def dimension_pads(pad: Any, ndim: int) -> list[tuple[int, int, int]]:
    """The dimensions to pad with what comes before and after: pairs from the last dimension on."""
    return [(ndim - 1 - i // 2, pad[i], pad[i + 1]) for i in range(0, len(pad), 2)]


def copies_gradient(F: Any, g: Any, s: Any) -> Any:
    """`g` added, dimension by dimension, at the places it was copied from."""
    shape = list(g.shape)
    for dim, before, after in reversed(dimension_pads(s.pad, len(shape))):
        n = s.input_shape[dim]
        shape[dim] = n
        g = F._added(g, dim, picked_places(n, before, after, s.mode), tuple(shape))
    return g


def copies_name(call: dict[str, Any]) -> str:
    """torch's grad_fn of a padding with copies."""
    kind = {"reflect": "Reflection", "replicate": "Replication"}.get(call["mode"])
    return f"{kind}Pad{len(call['pad']) // 2}DBackward0" if kind else "CopySlices"


@op(
    "pad_with_copies",
    "input, its edges repeated",
    doc="The input with copies of itself around: reflected, replicated or circular.",
    grads={"input": ("g added where it was copied from", copies_gradient)},
    backward=copies_name,
    saves=["input_shape", "pad", "mode"],
    samples=[sample(arr(1, 2, 4), (1, 2), "reflect"), sample(arr(1, 2, 4), (1, 2), "circular")],
    **OPTIONS,
)
def pad_with_copies(input: Array, pad: Any, mode: str) -> Array:
    for dim, before, after in dimension_pads(pad, input.ndim):
        n = input.shape[dim]
        if mode == "reflect" and max(before, after) >= n:
            raise RuntimeError(
                "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding "
                f"({before}, {after}) at dimension {dim} of input {list(input.shape)}"
            )
        input = np.take(input, asarray(picked_places(n, before, after, mode), None, input), axis=dim)
    return input


@op(
    "constant_pad_nd",
    "input, value around it",
    family="shape",
    doc="The input with a constant around it; negative numbers cut off.",
    method=False,
    grads={"input": ("g inside", lambda F, g, s: F.constant_pad_nd(g, tuple(-n for n in s.pad)))},
    saves=["pad"],
    samples=[sample(arr(2, 3), (1, 2)), sample(arr(2, 3), (1, -1, 0, 2))],
)
def constant_pad_nd(input: Array, pad: Any, value: float = 0) -> Array:
    widths = [(0, 0)] * input.ndim
    cut: list[Any] = [slice(None)] * input.ndim
    for dim, before, after in dimension_pads(pad, input.ndim):
        widths[dim] = (max(before, 0), max(after, 0))
        cut[dim] = slice(max(-before, 0), input.shape[dim] - max(-after, 0))
    return np.pad(input[tuple(cut)], widths, constant_values=input.dtype.type(value))
