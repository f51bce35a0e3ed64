"""Dropout of elements and of whole channels, as functions."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from engine.apply import run
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


def _check_p(p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _dropped(input: Tensor, noise: Tensor, p: float, inplace: bool) -> Tensor:
    """The input times ones and zeros that are drawn into `noise`, scaled to keep the mean."""
    noise.bernoulli_(1 - p)
    if p < 1:
        noise.div_(1 - p)
    return input.mul_(noise) if inplace else input * noise


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element zero with probability p while training, the others scaled by 1 / (1 − p)."""
    _check_p(p)
    if not training or p == 0 or not input.numel():
        return input
    return _dropped(input, run(OPS["empty_like"], (input,), {}), p, inplace)


def _feature_dropout(input: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
    _check_p(p)
    if not training or p == 0 or not input.numel():
        return input
    shape = (*input.shape[:2], *(1,) * (input.dim() - 2))
    return _dropped(input, run(OPS["new_empty"], (input, shape), {}), p, inplace)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels zero with probability p while training."""
    if input.dim() == 2:
        return _feature_dropout(input.unsqueeze(0), p, training, inplace).squeeze(0)
    return _feature_dropout(input, p, training, inplace)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels zero with probability p while training."""
    return _feature_dropout(input, p, training, inplace)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels zero with probability p while training."""
    if input.dim() == 4:
        out = _feature_dropout(input.unsqueeze(0), p, training, inplace).squeeze(0)
        return input if inplace else out
    return _feature_dropout(input, p, training, inplace)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps the mean and variance of selu networks."""
    return _alpha_dropped(input, tuple(input.shape), p, training, inplace)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Alpha dropout of whole channels."""
    return _alpha_dropped(input, (*input.shape[:2], *(1,) * (input.dim() - 2)), p, training, inplace)


def _alpha_dropped(input: Tensor, shape: tuple[int, ...], p: float, training: bool, inplace: bool) -> Tensor:
    """`input` with noise of a shape that broadcasts to its own."""
    _check_p(p)
    if not training or p == 0 or not input.numel():
        return input
    alpha = 1.7580993408473766
    keep = input.new_empty(shape).bernoulli_(1 - p)
    a = 0.0 if p == 1 else 1.0 / math.sqrt((alpha * alpha * p + 1) * (1 - p))
    shift = (keep - 1) * (alpha * a) + alpha * a * p
    return input.mul_(keep * a).add_(shift) if inplace else input * (keep * a) + shift
