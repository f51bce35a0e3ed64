"""One bilinear map seen from three sides: the convolution, its input's gradient and its kernels' gradient.

Each of the three rows (`_correlate`, `_spread`, `_weigh`) is the derivative of the others, so that every order works.
The arrays are copied into columns, one strided copy for each place of the kernel, and multiplied as matrices.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from engine.backends import Array
from engine.ops.sizes import part
from engine.registry import op

Sizes = tuple[int, ...]


def several(value: Any, count: int) -> Sizes:
    """One number for every dimension, or the numbers themselves."""
    alone = isinstance(value, int | float)
    return (value,) * count if alone else tuple(value) * (count // len(value))


def output_sizes(sizes: Any, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Sizes:
    """The spatial sizes a convolution gives."""
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(sizes, kernel, stride, padding, dilation, strict=True)
    )


def patches(shape: Sizes, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Any:
    """For each place of the kernel, the slices of a padded input that it meets."""
    for place in itertools.product(*(range(k) for k in kernel)):
        yield (
            place,
            tuple(
                slice(at * d, at * d + s * (n - 1) + 1, s)
                for at, d, s, n in zip(place, dilation, stride, shape, strict=True)
            ),
        )


def batch_is_longer(batch: int, out: Sizes) -> bool:
    """Whether the longest runs to copy are those over the batch, not those over the last spatial dimension."""
    return batch > out[-1]


def arranged(x: Array, padding: Sizes, batch_last: bool) -> Array:
    """`x` with zeros around its spatial dimensions: (batch, channels, spatial, 1) or (1, channels, spatial, batch)."""
    moved = x.transpose(*range(1, x.ndim), 0)[None] if batch_last else x[..., None]
    if not any(padding):
        return moved.copy() if batch_last else moved
    inside = tuple(slice(p, p + n) for n, p in zip(x.shape[2:], padding, strict=True))
    sizes = (n + 2 * p for n, p in zip(x.shape[2:], padding, strict=True))
    out: Array = np.zeros_like(x, shape=(*moved.shape[:2], *sizes, moved.shape[-1]))
    out[(slice(None), slice(None), *inside)] = moved
    return out


def plain(x: Array) -> Array:
    """What was arranged, as (batch, channels, spatial) again."""
    return x[..., 0] if x.shape[-1] == 1 else x[0].transpose(x.ndim - 2, *range(x.ndim - 2)).copy()


def columns(
    x: Array, kernel: Sizes, out: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int, batch_last: bool
) -> Array:
    """The patches of `x` as columns: (batch, groups, channels · kernel, places), or the batch beside the places."""
    whole = arranged(x, padding, batch_last)
    batch, channels, *_, beside = whole.shape
    cols = np.empty_like(x, shape=(batch, channels, *kernel, *out, beside))
    for place, window in patches(out, kernel, stride, dilation):
        cols[(slice(None), slice(None), *place)] = whole[(slice(None), slice(None), *window)]
    return cols.reshape(batch, groups, channels // groups * math.prod(kernel), math.prod(out) * beside)


def correlate(x: Array, w: Array, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """The convolution (a correlation, as everywhere in the field) of `x` with the kernels `w`."""
    out = output_sizes(x.shape[2:], w.shape[2:], stride, padding, dilation)
    last = batch_is_longer(x.shape[0], out)
    cols = columns(x, w.shape[2:], out, stride, padding, dilation, groups, last)
    kernels = w.reshape(groups, w.shape[0] // groups, -1)
    return plain(np.matmul(kernels, cols).reshape(cols.shape[0], w.shape[0], *out, x.shape[0] if last else 1))


def upstream_rows(g: Array, groups: int, batch_last: bool) -> Array:
    """`g`, shaped like a convolution's output, as matrices beside `columns`."""
    whole = arranged(g, (), batch_last)
    return whole.reshape(whole.shape[0], groups, g.shape[1] // groups, math.prod(g.shape[2:]) * whole.shape[-1])


def spread(g: Array, w: Array, sizes: Any, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """What `g`, shaped like a convolution's output, gives to its input of the spatial `sizes`."""
    out = g.shape[2:]
    last = batch_is_longer(g.shape[0], out)
    kernels = w.reshape(groups, w.shape[0] // groups, -1)
    channels = w.shape[1] * groups
    batch, beside = (1, g.shape[0]) if last else (g.shape[0], 1)
    cols = np.matmul(kernels.transpose(0, 2, 1), upstream_rows(g, groups, last))
    cols = cols.reshape(batch, channels, *w.shape[2:], *out, beside)
    padded = (n + 2 * p for n, p in zip(sizes, padding, strict=True))
    whole: Array = np.zeros_like(g, shape=(batch, channels, *padded, beside))
    for place, window in patches(out, w.shape[2:], stride, dilation):
        whole[(slice(None), slice(None), *window)] += cols[(slice(None), slice(None), *place)]
    inside = tuple(slice(p, p + n) for n, p in zip(sizes, padding, strict=True))
    return plain(whole[(slice(None), slice(None), *inside)])


def weigh(x: Array, g: Array, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """What `g`, shaped like a convolution's output, gives to its kernels."""
    last = batch_is_longer(g.shape[0], g.shape[2:])
    cols = columns(x, kernel, g.shape[2:], stride, padding, dilation, groups, last)
    turned = np.matmul(cols, upstream_rows(g, groups, last).transpose(0, 1, 3, 2))  # quicker this way round
    total = np.add.reduce(turned, axis=0)
    return total.transpose(0, 2, 1).reshape(g.shape[1], x.shape[1] // groups, *kernel)


def cropped(F: Any, x: Any, sizes: Any) -> Any:
    """`x` without the places beyond `sizes`: a stride may leave room for one window more than there was."""
    for d, n in enumerate(sizes):
        x = part(F, x, d + 2, 0, n) if x.shape[d + 2] > n else x
    return x


# the bilinear maps as rows: each is the others' derivative


@op(
    "_correlate",
    "input ⋆ weight",
    family="layer",
    doc="A convolution without bias.",
    grads={
        "input": ("g spread by weight", lambda F, g, s: F._spread(g, s.weight, s.input_shape[2:], *s.how)),
        "weight": ("input weighed by g", lambda F, g, s: F._weigh(s.input, g, s.weight_shape[2:], *s.how)),
    },
    backward="ConvolutionBackward0",
)
def _correlate(input: Array, weight: Array, how: Any) -> Array:
    return correlate(input, weight, *how)


@op(
    "_spread",
    "input spread by weight",
    family="layer",
    doc="The gradient of a convolution's input.",
    grads={
        "input": ("g ⋆ weight", lambda F, g, s: F._correlate(g, s.weight, (s.stride, s.padding, s.dilation, s.groups))),
        "weight": (
            "g weighed by input",
            lambda F, g, s: F._weigh(g, s.input, s.weight_shape[2:], s.stride, s.padding, s.dilation, s.groups),
        ),
    },
    backward="ConvolutionBackwardBackward0",
)
def _spread(
    input: Array, weight: Array, sizes: Any, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    return spread(input, weight, sizes, stride, padding, dilation, groups)


@op(
    "_weigh",
    "input weighed by g",
    family="layer",
    doc="The gradient of a convolution's kernels.",
    grads={
        "input": (
            "upstream spread by g",
            lambda F, g, s: F._spread(s.upstream, g, s.input_shape[2:], s.stride, s.padding, s.dilation, s.groups),
        ),
        "upstream": (
            "input ⋆ g",
            lambda F, g, s: cropped(
                F, F._correlate(s.input, g, (s.stride, s.padding, s.dilation, s.groups)), s.upstream_shape[2:]
            ),
        ),
    },
    backward="ConvolutionBackwardBackward0",
)
def _weigh(
    input: Array, upstream: Array, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    return weigh(input, upstream, kernel, stride, padding, dilation, groups)
