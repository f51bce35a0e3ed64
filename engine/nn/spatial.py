"""Functions on signals, images and volumes: padding, interpolation, pooling by norms, pixel shuffling."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from engine.apply import run
from engine.ops.correlation import several
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


def _lp_pool(dims: int, input: Tensor, norm_type: float, kernel_size: Any, stride: Any, ceil_mode: bool) -> Tensor:
    """The p-norm of each window, by the mean of powers."""
    if abs(norm_type) == math.inf:
        sign = 1 if norm_type > 0 else -1
        return sign * run(OPS[f"max_pool{dims}d"], (sign * input.abs(), kernel_size, stride, 0, 1, ceil_mode), {})
    means = run(OPS[f"avg_pool{dims}d"], (input.pow(norm_type), kernel_size, stride, 0, ceil_mode), {})
    size = math.prod(several(kernel_size, dims))
    return (means.sign() * means.abs().relu()).mul(size).pow(1.0 / norm_type)


def lp_pool1d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """The p-norm of each window."""
    return _lp_pool(1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """The p-norm of each window."""
    return _lp_pool(2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """The p-norm of each window."""
    return _lp_pool(3, input, norm_type, kernel_size, stride, ceil_mode)


def pad(input: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Tensor:
    """The input with something around it, from the last dimension on."""
    amounts = tuple(pad)
    if len(amounts) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if mode == "constant":
        if len(amounts) > 2 * input.dim():
            raise RuntimeError(
                f"Length of pad should be no more than twice the number of dimensions of the input. Pad length is "
                f"{len(amounts)} while the input has {input.dim()} dimensions."
            )
        return run(OPS["constant_pad_nd"], (input, amounts, value or 0), {})
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    return run(OPS["pad_with_copies"], (input, amounts, mode), {})


SPATIAL = {
    "nearest": None,
    "nearest-exact": None,
    "area": None,
    "linear": 3,
    "bilinear": 4,
    "bicubic": 4,
    "trilinear": 5,
}


def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """The input at another resolution, given by its size or by a factor."""
    dims = input.dim() - 2
    if mode not in SPATIAL:
        raise NotImplementedError(
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {input.dim()}D) for the modes: nearest | "
            f"linear | bilinear | bicubic | trilinear | area | nearest-exact (got {mode})"
        )
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    scales: tuple[float | None, ...] = (None,) * dims
    if size is None:
        factors = (float(scale_factor),) * dims if isinstance(scale_factor, int | float) else tuple(scale_factor)
        sizes = tuple(math.floor(n * f) for n, f in zip(input.shape[2:], factors, strict=True))
        scales = scales if recompute_scale_factor else factors
    else:
        sizes = (size,) * dims if isinstance(size, int) else tuple(size)
    if mode == "area":
        return run(OPS[f"adaptive_avg_pool{dims}d"], (input, sizes), {})
    return run(OPS["upsample"], (input, sizes, mode, scales, bool(align_corners)), {})


upsample = interpolate


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Channels rearranged into a finer grid."""
    r = upscale_factor
    *lead, channels, height, width = input.shape
    out = input.reshape(*lead, channels // (r * r), r, r, height, width)
    n = len(lead)
    out = out.permute(*range(n + 1), n + 3, n + 1, n + 4, n + 2)
    return out.reshape(*lead, channels // (r * r), height * r, width * r)


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """A grid rearranged into channels."""
    r = downscale_factor
    *lead, channels, height, width = input.shape
    out = input.reshape(*lead, channels, height // r, r, width // r, r)
    n = len(lead)
    out = out.permute(*range(n + 1), n + 2, n + 4, n + 1, n + 3)
    return out.reshape(*lead, channels * r * r, height // r, width // r)


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """Each element divided by a power of its neighbours in other channels."""
    squares = input.mul(input).unsqueeze(1)
    if not input.numel():
        return input
    flat = squares.reshape(squares.size(0), 1, squares.size(2), -1)
    flat = pad(flat, (0, 0, size // 2, (size - 1) // 2))
    means = run(OPS["avg_pool2d"], (flat, (size, 1)), {"stride": 1}).reshape(input.shape)
    return input / (means * alpha + k).pow(beta)


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The patches of images as columns: (batch, channels · kernel, places)."""
    return run(OPS["im2col"], (input, kernel_size, dilation, padding, stride), {})


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """Columns of patches added up to images."""
    return run(OPS["col2im"], (input, output_size, kernel_size, dilation, padding, stride), {})


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """The channels of the groups dealt out in turn."""
    batch, channels, *sizes = input.shape
    return input.reshape(batch, groups, channels // groups, *sizes).transpose(1, 2).reshape(input.shape)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The input at another resolution, places repeated."""
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The input at another resolution, its corners kept."""
    return interpolate(input, size, scale_factor, "bilinear", align_corners=True)


def _wanted_sizes(wanted: Any, usual: list[int], steps: Any) -> list[int]:
    """The sizes an unpooling is asked for, which may differ from the usual ones by less than a step."""
    dims = len(usual)
    sizes: list[int] = list(wanted[2:] if len(wanted) == dims + 2 else wanted)
    if len(sizes) != dims:
        raise ValueError(
            f"output_size should be a sequence containing {dims} or {dims + 2} elements, but it has a length of "
            f"'{len(sizes)}'"
        )
    for d, (size, middle, step) in enumerate(zip(sizes, usual, steps, strict=True)):
        if not middle - step < size < middle + step:
            raise ValueError(
                f'invalid output_size "{wanted}" (dim {d} must be between {middle - step} and {middle + step})'
            )
    return sizes


def _max_unpool(
    dims: int, input: Tensor, indices: Tensor, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> Tensor:
    """Zeros with the pooled values back at the places they came from."""
    if indices.shape != input.shape:
        one = (1,) if dims == 1 else ()
        raise RuntimeError(
            "Expected shape of indices to be same as that of the input tensor "
            f"({[*input.shape, *one]}) but got indices tensor with shape: {[*indices.shape, *one]}"
        )
    kernel = several(kernel_size, dims)
    steps, around = kernel if stride is None else several(stride, dims), several(padding, dims)
    sizes = [(n - 1) * s - 2 * p + k for n, s, p, k in zip(input.shape[-dims:], steps, around, kernel, strict=True)]
    if output_size is not None:
        sizes = _wanted_sizes(output_size, sizes, steps)
    lead = tuple(input.shape[:-dims])
    flat = run(OPS["new_zeros"], (input, (*lead, math.prod(sizes))), {})
    count = math.prod(input.shape[-dims:])
    placed = flat.scatter(len(lead), indices.reshape(*lead, count), input.reshape(*lead, count))
    return placed.reshape(*lead, *sizes)


def max_unpool1d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """The inverse of a max pooling, as far as there is one."""
    return _max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """The inverse of a max pooling, as far as there is one."""
    return _max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """The inverse of a max pooling, as far as there is one."""
    return _max_unpool(3, input, indices, kernel_size, stride, padding, output_size)
