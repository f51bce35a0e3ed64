"""Convolution modules, plain and transposed, of one to three dimensions."""

from __future__ import annotations

import math
from types import FunctionType
from typing import Any, TypeAlias

from engine.nn import functional as F
from engine.nn import init
from engine.nn.linear import new_parameter
from engine.nn.module import Module
from engine.ops.correlation import several

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


class _ConvNd(Module):
    """What all convolution modules share."""

    dims = 1
    transposed = False

    def __init_subclass__(cls, **options: Any) -> None:
        """Every kind of convolution has an `__init__` under its own name, which messages about arguments show."""
        super().__init_subclass__(**options)
        if "__init__" not in vars(cls) and cls.__module__.startswith("engine."):
            shared = cls.__init__
            own = FunctionType(shared.__code__, shared.__globals__, "__init__", shared.__defaults__, shared.__closure__)
            own.__qualname__ = f"{cls.__name__}.__init__"
            cls.__init__ = own  # type: ignore[method-assign]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self._check(in_channels, out_channels, groups, padding, stride, padding_mode)
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = several(kernel_size, self.dims)
        self.stride = several(stride, self.dims)
        self.padding = padding if isinstance(padding, str) else several(padding, self.dims)
        self.dilation = several(dilation, self.dims)
        self.output_padding: Any = (0,) * self.dims
        self.groups = groups
        self.padding_mode = padding_mode
        self.weight = new_parameter(self.weight_shape(), device, dtype)
        if bias:
            self.bias = new_parameter((out_channels,), device, dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def weight_shape(self) -> tuple[int, ...]:
        """Outputs, inputs of a group, kernel; for transposed convolutions inputs, outputs of a group, kernel."""
        ends = (self.out_channels, self.in_channels)
        first, second = ends[::-1] if self.transposed else ends
        return (first, second // self.groups, *self.kernel_size)

    @staticmethod
    def _check(in_channels: int, out_channels: int, groups: int, padding: Any, stride: Any, mode: str) -> None:
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups:
            raise ValueError("out_channels must be divisible by groups")
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {padding!r}, should be one of {{'valid', 'same'}}")
            if padding == "same" and stride not in (1, (1,), (1, 1), (1, 1, 1)):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if mode not in ("zeros", "reflect", "replicate", "circular"):
            raise ValueError(
                f"padding_mode must be one of {{'zeros', 'reflect', 'replicate', 'circular'}}, but got "
                f"padding_mode='{mode}'"
            )

    def reset_parameters(self) -> None:
        """Draw new values: uniform within ± 1 / √fan_in."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init.fans(self.weight)
            if fan_in:
                init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def forward(self, input: Tensor) -> Tensor:
        """Input (batch, in_channels, …) or without the batch; output with out_channels."""
        padding = self.padding
        if self.padding_mode != "zeros" and not isinstance(padding, str):
            around = tuple(p for p in reversed(padding) for _ in range(2))
            input, padding = F.pad(input, around, self.padding_mode), (0,) * self.dims
        convolve = getattr(F, f"conv{self.dims}d")
        return convolve(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def extra_repr(self) -> str:
        """The sizes, and what differs from the defaults."""
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        for name, plain in (
            ("padding", (0,) * self.dims),
            ("dilation", (1,) * self.dims),
            ("output_padding", (0,) * self.dims),
            ("groups", 1),
        ):
            value = getattr(self, name)
            if value != plain:
                text += f", {name}={value}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class Conv1d(_ConvNd):
    """A convolution over signals (batch, channels, length)."""

    dims = 1


class Conv2d(_ConvNd):
    """A convolution over images (batch, channels, height, width)."""

    dims = 2


class Conv3d(_ConvNd):
    """A convolution over volumes (batch, channels, depth, height, width)."""

    dims = 3


class _ConvTransposeNd(_ConvNd):
    """What all transposed convolution modules share."""

    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, "zeros", device, dtype
        )
        self.output_padding = several(output_padding, self.dims)

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """Input (batch, in_channels, …), output with out_channels, upsampled by the stride."""
        extra = self.output_padding if output_size is None else self._extra(input, output_size)
        convolve = getattr(F, f"conv_transpose{self.dims}d")
        return convolve(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)

    def _extra(self, input: Tensor, output_size: Any) -> tuple[int, ...]:
        """The output padding that gives a wanted size."""
        wanted = tuple(output_size)[-self.dims :]
        sizes = input.shape[-self.dims :]
        padding: tuple[int, ...] = several(self.padding, self.dims)
        least = [
            (sizes[i] - 1) * self.stride[i] - 2 * padding[i] + self.dilation[i] * (self.kernel_size[i] - 1) + 1
            for i in range(self.dims)
        ]
        return tuple(w - m for w, m in zip(wanted, least, strict=True))


class ConvTranspose1d(_ConvTransposeNd):
    """A transposed convolution over signals."""

    dims = 1


class ConvTranspose2d(_ConvTransposeNd):
    """A transposed convolution over images."""

    dims = 2


class ConvTranspose3d(_ConvTransposeNd):
    """A transposed convolution over volumes."""

    dims = 3
