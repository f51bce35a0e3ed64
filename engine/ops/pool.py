"""Max pooling: the largest element of every window.  Its gradient goes to the first place that has it.

Mean pooling is linear and belongs to resample.py.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from engine.backends import Array
from engine.ops.correlation import Sizes, patches, several
from engine.ops.loss import raw
from engine.registry import arr, op, sample
from engine.tensor import wrap

OPTIONS: dict[str, Any] = {"family": "layer", "function": False, "method": False}


def pooled_sizes(sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool) -> Sizes:
    """The spatial sizes a pooling gives; with ceil_mode a last window may hang over the end, but not begin there."""
    out = []
    for n, k, s, p, d in zip(sizes, kernel, stride, padding, dilation, strict=True):
        room = n + 2 * p - d * (k - 1) - 1
        count = (math.ceil(room / s) if ceil_mode else room // s) + 1
        if ceil_mode and (count - 1) * s >= n + p:
            count -= 1
        if count < 1:
            raise RuntimeError(
                f"Given input size: ({'x'.join(map(str, (1, *sizes)))}). Calculated output size: "
                f"({'x'.join(map(str, (1, *([0] * len(sizes)))))}). Output size is too small"
            )
        out.append(count)
    return tuple(out)


def window_setup(
    name: str, x: Array, dims: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Sizes, Sizes, Sizes, Sizes, Sizes]:
    """Kernel, stride, padding, dilation and output sizes, one number for each dimension."""
    if x.ndim not in (dims + 1, dims + 2):
        raise RuntimeError(f"{name}(): Expected {dims + 1}D or {dims + 2}D input, but got: {list(x.shape)}")
    kernel = several(kernel_size, dims)
    steps = kernel if stride is None or stride == () else several(stride, dims)
    around, gaps = several(padding, dims), several(dilation, dims)
    if any(2 * p > k for p, k in zip(around, kernel, strict=True)):
        raise RuntimeError("pad should be at most half of effective kernel size")
    out = pooled_sizes(tuple(x.shape[-dims:]), kernel, steps, around, gaps, ceil_mode)
    return kernel, steps, around, gaps, out


def bordered(x: Array, out: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, value: Any) -> Array:
    """`x` with `value` around it, as far as the windows reach."""
    dims = len(out)
    widths = [(0, 0)] * (x.ndim - dims)
    for n, o, k, s, p, d in zip(x.shape[-dims:], out, kernel, stride, padding, dilation, strict=True):
        widths.append((p, max((o - 1) * s + d * (k - 1) + 1 - n - p, 0)))
    return x if not any(after or before for before, after in widths) else np.pad(x, widths, constant_values=value)


def largest(x: Array, out: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> tuple[Array, Array]:
    """The maximum of every window and its place in the flattened spatial dimensions."""
    dims = len(out)
    lowest = -math.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    whole = bordered(x, out, kernel, stride, padding, dilation, lowest)
    best: Any = None
    places: Any = None
    grids = np.meshgrid(*(np.arange(o) * s - p for o, s, p in zip(out, stride, padding, strict=True)), indexing="ij")
    for place, window in patches(out, kernel, stride, dilation):
        value = whole[(..., *window)]
        at: Any = 0
        for grid, offset, d, n in zip(grids, place, dilation, x.shape[-dims:], strict=True):
            at = at * n + (grid + offset * d)
        inside = np.ones(out, dtype=bool)
        for grid, offset, d, n in zip(grids, place, dilation, x.shape[-dims:], strict=True):
            inside &= (grid + offset * d >= 0) & (grid + offset * d < n)
        if best is None:
            # A window's first place may lie in the border: anything inside comes before it.
            best, places = value.copy(), np.where(inside, at, -1) + np.zeros(value.shape, dtype=np.int64)
            continue
        better = (value > best) | (np.isnan(value) if x.dtype.kind == "f" else False) | (places < 0)
        better &= inside
        np.copyto(best, value, where=better)
        np.copyto(places, np.broadcast_to(at, value.shape), where=better)
    return best, places


def max_pool(x: Array, dims: int, name: str, args: tuple[Any, ...]) -> tuple[Array, Array]:
    """Values and places of a max pooling."""
    kernel, stride, padding, dilation, out = window_setup(name, x, dims, *args)
    return largest(x, out, kernel, stride, padding, dilation)


def at_pooled(F: Any, g: Any, places: Array, shape: Any, dims: int) -> Any:
    """Zeros of `shape` with `g` added at the places its windows chose."""
    g = g[0] if isinstance(g, tuple) else g
    lead = tuple(shape[:-dims])
    index = places.reshape(*lead, -1)
    if hasattr(g, "_data"):
        index = wrap(index)
    flat = F.zeros_of(g, (*lead, math.prod(shape[-dims:])))
    return F.reshape(F.scatter_add(flat, len(lead), index, F.reshape(g, tuple(index.shape))), shape)


SAVES = ["input", "input_shape", "kernel_size", "stride", "padding", "dilation", "ceil_mode"]
NAMES = {1: "SqueezeBackward1", 2: "MaxPool2DWithIndicesBackward0", 3: "MaxPool3DWithIndicesBackward0"}


def declare_max_pool(dims: int) -> None:
    """The row of `max_pool1d`, `max_pool2d` or `max_pool3d`."""
    name = f"max_pool{dims}d"

    def forward(
        input: Array,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Any:
        found = max_pool(input, dims, name, (kernel_size, stride, padding, dilation, ceil_mode))
        return found if return_indices else found[0]

    def rule(F: Any, g: Any, s: Any) -> Any:
        args = (s.kernel_size, s.stride, s.padding, s.dilation, s.ceil_mode)
        return at_pooled(F, g, max_pool(raw(s.input), dims, name, args)[1], s.input_shape, dims)

    op(
        name,
        "max of each window",
        doc=f"The largest element of each window over {dims} dimension{'s' * (dims > 1)}.",
        grads={"input": ("g at the place of the maximum", rule)},
        backward=NAMES[dims],
        saves=SAVES,
        samples=[sample(arr(1, 2, *(4,) * dims), 2)],
        **OPTIONS,
    )(forward)


def adaptive_windows(size: int, count: int) -> list[slice]:
    """`count` windows that cover `size` places as evenly as can be."""
    return [slice(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]


def adaptive_sizes(x: Array, dims: int, output_size: Any) -> Sizes:
    """The wanted sizes; None keeps a dimension's."""
    wanted = (output_size,) * dims if output_size is None or isinstance(output_size, int) else tuple(output_size)
    return tuple(n if w is None else w for w, n in zip(wanted, x.shape[-dims:], strict=True))


def adaptive_max(x: Array, dims: int, output_size: Any) -> tuple[Array, Array]:
    """The maximum of every adaptive window, and its place."""
    out = adaptive_sizes(x, dims, output_size)
    sizes = x.shape[-dims:]
    best: Array = np.empty_like(x, shape=(*x.shape[:-dims], *out))
    places: Array = np.empty(best.shape, dtype=np.int64)
    index = np.arange(math.prod(sizes)).reshape(sizes)
    windows = [adaptive_windows(n, o) for n, o in zip(sizes, out, strict=True)]
    for at in itertools.product(*(range(o) for o in out)):
        window = tuple(w[i] for w, i in zip(windows, at, strict=True))
        lines = x[(..., *window)].reshape(*x.shape[:-dims], -1)
        found = lines.argmax(axis=-1)
        best[(..., *at)] = np.take_along_axis(lines, found[..., None], -1)[..., 0]
        places[(..., *at)] = index[window].reshape(-1)[found]
    return best, places


def declare_adaptive_max(dims: int) -> None:
    """The row of `adaptive_max_pool1d`, `adaptive_max_pool2d` or `adaptive_max_pool3d`."""

    def forward(input: Array, output_size: Any, return_indices: bool = False) -> Any:
        found = adaptive_max(input, dims, output_size)
        return found if return_indices else found[0]

    def rule(F: Any, g: Any, s: Any) -> Any:
        return at_pooled(F, g, adaptive_max(raw(s.input), dims, s.output_size)[1], s.input_shape, dims)

    op(
        f"adaptive_max_pool{dims}d",
        "max of each window",
        doc="The largest element of windows chosen to give the wanted size.",
        grads={"input": ("g at the place of the maximum", rule)},
        backward="SqueezeBackward1" if dims == 1 else f"AdaptiveMaxPool{dims}DBackward0",
        saves=["input", "input_shape", "output_size"],
        samples=[sample(arr(1, 2, *(4,) * dims), 2)],
        **OPTIONS,
    )(forward)


for _dims in (1, 2, 3):
    declare_max_pool(_dims)
    declare_adaptive_max(_dims)
