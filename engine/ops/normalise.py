"""Normalisation layers: over the batch, over features, over groups of channels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.backends import Array
from engine.registry import arr, op, sample

OPTIONS: dict[str, Any] = {"family": "layer", "function": False, "method": False}
Axes = tuple[int, ...]


def standardised(x: Array, axes: Axes, eps: float) -> Array:
    """`(x − mean) / √(variance + eps)` over `axes`."""
    count = max(math.prod([x.shape[d] for d in axes]), 1)
    center = np.add.reduce(x, axes, keepdims=True)
    center /= count
    away: Array = x - center
    variance = np.add.reduce(away * away, axes, keepdims=True)
    variance /= count
    variance += eps
    away /= np.sqrt(variance)
    return away


def standard(F: Any, s: Any, x: Any, axes: Axes) -> tuple[Any, Any]:
    """The standardised input, and `1 / √(variance + eps)`, by differentiable operators."""

    def make() -> tuple[Any, Any]:
        away = x - F.mean(x, axes, True)
        scale = F.rsqrt(F.mean(away * away, axes, True) + s.eps)
        return away * scale, scale

    found: tuple[Any, Any] = s.once(make)
    return found


def standardised_gradient(F: Any, g: Any, s: Any, x: Any, axes: Axes) -> Any:
    """`(g − mean(g) − x̂ mean(g x̂)) / √(variance + eps)`: what the standardised input gives back."""
    hat, scale = standard(F, s, x, axes)
    return scale * (g - F.mean(g, axes, True) - hat * F.mean(g * hat, axes, True))


def along_channels(F: Any, weight: Any, ndim: int) -> Any:
    """A vector with one entry for each channel, in a shape that multiplies dimension 1."""
    return F.reshape(weight, (weight.shape[0], *(1,) * (ndim - 2)))


def channel_sum(F: Any, g: Any, ndim: int) -> Any:
    """The sum over everything but the channels."""
    return F.sum(g, tuple(d for d in range(ndim) if d != 1))


# batch norm


def batch_axes(shape: Any) -> Axes:
    """All dimensions but the channels'."""
    return tuple(d for d in range(len(shape)) if d != 1)


def batch_hat(F: Any, s: Any) -> Any:
    """The input as batch norm standardises it: by its own moments, or by the running ones."""
    ndim = len(s.input_shape)
    if s.training or s.running_mean is None:
        return standard(F, s, s.input, batch_axes(s.input_shape))[0]
    scale = F.rsqrt(along_channels(F, s.running_var, ndim) + s.eps)
    return (s.input - along_channels(F, s.running_mean, ndim)) * scale


def batch_input(F: Any, g: Any, s: Any) -> Any:
    """The gradient of the input of batch norm."""
    ndim = len(s.input_shape)
    scaled = g if s.weight is None else g * along_channels(F, s.weight, ndim)
    if s.training or s.running_mean is None:
        return standardised_gradient(F, scaled, s, s.input, batch_axes(s.input_shape))
    return scaled * F.rsqrt(along_channels(F, s.running_var, ndim) + s.eps)


@op(
    "batch_norm",
    "(input − mean) / √(variance + eps) · weight + bias",
    doc="Each channel standardised over the batch, then scaled and shifted.",
    grads={
        "input": ("weight (g − mean(g) − x̂ mean(g x̂)) / √(variance + eps)", batch_input),
        "weight": ("Σ g · x̂", lambda F, g, s: channel_sum(F, g * batch_hat(F, s), len(s.input_shape))),
        "bias": ("Σ g", lambda F, g, s: channel_sum(F, g, len(s.input_shape))),
    },
    backward="NativeBatchNormBackward0",
    saves=["input", "input_shape", "running_mean", "running_var", "weight", "training", "eps"],
    samples=[sample(arr(4, 3), None, None, arr(3), arr(3), True)],
    **OPTIONS,
)
def batch_norm(
    input: Array,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    eps: float = 1e-5,
) -> Array:
    shape = (1, -1, *(1,) * (input.ndim - 2))
    if training or running_mean is None:
        out = standardised(input, batch_axes(input.shape), eps)
    else:
        scale = np.sqrt(running_var.reshape(shape) + input.dtype.type(eps))
        out = (input - running_mean.reshape(shape)) / scale
    if weight is not None:
        out *= weight.reshape(shape)
    if bias is not None:
        out += bias.reshape(shape)
    return out


# layer norm


def last_axes(shape: Any, normalized: Any) -> Axes:
    """The dimensions that layer norm standardises over."""
    return tuple(range(len(shape) - len(normalized), len(shape)))


def layer_input(F: Any, g: Any, s: Any) -> Any:
    """The gradient of the input of layer norm."""
    scaled = g if s.weight is None else g * s.weight
    return standardised_gradient(F, scaled, s, s.input, last_axes(s.input_shape, s.normalized_shape))


@op(
    "layer_norm",
    "(input − mean) / √(variance + eps) · weight + bias",
    doc="Each example standardised over its features, then scaled and shifted.",
    grads={
        "input": ("weight (g − mean(g) − x̂ mean(g x̂)) / √(variance + eps)", layer_input),
        "weight": (
            "g · x̂",
            lambda F, g, s: g * standard(F, s, s.input, last_axes(s.input_shape, s.normalized_shape))[0],
        ),
        "bias": ("g", lambda F, g, s: g),
    },
    backward="NativeLayerNormBackward0",
    saves=["input", "input_shape", "normalized_shape", "weight", "eps"],
    samples=[sample(arr(2, 4), (4,), arr(4), arr(4))],
    **OPTIONS,
)
def layer_norm(input: Array, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Array:
    wanted = tuple(normalized_shape)
    if tuple(input.shape[-len(wanted) :]) != wanted:
        raise RuntimeError(
            f"Given normalized_shape={list(wanted)}, expected input with shape "
            f"[*, {', '.join(map(str, wanted))}], but got input of size{list(input.shape)}"
        )
    out = standardised(input, last_axes(input.shape, wanted), eps)
    if weight is not None:
        out *= weight
    if bias is not None:
        out += bias
    return out


# group norm


def in_groups(shape: Any, num_groups: int) -> tuple[int, ...]:
    """The shape in which every group of channels is one line."""
    return (shape[0], num_groups, math.prod(shape[1:]) // num_groups)


def group_hat(F: Any, s: Any) -> Any:
    """The input standardised in groups."""
    lines = F.reshape(s.input, in_groups(s.input_shape, s.num_groups))
    return F.reshape(standard(F, s, lines, (2,))[0], s.input_shape)


def group_input(F: Any, g: Any, s: Any) -> Any:
    """The gradient of the input of group norm."""
    scaled = g if s.weight is None else g * along_channels(F, s.weight, len(s.input_shape))
    lines = in_groups(s.input_shape, s.num_groups)
    found = standardised_gradient(F, F.reshape(scaled, lines), s, F.reshape(s.input, lines), (2,))
    return F.reshape(found, s.input_shape)


@op(
    "group_norm",
    "(input − mean) / √(variance + eps) · weight + bias",
    doc="Groups of channels standardised for each example, then scaled and shifted.",
    grads={
        "input": ("weight (g − mean(g) − x̂ mean(g x̂)) / √(variance + eps)", group_input),
        "weight": ("Σ g · x̂", lambda F, g, s: channel_sum(F, g * group_hat(F, s), len(s.input_shape))),
        "bias": ("Σ g", lambda F, g, s: channel_sum(F, g, len(s.input_shape))),
    },
    backward="NativeGroupNormBackward0",
    saves=["input", "input_shape", "num_groups", "weight", "eps"],
    samples=[sample(arr(2, 4, 3), 2, arr(4), arr(4))],
    **OPTIONS,
)
def group_norm(input: Array, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Array:
    if input.ndim < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.ndim}")
    if input.shape[1] % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    out = standardised(input.reshape(in_groups(input.shape, num_groups)), (2,), eps).reshape(input.shape)
    shape = (1, -1, *(1,) * (input.ndim - 2))
    if weight is not None:
        out *= weight.reshape(shape)
    if bias is not None:
        out += bias.reshape(shape)
    return out
