"""Fractional max pooling (Graham, 2014): windows whose steps are drawn at random between two neighbouring sizes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.apply import run
from engine.backends import Array, asarray, to_numpy
from engine.backward import TENSORS
from engine.ops.adaptive import at_pooled
from engine.ops.correlation import several
from engine.ops.loss import raw
from engine.registry import OPS, arr, composite, op, sample

OPTIONS: dict[str, Any] = {"family": "layer", "function": False, "method": False}


def starts(draws: Array, size: int, count: int, kernel: int) -> Array:
    """Where `count` windows of a side begin, for each draw between 0 and 1; the last one reaches the end."""
    steps = draws.dtype.type((size - kernel) / max(count - 1, 1))
    number = np.arange(count).astype(draws.dtype)
    found = np.trunc((number + draws[..., None]) * steps) - np.trunc(draws[..., None] * steps)
    found[..., -1] = size - kernel
    return found.astype(np.int64)


@op(
    "_fractional_max_pool",
    "max over each window of input",
    doc="The largest element of each window, and its place.",
    backward=lambda call: f"FractionalMaxPool{len(call['output_size'])}DBackward0",
    grads={
        "input": (
            "g where the maximum was",
            lambda F, g, s: at_pooled(F, g[0], raw(s.result[1]), s.input_shape, len(s.output_size)),
        )
    },
    saves=("input_shape", "result", "output_size"),
    returns=("output", "indices"),
    samples=[
        sample(arr(1, 2, *(5,) * dims), (2,) * dims, (3,) * dims, arr(1, 2, dims, low=0, high=1)) for dims in (2, 3)
    ],
    **OPTIONS,
)
def _fractional_max_pool(
    input: Array, kernel_size: tuple[int, ...], output_size: tuple[int, ...], draws: Array
) -> tuple[Array, Array]:
    dims = len(output_size)
    sizes = input.shape[-dims:]
    flat = input.reshape(-1, math.prod(sizes))
    uniform = to_numpy(draws).reshape(-1, dims)
    # The draws of a channel are in the order of torch: the last side first in two dimensions, the first in three.
    order = reversed(range(dims)) if dims == 2 else range(dims)
    begin = [starts(uniform[:, d], n, o, k) for d, n, o, k in zip(order, sizes, output_size, kernel_size, strict=True)]
    places: Any = 0
    windows: Any = 0
    for d, (n, k) in enumerate(zip(sizes, kernel_size, strict=True)):
        along = (len(uniform), *(1,) * d, output_size[d], *(1,) * (dims - 1 - d))
        places = places * n + begin[d].reshape(along)
        windows = windows * n + np.arange(k).reshape((k, *(1,) * (dims - 1 - d)))
    index = asarray((places[..., None] + windows.reshape(-1)).reshape(len(uniform), -1), np.int64, input)
    values = np.take_along_axis(flat, index, -1).reshape(len(uniform), -1, math.prod(kernel_size))
    best = np.argmax(values, -1)[..., None]
    shape = (*input.shape[:-dims], *output_size)
    chosen = np.take_along_axis(index.reshape(values.shape), best, -1)
    return np.take_along_axis(values, best, -1).reshape(shape), chosen.reshape(shape)


def pool(
    name: str, dims: int, input: Any, kernel_size: Any, output_size: Any, output_ratio: Any, draws: Any
) -> tuple[Any, Any]:
    """The row on arguments as they are written."""
    kernel = several(kernel_size, dims)
    sizes = tuple(input.shape[-dims:])
    if output_size is None:
        if output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
        ratios = (output_ratio,) * dims if isinstance(output_ratio, float) else tuple(output_ratio)
        output_size = tuple(int(n * ratio) for n, ratio in zip(sizes, ratios, strict=True))
    out = several(output_size, dims)
    if draws is None:
        batch = 1 if input.ndim == dims + 1 else input.shape[0]
        draws = TENSORS.rand(batch, input.shape[-dims - 1], dims, dtype=input.dtype, device=input.device)
    if draws._req:
        raise RuntimeError(
            f"The function '{name}' is not differentiable with respect to argument 'random_samples'. This input cannot "
            "have requires_grad True."
        )
    return run(OPS["_fractional_max_pool"], (input, kernel, out, draws), {})  # type: ignore[no-any-return]


def declare(dims: int) -> None:
    """The row of `fractional_max_pool2d` or `fractional_max_pool3d`."""
    name = f"fractional_max_pool{dims}d"

    @composite(
        name,
        "max over each window of input",
        doc="The largest element of windows whose places are drawn at random.",
        **OPTIONS,
    )
    def fractional_max_pool(
        input: Any,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Any = None,
    ) -> Any:
        found = pool(name, dims, input, kernel_size, output_size, output_ratio, _random_samples)
        return tuple(found) if return_indices else found[0]


for _dims in (2, 3):
    declare(_dims)
