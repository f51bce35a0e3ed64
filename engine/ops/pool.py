"""Max pooling: the largest element of every window.  Its gradient goes to the first place that has it.

Mean pooling is linear and belongs to resample.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.backends import Array, asarray
from engine.ops.correlation import Sizes, patches, several
from engine.ops.loss import raw
from engine.registry import arr, op, sample

OPTIONS: dict[str, Any] = {"family": "layer", "function": False, "method": False}


def pooled_sizes(sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil_mode: bool) -> Sizes:
    """The spatial sizes a pooling gives; with ceil_mode a last window may hang over the end, but not begin there."""
    out = []
    for n, k, s, p, d in zip(sizes, kernel, stride, padding, dilation, strict=True):
        room = n + 2 * p - d * (k - 1) - 1
        count = (math.ceil(room / s) if ceil_mode else room // s) + 1
        if ceil_mode and (count - 1) * s >= n + p:
            count -= 1
        out.append(count)
    if min(out) < 1:
        raise RuntimeError(
            f"Given input size: ({'x'.join(map(str, (1, *sizes)))}). Calculated output size: "
            f"({'x'.join(map(str, (1, *out)))}). Output size is too small"
        )
    return tuple(out)


@dataclass(frozen=True)
class Windows:
    """How windows lie on an input: one number for each spatial dimension, and how many there are."""

    kernel: Sizes
    stride: Sizes
    padding: Sizes
    dilation: Sizes
    out: Sizes

    @property
    def places(self) -> Any:
        """For each place of the kernel, the slices of a bordered input that it meets."""
        return patches(self.out, self.kernel, self.stride, self.dilation)

    def borders(self, sizes: Any) -> list[tuple[int, int]]:
        """How far the windows reach beyond each side of an input of these sizes."""
        reach = zip(sizes, self.out, self.kernel, self.stride, self.padding, self.dilation, strict=True)
        return [(p, max((o - 1) * s + d * (k - 1) + 1 - n - p, 0)) for n, o, k, s, p, d in reach]


def _wrong_input(name: str, shape: Any, dims: int) -> str:
    """What is said of an input of another number of dimensions, or of none but the batch's elements."""
    shown = ", ".join(map(str, shape))
    if name == "max_pool1d":
        return (
            f"{name}: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:[{shown}]"
        )
    if name == "max_pool2d":
        return f"Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:[{shown}]"
    if name == "max_pool3d" and len(shape) in (4, 5):
        empty = list(shape[-4:]).index(0) if len(shape) == 4 else list(shape[1:]).index(0)
        return (
            "max_pool3d_with_indices_out_cpu_template(): Expected input's non-batch dimensions to have positive "
            f"length, but input has a shape of [{shown}] and non-batch dimension {empty} has length zero!"
        )
    if name == "avg_pool3d":
        return "non-empty 4D or 5D (batch mode) tensor expected for input"
    return f"{name}(): Expected {dims + 1}D or {dims + 2}D input, but got: {list(shape)}"


def window_setup(
    name: str, x: Any, dims: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> Windows:
    """The windows that a pooling's arguments describe."""
    if x.ndim not in (dims + 1, dims + 2):
        raise RuntimeError(_wrong_input(name, x.shape, dims))
    kernel = several(kernel_size, dims)
    steps = kernel if stride is None or stride == () else several(stride, dims)
    around, gaps = several(padding, dims), several(dilation, dims)
    for p, k, d in zip(around, kernel, gaps, strict=True):
        if p < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {p}")
        if 2 * p > d * (k - 1) + 1:
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} and "
                f"dilation={d}"
            )
    for what, numbers in (("kernel_size", kernel), ("stride", steps), ("dilation", gaps)):
        if min(numbers) <= 0:
            raise RuntimeError(f"{name}() {what} must be greater than zero, but got {min(numbers)}")
    if min(x.shape[-dims - 1 :], default=1) == 0 and name.startswith("max"):
        raise RuntimeError(_wrong_input(name, x.shape, dims))
    out = pooled_sizes(tuple(x.shape[-dims:]), kernel, steps, around, gaps, ceil_mode)
    return Windows(kernel, steps, around, gaps, out)


def bordered(x: Array, windows: Windows, value: Any) -> Array:
    """`x` with `value` around it, as far as the windows reach."""
    dims = len(windows.out)
    widths = windows.borders(x.shape[-dims:])
    if not any(before or after for before, after in widths):
        return x
    return np.pad(x, [(0, 0)] * (x.ndim - dims) + widths, constant_values=value)


def lowest(dtype: np.dtype[Any]) -> Any:
    """What is below everything else."""
    return -math.inf if dtype.kind in "fV" else np.iinfo(dtype).min


def maxima(x: Array, windows: Windows) -> Array:
    """The largest element of every window; NaN counts as largest."""
    whole = bordered(x, windows, lowest(x.dtype))
    best: Any = None
    for _, window in windows.places:
        part = whole[(..., *window)]
        best = part.copy() if best is None else np.maximum(best, part, out=best)
    return best


def first_inside(windows: Windows, sizes: Any) -> Array:
    """For every window the number of its first place that is not border."""
    first = np.zeros(windows.out, dtype=np.int16)
    found = np.zeros(windows.out, dtype=bool)
    for number, (place, _) in enumerate(windows.places):
        inside = coordinates(windows, place)
        ok = np.all([(at >= 0) & (at < n) for at, n in zip(inside, sizes, strict=True)], axis=0)
        first[ok & ~found] = number
        found |= ok
    return first


def coordinates(windows: Windows, place: Sizes) -> list[Array]:
    """Where in the input a place of the kernel lies, for every window."""
    starts = [
        np.arange(o) * s - p + at * d
        for o, s, p, at, d in zip(windows.out, windows.stride, windows.padding, place, windows.dilation, strict=True)
    ]
    return list(np.meshgrid(*starts, indexing="ij"))


def winners(x: Array, windows: Windows) -> Array:
    """For every window, the number of the kernel's place that holds the maximum: the first, but the last NaN."""
    dims = len(windows.out)
    whole = bordered(x, windows, lowest(x.dtype))
    small = np.int8 if math.prod(windows.kernel) < 128 else np.int16
    which: Array = np.zeros_like(x, shape=(*x.shape[:-dims], *windows.out), dtype=small)
    if any(windows.padding):
        which[...] = asarray(first_inside(windows, x.shape[-dims:]), np.int16, x)
    has_nan = x.dtype.kind in "fV" and bool(np.isnan(x.max(initial=0)))
    best: Any = None
    for number, (_, window) in enumerate(windows.places):
        part = whole[(..., *window)].copy()  # read twice, and strided reading is slow
        if best is None:
            best = part
            continue
        better = part > best
        if has_nan:
            better |= np.isnan(part)
        np.maximum(best, part, out=best)
        np.maximum(which, better * small(number), out=which)  # quicker than a mask: later places have larger numbers
    return which


def places_of(which: Array, windows: Windows, sizes: Any) -> Array:
    """The winners' places in the flattened spatial dimensions."""
    table = []
    for place, _ in windows.places:
        flat: Any = 0
        for at, n in zip(coordinates(windows, place), sizes, strict=True):
            flat = flat * n + at
        table.append(flat)
    spread = asarray(np.stack(table), np.int64, which)
    lines = which.reshape(-1, *windows.out)
    return np.stack([np.take_along_axis(spread, line[None].astype(np.int64), 0)[0] for line in lines]).reshape(
        which.shape
    )


@op(
    "_to_winners",
    "input at the maxima's places",
    family="layer",
    doc="Zeros with each element added at the place where its window has the maximum.",
    grads={"input": ("g at those places", lambda F, g, s: F._from_winners(g, s.which, s.windows))},
    backward="MaxPool2DWithIndicesBackwardBackward0",
)
def _to_winners(input: Array, which: Array, windows: Windows, shape: Any) -> Array:
    dims = len(windows.out)
    widths = windows.borders(shape[-dims:])
    whole: Array = np.zeros_like(
        input, shape=(*shape[:-dims], *(n + a + b for n, (a, b) in zip(shape[-dims:], widths, strict=True)))
    )
    apart = all(s >= d * (k - 1) + 1 for s, d, k in zip(windows.stride, windows.dilation, windows.kernel, strict=True))
    for number, (_, window) in enumerate(windows.places):
        if apart:
            np.multiply(input, which == number, out=whole[(..., *window)])
        else:
            whole[(..., *window)] += input * (which == number)
    return whole[(..., *(slice(a, a + n) for n, (a, _) in zip(shape[-dims:], widths, strict=True)))]


@op(
    "_from_winners",
    "input at the maxima's places",
    family="layer",
    doc="The elements at the places where each window has its maximum.",
    grads={"input": ("g added at those places", lambda F, g, s: F._to_winners(g, s.which, s.windows, s.input_shape))},
    backward="GatherBackward0",
)
def _from_winners(input: Array, which: Array, windows: Windows) -> Array:
    whole = bordered(input, windows, 0)
    out = np.zeros_like(input, shape=which.shape)
    for number, (_, window) in enumerate(windows.places):
        np.copyto(out, whole[(..., *window)], where=which == number)
    return out


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
        windows = window_setup(name, input, dims, kernel_size, stride, padding, dilation, ceil_mode)
        values = maxima(input, windows)
        if not return_indices:
            return values
        return values, places_of(winners(input, windows), windows, input.shape[-dims:])

    def rule(F: Any, g: Any, s: Any) -> Any:
        x = raw(s.input)
        windows = window_setup(name, x, dims, s.kernel_size, s.stride, s.padding, s.dilation, s.ceil_mode)
        upstream = g[0] if isinstance(g, tuple) else g
        return F._to_winners(upstream, winners(x, windows), windows, s.input_shape)

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


for _dims in (1, 2, 3):
    declare_max_pool(_dims)
