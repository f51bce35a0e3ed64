"""Rows whose kernels torch rounds in more than one place for numbers of two bytes.

Each takes the row's own arguments in float32 and `r`, which rounds; halves.py rounds what it gives once more.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.errors import dimension

Array = Any
Round = Callable[[Any], Any]


def log_softmax(r: Round, input: Array, dim: int, dtype: Any = None) -> Array:
    """Along the last dimension the sum and its logarithm are kept in the short type."""
    if not input.ndim or not input.size:
        return np.zeros_like(input)
    axis = dimension(dim, input.ndim)
    shifted = input - np.maximum.reduce(input, axis=axis, keepdims=True)
    total = np.add.reduce(np.exp(shifted), axis=axis, keepdims=True)
    return shifted - (r(np.log(r(total))) if axis == input.ndim - 1 and dtype is None else np.log(total))


def logsumexp(r: Round, input: Array, dim: Any, keepdim: bool = False) -> Array:
    """torch composes it of operators."""
    axes = tuple(dimension(d, input.ndim) for d in (dim if isinstance(dim, tuple | list) else (dim,)))
    top = np.max(input, axis=axes or None, keepdims=True, initial=-np.inf)
    shift = np.where(np.isfinite(top), top, np.float32(0))
    total = r(r(np.log(r(np.sum(r(np.exp(r(input - shift))), axis=axes or None, keepdims=True)))) + shift)
    return total if keepdim else np.squeeze(total, axes)


def sgd_step(
    r: Round,
    input: Array,
    grad: Array,
    buffer: Any,
    first: bool,
    lr: float,
    momentum: float,
    dampening: float,
    weight_decay: float,
    nesterov: bool,
) -> Array:
    """As torch's `_single_tensor_sgd`; `add_(…, alpha=…)` rounds once."""
    if weight_decay:
        grad = r(grad + weight_decay * input)
    if buffer is not None:
        buffer[...] = grad if first else r(r(buffer * np.float32(momentum)) + (1 - dampening) * grad)
        grad = r(grad + momentum * buffer) if nesterov else buffer
    return input - lr * grad


def adam_step(
    r: Round,
    input: Array,
    grad: Array,
    mean: Array,
    square: Array,
    largest: Any,
    time: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    decoupled: bool,
) -> Array:
    """As torch's `_single_tensor_adam`."""
    if weight_decay and decoupled:
        input = r(input * np.float32(1 - lr * weight_decay))
    elif weight_decay:
        grad = r(grad + weight_decay * input)
    mean[...] = r(mean + np.float32(1 - beta1) * (grad - mean))
    square[...] = r(r(square * np.float32(beta2)) + np.float32(1 - beta2) * grad * grad)
    size = square
    if largest is not None:
        size = largest[...] = np.maximum(largest, square)
    denominator = r(r(r(np.sqrt(size)) / np.float32(math.sqrt(1 - beta2**time))) + r(np.float32(eps)))
    return input - np.float32(lr / (1 - beta1**time)) * mean / denominator


ROWS: dict[str, Callable[..., Any]] = {f.__name__: f for f in (log_softmax, logsumexp, sgd_step, adam_step)}
