"""Normalisation modules: batch, layer, group, instance and root-mean-square norm."""

from __future__ import annotations

from typing import Any, TypeAlias

from engine.apply import run
from engine.nn import functional as F
from engine.nn import init
from engine.nn.linear import new_parameter
from engine.nn.module import Module
from engine.ops.correlation import several
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


class _BatchNorm(Module):
    """What batch and instance norm share: scale and shift, and running moments."""

    ranks: tuple[int, ...] = (2, 3)
    default_affine = True
    default_tracking = True

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool | None = None,
        track_running_stats: bool | None = None,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = self.default_affine if affine is None else affine
        self.track_running_stats = self.default_tracking if track_running_stats is None else track_running_stats
        for name, wanted in (("weight", self.affine), ("bias", self.affine and bias)):
            self.register_parameter(name, new_parameter((num_features,), device, dtype) if wanted else None)
        for name, fill in (("running_mean", "zeros"), ("running_var", "ones")):
            options = {"device": device, "dtype": dtype}
            made = run(OPS[fill], ((num_features,),), options) if self.track_running_stats else None
            self.register_buffer(name, made)
        self.register_buffer("num_batches_tracked", self._count() if self.track_running_stats else None)
        self.reset_parameters()

    @staticmethod
    def _count() -> Tensor:
        return run(OPS["tensor"], (0,), {})

    def reset_running_stats(self) -> None:
        """Forget the running moments."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Scale 1, shift 0, moments forgotten."""
        self.reset_running_stats()
        if self.affine:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() not in self.ranks:
            wanted = " or ".join(f"{rank}D" for rank in self.ranks)
            raise ValueError(f"expected {wanted} input (got {input.dim()}D input)")

    def forward(self, input: Tensor) -> Tensor:
        """Input (batch, channels, …), output of the same shape."""
        self._check_input_dim(input)
        momentum = 0.0 if self.momentum is None else self.momentum
        if self.training and self.track_running_stats:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:
                momentum = 1.0 / float(self.num_batches_tracked)
        own_moments = self.training or (self.running_mean is None and self.running_var is None)
        follow = not self.training or self.track_running_stats
        mean, variance = (self.running_mean, self.running_var) if follow else (None, None)
        return F.batch_norm(input, mean, variance, self.weight, self.bias, own_moments, momentum, self.eps)

    def extra_repr(self) -> str:
        """The settings."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(_BatchNorm):
    """Batch norm of (batch, features) or (batch, channels, length)."""


class BatchNorm2d(_BatchNorm):
    """Batch norm of images."""

    ranks = (4,)


class BatchNorm3d(_BatchNorm):
    """Batch norm of volumes."""

    ranks = (5,)


class _InstanceNorm(_BatchNorm):
    """What instance norms share."""

    default_affine = False
    default_tracking = False

    def forward(self, input: Tensor) -> Tensor:
        """Input (batch, channels, …) or without the batch, output of the same shape."""
        self._check_input_dim(input)
        batched = input.dim() == self.ranks[-1]
        whole = input if batched else input.unsqueeze(0)
        own_moments = self.training or not self.track_running_stats
        momentum = 0.0 if self.momentum is None else self.momentum
        out = F.instance_norm(
            whole, self.running_mean, self.running_var, self.weight, self.bias, own_moments, momentum, self.eps
        )
        return out if batched else out.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """Instance norm of signals."""

    ranks = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Instance norm of images."""

    ranks = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Instance norm of volumes."""

    ranks = (4, 5)


class LayerNorm(Module):
    """Each example standardised over its last dimensions."""

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = (
            several(normalized_shape, 1) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        )
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        shape = self.normalized_shape
        self.register_parameter("weight", new_parameter(shape, device, dtype) if elementwise_affine else None)
        self.register_parameter("bias", new_parameter(shape, device, dtype) if elementwise_affine and bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Scale 1, shift 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """Input (…, *normalized_shape), output of the same shape."""
        return run(OPS["layer_norm"], (input, self.normalized_shape, self.weight, self.bias, self.eps), {})

    def extra_repr(self) -> str:
        """The settings."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """Each example divided by its root mean square over the last dimensions."""

    def __init__(
        self,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        made = new_parameter(self.normalized_shape, device, dtype) if elementwise_affine else None
        self.register_parameter("weight", made)
        if made is not None:
            init.ones_(made)

    def forward(self, input: Tensor) -> Tensor:
        """Input (…, *normalized_shape), output of the same shape."""
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """The settings."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Module):
    """Groups of channels standardised for each example."""

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        for name, fill, wanted in (("weight", init.ones_, affine), ("bias", init.zeros_, affine and bias)):
            made = new_parameter((num_channels,), device, dtype) if wanted else None
            self.register_parameter(name, made)
            if made is not None:
                fill(made)

    def forward(self, input: Tensor) -> Tensor:
        """Input (batch, channels, …), output of the same shape."""
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)  # type: ignore[attr-defined]

    def extra_repr(self) -> str:
        """The settings."""
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )
