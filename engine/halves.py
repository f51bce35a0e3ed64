"""Numbers of two bytes, float16 and bfloat16: computed in float32, the result rounded once, as torch's CPU kernels do.

The one place for it: `compute` stands between apply.py and a row's forward, `products` between a sweep and a row's
rules.  A rule's derivative is worked out operation by operation, each rounded, as torch's formulas are, except where
torch has one kernel for it (`KERNELS`).  Nothing here runs before the first such type is used (`dtypes.half_seen`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import dtypes, observe
from engine.grad_mode import state
from engine.halves_rows import RULES

if TYPE_CHECKING:
    from engine.node import Node
    from engine.registry import Op

_F32 = np.dtype(np.float32)

AS_IT_IS = frozenset({"_cast", "_to_copy", "_back_to", "copy", "clone", "_kept_gradient", "_contiguous_clone"})
"""Rows that move or convert numbers: their forwards get the arrays as they are."""

NUMBERS_IN_FLOAT = frozenset({"mul", "div", "true_divide"})
"""Rows whose kernels take a number, or a 0-d second operand, in float32; others round it to the tensor's type first."""

MIXED = frozenset({"batch_norm", "layer_norm", "group_norm", "instance_norm", "native_batch_norm"})
"""Rows that take float32 weights beside an input of two bytes."""

KERNELS = frozenset(
    """
    max_pool1d max_pool2d max_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d _fractional_max_pool
    avg_pool1d avg_pool2d avg_pool3d adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d
    batch_norm layer_norm group_norm upsample col2im im2col
    conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d
    elu celu selu gelu glu hardsigmoid hardswish hardtanh leaky_relu logsigmoid mish relu6 silu sigmoid
    softplus softshrink hardshrink tanh threshold prelu logit
    softmax log_softmax cumsum
    smooth_l1_loss binary_cross_entropy nll_loss
    embedding _ctc_loss cdist
    """.split()  # noqa: SIM905 - to be read
)
"""Rows whose derivative torch computes in one kernel, rounded once."""


def is_half(array: Any) -> bool:
    """Whether `array` is of float16 or bfloat16."""
    kind = getattr(array, "dtype", None)
    return kind is not None and kind.itemsize == 2 and kind.kind in "fV"


def wide(value: Any) -> Any:
    """A value, or a list of them, with float32 in place of two-byte numbers."""
    if value.__class__ is list or value.__class__ is tuple:
        return value.__class__([wide(v) for v in value])
    return value.astype(_F32) if is_half(value) else value


def narrow(value: Any, kind: Any) -> Any:
    """float32 results rounded to `kind`."""
    if value.__class__ is list or value.__class__ is tuple:
        return value.__class__([narrow(v, kind) for v in value])
    return value.astype(kind) if getattr(value, "dtype", None) == _F32 else value


def arrays_in(raw: list[Any]) -> list[Any]:
    """The arrays among the values, those in lists too."""
    found = []
    for x in raw:
        if x.__class__ is list or x.__class__ is tuple:
            found += [y for y in x if hasattr(y, "dtype")]
        elif hasattr(x, "dtype"):
            found.append(x)
    return found


def concerns(op: Op, raw: list[Any]) -> bool:
    """Whether `op` is to compute two-byte numbers here."""
    if op.view or op.family == "random" or op.name in AS_IT_IS:
        return False
    return any(is_half(x) for x in arrays_in(raw))


def prepared(op: Op, raw: list[Any]) -> tuple[list[Any], Any]:
    """The values in float32, and the type the result is rounded to (None: as it comes)."""
    if not op.promoted:
        arrays = arrays_in(raw)
        kinds = {x.dtype for x in arrays if x.dtype.kind in "fV"}
        if len(kinds) > 1 and op.name not in MIXED:
            return raw, None
        kind = next(x.dtype for x in arrays if is_half(x))
    else:
        operands = arrays_in([raw[i] for i in op.promoted]) + [
            raw[i] for i in op.promoted if isinstance(raw[i], int | float | complex)
        ]
        result = dtypes.result_type(operands)
        kind = result.np if result.itemsize == 2 else None
        if kind is not None:
            raw = _in_common_type(op, raw, kind)
    at = op.index.get("dtype")
    asked = raw[at] if at is not None else None
    if isinstance(asked, dtypes.dtype):
        kind = None if asked.itemsize != 2 else asked.np
    return wide(raw), kind


def _in_common_type(op: Op, raw: list[Any], kind: Any) -> list[Any]:
    """The promoted operands rounded to the type they have in common, before they are widened."""
    raw = list(raw)
    for i in op.promoted:
        x = raw[i]
        if x.__class__ is list or x.__class__ is tuple:
            raw[i] = [y if y.dtype == kind else rounded(y, kind) for y in x]
        elif isinstance(x, bool | int | float) or not getattr(x, "shape", (1,)):
            raw[i] = _F32.type(x) if op.name in NUMBERS_IN_FLOAT else rounded(x, kind)
        elif x is not None and x.dtype != kind:
            raw[i] = rounded(x, kind)
    return raw


def rounded(x: Any, kind: Any) -> Any:
    """A number or an array in `kind`, by way of float32."""
    if hasattr(x, "dtype"):
        return x.astype(_F32).astype(kind)
    return np.float32(x).astype(kind)


def rounding(kind: Any) -> Callable[[Any], Any]:
    """What rounds float32 to `kind`."""
    return lambda x: x.astype(kind).astype(_F32)


def write_back(values: list[Any], raw: list[Any]) -> None:
    """Round the state that an optimizer's row wrote into its float32 copies."""
    for wide_one, own in zip(values[2:], raw[2:], strict=True):
        if wide_one is not own:
            own[...] = wide_one


def in_float32(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function written on tensors, worked out in float32 where it is given short ones: one kernel in torch."""

    @functools.wraps(function)
    def call(input: Any, *args: Any, **kwargs: Any) -> Any:
        if not dtypes.half_seen or not is_half(getattr(input, "_data", None)):
            return function(input, *args, **kwargs)
        long = [_lengthened(x) for x in args], {name: _lengthened(x) for name, x in kwargs.items()}
        return function(input.float(), *long[0], **long[1]).to(input.dtype)

    return call


def _lengthened(x: Any) -> Any:
    return x.float() if is_half(getattr(x, "_data", None)) else x


def mark(fn: Any, inputs: list[Any]) -> None:
    """Have sweeps come to `products` for a node that has two-byte numbers among its inputs."""
    if any(is_half(t._data) for t in inputs):
        fn._rules, fn._half = None, True


class Wide:
    """What a node saved, in float32."""

    def __init__(self, node: Any) -> None:
        self._node = node

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._node, name)
        return value if name.endswith("_dtype") else wide(value)


def products(node: Node, arrays: Any, tensors: Any, g: Any, s: Any, saved: Any) -> Any:
    """The vector–Jacobian products of a node that has to do with two-byte numbers, on arrays."""
    op = node.op
    assert op is not None
    rule = RULES.get(op.name)
    if rule is not None and not any(edge is not None for edge in node._edges[1:]) and is_half(g):
        found = rule(rounding(g.dtype), wide(g), Wide(s))
        return [found, *[None] * (len(node._edges) - 1)]
    if op.name in KERNELS:
        return node.products(arrays, wide(g), Wide(s))
    from engine.tensor import Tensor, wrap

    observer, observe._observer = observe._observer, None
    grad, state.grad = state.grad, False
    try:
        upstream = tuple([None if x is None else wrap(x) for x in g]) if isinstance(g, tuple) else wrap(g)
        results = node.products(tensors, upstream, saved(node))
    finally:
        observe._observer, state.grad = observer, grad
    return [_plain(c, Tensor) for c in results]


def _plain(c: Any, tensor: Any) -> Any:
    if isinstance(c, list | tuple):
        return [_plain(x, tensor) for x in c]
    return c._data if isinstance(c, tensor) else c
