"""Patches as columns and back: `unfold` and `fold` of nn.functional, each the derivative of the other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.backends import Array
from engine.ops.correlation import Sizes, columns, output_sizes, patches, several
from engine.registry import arr, op, sample

OPTIONS: dict[str, Any] = {"family": "layer", "function": False, "method": False}


def setup(kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> tuple[Sizes, Sizes, Sizes, Sizes]:
    """All settings with a number for both dimensions."""
    return several(kernel_size, 2), several(dilation, 2), several(padding, 2), several(stride, 2)


@op(
    "im2col",
    "the patches of input as columns",
    doc="The patches of images as columns.",
    grads={
        "input": (
            "g added up to an image",
            lambda F, g, s: F.col2im(g, tuple(s.input_shape[-2:]), s.kernel_size, s.dilation, s.padding, s.stride),
        )
    },
    backward="Im2ColBackward0",
    samples=[sample(arr(1, 2, 3, 3), 2)],
    **OPTIONS,
)
def im2col(input: Array, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Array:
    kernel, gaps, around, steps = setup(kernel_size, dilation, padding, stride)
    whole = input if input.ndim == 4 else input[None]
    out = output_sizes(whole.shape[2:], kernel, steps, around, gaps)
    found = columns(whole, kernel, out, steps, around, gaps, 1, batch_last=False)[:, 0]
    return found if input.ndim == 4 else found[0]


@op(
    "col2im",
    "columns added up to input's places",
    doc="Columns of patches added up to images.",
    grads={"input": ("the patches of g", lambda F, g, s: F.im2col(g, s.kernel_size, s.dilation, s.padding, s.stride))},
    backward="Col2ImBackward0",
    samples=[sample(arr(1, 4, 4), (3, 3), 2)],
    **OPTIONS,
)
def col2im(
    input: Array, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Array:
    kernel, gaps, around, steps = setup(kernel_size, dilation, padding, stride)
    sizes = several(output_size, 2)
    whole = input if input.ndim == 3 else input[None]
    out = output_sizes(sizes, kernel, steps, around, gaps)
    channels = whole.shape[1] // math.prod(kernel)
    cols = whole.reshape(whole.shape[0], channels, *kernel, *out)
    image: Array = np.zeros_like(
        whole, shape=(whole.shape[0], channels, *(n + 2 * p for n, p in zip(sizes, around, strict=True)))
    )
    for place, window in patches(out, kernel, steps, gaps):
        image[(..., *window)] += cols[(slice(None), slice(None), *place)]
    inside = image[(..., *(slice(p, p + n) for n, p in zip(sizes, around, strict=True)))]
    return inside if input.ndim == 3 else inside[0]
