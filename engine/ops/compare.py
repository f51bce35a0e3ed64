"""Comparison, logic, bits and choice: which of two, whether, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes, errors
from engine.arguments import must_be_tensor
from engine.ops.arithmetic import BOTH, PAIR
from engine.registry import arr, composite, is_tensor, op, sample

Array = Any
MASK = arr(2, 3, kind="bool")
INTS = [sample(arr(2, 3, low=0, high=9, kind="int"), arr(3, low=0, high=5, kind="int"))]


def _of_two(input: Array, other: Array) -> None:
    """The signature of a comparison."""


def _of_input(input: Array) -> None:
    """The signature of a test."""


def comparison(name: str, sign: str, compute: Callable[[Any, Any], Any], alias: str = "") -> None:
    """Declare a comparison of two tensors."""
    op(
        name,
        f"input {sign} other",
        family="comparison",
        doc=f"Whether input {sign} other, element by element.",
        promote=BOTH,
        inplace=True,
        aliases=(alias,) if alias else (),
        samples=PAIR,
        signature=_of_two,
    )(compute)


comparison("eq", "=", np.equal)
comparison("ne", "≠", np.not_equal, "not_equal")
comparison("lt", "<", np.less, "less")
comparison("le", "≤", np.less_equal, "less_equal")
comparison("gt", ">", np.greater, "greater")
comparison("ge", "≥", np.greater_equal, "greater_equal")

for _name, _sign, _compute in (
    ("logical_and", "and", np.logical_and),
    ("logical_or", "or", np.logical_or),
    ("logical_xor", "xor", np.logical_xor),
):
    op(
        _name,
        f"input {_sign} other",
        family="logic",
        doc=f"The logical {_sign}; numbers count as true unless zero.",
        inplace=True,
        samples=[sample(MASK, arr(3, kind="bool"))],
        signature=_of_two,
    )(_compute)

for _name, _formula, _test in (
    ("logical_not", "not input", np.logical_not),
    ("isfinite", "|input| < ∞", np.isfinite),
    ("isinf", "|input| = ∞", np.isinf),
    ("isnan", "input is NaN", np.isnan),
    ("isposinf", "input = ∞", np.isposinf),
    ("isneginf", "input = −∞", np.isneginf),
    ("signbit", "input < 0 or −0", np.signbit),
):
    op(
        _name,
        _formula,
        family="logic",
        doc=f"Whether {_formula}, element by element.",
        inplace=_name == "logical_not",
        samples=[sample(arr(2, 3))],
        signature=_of_input,
    )(_test)


@op("isreal", "input is real", family="logic", doc="Whether the imaginary part is 0.", samples=[sample(arr(2))])
def isreal(input: Array) -> Array:
    return np.isreal(input)


def _bits(compute: Callable[..., Any], name: str) -> Callable[..., Any]:
    def forward(input: Array, other: Array) -> Array:
        if any(getattr(x, "dtype", np.dtype(int)).kind == "f" or isinstance(x, float) for x in (input, other)):
            raise NotImplementedError(f"\"{name}_cpu\" not implemented for 'Float'")
        return compute(input, other)

    return forward


_BITWISE: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("bitwise_and", "&", np.bitwise_and),
    ("bitwise_or", "|", np.bitwise_or),
    ("bitwise_xor", "^", np.bitwise_xor),
    ("bitwise_left_shift", "<<", np.left_shift),
    ("bitwise_right_shift", ">>", np.right_shift),
)
for _name, _sign, _bitwise in _BITWISE:
    op(
        _name,
        f"input {_sign} other",
        family="logic",
        doc="Bit by bit; for booleans the logical operation.",
        promote=BOTH,
        inplace=True,
        samples=INTS,
        signature=_of_two,
    )(_bits(_bitwise, _name))


@op(
    "bitwise_not",
    "~input",
    family="logic",
    doc="Every bit inverted; for booleans not.",
    inplace=True,
    samples=[sample(MASK)],
)
def bitwise_not(input: Array) -> Array:
    if input.dtype.kind not in "iub":
        raise NotImplementedError("\"bitwise_not_cpu\" not implemented for 'Float'")
    return np.invert(input)


@op(
    "maximum",
    "max(input, other)",
    family="comparison",
    doc="The larger of two, element by element.",
    grads={
        "input": ("g where input > other, ½ g at ties", lambda F, g, s: _chosen(F, g, s.input, s.other, 1)),
        "other": ("g where other > input, ½ g at ties", lambda F, g, s: _chosen(F, g, s.other, s.input, 1)),
    },
    promote=BOTH,
    samples=PAIR[:4],
)
def maximum(input: Array, other: Array) -> Array:
    return np.maximum(input, other)


@op(
    "minimum",
    "min(input, other)",
    family="comparison",
    doc="The smaller of two, element by element.",
    grads={
        "input": ("g where input < other, ½ g at ties", lambda F, g, s: _chosen(F, g, s.input, s.other, -1)),
        "other": ("g where other < input, ½ g at ties", lambda F, g, s: _chosen(F, g, s.other, s.input, -1)),
    },
    promote=BOTH,
    samples=PAIR[:4],
)
def minimum(input: Array, other: Array) -> Array:
    return np.minimum(input, other)


def _chosen(F: Any, g: Any, mine: Any, other: Any, direction: int) -> Any:
    """The gradient of the chosen one of two: all of it, half at a tie, none if the other was chosen."""
    lost = mine < other if direction > 0 else mine > other
    return F.where(lost, F.zeros_of(g, g.shape), F.where(mine == other, g / 2, g))


@op(
    "fmax",
    "max(input, other), NaN ignored",
    family="comparison",
    doc="The larger of two; where one is NaN, the other.",
    grads={
        "input": ("g where input ≥ other", lambda F, g, s: g * ((s.input >= s.other) | F.isnan(s.other))),
        "other": ("g elsewhere", lambda F, g, s: g * ~((s.input >= s.other) | F.isnan(s.other))),
    },
    promote=BOTH,
    samples=PAIR[:4],
)
def fmax(input: Array, other: Array) -> Array:
    return np.fmax(input, other)


@op(
    "fmin",
    "min(input, other), NaN ignored",
    family="comparison",
    doc="The smaller of two; where one is NaN, the other.",
    grads={
        "input": ("g where input ≤ other", lambda F, g, s: g * ((s.input <= s.other) | F.isnan(s.other))),
        "other": ("g elsewhere", lambda F, g, s: g * ~((s.input <= s.other) | F.isnan(s.other))),
    },
    promote=BOTH,
    samples=PAIR[:4],
)
def fmin(input: Array, other: Array) -> Array:
    return np.fmin(input, other)


def _within(s: Any) -> Any:
    x, low, high = s.input, s.min, s.max
    if low is None:
        return x <= high
    return x >= low if high is None else (x >= low) & (x <= high)


def _clamp_low(F: Any, g: Any, s: Any) -> Any:
    below = s.input < s.min
    return g * (below if s.max is None else below & (s.min < s.max))


def _clamp_high(F: Any, g: Any, s: Any) -> Any:
    above = s.input > s.max
    return g * (above if s.min is None else above | (s.max < s.min))


def _clamp_name(call: dict[str, Any]) -> str:
    return "ClampBackward0" if is_tensor(call["min"]) or is_tensor(call["max"]) else "ClampBackward1"


@op(
    "clamp",
    "min(max(input, min), max)",
    family="comparison",
    doc="Limited to the range from min to max, numbers or tensors.",
    grads={
        "input": ("g where min ≤ input ≤ max", lambda F, g, s: g * _within(s)),
        "min": ("g where input < min", _clamp_low),
        "max": ("g where input > max", _clamp_high),
    },
    saves=("input", "min", "max"),
    promote=("input", "min", "max"),
    backward=_clamp_name,
    inplace=True,
    aliases=("clip",),
    samples=[
        sample(arr(2, 3), -0.5, 0.5),
        sample(arr(2, 3), min=0.0),
        sample(arr(2, 3), max=0.3),
        sample(arr(2, 3), arr(3, low=-1.0, high=0.0), arr(3, low=0.0, high=1.0)),
    ],
)
def clamp(input: Array, min: Any = None, max: Any = None) -> Array:
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if min is not None:
        input = np.maximum(input, min)
    return input if max is None else np.minimum(input, max)


@op(
    "clamp_min",
    "max(input, min)",
    family="comparison",
    doc="At least min.",
    grads={
        "input": ("g where input ≥ min", lambda F, g, s: g * (s.input >= s.min)),
        "min": ("g where input < min", lambda F, g, s: g * (s.input < s.min)),
    },
    promote=("input", "min"),
    backward=lambda call: "ClampMinBackward1" if is_tensor(call["min"]) else "ClampMinBackward0",
    inplace=True,
    samples=[sample(arr(2, 3), 0.1), sample(arr(2, 3), arr(3))],
)
def clamp_min(input: Array, min: Any) -> Array:
    return np.maximum(input, min)


@op(
    "clamp_max",
    "min(input, max)",
    family="comparison",
    doc="At most max.",
    grads={
        "input": ("g where input ≤ max", lambda F, g, s: g * (s.input <= s.max)),
        "max": ("g where input > max", lambda F, g, s: g * (s.input > s.max)),
    },
    promote=("input", "max"),
    backward=lambda call: "ClampMaxBackward1" if is_tensor(call["max"]) else "ClampMaxBackward0",
    inplace=True,
    samples=[sample(arr(2, 3), 0.1), sample(arr(2, 3), arr(3))],
)
def clamp_max(input: Array, max: Any) -> Array:
    return np.minimum(input, max)


@op(
    "where",
    "input if condition else other",
    family="comparison",
    doc="One of two, element by element; with the condition alone, the places where it holds.",
    grads={
        "input": ("g where condition", lambda F, g, s: F.where(s.condition, g, F.zeros_of(g, g.shape))),
        "other": ("g where not condition", lambda F, g, s: F.where(s.condition, F.zeros_of(g, g.shape), g)),
    },
    promote=("input", "other"),
    method=False,
    samples=[sample(MASK, arr(2, 3), arr(3)), sample(MASK, arr(2, 1), 0.5)],
)
def where(condition: Array, input: Any = None, other: Any = None) -> Any:
    if input is None:
        return tuple(np.nonzero(condition))
    if condition.dtype.kind != "b" and condition.dtype != np.uint8:
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {kind_of(condition)}"
        )
    return np.where(condition, input, other)


def kind_of(condition: Array) -> str:
    from engine.dtypes import FROM_NUMPY, SCALAR_NAMES

    return SCALAR_NAMES[FROM_NUMPY[condition.dtype]]


@op(
    "isclose",
    "|input − other| ≤ atol + rtol · |other|",
    family="comparison",
    doc="Whether two are nearly equal, element by element.",
    samples=PAIR[:2],
)
def isclose(input: Array, other: Array, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Array:
    if input.dtype != other.dtype:
        names = [dtypes.SCALAR_NAMES[dtypes.FROM_NUMPY[x.dtype]] for x in (input, other)]
        raise RuntimeError(f"{names[0]} did not match {names[1]}")
    message = errors.broadcast([input.shape, other.shape])
    if message:
        raise RuntimeError(message)
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if tolerance < 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {tolerance:g}")
    return np.isclose(input, other, rtol=rtol, atol=atol, equal_nan=equal_nan)


@composite(
    "allclose", "all |input − other| ≤ atol + rtol · |other|", family="comparison", doc="Whether all are nearly equal."
)
def allclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    if not is_tensor(other):
        raise must_be_tensor("allclose", "other", 1, other)
    return bool(isclose(input._data, other._data, rtol, atol, equal_nan).all())


@composite("equal", "input = other everywhere", family="comparison", doc="Whether shape and all elements are equal.")
def equal(input: Any, other: Any) -> bool:
    if not is_tensor(other):
        raise must_be_tensor("equal", "other", 1, other)
    return input._data.shape == other._data.shape and bool((input._data == other._data).all())


def _no_heaviside(F: Any, g: Any, s: Any) -> Any:
    raise RuntimeError("derivative for aten::heaviside is not implemented")


@op(
    "heaviside",
    "0, values or 1, for input < 0, = 0, > 0",
    family="rounding",
    doc="The step function.",
    backward="NotImplemented",
    grads={"input": ("not differentiable", _no_heaviside), "values": ("not differentiable", _no_heaviside)},
    inplace=True,
    samples=[sample(arr(2, 3), arr(3))],
)
def heaviside(input: Array, values: Array) -> Array:
    if input.dtype != values.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return np.where(input == 0, values, input > 0).astype(input.dtype)


def _copysign(F: Any, g: Any, s: Any) -> Any:
    return F.where(s.input == 0, F.zeros_of(g, g.shape), g * (s.result / s.input))


@op(
    "copysign",
    "|input| with the sign of other",
    family="arithmetic",
    doc="The magnitude of one with the sign of the other.",
    grads={
        "input": ("g · result / input", _copysign),
        "other": ("0", lambda F, g, s: g * 0),
    },
    saves=("input", "result"),
    promote=BOTH,
    to_float=True,
    inplace=True,
    samples=[sample(arr(2, 3), arr(3))],
)
def copysign(input: Array, other: Array) -> Array:
    return np.copysign(input, other)
