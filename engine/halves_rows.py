"""Rows whose kernels torch rounds in more than one place for numbers of two bytes.

Each takes the row's own arguments in float32 and `r`, which rounds; halves.py rounds what it gives once more.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.errors import dimension
from engine.registry import OPS

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
    axes = tuple(dimension(d, input.ndim) for d in (dim if isinstance(dim, tuple | list) else (dim,)) if input.ndim)
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


def div(r: Round, input: Array, other: Array, rounding_mode: str | None = None) -> Array:
    """A quotient that is cut off is rounded before."""
    if rounding_mode == "trunc":
        return np.trunc(r(np.true_divide(input, other)))
    return OPS["div"].forward(input, other, rounding_mode=rounding_mode)


def soft_margin_loss(r: Round, input: Array, target: Array, reduction: str = "mean") -> Array:
    """torch composes it of operators."""
    return reduced(r(np.log1p(r(np.exp(r(-target.astype(input.dtype) * input))))), reduction)


def binary_cross_entropy_with_logits(
    r: Round, input: Array, target: Array, weight: Any = None, reduction: str = "mean", pos_weight: Any = None
) -> Array:
    """torch composes it of operators."""
    OPS["binary_cross_entropy_with_logits"].forward(input, target, None, "none", None)  # checks
    sure = r(np.minimum(input, np.float32(0)) - np.log1p(np.exp(-np.abs(input))))
    if pos_weight is not None:
        sure = r(sure * r(r(r(pos_weight - 1) * target) + 1))
    losses = r(r(r(1 - target) * input) - sure)
    return reduced(losses if weight is None else r(losses * weight), reduction)


def reduced(losses: Array, reduction: str) -> Array:
    """The mean or sum of losses that were rounded, or all of them."""
    if reduction == "none":
        return losses
    total = np.add.reduce(losses, axis=None)
    return total / np.float32(losses.size) if reduction == "mean" else total


def loss_row(name: str) -> Callable[..., Any]:
    """A loss whose elements are rounded before they are summed."""

    def row(r: Round, *values: Any) -> Array:
        op = OPS[name]
        at = op.index["reduction"]
        if values[at] not in ("mean", "sum"):
            return op.forward(*values)
        return reduced(r(op.forward(*values[:at], "none", *values[at + 1 :])), values[at])

    return row


def logit(r: Round, input: Array, eps: float | None = None) -> Array:
    """The ratio is kept in the short type."""
    x = input if eps is None else np.clip(input, eps, 1 - eps)
    return np.log(r(x / r(1 - x)))


def power(r: Round, input: Array, exponent: Array) -> Array:
    """bfloat16's cube and inverse square are products of two steps."""
    if not np.ndim(exponent) and exponent in (3, -2) and r(np.float32(1 + 2.0**-9)) == 1:
        square = r(input * input)
        return square * input if exponent == 3 else 1 / square
    return OPS["pow"].forward(input, exponent)


ROWS: dict[str, Callable[..., Any]] = {
    f.__name__: f
    for f in (
        log_softmax,
        logsumexp,
        sgd_step,
        adam_step,
        div,
        soft_margin_loss,
        binary_cross_entropy_with_logits,
        logit,
    )
} | {"pow": power}
ROWS |= {
    name: loss_row(name) for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy")
}


# derivatives: the upstream gradient and what was saved in float32


def sigmoid_input(r: Round, g: Array, s: Any) -> Array:
    """float16's kernel works in steps, bfloat16's in float32."""
    y = s.result
    if r(np.float32(1 + 2.0**-9)) == 1:
        return g * (1 - y) * y
    return r(g * r(1 - y)) * y


def logsigmoid_input(r: Round, g: Array, s: Any) -> Array:
    """From exp(−|x|) in the short type."""
    x, z = s.input, r(np.exp(-np.abs(s.input)))
    return g * np.where(x < 0, 1 - z / (1 + z), z / (1 + z))


def share(r: Round, loss: Array, s: Any) -> Array:
    """A derivative of a loss, a share of it where the loss is a mean."""
    if s.weight is not None:
        loss = r(loss * s.weight)
    return r(loss) / np.float32(s.input.size) if s.reduction == "mean" else loss


def bce_input(r: Round, g: Array, s: Any) -> Array:
    """In steps, as torch's kernel."""
    p = s.input
    return share(r, r(g * r(p - s.target)) / np.maximum(r(r(1 - p) * p), np.float32(1e-12)), s)


def bce_logits_input(r: Round, g: Array, s: Any) -> Array:
    """In steps, as torch composes it; with a weight of the positive part in one."""
    sure = r(1 / (1 + np.exp(-s.input)))
    if s.pos_weight is None:
        return share(r, r(sure - s.target) * g, s)
    weight = r(s.pos_weight * s.target)
    return share(r, r(r(r(r(weight + 1) - s.target) * sure) - weight) * g, s)


def soft_margin_input(r: Round, g: Array, s: Any) -> Array:
    """torch composes it of operators."""
    y = s.target.astype(np.float32)
    z = r(np.exp(r(-y * s.input)))
    norm = np.float32(1 / z.size if s.reduction == "mean" else 1)
    return r(r(r(y * z) * -norm) / r(z + 1)) * g


RULES: dict[str, Callable[[Round, Array, Any], Array]] = {
    "sigmoid": sigmoid_input,
    "logsigmoid": logsigmoid_input,
    "binary_cross_entropy": bce_input,
    "binary_cross_entropy_with_logits": bce_logits_input,
    "soft_margin_loss": soft_margin_input,
}
"""The derivatives to the input alone."""
