"""Linear maps along the spatial dimensions: mean pooling and interpolation.

Either is one small matrix for each dimension, and its derivative the transposed matrices.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.backends import Array, asarray, library_of
from engine.ops.adaptive import adaptive_sizes, adaptive_windows
from engine.ops.pool import window_setup
from engine.registry import arr, op, sample

OPTIONS: dict[str, Any] = {"family": "layer", "function": False, "method": False}
Maps = tuple[Array, ...]


def apply_maps(x: Array, maps: Maps) -> Array:
    """`maps[i] @` along the i-th of the last dimensions."""
    first = x.ndim - len(maps)
    if x.dtype.kind in "iu":
        # Integers are averaged exactly and cut off, as in C++.
        return np.trunc(np.round(apply_maps(x.astype(np.float64), maps), 9)).astype(x.dtype)
    for i, matrix in enumerate(maps):
        moved = np.moveaxis(x, first + i, -1) @ asarray(matrix.T, x.dtype, x)
        x = np.moveaxis(moved, -1, first + i)
    return library_of(x).ascontiguousarray(x)


@op(
    "_mapped",
    "M · input along the last dimensions",
    family="layer",
    doc="A matrix applied along each of the last dimensions.",
    grads={"input": ("Mᵀ · g", lambda F, g, s: F._mapped(g, transposed(s.maps)))},
    backward="UpsampleBackwardBackward0",
)
def _mapped(input: Array, maps: Maps) -> Array:
    return apply_maps(input, maps)


def transposed(maps: Maps) -> Maps:
    """The matrices of the derivative."""
    return tuple(matrix.T for matrix in maps)


def declare_map(
    name: str, formula: str, doc: str, backward: str, build: Callable[..., Maps], like: Any, samples: Any
) -> None:
    """A row that is a linear map; `build(shape, *arguments)` makes its matrices, `like` has its signature."""
    import inspect

    signature = inspect.signature(like)
    parameters = [p for p in signature.parameters if p != "input"]

    def forward(input: Array, *args: Any) -> Array:
        return apply_maps(input, build(input, *args))

    forward.__signature__ = signature  # type: ignore[attr-defined]

    def rule(F: Any, g: Any, s: Any) -> Any:
        return F._mapped(g, transposed(build(Shape(s.input_shape), *(getattr(s, p) for p in parameters))))

    op(
        name,
        formula,
        doc=doc,
        grads={"input": ("the transposed map of g", rule)},
        backward=backward,
        saves=["input_shape", *parameters],
        samples=samples,
        **OPTIONS,
    )(forward)


class Shape:
    """A shape alone, where the matrices are built for a derivative."""

    def __init__(self, shape: Any) -> None:
        self.shape = tuple(shape)
        self.ndim = len(self.shape)


# mean pooling


def mean_maps(
    x: Any,
    dims: int,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: Any,
) -> Maps:
    """One averaging matrix for each dimension."""
    name = f"avg_pool{dims}d"
    windows = window_setup(name, x, dims, kernel_size, stride, padding, 1, ceil_mode)
    maps = []
    for n, k, s, p, o in zip(
        x.shape[-dims:], windows.kernel, windows.stride, windows.padding, windows.out, strict=True
    ):
        matrix = np.zeros((o, n))
        for i in range(o):
            start = i * s - p
            end = min(start + k, n + p)
            low, high = max(start, 0), min(end, n)
            matrix[i, low:high] = 1 / ((end - start) if count_include_pad else max(high - low, 1))
            if divisor is not None:
                matrix[i, low:high] = 1
        maps.append(matrix)
    if divisor is not None:
        if divisor == 0:
            raise RuntimeError("divisor must be not zero")
        maps[0] /= divisor
    return tuple(maps)


def declare_avg_pool(dims: int) -> None:
    """The row of `avg_pool1d`, `avg_pool2d` or `avg_pool3d`."""

    def like(
        input: Array,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: Any = None,
    ) -> None: ...

    declare_map(
        f"avg_pool{dims}d",
        "mean of each window",
        "The mean of each window.",
        "SqueezeBackward1" if dims == 1 else f"AvgPool{dims}DBackward0",
        lambda x, *args: mean_maps(x, dims, *args),
        like,
        [sample(arr(1, 2, *(4,) * dims), 2)],
    )


def adaptive_maps(x: Any, dims: int, output_size: Any) -> Maps:
    """Matrices that average windows chosen to give the wanted size."""
    maps = []
    for n, o in zip(x.shape[-dims:], adaptive_sizes(x, dims, output_size, f"adaptive_avg_pool{dims}d"), strict=True):
        matrix = np.zeros((o, n))
        for i, window in enumerate(adaptive_windows(n, o)):
            matrix[i, window] = 1 / (window.stop - window.start)
        maps.append(matrix)
    return tuple(maps)


def declare_adaptive_avg(dims: int) -> None:
    """The row of `adaptive_avg_pool1d`, `adaptive_avg_pool2d` or `adaptive_avg_pool3d`."""

    def like(input: Array, output_size: Any) -> None: ...

    declare_map(
        f"adaptive_avg_pool{dims}d",
        "mean of each window",
        "The mean of windows chosen to give the wanted size.",
        "SqueezeBackward1" if dims == 1 else f"AdaptiveAvgPool{dims}DBackward0",
        lambda x, *args: adaptive_maps(x, dims, *args),
        like,
        [sample(arr(1, 2, *(4,) * dims), 2)],
    )


# interpolation


def source(i: int, n: int, o: int, scale: float | None, align_corners: bool) -> float:
    """Where in the input the i-th output lies."""
    if align_corners:
        return i * (n - 1) / (o - 1) if o > 1 else 0.0
    return (i + 0.5) * (n / o if scale is None else 1 / scale) - 0.5


def cubic(t: float) -> tuple[float, ...]:
    """The weights of four neighbours at distance t after the second (Keys, 1981, a = −3/4)."""
    a = -0.75

    def near(x: float) -> float:
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x: float) -> float:
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return far(t + 1), near(t), near(1 - t), far(2 - t)


def interpolation(n: int, o: int, mode: str, scale: float | None, align_corners: bool) -> Array:
    """The matrix that turns n places into o."""
    matrix = np.zeros((o, n))
    for i in range(o):
        if mode == "nearest":
            matrix[i, min(math.floor(i * (n / o if scale is None else 1 / scale)), n - 1)] = 1
        elif mode == "nearest-exact":
            matrix[i, min(math.floor((i + 0.5) * (n / o if scale is None else 1 / scale)), n - 1)] = 1
        elif mode == "cubic":
            at = source(i, n, o, scale, align_corners)
            first = math.floor(at)
            for offset, weight in enumerate(cubic(at - first)):
                matrix[i, min(max(first - 1 + offset, 0), n - 1)] += weight
        else:
            at = max(source(i, n, o, scale, align_corners), 0.0)
            first = min(int(at), n - 1)
            matrix[i, first] += 1 - (at - first)
            matrix[i, min(first + 1, n - 1)] += at - first
    return matrix


def interpolation_maps(x: Any, size: Any, mode: str, scales: Any, align_corners: bool) -> Maps:
    """One interpolation matrix for each spatial dimension."""
    kind = {"bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"}.get(mode, mode)
    return tuple(
        interpolation(n, o, kind, scale, align_corners) for n, o, scale in zip(x.shape[2:], size, scales, strict=True)
    )


def _interpolate_like(input: Array, size: Any, mode: str, scales: Any, align_corners: bool) -> None: ...


for _dims in (1, 2, 3):
    declare_avg_pool(_dims)
    declare_adaptive_avg(_dims)
UPSAMPLE = (
    ("nearest", "Nearest"), ("nearest-exact", "NearestExact"), ("linear", "Linear"), ("bilinear", "Bilinear"),
    ("trilinear", "Trilinear"), ("bicubic", "Bicubic"),
)  # fmt: skip


def upsample_name(call: dict[str, Any]) -> str:
    """torch's grad_fn of an interpolation."""
    return f"Upsample{dict(UPSAMPLE)[call['mode']]}{len(call['size'])}DBackward0"


declare_map(
    "upsample",
    "input between its places",
    "The input at another resolution.",
    upsample_name,  # type: ignore[arg-type]
    interpolation_maps,
    _interpolate_like,
    [sample(arr(1, 1, 3), (5,), "linear", (None,), False)],
)
