"""Losses that are one operator; those made of other operators are in nn/losses.py.

Every row has a `reduction`: "mean", "sum" or "none".
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import dtypes
from engine.backends import Array, arange, zeros
from engine.registry import arr, op, sample

PAIR = [sample(arr(2, 3), arr(2, 3)), sample(arr(4), arr(4), reduction="sum"), sample(arr(4), arr(4), reduction="none")]
OPTIONS: dict[str, Any] = {"family": "loss", "function": False, "method": False}
SAVES = ["input", "target", "reduction"]


def raw(value: Any) -> Any:
    """The array of a tensor; an array is itself."""
    return getattr(value, "_data", value)


def reduced(losses: Array, reduction: str) -> Array:
    """The mean or sum of the losses, or all of them."""
    if reduction == "mean":
        return (
            np.add.reduce(losses, axis=None) / losses.dtype.type(losses.size)
            if losses.size
            else losses.dtype.type(math.nan)
        )
    if reduction == "sum":
        return np.add.reduce(losses, axis=None)
    if reduction == "none":
        return losses
    raise ValueError(f"{reduction} is not a valid value for reduction")


def share(g: Any, s: Any) -> Any:
    """What each single loss gets of the upstream gradient."""
    if s.reduction != "mean":
        return g
    return g / max(math.prod(np.broadcast_shapes(raw(s.input).shape, raw(s.target).shape)), 1)


def by_reduction(mean: str, total: str, none: str) -> Any:
    """The grad_fn of a loss that torch composes, by its last step."""
    return lambda call: {"mean": mean, "sum": total}.get(call["reduction"], none)


def pair(rule: Any, text: str) -> dict[str, tuple[str, Any]]:
    """The rules of a loss of `input − target`: the same for both, with opposite signs."""
    return {"input": (text, rule), "target": (f"−({text})", lambda F, g, s: -rule(F, g, s))}


@op(
    "mse_loss",
    "(input − target)²",
    doc="The mean of squared differences.",
    grads=pair(lambda F, g, s: share(g, s) * (2 * (s.input - s.target)), "2 g (input − target) / n"),
    promote=("input", "target"),
    saves=SAVES,
    samples=PAIR,
    **OPTIONS,
)
def mse_loss(input: Array, target: Array, reduction: str = "mean") -> Array:
    return reduced(np.square(input - target), reduction)


@op(
    "l1_loss",
    "|input − target|",
    doc="The mean of absolute differences.",
    grads=pair(lambda F, g, s: share(g, s) * F.sign(s.input - s.target), "g sign(input − target) / n"),
    backward=by_reduction("MeanBackward0", "SumBackward0", "AbsBackward0"),
    promote=("input", "target"),
    saves=SAVES,
    samples=PAIR,
    **OPTIONS,
)
def l1_loss(input: Array, target: Array, reduction: str = "mean") -> Array:
    return reduced(np.abs(input - target), reduction)


def smooth_l1_gradient(F: Any, g: Any, s: Any) -> Any:
    """`g · d / beta` within beta of zero, `g · sign(d)` outside."""
    difference = s.input - s.target
    slope = F.sign(difference)
    if s.beta > 0:
        slope = F.where(F.abs(difference) < s.beta, difference / s.beta, slope)
    return share(g, s) * slope


@op(
    "smooth_l1_loss",
    "d² / (2 beta) if |d| < beta else |d| − beta / 2",
    doc="Squared near zero, absolute further out.",
    grads=pair(smooth_l1_gradient, "g · d / beta near 0, g · sign(d) outside, d = input − target"),
    backward="SmoothL1LossBackward0",
    promote=("input", "target"),
    saves=[*SAVES, "beta"],
    samples=PAIR,
    **OPTIONS,
)
def smooth_l1_loss(input: Array, target: Array, reduction: str = "mean", beta: float = 1.0) -> Array:
    size = np.abs(input - target)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    if beta == 0:
        return reduced(size, reduction)
    return reduced(np.where(size < beta, 0.5 * size * size / beta, size - 0.5 * beta)[()], reduction)


@op(
    "huber_loss",
    "d² / 2 if |d| ≤ delta else delta (|d| − delta / 2)",
    doc="Squared near zero, absolute further out.",
    grads=pair(
        lambda F, g, s: share(g, s) * F.clamp(s.input - s.target, -s.delta, s.delta),
        "g · d, kept within ± delta, d = input − target",
    ),
    promote=("input", "target"),
    saves=[*SAVES, "delta"],
    samples=PAIR,
    **OPTIONS,
)
def huber_loss(input: Array, target: Array, reduction: str = "mean", delta: float = 1.0) -> Array:
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    size = np.abs(input - target)
    return reduced(np.where(size <= delta, 0.5 * size * size, delta * (size - 0.5 * delta))[()], reduction)


def weighted(value: Any, s: Any) -> Any:
    """`value`, times the weights of the loss where there are any."""
    return value if s.weight is None else value * s.weight


def bce_gradient(F: Any, g: Any, s: Any) -> Any:
    """`g (p − t) / (p (1 − p))`, the denominator at least 1e-12."""
    p = s.input
    return weighted(share(g, s) * (p - s.target) / F.clamp(p * (1 - p), 1e-12), s)


def bce_target_gradient(F: Any, g: Any, s: Any) -> Any:
    """`g (ln(1 − p) − ln p)`, logarithms at least −100."""
    p = s.input
    return weighted(share(g, s) * (F.clamp(F.log(1 - p), -100) - F.clamp(F.log(p), -100)), s)


PROBABILITIES = arr(2, 3, low=0.1, high=0.9)


@op(
    "binary_cross_entropy",
    "−(target ln input + (1 − target) ln(1 − input))",
    doc="The cross entropy of probabilities of yes and no.",
    grads={
        "input": ("g (input − target) / (input (1 − input)) / n", bce_gradient),
        "target": ("g (ln(1 − input) − ln input) / n", bce_target_gradient),
    },
    saves=[*SAVES, "weight"],
    samples=[sample(PROBABILITIES, PROBABILITIES)],
    **OPTIONS,
)
def binary_cross_entropy(input: Array, target: Array, weight: Any = None, reduction: str = "mean") -> Array:
    if input.shape != target.shape:
        raise ValueError(
            f"Using a target size (torch.Size({list(target.shape)})) that is different to the input size "
            f"(torch.Size({list(input.shape)})) is deprecated. Please ensure they have the same size."
        )
    if target.dtype != input.dtype:
        raise RuntimeError(f"Found dtype {scalar_name(target)} but expected {scalar_name(input)}")
    if not ((input >= 0) & (input <= 1)).all():
        raise RuntimeError("all elements of input should be between 0 and 1")
    low = input.dtype.type(-100)
    losses = -(target * np.maximum(np.log(input), low) + (1 - target) * np.maximum(np.log1p(-input), low))
    return reduced(losses if weight is None else losses * weight, reduction)


def logits_gradient(F: Any, g: Any, s: Any) -> Any:
    """`g (σ(x) − t)`, the positive part weighted by pos_weight."""
    y, t = F.sigmoid(s.input), s.target
    slope = y - t if s.pos_weight is None else (t * (s.pos_weight - 1) + 1) * y - s.pos_weight * t
    return weighted(share(g, s) * slope, s)


def logits_target_gradient(F: Any, g: Any, s: Any) -> Any:
    """`−g x`, with pos_weight its share of both terms."""
    if s.pos_weight is None:
        return weighted(share(g, s) * -s.input, s)
    x, y = s.input, F.sigmoid(s.input)
    return weighted(share(g, s) * (F.log(1 - y) - s.pos_weight * F.log(y)) + x * 0, s)


@op(
    "binary_cross_entropy_with_logits",
    "−(target ln σ(input) + (1 − target) ln(1 − σ(input)))",
    doc="The cross entropy of yes and no, from scores, without overflow.",
    grads={
        "input": ("g (σ(input) − target) / n", logits_gradient),
        "target": ("−g · input / n", logits_target_gradient),
    },
    saves=[*SAVES, "weight", "pos_weight"],
    samples=[sample(arr(2, 3), PROBABILITIES)],
    **OPTIONS,
)
def binary_cross_entropy_with_logits(
    input: Array, target: Array, weight: Any = None, reduction: str = "mean", pos_weight: Any = None
) -> Array:
    if input.shape != target.shape:
        raise ValueError(
            f"Target size (torch.Size({list(target.shape)})) must be the same as input size "
            f"(torch.Size({list(input.shape)}))"
        )
    if target.dtype.kind == "b":
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
            "operator instead."
        )
    if target.dtype.kind != "f":
        raise RuntimeError(
            f"result type {scalar_name(input)} can't be cast to the desired output type {scalar_name(target)}"
        )
    # −ln σ(x), without overflow on either side.
    surprise = np.log1p(np.exp(-np.abs(input))) + np.maximum(-input, input.dtype.type(0))
    scale = 1 if pos_weight is None else (pos_weight - 1) * target + 1
    losses = (1 - target) * input + scale * surprise
    return reduced(losses if weight is None else losses * weight, reduction)


def scalar_name(array: Array) -> str:
    """What torch's messages call the type of an array's elements."""
    return dtypes.SCALAR_NAMES[dtypes.FROM_NUMPY[array.dtype]]


def check_classes(input: Array, target: Array, ignore_index: int) -> bool:
    """Refuse targets that are no class numbers of `input`; whether there are targets, none of them out of range."""
    if target.dtype != np.int64 and target.dtype != np.uint8:
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {scalar_name(target)}")
    if not input.ndim:
        raise RuntimeError("Expected 1 or more dimensions (got 0)")
    batch = input.shape[:1] if input.ndim > 1 else ()
    if batch and target.shape[:1] != batch:
        count = target.shape[0] if target.ndim else 0
        raise ValueError(f"Expected input batch_size ({input.shape[0]}) to match target batch_size ({count}).")
    if input.ndim <= 2 and target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if target.ndim != max(input.ndim - 1, 0):
        raise RuntimeError(f"Expected target size {list(batch + input.shape[2:])}, got {list(target.shape)}")
    if target.shape[1:] != input.shape[2:]:
        raise RuntimeError(f"Expected target size {list(batch + input.shape[2:])}, got {list(target.shape)}")
    classes = input.shape[1] if input.ndim > 1 else input.shape[0]
    if not target.size:
        return False
    if np.minimum.reduce(target, None) >= 0 and np.maximum.reduce(target, None) < classes:
        return True
    wrong = target[(target != ignore_index) & ((target < 0) | (target >= classes))]
    if wrong.size:
        raise IndexError(f"Target {int(wrong.reshape(-1)[0])} is out of bounds.")
    return False


def class_weights(target: Array, weight: Any, ignore_index: int, dtype: Any) -> Array:
    """The weight of every target: that of its class, 0 where it is ignored."""
    counted = target != ignore_index
    if weight is None:
        return counted.astype(dtype)
    return np.where(counted, raw(weight)[np.where(counted, target, 0)], weight.dtype.type(0))


def all_alike(target: Array, weight: Any, ignore_index: int, classes: int) -> bool:
    """Whether every target counts, and all the same: then a batch of rows needs no table of weights."""
    if weight is not None or target.ndim != 1 or not target.size or 0 <= ignore_index < classes:
        return False
    return int(np.minimum.reduce(target)) >= 0


def nll_gradient(F: Any, g: Any, s: Any) -> Any:
    """`−g · weight` at the target's class, over the sum of the weights for the mean."""
    target = raw(s.target)
    if s.reduction != "none" and all_alike(target, s.weight, s.ignore_index, s.input_shape[-1]):
        each = -1.0 / target.size if s.reduction == "mean" else -1.0
        chosen = zeros(s.input_shape, s.input_dtype, target)
        chosen[arange(target.size, target), target] = each
        return g * chosen
    weights = class_weights(target, raw(s.weight), s.ignore_index, s.input_dtype)
    if s.reduction == "mean":
        weights = weights / weights.sum()
    axis = 1 if len(s.input_shape) > 1 else 0
    classes = arange(s.input_shape[axis], target).reshape(-1, *(1,) * (len(s.input_shape) - axis - 1))
    at = (classes == np.expand_dims(target, axis)) * np.expand_dims(-weights, axis)
    upstream = g if s.reduction != "none" else F.unsqueeze(g, axis)
    return upstream * at


@op(
    "nll_loss",
    "−input[target]",
    doc="The negative log probability of the target classes; the mean is weighted.",
    grads={"input": ("−g at the target class / n", nll_gradient)},
    backward=lambda call: "NllLossBackward0" if call["input"].ndim < 3 else "NllLoss2DBackward0",
    saves=["target", "weight", "ignore_index", "reduction", "input_shape", "input_dtype"],
    **OPTIONS,
)
def nll_loss(
    input: Array, target: Array, weight: Any = None, ignore_index: int = -100, reduction: str = "mean"
) -> Array:
    if input.ndim == 1 and target.shape == (1,):
        target = target.reshape(())
    inside = check_classes(input, target, ignore_index)
    if inside and weight is None and input.ndim == 2 and not 0 <= ignore_index < input.shape[1]:
        return reduced(-input[arange(target.size, target), target], reduction)
    weights = class_weights(target, weight, ignore_index, input.dtype)
    axis = 1 if input.ndim > 1 else 0
    places = np.expand_dims(np.where(target == ignore_index, 0, target), axis)
    losses = -np.squeeze(np.take_along_axis(input, places, axis), axis) * weights
    if reduction != "mean":
        return reduced(losses, reduction)
    return np.add.reduce(losses, axis=None) / np.add.reduce(weights, axis=None)


@op(
    "soft_margin_loss",
    "ln(1 + exp(−target · input))",
    doc="The logistic loss of targets 1 and −1.",
    grads={
        "input": (
            "−g · target σ(−target · input) / n",
            lambda F, g, s: share(g, s) * (-s.target * F.sigmoid(-s.target * s.input)),
        )
    },
    saves=SAVES,
    samples=[sample(arr(2, 3), arr(2, 3))],
    **OPTIONS,
)
def soft_margin_loss(input: Array, target: Array, reduction: str = "mean") -> Array:
    signs = target if target.dtype.kind == "f" else target.astype(input.dtype)
    return reduced(np.log1p(np.exp(-signs * input)), reduction)
