"""Activations with a parameter or a formula of their own; relu, tanh and sigmoid are among the elementwise rows.

They live in `torch.nn.functional`; `selu`, `celu`, `threshold` and `prelu` are in `torch` too.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import dtypes
from engine.backends import Array
from engine.errors import dimension
from engine.ops.sizes import part
from engine.ops.special import erf_of
from engine.registry import arr, op, sample

SAMPLES = [sample(arr(2, 3))]
FLOATS: dict[str, Any] = {"family": "activation", "function": False, "method": False}
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805
ROOT = math.sqrt(2 / math.pi)
DENSITY = 1 / math.sqrt(2 * math.pi)


def logistic(x: Array) -> Array:
    """The sigmoid of an array; where exp overflows, the 0 it should be."""
    return 1 / (1 + np.exp(-x))


@op(
    "leaky_relu",
    "input if input > 0 else negative_slope · input",
    doc="Relu that lets a little through below zero.",
    grads={"input": ("g, times negative_slope below 0", lambda F, g, s: F.where(s.input > 0, g, g * s.negative_slope))},
    samples=SAMPLES,
    inplace=True,
    **FLOATS,
)
def leaky_relu(input: Array, negative_slope: float = 0.01) -> Array:
    return np.where(input > 0, input, input * negative_slope)[()]


@op(
    "elu",
    "input if input > 0 else alpha (exp(input) − 1)",
    doc="Relu that bends smoothly towards −alpha.",
    grads={
        "input": (
            "g, times alpha exp(input) up to 0",
            lambda F, g, s: F.where(s.input > 0, g, g * s.alpha * F.exp(s.input)),
        )
    },
    samples=SAMPLES,
    inplace=True,
    **FLOATS,
)
def elu(input: Array, alpha: float = 1.0) -> Array:
    return np.where(input > 0, input, alpha * np.expm1(np.minimum(input, 0)))[()]


@op(
    "selu",
    "scale · (input if input > 0 else alpha (exp(input) − 1))",
    family="activation",
    doc="The elu whose constants keep mean and variance.",
    grads={
        "input": (
            "g · scale, times alpha exp(input) up to 0",
            lambda F, g, s: F.where(s.input > 0, g * SELU_SCALE, g * (SELU_SCALE * SELU_ALPHA) * F.exp(s.input)),
        )
    },
    backward="EluBackward0",
    method=False,
    samples=SAMPLES,
    inplace=True,
)
def selu(input: Array) -> Array:
    return SELU_SCALE * np.where(input > 0, input, SELU_ALPHA * np.expm1(np.minimum(input, 0)))


@op(
    "celu",
    "input if input > 0 else alpha (exp(input / alpha) − 1)",
    family="activation",
    doc="An elu whose slope is continuous for every alpha.",
    grads={
        "input": (
            "g, times exp(input / alpha) up to 0",
            lambda F, g, s: F.where(s.input > 0, g, g * F.exp(s.input / s.alpha)),
        )
    },
    method=False,
    samples=SAMPLES,
    inplace=True,
)
def celu(input: Array, alpha: float = 1.0) -> Array:
    return np.where(input > 0, input, alpha * np.expm1(np.minimum(input, 0) / alpha))[()]


def gelu_gradient(F: Any, g: Any, s: Any) -> Any:
    """`g · (Φ(x) + x φ(x))`, or the derivative of the tanh form."""
    x = s.input
    if s.approximate == "tanh":
        t = F.tanh(ROOT * (x + 0.044715 * (x * x * x)))
        inner = ROOT * (1 + 3 * 0.044715 * (x * x))
        return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner)
    return g * ((0.5 + 0.5 * F.erf(x * math.sqrt(0.5))) + x * (DENSITY * F.exp(-0.5 * (x * x))))


@op(
    "gelu",
    "input · Φ(input)",
    doc="The input times the normal distribution function of it.",
    grads={"input": ("g · (Φ(input) + input φ(input))", gelu_gradient)},
    saves=["input", "approximate"],
    samples=[*SAMPLES, sample(arr(3), approximate="tanh")],
    **FLOATS,
)
def gelu(input: Array, *, approximate: str = "none") -> Array:
    if approximate == "tanh":
        return 0.5 * input * (1 + np.tanh(ROOT * (input + 0.044715 * (input * input * input))))
    if approximate != "none":
        raise RuntimeError("approximate argument must be either none or tanh.")
    out = erf_of(input * math.sqrt(0.5))
    out += 1
    out *= input
    out *= 0.5
    return out


def silu_gradient(F: Any, g: Any, s: Any) -> Any:
    """`g · σ(x) (1 + x (1 − σ(x)))`."""
    y = F.sigmoid(s.input)
    return g * (y * (1 + s.input * (1 - y)))


@op(
    "silu",
    "input · σ(input)",
    doc="The input times its sigmoid.",
    grads={"input": ("g · σ(input) (1 + input (1 − σ(input)))", silu_gradient)},
    saves=["input"],
    samples=SAMPLES,
    inplace=True,
    **FLOATS,
)
def silu(input: Array) -> Array:
    return input * logistic(input)


def mish_gradient(F: Any, g: Any, s: Any) -> Any:
    """`g · (t + x σ(x) (1 − t²))` with `t = tanh(softplus(x))`."""
    t = F.tanh(F.softplus(s.input))
    return g * (t + s.input * F.sigmoid(s.input) * (1 - t * t))


@op(
    "mish",
    "input · tanh(softplus(input))",
    doc="A smooth relative of relu.",
    grads={"input": ("g · (t + input σ(input) (1 − t²)), t = tanh(softplus(input))", mish_gradient)},
    saves=["input"],
    samples=SAMPLES,
    inplace=True,
    **FLOATS,
)
def mish(input: Array) -> Array:
    return input * np.tanh(np.logaddexp(input, input.dtype.type(0)))


@op(
    "softplus",
    "ln(1 + exp(beta · input)) / beta",
    doc="A smooth relu; straight above the threshold.",
    grads={
        "input": (
            "g · σ(beta · input)",
            lambda F, g, s: F.where(s.input * s.beta > s.threshold, g, g * F.sigmoid(s.input * s.beta)),
        )
    },
    samples=SAMPLES,
    **FLOATS,
)
def softplus(input: Array, beta: float = 1.0, threshold: float = 20.0) -> Array:
    scaled = input * beta
    return np.where(scaled > threshold, input, np.log1p(np.exp(np.minimum(scaled, threshold))) / beta)[()]


@op(
    "hardtanh",
    "input, kept within [min_val, max_val]",
    doc="The input, cut off at both ends.",
    grads={
        "input": (
            "g strictly inside, 0 outside",
            lambda F, g, s: g * ((s.input > s.min_val) & (s.input < s.max_val)),
        )
    },
    samples=SAMPLES,
    inplace=True,
    **FLOATS,
)
def hardtanh(input: Array, min_val: float = -1.0, max_val: float = 1.0) -> Array:
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return np.clip(input, input.dtype.type(min_val), input.dtype.type(max_val))


@op(
    "relu6",
    "input, kept within [0, 6]",
    doc="Relu, cut off at 6.",
    grads={"input": ("g strictly inside, 0 outside", lambda F, g, s: g * ((s.input > 0) & (s.input < 6)))},
    backward="HardtanhBackward0",
    samples=SAMPLES,
    inplace=True,
    **FLOATS,
)
def relu6(input: Array) -> Array:
    return np.clip(input, input.dtype.type(0), input.dtype.type(6))


@op(
    "hardsigmoid",
    "input / 6 + 1/2, kept within [0, 1]",
    doc="A sigmoid of straight pieces.",
    grads={"input": ("g / 6 inside (−3, 3)", lambda F, g, s: g * ((s.input > -3) & (s.input < 3)) / 6)},
    samples=SAMPLES,
    inplace=True,
    **FLOATS,
)
def hardsigmoid(input: Array) -> Array:
    return np.clip(input + 3, input.dtype.type(0), input.dtype.type(6)) / 6


@op(
    "hardswish",
    "input · hardsigmoid(input)",
    doc="A silu of straight pieces.",
    grads={
        "input": (
            "g · (input / 3 + 1/2) between −3 and 3",
            lambda F, g, s: F.where(s.input <= -3, g * 0, F.where(s.input < 3, g * (s.input / 3 + 0.5), g)),
        )
    },
    samples=SAMPLES,
    inplace=True,
    **FLOATS,
)
def hardswish(input: Array) -> Array:
    return input * np.clip(input + 3, input.dtype.type(0), input.dtype.type(6)) / 6


@op(
    "softshrink",
    "input, lambd nearer to 0",
    doc="The input moved towards zero by lambd.",
    grads={"input": ("g where |input| > lambd", lambda F, g, s: g * (F.abs(s.input) > s.lambd))},
    samples=SAMPLES,
    **FLOATS,
)
def softshrink(input: Array, lambd: float = 0.5) -> Array:
    if lambd < 0:
        most, kind = np.finfo(input.dtype).max, dtypes.SCALAR_NAMES[dtypes.FROM_NUMPY[input.dtype]]
        raise RuntimeError(f"lambda must be in range [0, {most:g}] for input dtype {kind}, but found {lambd:g}")
    return np.where(input > lambd, input - lambd, np.where(input < -lambd, input + lambd, input * 0))[()]


@op(
    "hardshrink",
    "input where |input| > lambd, else 0",
    doc="The input, zero near zero.",
    grads={"input": ("g where |input| > lambd", lambda F, g, s: g * (F.abs(s.input) > s.lambd))},
    family="activation",
    samples=SAMPLES,
)
def hardshrink(input: Array, lambd: float = 0.5) -> Array:
    return np.where(np.abs(input) > lambd, input, input * 0)[()]


@op(
    "logsigmoid",
    "−ln(1 + exp(−input))",
    doc="The logarithm of the sigmoid, without overflow.",
    grads={"input": ("g · σ(−input)", lambda F, g, s: g * F.sigmoid(-s.input))},
    backward="LogSigmoidBackward0",
    samples=SAMPLES,
    **FLOATS,
)
def logsigmoid(input: Array) -> Array:
    return np.minimum(input, input.dtype.type(0)) - np.log1p(np.exp(-np.abs(input)))


@op(
    "threshold",
    "input if input > threshold else value",
    family="activation",
    doc="The input above a threshold, a constant up to it.",
    grads={"input": ("g above the threshold", lambda F, g, s: g * (s.input > s.threshold))},
    method=False,
    samples=[sample(arr(2, 3), 0.5, 2.0)],
    inplace=True,
)
def threshold(input: Array, threshold: float, value: float) -> Array:
    return np.where(input > threshold, input, input.dtype.type(value))[()]


def per_channel(F: Any, weight: Any, shape: Any) -> Any:
    """A prelu weight in a shape that multiplies channels."""
    if len(weight.shape) != 1 or weight.shape[0] == 1:
        return weight
    return F.reshape(weight, (weight.shape[0], *(1 for _ in shape[2:])))


def prelu_weight_gradient(F: Any, g: Any, s: Any) -> Any:
    """`Σ g · input` where the input is negative, for each channel."""
    part = g * s.input * (s.input <= 0)
    count = s.weight_shape[0] if s.weight_shape else 1
    if count == 1:
        return F.reshape(F.sum(part), s.weight_shape)
    others = tuple(d for d in range(len(s.input_shape)) if d != 1)
    return F.reshape(F.sum(part, others), s.weight_shape)


@op(
    "prelu",
    "input if input > 0 else weight · input",
    family="activation",
    doc="A leaky relu whose slope is learnt, for all or for each channel.",
    grads={
        "input": (
            "g, times weight up to 0",
            lambda F, g, s: F.where(s.input > 0, g, g * per_channel(F, s.weight, s.input_shape)),
        ),
        "weight": ("Σ g · input where input ≤ 0", prelu_weight_gradient),
    },
    backward="PreluKernelBackward0",
    saves=["input", "input_shape", "weight", "weight_shape"],
    samples=[sample(arr(2, 3), arr(1)), sample(arr(2, 3, 4), arr(3))],
)
def prelu(input: Array, weight: Array) -> Array:
    if weight.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}")
    if weight.size != 1:
        if not input.ndim:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input.shape[1] if input.ndim > 1 else 1
        if channels != weight.size:
            raise RuntimeError(
                f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {weight.size} and "
                f"channel size = {channels}."
            )
    weight = weight.reshape(-1, *(1 for _ in input.shape[2:])) if weight.size != 1 else weight.reshape(())
    return np.where(input > 0, input, weight * input)[()]


def glu_gradient(F: Any, g: Any, s: Any) -> Any:
    """`g σ(b)` for the first half, `g a σ(b) (1 − σ(b))` for the second."""
    half = s.input_shape[s.dim] // 2
    a, b = part(F, s.input, s.dim, 0, half), part(F, s.input, s.dim, half, half)
    y = F.sigmoid(b)
    return F.cat([g * y, g * (a * (y * (1 - y)))], s.dim)


@op(
    "glu",
    "a · σ(b), a and b the halves of input",
    doc="One half of the input, gated by the sigmoid of the other.",
    grads={"input": ("g σ(b), and g a σ(b) (1 − σ(b))", glu_gradient)},
    saves=["input", "input_shape", "dim"],
    samples=[sample(arr(2, 4)), sample(arr(4, 3), 0)],
    **FLOATS,
)
def glu(input: Array, dim: int = -1) -> Array:
    axis = dimension(dim, input.ndim)
    if input.shape[axis] % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {axis} is size {input.shape[axis]}")
    a, b = np.split(input, 2, axis=axis)
    return a * logistic(b)
