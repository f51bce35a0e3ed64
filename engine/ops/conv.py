"""Convolutions of one, two and three dimensions, and their transposes.

Owns what may be asked of them and how they refuse; the arithmetic is correlation.py's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import dtypes
from engine.backends import Array
from engine.ops.correlation import Sizes, correlate, cropped, several, spread
from engine.ops.sizes import part
from engine.registry import arr, op, sample

OPTIONS: dict[str, Any] = {"family": "layer", "method": False}


def settings(s: Any, dims: int) -> tuple[Sizes, Sizes, Sizes, int]:
    """Stride, padding, dilation and groups of a saved call, one number for each dimension."""
    padding = s.padding
    if isinstance(padding, str):
        kernel, dilation = s.weight_shape[2:], several(s.dilation, dims)
        padding = same_padding(kernel, dilation)[0] if padding == "same" else 0
    return several(s.stride, dims), several(padding, dims), several(s.dilation, dims), s.groups


def same_padding(kernel: Any, dilation: Sizes) -> tuple[Sizes, Sizes]:
    """The zeros on both sides that keep the size, and those that an even kernel needs at the end besides."""
    total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return tuple(t // 2 for t in total), tuple(t % 2 for t in total)


def lift(x: Array, dims: int) -> tuple[Array, bool]:
    """`x` with a batch dimension, and whether it had one."""
    batched = x.ndim == dims + 2
    return (x if batched else x[None]), batched


def check(name: str, x: Array, w: Array, dims: int, groups: int, transposed: bool) -> None:
    """Refuse shapes that do not fit, in torch's words."""
    if x.ndim not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {name}, but got input of size: "
            f"{list(x.shape)}"
        )
    channels = x.shape[-dims - 1]
    expected = w.shape[0] if transposed else w.shape[1] * groups
    if channels != expected:
        kind = "transposed=1, " if transposed else ""
        shape = list(x.shape)
        raise RuntimeError(
            f"Given {kind}groups={groups}, weight of size {list(w.shape)}, expected input{shape} to have {expected} "
            f"channels, but got {channels} channels instead"
        )
    if x.dtype != w.dtype:
        first, second = (dtypes.C_NAMES.get(dtypes.FROM_NUMPY[v.dtype], v.dtype.name) for v in (x, w))
        raise RuntimeError(f"Input type ({first}) and bias type ({second}) should be the same")


def check_settings(x: Array, w: Array, bias: Any, stride: Sizes, padding: Any, dilation: Sizes, groups: int) -> None:
    """Refuse strides, paddings, dilations and groups that mean nothing, and a bias of another type."""
    if bias is not None and bias.dtype != x.dtype:
        first, second = (dtypes.CPP_NAMES[dtypes.FROM_NUMPY[v.dtype]] for v in (x, bias))
        raise RuntimeError(f"Input type ({first}) and bias type ({second}) should be the same")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    if min(several(padding, len(stride))) < 0:
        raise RuntimeError("negative padding is not supported")
    if min(stride) <= 0:
        raise RuntimeError("non-positive stride is not supported")
    if min(dilation) <= 0:
        raise RuntimeError("dilation should be greater than zero")
    if w.ndim < 3:
        raise RuntimeError("weight should have at least three dimensions")
    if w.shape[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size "
            f"{list(w.shape)} instead"
        )
    if w.ndim != len(stride) + 2:
        raise RuntimeError(
            f"Expected {w.ndim}-dimensional input for {w.ndim}-dimensional weight{list(w.shape)}, but got {x.ndim}-"
            f"dimensional input of size {list(x.shape)} instead"
        )


def convolve(
    name: str, dims: int, input: Array, weight: Array, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> Array:
    """The forward of the three convolutions."""
    steps, gaps = several(stride, dims), several(dilation, dims)
    check_settings(input, weight, bias, steps, 0 if isinstance(padding, str) else padding, gaps, groups)
    check(name, input, weight, dims, groups, transposed=False)
    x, batched = lift(input, dims)
    if isinstance(padding, str):
        if padding == "same" and any(step != 1 for step in steps):
            raise RuntimeError("padding='same' is not supported for strided convolutions")
        around, extra = same_padding(weight.shape[2:], gaps) if padding == "same" else ((0,) * dims, (0,) * dims)
        if any(extra):
            x = np.pad(x, [(0, 0), (0, 0), *((0, e) for e in extra)])
    else:
        around = several(padding, dims)
    for n, p, k, d in zip(x.shape[2:], around, weight.shape[2:], gaps, strict=True):
        if n + 2 * p < d * (k - 1) + 1:
            size = " x ".join(str(n + 2 * p) for n, p in zip(x.shape[2:], around, strict=True))
            kernel = " x ".join(str(d * (k - 1) + 1) for k, d in zip(weight.shape[2:], gaps, strict=True))
            raise RuntimeError(
                f"Calculated padded input size per channel: ({size}). Kernel size: ({kernel}). Kernel size can't be "
                "greater than actual input size"
            )
    out = correlate(x, weight, steps, around, gaps, groups)
    if bias is not None:
        out += bias.reshape(-1, *(1,) * dims)
    return out if batched else out[0]


def conv_rules(dims: int) -> dict[str, tuple[str, Any]]:
    """The derivative rules of a convolution."""

    def batch(F: Any, value: Any, shape: Any) -> Any:
        return value if len(shape) == dims + 2 else F.unsqueeze(value, 0)

    def how(s: Any) -> Any:
        stride, padding, dilation, groups = settings(s, dims)
        extra = (0,) * dims
        if s.padding == "same":
            extra = same_padding(s.weight_shape[2:], dilation)[1]
        return (stride, padding, dilation, groups), extra

    def input_rule(F: Any, g: Any, s: Any) -> Any:
        used, extra = how(s)
        sizes = tuple(s.input_shape[-dims:])
        wide = tuple(n + e for n, e in zip(sizes, extra, strict=True))
        found = F._spread(batch(F, g, s.input_shape), s.weight, wide, *used)
        for d, n in enumerate(sizes):
            found = part(F, found, d + 2, 0, n) if extra[d] else found
        return found if len(s.input_shape) == dims + 2 else F.squeeze(found, 0)

    def weight_rule(F: Any, g: Any, s: Any) -> Any:
        used, extra = how(s)
        x = batch(F, s.input, s.input_shape)
        if any(extra):
            x = F.constant_pad_nd(x, tuple(v for e in reversed(extra) for v in (0, e)))
        return F._weigh(x, batch(F, g, s.input_shape), tuple(s.weight_shape[2:]), *used)

    def bias_rule(F: Any, g: Any, s: Any) -> Any:
        whole = batch(F, g, s.input_shape)
        return F.sum(whole, (0, *range(2, dims + 2)))

    return {
        "input": ("g spread by weight", input_rule),
        "weight": ("input weighed by g", weight_rule),
        "bias": ("Σ g over batch and places", bias_rule),
    }


SAVES = ["input", "input_shape", "weight", "weight_shape", "stride", "padding", "dilation", "groups"]


def declare_convolution(dims: int) -> None:
    """The row of `conv1d`, `conv2d` or `conv3d`."""
    name = f"conv{dims}d"

    def forward(
        input: Array,
        weight: Array,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Array:
        return convolve(name, dims, input, weight, bias, stride, padding, dilation, groups)

    op(
        name,
        "input ⋆ weight + bias",
        doc=f"A convolution over {dims} dimension{'s' * (dims > 1)}.",
        grads=conv_rules(dims),
        backward=lambda call: "SqueezeBackward1" if call["input"].ndim == dims + 1 else "ConvolutionBackward0",
        saves=SAVES,
        samples=[sample(arr(2, 2, *(4,) * dims), arr(3, 2, *(2,) * dims), arr(3), padding=1)],
        **OPTIONS,
    )(forward)


def transposed_sizes(
    sizes: Any, kernel: Any, stride: Sizes, padding: Sizes, output_padding: Sizes, dilation: Sizes
) -> Sizes:
    """The spatial sizes a transposed convolution gives."""
    return tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + e + 1
        for n, k, s, p, e, d in zip(sizes, kernel, stride, padding, output_padding, dilation, strict=True)
    )


def declare_transposed(dims: int) -> None:
    """The row of `conv_transpose1d`, `conv_transpose2d` or `conv_transpose3d`."""
    name = f"conv_transpose{dims}d"

    def settled(stride: Any, padding: Any, dilation: Any) -> tuple[Sizes, Sizes, Sizes]:
        return several(stride, dims), several(padding, dims), several(dilation, dims)

    def forward(
        input: Array,
        weight: Array,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
    ) -> Array:
        check(name, input, weight, dims, groups, transposed=True)
        how = settled(stride, padding, dilation)
        x, batched = lift(input, dims)
        sizes = transposed_sizes(x.shape[2:], weight.shape[2:], how[0], how[1], several(output_padding, dims), how[2])
        out = spread(x, weight, sizes, *how, groups)
        if bias is not None:
            out = out + bias.reshape(-1, *(1,) * dims)
        return out if batched else out[0]

    def input_rule(F: Any, g: Any, s: Any) -> Any:
        how = (*settled(s.stride, s.padding, s.dilation), s.groups)
        batched = len(s.input_shape) == dims + 2
        found = F._correlate(g if batched else F.unsqueeze(g, 0), s.weight, how)
        found = cropped(F, found, s.input_shape[-dims:])
        return found if batched else F.squeeze(found, 0)

    def weight_rule(F: Any, g: Any, s: Any) -> Any:
        x, upstream = s.input, g
        if len(s.input_shape) != dims + 2:
            x, upstream = F.unsqueeze(x, 0), F.unsqueeze(g, 0)
        return F._weigh(upstream, x, tuple(s.weight_shape[2:]), *settled(s.stride, s.padding, s.dilation), s.groups)

    def bias_rule(F: Any, g: Any, s: Any) -> Any:
        whole = g if len(s.input_shape) == dims + 2 else F.unsqueeze(g, 0)
        return F.sum(whole, (0, *range(2, dims + 2)))

    op(
        name,
        "input spread by weight, + bias",
        doc=f"A transposed convolution over {dims} dimension{'s' * (dims > 1)}.",
        grads={
            "input": ("g ⋆ weight", input_rule),
            "weight": ("g weighed by input", weight_rule),
            "bias": ("Σ g over batch and places", bias_rule),
        },
        backward="ConvolutionBackward0",
        saves=SAVES,
        samples=[sample(arr(2, 3, *(3,) * dims), arr(3, 2, *(2,) * dims), arr(2), stride=2)],
        **OPTIONS,
    )(forward)


for _dims in (1, 2, 3):
    declare_convolution(_dims)
    declare_transposed(_dims)
