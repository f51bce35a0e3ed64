"""The update rules of the optimizers, as rows of the operator table.

A row takes the parameter, its gradient, the state buffers (written here, in place) and numbers; it gives the new
parameter, which the caller writes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.backends import Array
from engine.registry import op

OPTIONS: dict[str, Any] = {"family": "optimizer", "function": False, "method": False}


def decayed(param: Array, grad: Array, weight_decay: float) -> Array:
    """The gradient of the loss with a penalty on the parameter's size."""
    return grad + weight_decay * param if weight_decay else grad


def follow(average: Array, value: Array, keep: float) -> None:
    """`average ← keep · average + (1 − keep) · value`."""
    average *= average.dtype.type(keep)
    average += (1 - keep) * value


@op(
    "sgd_step",
    "param − lr · (grad + weight_decay · param), with momentum",
    doc="One step of gradient descent.",
    **OPTIONS,
)
def sgd_step(
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
    grad = decayed(input, grad, weight_decay)
    if buffer is not None:
        if first:
            buffer[...] = grad
        else:
            buffer *= buffer.dtype.type(momentum)
            buffer += (1 - dampening) * grad
        grad = grad + momentum * buffer if nesterov else buffer
    return input - lr * grad


@op("adam_step", "param − lr · m̂ / (√v̂ + eps)", doc="One step of Adam (Kingma and Ba, 2014) or AdamW.", **OPTIONS)
def adam_step(
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
    if decoupled:
        input = input * input.dtype.type(1 - lr * weight_decay)
    else:
        grad = decayed(input, grad, weight_decay)
    mean += (1 - beta1) * (grad - mean)
    follow(square, grad * grad, beta2)
    size = square
    if largest is not None:
        np.maximum(largest, square, out=largest)
        size = largest
    denominator = np.sqrt(size) / math.sqrt(1 - beta2**time) + eps
    return input - (lr / (1 - beta1**time)) * (mean / denominator)


@op("rmsprop_step", "param − lr · grad / (√mean(grad²) + eps)", doc="One step of RMSprop (Hinton, 2012).", **OPTIONS)
def rmsprop_step(
    input: Array,
    grad: Array,
    square: Array,
    mean: Any,
    buffer: Any,
    lr: float,
    alpha: float,
    eps: float,
    weight_decay: float,
    momentum: float,
) -> Array:
    grad = decayed(input, grad, weight_decay)
    follow(square, grad * grad, alpha)
    spread = square
    if mean is not None:
        mean += (1 - alpha) * (grad - mean)
        spread = square - mean * mean
    scaled = grad / (np.sqrt(spread) + eps)
    if buffer is None:
        return input - lr * scaled
    buffer *= buffer.dtype.type(momentum)
    buffer += scaled
    return input - lr * buffer


@op(
    "adagrad_step",
    "param − lr · grad / (√Σ grad² + eps)",
    doc="One step of Adagrad (Duchi and others, 2011).",
    **OPTIONS,
)
def adagrad_step(input: Array, grad: Array, total: Array, lr: float, eps: float, weight_decay: float) -> Array:
    grad = decayed(input, grad, weight_decay)
    total += grad * grad
    return input - lr * (grad / (np.sqrt(total) + eps))


@op(
    "adadelta_step",
    "param − lr · √(mean(delta²) + eps) / √(mean(grad²) + eps) · grad",
    doc="One step of Adadelta (Zeiler, 2012).",
    **OPTIONS,
)
def adadelta_step(
    input: Array, grad: Array, square: Array, moved: Array, lr: float, rho: float, eps: float, weight_decay: float
) -> Array:
    grad = decayed(input, grad, weight_decay)
    follow(square, grad * grad, rho)
    delta = np.sqrt(moved + eps) / np.sqrt(square + eps) * grad
    follow(moved, delta * delta, rho)
    return input - lr * delta


@op(
    "adamax_step",
    "param − lr · m̂ / max|grad|",
    doc="One step of Adamax, Adam with the largest gradient in place of the mean square.",
    **OPTIONS,
)
def adamax_step(
    input: Array,
    grad: Array,
    mean: Array,
    largest: Array,
    time: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
) -> Array:
    grad = decayed(input, grad, weight_decay)
    mean += (1 - beta1) * (grad - mean)
    np.maximum(beta2 * largest, np.abs(grad) + eps, out=largest)
    return input - (lr / (1 - beta1**time)) * (mean / largest)


@op("nadam_step", "Adam with Nesterov's momentum", doc="One step of NAdam (Dozat, 2016).", **OPTIONS)
def nadam_step(
    input: Array,
    grad: Array,
    mean: Array,
    square: Array,
    time: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    decoupled: bool,
    weights: tuple[float, float],
) -> Array:
    if decoupled:
        input = input * input.dtype.type(1 - lr * weight_decay)
    else:
        grad = decayed(input, grad, weight_decay)
    mean += (1 - beta1) * (grad - mean)
    follow(square, grad * grad, beta2)
    denominator = np.sqrt(square / (1 - beta2**time)) + eps
    return input - lr * weights[0] * (grad / denominator) - lr * weights[1] * (mean / denominator)


@op("radam_step", "Adam, its first steps rectified", doc="One step of RAdam (Liu and others, 2019).", **OPTIONS)
def radam_step(
    input: Array,
    grad: Array,
    mean: Array,
    square: Array,
    time: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    decoupled: bool,
) -> Array:
    if decoupled:
        input = input * input.dtype.type(1 - lr * weight_decay)
    else:
        grad = decayed(input, grad, weight_decay)
    mean += (1 - beta1) * (grad - mean)
    follow(square, grad * grad, beta2)
    correction = 1 - beta2**time
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * time * (beta2**time) / correction
    step = mean / (1 - beta1**time) * lr
    if length > 5.0:
        rectified = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
        step = step * (math.sqrt(correction) / (np.sqrt(square) + eps)) * math.sqrt(rectified)
    return input - step


@op(
    "rprop_step",
    "param − step · sign(grad)",
    doc="One step of resilient backpropagation (Riedmiller and Braun, 1992).",
    **OPTIONS,
)
def rprop_step(
    input: Array, grad: Array, previous: Array, steps: Array, etas: tuple[float, float], limits: tuple[float, float]
) -> Array:
    agreement = np.sign(grad * previous)
    factors = np.where(agreement > 0, etas[1], np.where(agreement < 0, etas[0], 1.0))
    steps[...] = np.clip(steps * factors, *limits)
    grad = np.where(agreement < 0, 0, grad).astype(input.dtype)
    previous[...] = grad
    return input - np.sign(grad) * steps


@op(
    "asgd_step",
    "param · (1 − lambd · eta) − eta · grad",
    doc="One step of averaged gradient descent (Polyak and Juditsky, 1992).",
    **OPTIONS,
)
def asgd_step(
    input: Array, grad: Array, average: Array, eta: float, share: float, lambd: float, weight_decay: float
) -> Array:
    grad = decayed(input, grad, weight_decay)
    moved = input * input.dtype.type(1 - lambd * eta) - eta * grad
    average += (moved - average) * average.dtype.type(share)
    return moved
