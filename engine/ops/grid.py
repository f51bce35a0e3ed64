"""Images read at places that are not on their grid: `grid_sample`, and the grids of affine maps.

Written in operators that have derivatives, by the image and by the places, of every order.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable
from typing import Any

from engine import dtypes
from engine.backward import TENSORS
from engine.registry import arr, composite, sample

# The operators of these Tensors come from the table at run time, where a type checker does not see them.
Tensor = Any
Neighbours = list[tuple[Tensor, Tensor]]
OPTIONS: dict[str, Any] = {"family": "layer", "function": False, "method": False}
ALIGNMENT = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
    "align_corners=True if the old behavior is desired. See the documentation of grid_sample for details."
)
CUBIC = -0.75
"""The slope parameter of Keys's cubic convolution (1981)."""


def corners(align_corners: bool | None) -> bool:
    """Whether −1 and 1 are the centres of the outermost pixels, and not their outer edges; a warning if not said."""
    if align_corners is None:
        warnings.warn(ALIGNMENT, UserWarning, stacklevel=4)
    return bool(align_corners)


def held(x: Tensor, n: int) -> Tensor:
    """`x` within 0 and n − 1; without a derivative where it was not inside."""
    inside = (x > 0) & (x < n - 1)
    return TENSORS.where(inside, x, x.detach().clamp(0, n - 1))


def reflected(x: Tensor, n: int, align: bool) -> Tensor:
    """`x` thrown back at the outermost centres, or at the outer edges, as often as it needs."""
    low, span = (0.0, n - 1.0) if align else (-0.5, float(n))
    if span == 0:
        return x * 0
    away = (x - low).abs()
    rest, flips = away.fmod(span), (away.detach() / span).floor()
    return held(TENSORS.where(flips % 2 == 0, rest + low, span - rest + low), n)


def within(x: Tensor, n: int, padding_mode: str, align: bool) -> Tensor:
    """A coordinate as the padding mode has it."""
    if padding_mode == "border":
        return held(x, n)
    return reflected(x, n, align) if padding_mode == "reflection" else x


def linear(x: Tensor) -> Neighbours:
    """The places before and after, weighted by nearness."""
    low = x.detach().floor()
    return [(low, 1 - (x - low)), (low + 1, x - low)]


def nearest(x: Tensor) -> Neighbours:
    """The nearest place."""
    return [(x.detach().round(), TENSORS.ones_like(x.detach()))]


def cubic(x: Tensor) -> Neighbours:
    """Four places, weighted by Keys's cubic."""
    low = x.detach().floor()
    t = x - low
    near = [((CUBIC + 2) * d - (CUBIC + 3)) * d * d + 1 for d in (t, 1 - t)]
    far = [((CUBIC * d - 5 * CUBIC) * d + 8 * CUBIC) * d - 4 * CUBIC for d in (1 + t, 2 - t)]
    return [(low - 1, far[0]), (low, near[0]), (low + 1, near[1]), (low + 2, far[1])]


MODES: dict[str, Callable[[Tensor], Neighbours]] = {"bilinear": linear, "nearest": nearest, "bicubic": cubic}


def check(input: Tensor, grid: Tensor, mode: str, padding_mode: str) -> None:
    """Refuse what torch refuses, in its words."""
    name = "nn.functional.grid_sample(): expected"
    if mode not in MODES:
        raise ValueError(f"{name} mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(f"{name} padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'")
    name = "grid_sampler(): expected"
    if input.shape[0] != grid.shape[0]:
        raise RuntimeError(
            f"{name} grid and input to have same batch size, but got input with sizes {list(input.shape)} and grid "
            f"with sizes {list(grid.shape)}"
        )
    if grid.shape[-1] != input.ndim - 2:
        raise RuntimeError(
            f"{name} grid to have size {input.ndim - 2} in last dimension, but got grid with sizes {list(grid.shape)}"
        )
    if input.ndim not in (4, 5) or grid.ndim != input.ndim:
        raise RuntimeError(
            f"{name} 4D or 5D input and grid with same number of dimensions, but got input with sizes "
            f"{list(input.shape)} and grid with sizes {list(grid.shape)}"
        )
    if mode == "bicubic" and input.ndim == 5:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")


@composite(
    "grid_sample",
    "Σ w · input around each place of grid",
    doc="The input read at the places of a grid (from −1 to 1 along each side), between pixels by interpolation.",
    samples=[
        sample(arr(1, 2, 3, 4), arr(1, 2, 2, 2), align_corners=True),
        sample(arr(1, 1, 4, 4), arr(1, 2, 3, 2), "bicubic", "border", align_corners=False),
        sample(arr(1, 1, 2, 3, 3), arr(1, 1, 2, 2, 3), "bilinear", "reflection", align_corners=False),
    ],
    **OPTIONS,
)
def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    check(input, grid, mode, padding_mode)
    align, sizes = corners(align_corners), input.shape[2:]
    neighbours = []
    for n, axis in zip(sizes, reversed(range(len(sizes))), strict=True):
        x = (grid[..., axis] + 1) * ((n - 1) / 2) if align else ((grid[..., axis] + 1) * n - 1) / 2
        if mode == "bicubic":  # each of the four places is padded, and not the one between them
            neighbours.append([(within(at, n, padding_mode, align), w) for at, w in cubic(x)])
        else:
            neighbours.append(MODES[mode](within(x, n, padding_mode, align)))
    total = 0
    for around in itertools.product(*neighbours):
        weight = math.prod((w for _, w in around[1:]), start=around[0][1])
        total = total + elements(input, [at for at, _ in around]) * weight.unsqueeze(1)
    return total


def elements(input: Tensor, places: list[Tensor]) -> Tensor:
    """Every channel of `input` at integer places, 0 outside."""
    inside: Any = True
    index: Any = 0
    for at, n in zip(places, input.shape[2:], strict=True):
        inside = inside & (at >= 0) & (at <= n - 1)
        index = index * n + at.clamp(0, n - 1).to(dtypes.int64)
    channels, shape = input.shape[1], index.shape
    found = input.flatten(2).gather(2, index.reshape(shape[0], 1, -1).expand(-1, channels, -1))
    return found.reshape(shape[0], channels, *shape[1:]) * inside.unsqueeze(1)


@composite(
    "affine_grid",
    "theta · (x, y, 1)ᵀ over the grid",
    doc="The places that an affine map gives to the pixels of an image of some size, for grid_sample.",
    samples=[sample(arr(2, 2, 3), (2, 1, 2, 3), True), sample(arr(1, 3, 4), (1, 1, 2, 2, 2), False)],
    **OPTIONS,
)
def affine_grid(theta: Tensor, size: Any, align_corners: bool | None = None) -> Tensor:
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    align, sizes = corners(align_corners), tuple(size)[2:]
    if theta.ndim != 3 or tuple(theta.shape[-2:]) != (len(sizes), len(sizes) + 1):
        raise ValueError(
            f"Expected a batch of {len(sizes)}D affine matrices of shape Nx{len(sizes)}x{len(sizes) + 1} for size "
            f"torch.Size({list(size)}). Got {theta.shape}."
        )
    lines = [places_along(theta, n, align) for n in sizes]
    grids = TENSORS.meshgrid(*lines)
    points = TENSORS.stack([*reversed(grids), TENSORS.ones_like(grids[0])], -1).reshape(-1, len(sizes) + 1)
    return points.matmul(theta.mT).reshape(theta.shape[0], *sizes, len(sizes))


def places_along(like: Tensor, n: int, align: bool) -> Tensor:
    """The centres of n pixels between −1 and 1."""
    number = like.new_ones(n).cumsum(0) - 1
    if align:
        return number * (2 / (n - 1)) - 1 if n > 1 else number
    return (2 * number + 1) / n - 1
