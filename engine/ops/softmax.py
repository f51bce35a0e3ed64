"""Softmax and its logarithm."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes
from engine.backends import Array
from engine.errors import dimension
from engine.ops.sizes import numpy_dtype
from engine.registry import arr, op, sample


def ready(name: str, input: Array, dim: int, dtype: Any) -> tuple[Array, Any]:
    """The input less its maximum along `dim`, in its own or the wanted type, and the axis."""
    if dtype is not None:
        input = input.astype(numpy_dtype(name, dtype), copy=False)
    if input.dtype.kind != "f":
        kind = dtypes.SCALAR_NAMES[dtypes.FROM_NUMPY[input.dtype]]
        last = dimension(dim, input.ndim) == input.ndim - 1
        kernel = f"{name}_lastdim_kernel_impl" if last else f"{name}_kernel_impl"
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{kind}'")
    place = dimension(dim, input.ndim)
    axis = place if input.ndim else None
    if not input.size:
        return input, axis
    return input - np.maximum.reduce(input, axis, keepdims=True), axis


@op(
    "softmax",
    "exp(input) / Σ exp(input)",
    family="activation",
    doc="Exponentials scaled to sum to one along a dimension.",
    grads={
        "input": (
            "result · (g − Σ g · result)",
            lambda F, g, s: s.result * (g - F.sum(g * s.result, s.dim, True)),
        )
    },
    samples=[sample(arr(2, 3), 1), sample(arr(4), -1)],
)
def softmax(input: Array, dim: int, dtype: Any = None) -> Array:
    shifted, axis = ready("softmax", input, dim, dtype)
    powers = np.exp(shifted)
    powers /= np.add.reduce(powers, axis, keepdims=True)
    return powers


@op(
    "log_softmax",
    "input − ln Σ exp(input)",
    family="activation",
    doc="The logarithm of softmax, computed without overflow.",
    grads={
        "input": (
            "g − exp(result) · Σ g",
            lambda F, g, s: g - F.exp(s.result) * F.sum(g, s.dim, True),
        )
    },
    samples=[sample(arr(2, 3), 1), sample(arr(4), -1)],
)
def log_softmax(input: Array, dim: int, dtype: Any = None) -> Array:
    shifted, axis = ready("log_softmax", input, dim, dtype)
    return shifted - np.log(np.add.reduce(np.exp(shifted), axis, keepdims=True))
