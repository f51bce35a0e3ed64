"""Adaptive max pooling: windows of differing sizes that give a wanted number of outputs."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from engine.backends import Array, arange, empty
from engine.ops.correlation import Sizes
from engine.ops.loss import raw
from engine.registry import arr, op, sample
from engine.tensor import wrap

OPTIONS: dict[str, Any] = {"family": "layer", "function": False, "method": False}


def at_pooled(F: Any, g: Any, places: Array, shape: Any, dims: int) -> Any:
    """Zeros of `shape` with `g` added at the places its windows chose."""
    g = g[0] if isinstance(g, tuple) else g
    lead = tuple(shape[:-dims])
    index = places.reshape(*lead, -1)
    if hasattr(g, "_data"):
        index = wrap(index)
    flat = F.zeros_of(g, (*lead, math.prod(shape[-dims:])))
    return F.reshape(F.scatter_add(flat, len(lead), index, F.reshape(g, tuple(index.shape))), shape)


def adaptive_windows(size: int, count: int) -> list[slice]:
    """`count` windows that cover `size` places as evenly as can be."""
    return [slice(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]


def _negative(x: Array, wanted: Any, dims: int, mean: bool) -> str:
    """What is said of negative sizes; pooling along one dimension is done along two."""
    shape = [str(w) for w in ((1, *wanted) if dims == 1 else wanted)]
    if not mean:
        whole = ", ".join([*map(str, x.shape[:-dims]), *shape])
        return f"Trying to create tensor with negative dimension {min(wanted)}: [{whole}]"
    listed = f"{shape[0]}, {','.join(shape[1:])}"
    name = f"adaptive_avg_pool{max(dims, 2)}d"
    return f"{name}: elements of output_size must be greater than or equal to 0 but received {{{listed}}}"


def adaptive_sizes(x: Array, dims: int, output_size: Any, name: str) -> Sizes:
    """The wanted sizes; None keeps a dimension's."""
    wanted = (output_size,) * dims if output_size is None or isinstance(output_size, int) else tuple(output_size)
    if dims == 1 and len(wanted) != 1:
        raise RuntimeError(f"{name}() argument 'output_size' should contain one int (got {len(wanted)})")
    if dims > 1 and x.ndim < dims + 1:
        raise ValueError(f"Input dimension should be at least {dims + 1}")
    if len(wanted) != dims:
        raise RuntimeError(
            f"{name}: output_size must be {dims}"
            if "avg" in name
            else f"{name}(): internal error: output_size.size() must be {dims}"
        )
    if any(w is not None and w < 0 for w in wanted):
        raise RuntimeError(_negative(x, wanted, dims, "avg" in name))
    return tuple(n if w is None else w for w, n in zip(wanted, x.shape[-dims:], strict=True))


def adaptive_max(x: Array, dims: int, output_size: Any) -> tuple[Array, Array]:
    """The maximum of every adaptive window, and its place."""
    out = adaptive_sizes(x, dims, output_size, f"adaptive_max_pool{dims}d")
    sizes = x.shape[-dims:]
    best: Array = np.empty_like(x, shape=(*x.shape[:-dims], *out))
    places: Array = empty(best.shape, np.int64, x)
    index = arange(math.prod(sizes), x).reshape(sizes)
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
    declare_adaptive_max(_dims)
