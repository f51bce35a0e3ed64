"""Losses that torch writes in terms of other operators."""

from __future__ import annotations

import math
import warnings
from typing import Any, TypeAlias

import numpy as np

from engine.apply import run
from engine.dtypes import SCALAR_NAMES, int64
from engine.registry import OPS
from engine.tensor import Tensor as TensorType

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """The mean or sum of the losses, or all of them."""
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    if reduction != "none":
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return losses


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    """The mean of squared differences; differing sizes are broadcast, with torch's warning."""
    if target.size() != input.size():
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will "
            "likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            stacklevel=2,
        )
    if weight is not None:
        squares = weight * (input - target) ** 2
        return squares.sum() / weight.sum() if reduction == "mean" else reduced(squares, reduction)
    return run(OPS["mse_loss"], (input, target, reduction), {})


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The negative log of the softmax at the target classes, or against target probabilities."""
    axis = 1 if input._data.ndim > 1 else 0
    if not isinstance(target, TensorType):
        raise TypeError(
            f"cross_entropy_loss(): argument 'target' (position 2) must be Tensor, not {type(target).__name__}"
        )
    if target._data.shape == input._data.shape:
        if not target.is_floating_point():
            kind = SCALAR_NAMES[target.dtype]
            raise RuntimeError(f"Expected floating point type for target with class probabilities, got {kind}")
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing, axis)
    log_probabilities = run(OPS["log_softmax"], (input, axis), {})
    hard = run(OPS["nll_loss"], (log_probabilities, target, weight, ignore_index, reduction), {})
    if not label_smoothing:
        return hard
    counted = target != ignore_index
    scaled = log_probabilities if weight is None else log_probabilities * _along(weight, input.dim())
    spread = -scaled.sum(axis).masked_fill(counted.logical_not(), 0.0)
    if reduction == "mean":
        total = (
            counted.sum() if weight is None else weight[target.masked_fill(counted.logical_not(), 0)].mul(counted).sum()
        )
        smooth = spread.sum() / total
    else:
        smooth = reduced(spread, reduction)
    classes = input.size(axis)
    return (1 - label_smoothing) * hard + label_smoothing / classes * smooth


def _along(weight: Tensor, ndim: int) -> Tensor:
    """Class weights in a shape that multiplies the class dimension."""
    return weight if ndim == 1 else weight.reshape(1, -1, *(1,) * (ndim - 2))


def _soft_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None, reduction: str, smoothing: float, axis: int
) -> Tensor:
    """The cross entropy against target probabilities; the mean is over the batch, not the classes."""
    if smoothing:
        target = target * (1 - smoothing) + smoothing / input.size(axis)
    scores = run(OPS["log_softmax"], (input, axis), {}) * target
    if weight is not None:
        scores = scores * _along(weight, input.dim())
    if reduction == "mean":
        return -scores.sum() / (input.numel() // input.size(axis))
    return -scores.sum() if reduction == "sum" else -scores.sum(axis)


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """The Kullback–Leibler divergence of target from the distribution whose logarithm is input."""
    if log_target:
        losses = target.exp() * (target - input)
    else:
        logs = run(OPS["where"], (target > 0, target.clamp(min=1e-45).log() * target, target * 0), {})
        losses = logs - target * input
    if reduction == "batchmean":
        return losses.sum() / input.size(0)
    return reduced(losses, reduction)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: Any = None,
    eps: float = 1e-8,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log likelihood of Poisson counts."""
    losses = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        losses = losses + stirling.masked_fill(target <= 1, 0)
    return reduced(losses, reduction)


def _one_apart(shape: Any, other: Any) -> bool:
    """Whether two shapes differ in the last dimension only, where one of them has size 1."""
    return len(shape) == len(other) and shape[:-1] == other[:-1] and shape[-1] == 1


def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Tensor | float, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """The negative log likelihood of normal values with the given variances."""
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    if isinstance(var, TensorType) and var.shape != input.shape:
        if var.shape != input.shape[:-1] and not _one_apart(var.shape, input.shape):
            raise ValueError("var is of incorrect size")
        var = var.unsqueeze(-1) if var.shape == input.shape[:-1] else var
    spread: Tensor = var if isinstance(var, TensorType) else run(OPS["full_like"], (input, float(var)), {})
    if (spread < 0).any():
        raise ValueError("var has negative entry/entries")
    spread = spread.clamp(min=eps)
    losses = 0.5 * (spread.log() + (input - target) ** 2 / spread)
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """The input where the target is 1, `max(0, margin − input)` where it is −1."""
    far = (margin - input).clamp_min(0).masked_fill(target == 1, 0)
    return reduced(far + input.masked_fill(target == -1, 0), reduction)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """`max(0, −target (input1 − input2) + margin)`."""
    if input1.dim() != input2.dim() or input1.dim() != target.dim():
        sizes = f"input1: {input1.size()}, input2: {input2.size()}, target: {target.size()} "
        raise RuntimeError(f"margin_ranking_loss : All input tensors should have same dimension but got sizes: {sizes}")
    return reduced((-target * (input1 - input2) + margin).clamp_min(0), reduction)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along a dimension."""
    if x1.shape != x2.shape:
        shape = np.broadcast_shapes(x1.shape, x2.shape)
        x1, x2 = x1.expand(shape), x2.expand(shape)
    first = x1 / x1.norm(2, dim, keepdim=True).clamp_min(eps)
    second = x2 / x2.norm(2, dim, keepdim=True).clamp_min(eps)
    return (first * second).sum(dim)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm of the differences of vectors."""
    return (x1 - x2 + eps).norm(p, -1, keepdim)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """`1 − cos` for targets 1, `max(0, cos − margin)` for targets −1."""
    product, first, second = ((x * y).sum(-1) for x, y in ((input1, input2), (input1, input1), (input2, input2)))
    cosine = product / ((first + 1e-12) * (second + 1e-12)).sqrt()
    alike = (1 - cosine).masked_fill(target != 1, 0)
    unlike = (cosine - margin).clamp_min(0).masked_fill(target != -1, 0)
    return reduced(alike + unlike, reduction)


def _check_triplet(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float) -> None:
    """Refuse a margin that separates nothing, and tensors of differing numbers of dimensions."""
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    a, p, n = anchor.dim(), positive.dim(), negative.dim()
    if not a == p == n:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {a}D, positive {p}D, and negative {n}D inputs"
        )


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """`max(0, |anchor − positive| − |anchor − negative| + margin)`."""
    _check_triplet(anchor, positive, negative, margin)
    near, far = pairwise_distance(anchor, positive, p, eps), pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = far.minimum(pairwise_distance(positive, negative, p, eps))
    return reduced((margin + near - far).clamp_min(0), reduction)


def _check_reduction(reduction: str) -> None:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")


def _check_margin_target(input: Tensor, target: Tensor, weight: Tensor | None) -> None:
    """Refuse classes that do not go with the scores."""
    if (not 1 <= input.dim() <= 2 or input.size(-1) == 0) and (input.dim() or not input.numel()):
        raise RuntimeError(
            f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(input.shape)}"
        )
    examples = input.size(0) if input.dim() == 2 else 1
    if target.dim() > 1 or target.numel() != examples:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch "
            f"size). Expected target size [{examples}], but got {list(target.shape)}. Input has shape "
            f"{list(input.shape)}."
        )
    if target.dtype is not int64:
        raise RuntimeError(f"expected scalar type Long but found {SCALAR_NAMES[target.dtype]}")
    classes = input.size(-1) if input.dim() else 1
    if weight is not None and weight.numel() != classes:
        raise RuntimeError(f"inconsistent weight size, expected {classes} but got {list(weight.shape)}")


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over the other classes of `max(0, margin − input[target] + input[class])ᵖ`."""
    _check_reduction(reduction)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.dim() != 1:
        raise ValueError("weight must be one-dimensional")
    _check_margin_target(input, target, weight)
    rows = input if input.dim() == 2 else input.reshape(1, -1)
    index = target.reshape(-1, 1)
    gaps = (margin - rows.gather(1, index) + rows).clamp_min(0) ** p
    if weight is not None:
        gaps = gaps * weight[index]
    losses = gaps.scatter(1, index, 0.0).sum(1) / rows.size(1)
    return reduced(losses if input.dim() == 2 else losses.squeeze(0), reduction)


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over classes of the cross entropy of yes and no."""
    positive = run(OPS["logsigmoid"], (input,), {})
    negative = run(OPS["logsigmoid"], (-input,), {})
    losses = -(target * positive + (1 - target) * negative)
    if weight is not None:
        losses = losses * weight
    return reduced(losses.mean(-1), reduction)


def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    """The mean of `max(0, 1 − (input[label] − input[other]))` over labels and the classes that are none."""
    _check_reduction(reduction)
    if input.dim() > 2 or (input.dim() and input.size(-1) == 0):
        raise RuntimeError(
            f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(input.shape)}"
        )
    if target.shape != input.shape and (input.dim() or target.numel() != 1):
        raise RuntimeError(f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}")
    rows, labels = (input, target) if input.dim() == 2 else (input.reshape(1, -1), target.reshape(1, -1))
    losses = []
    for row, names in zip(rows, labels, strict=True):
        # The labels of an example end at the first −1.
        listed = names.tolist()
        chosen = listed[: listed.index(-1)] if -1 in listed else listed
        others = [i for i in range(row.numel()) if i not in chosen]
        if chosen and others:
            gaps = 1 - (row[chosen].unsqueeze(1) - row[others].unsqueeze(0))
            losses.append(gaps.clamp_min(0).sum() / row.numel())
        else:
            losses.append(row.sum() * 0)
    stacked = run(OPS["stack"], (losses, 0), {})
    return reduced(stacked if input.dim() == 2 else stacked.squeeze(0), reduction)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Any = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """The triplet loss with a distance of one's own."""
    _check_triplet(anchor, positive, negative, margin)
    distance = pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = far.minimum(distance(positive, negative))
    return reduced((margin + near - far).clamp_min(0), reduction)
