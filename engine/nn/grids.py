"""Modules on signals, images and volumes: pooling, padding, resampling."""

from __future__ import annotations

from typing import Any

from engine.nn import functional as F
from engine.nn.simple import REQUIRED, Simple, module, positional, shown
from engine.ops.correlation import several

f: Any = F

# pooling

POOL = {"kernel_size": REQUIRED, "stride": None, "padding": 0}


def max_pool(dims: int) -> type[Simple]:
    """MaxPool1d, MaxPool2d or MaxPool3d."""

    def check(self: Any) -> None:
        self.stride = self.kernel_size if self.stride is None else self.stride

    function = positional(
        getattr(f, f"max_pool{dims}d"), "kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices"
    )
    extra = shown("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    options = {**POOL, "dilation": 1, "return_indices": False, "ceil_mode": False}
    made = module(f"MaxPool{dims}d", function, "The largest element of each window.", extra, **options)
    made.check = check  # type: ignore[method-assign]
    return made


def avg_pool(dims: int) -> type[Simple]:
    """AvgPool1d, AvgPool2d or AvgPool3d."""

    def check(self: Any) -> None:
        self.stride = self.kernel_size if self.stride is None else self.stride
        if dims == 1:
            for name in ("kernel_size", "stride", "padding"):
                value = getattr(self, name)
                setattr(self, name, (value,) if isinstance(value, int) else value)

    options: dict[str, Any] = {**POOL, "ceil_mode": False, "count_include_pad": True}
    if dims > 1:
        options["divisor_override"] = None
    made = module(
        f"AvgPool{dims}d",
        getattr(f, f"avg_pool{dims}d"),
        "The mean of each window.",
        shown("kernel_size", "stride", "padding"),
        **options,
    )
    made.check = check  # type: ignore[method-assign]
    return made


def adaptive(dims: int, kind: str) -> type[Simple]:
    """An adaptive pooling module."""
    options: dict[str, Any] = {"output_size": REQUIRED} | ({"return_indices": False} if kind == "Max" else {})
    function = getattr(f, f"adaptive_{kind.lower()}_pool{dims}d")
    return module(f"Adaptive{kind}Pool{dims}d", function, "Pooling to a wanted size.", shown("output_size"), **options)


MaxPool1d, MaxPool2d, MaxPool3d = (max_pool(d) for d in (1, 2, 3))
AvgPool1d, AvgPool2d, AvgPool3d = (avg_pool(d) for d in (1, 2, 3))
AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d = (adaptive(d, "Avg") for d in (1, 2, 3))
AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d = (adaptive(d, "Max") for d in (1, 2, 3))
NORMED = {"norm_type": REQUIRED, "kernel_size": REQUIRED, "stride": None, "ceil_mode": False}
normed = shown("norm_type", "kernel_size", "stride", "ceil_mode")
LPPool1d = module("LPPool1d", f.lp_pool1d, "The p-norm of each window.", normed, **NORMED)
LPPool2d = module("LPPool2d", f.lp_pool2d, "The p-norm of each window.", normed, **NORMED)
LPPool3d = module("LPPool3d", f.lp_pool3d, "The p-norm of each window.", normed, **NORMED)


def max_unpool(dims: int) -> type[Simple]:
    """MaxUnpool1d, MaxUnpool2d or MaxUnpool3d."""

    def check(self: Any) -> None:
        stride = self.kernel_size if self.stride is None else self.stride
        for name, value in (("kernel_size", self.kernel_size), ("stride", stride), ("padding", self.padding)):
            setattr(self, name, several(value, dims))

    def forward(self: Any, input: Any, indices: Any, output_size: Any = None) -> Any:
        return type(self).function(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    function = getattr(f, f"max_unpool{dims}d")
    doc = "The elements that a max pooling chose, back in their places, zeros elsewhere."
    made = module(f"MaxUnpool{dims}d", function, doc, shown("kernel_size", "stride", "padding"), **POOL)
    made.check, made.forward = check, forward  # type: ignore[method-assign]
    return made


def fractional_max_pool(dims: int) -> type[Simple]:
    """FractionalMaxPool2d or FractionalMaxPool3d."""

    def check(self: Any) -> None:
        if self.output_size is None and self.output_ratio is None:
            raise ValueError(f"FractionalMaxPool{dims}d requires specifying either an output size, or a pooling ratio")
        if self.output_size is not None and self.output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None:
            ratios = several(self.output_ratio, dims)
            if not all(0 < ratio < 1 for ratio in ratios):
                raise ValueError(f"output_ratio must be between 0 and 1 (got {self.output_ratio})")
            self.output_ratio = ratios

    options = {"output_size": None, "output_ratio": None, "return_indices": False, "_random_samples": None}
    function = getattr(f, f"fractional_max_pool{dims}d")
    doc = "The largest element of windows whose places are drawn at random."
    made = module(f"FractionalMaxPool{dims}d", function, doc, kernel_size=REQUIRED, **options)
    made.check = check  # type: ignore[method-assign]
    return made


MaxUnpool1d, MaxUnpool2d, MaxUnpool3d = (max_unpool(d) for d in (1, 2, 3))
FractionalMaxPool2d, FractionalMaxPool3d = (fractional_max_pool(d) for d in (2, 3))

# padding and resampling


def padding(name: str, dims: int, mode: str) -> type[Simple]:
    """A padding module."""

    def check(self: Any) -> None:
        self.padding = (self.padding,) * (2 * dims) if isinstance(self.padding, int) else tuple(self.padding)

    def call(input: Any, padding: Any, value: float = 0.0) -> Any:
        return f.pad(input, padding, mode, value)

    def extra(self: Any) -> str:
        value = f", value={self.value}" if "value" in self.arguments else ""
        return (f"padding={self.padding}" if value else f"{self.padding}") + value

    options: dict[str, Any] = {"padding": REQUIRED} | ({"value": REQUIRED} if name == "Constant" else {})
    made = module(f"{name}Pad{dims}d", call, "The input with something around it.", extra, **options)
    made.check = check  # type: ignore[method-assign]
    return made


ZeroPad1d, ZeroPad2d, ZeroPad3d = (padding("Zero", d, "constant") for d in (1, 2, 3))
ConstantPad1d, ConstantPad2d, ConstantPad3d = (padding("Constant", d, "constant") for d in (1, 2, 3))
ReflectionPad1d, ReflectionPad2d, ReflectionPad3d = (padding("Reflection", d, "reflect") for d in (1, 2, 3))
ReplicationPad1d, ReplicationPad2d, ReplicationPad3d = (padding("Replication", d, "replicate") for d in (1, 2, 3))
CircularPad1d, CircularPad2d, CircularPad3d = (padding("Circular", d, "circular") for d in (1, 2, 3))


def upsample_extra(self: Any) -> str:
    """The factor or the size, and the mode."""
    first = f"scale_factor={self.scale_factor}" if self.scale_factor is not None else f"size={self.size}"
    return f"{first}, mode={self.mode!r}"


def as_floats(self: Any) -> None:
    """Factors are kept as floats, as torch prints them."""
    factor = self.scale_factor
    if isinstance(factor, tuple | list):
        self.scale_factor = tuple(float(f) for f in factor)
    elif factor is not None:
        self.scale_factor = float(factor)


Upsample = module(
    "Upsample",
    f.interpolate,
    "The input at another resolution.",
    upsample_extra,
    size=None,
    scale_factor=None,
    mode="nearest",
    align_corners=None,
    recompute_scale_factor=None,
)
Upsample.check = as_floats  # type: ignore[method-assign]
UNFOLD = {"kernel_size": REQUIRED, "dilation": 1, "padding": 0, "stride": 1}
unfold_shown = shown("kernel_size", "dilation", "padding", "stride")
Unfold = module("Unfold", f.unfold, "The patches of images as columns.", unfold_shown, **UNFOLD)
Fold = module(
    "Fold",
    f.fold,
    "Columns of patches added up to images.",
    shown("output_size", "kernel_size", "dilation", "padding", "stride"),
    output_size=REQUIRED,
    **UNFOLD,
)
UpsamplingNearest2d = module(
    "UpsamplingNearest2d", f.upsample_nearest, "Places repeated.", upsample_extra, size=None, scale_factor=None
)
UpsamplingBilinear2d = module(
    "UpsamplingBilinear2d", f.upsample_bilinear, "Places in between.", upsample_extra, size=None, scale_factor=None
)
for _kind, _mode in ((UpsamplingNearest2d, "nearest"), (UpsamplingBilinear2d, "bilinear")):
    _kind.mode = _mode  # type: ignore[attr-defined]
    _kind.check = as_floats  # type: ignore[method-assign]
ChannelShuffle = module("ChannelShuffle", f.channel_shuffle, "Channels dealt out.", shown("groups"), groups=REQUIRED)
PixelShuffle = module(
    "PixelShuffle",
    f.pixel_shuffle,
    "Channels rearranged into a finer grid.",
    shown("upscale_factor"),
    upscale_factor=REQUIRED,
)
PixelUnshuffle = module(
    "PixelUnshuffle",
    f.pixel_unshuffle,
    "A grid rearranged into channels.",
    shown("downscale_factor"),
    downscale_factor=REQUIRED,
)
CosineSimilarity = module(
    "CosineSimilarity", f.cosine_similarity, "The cosine of the angle between vectors.", None, dim=1, eps=1e-8
)
PairwiseDistance = module(
    "PairwiseDistance", f.pairwise_distance, "The p-norm of differences.", None, p=2.0, eps=1e-6, keepdim=False
)
LocalResponseNorm = module(
    "LocalResponseNorm",
    f.local_response_norm,
    "Elements divided by a power of their neighbours.",
    lambda self: f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}",
    size=REQUIRED,
    alpha=1e-4,
    beta=0.75,
    k=1.0,
)
