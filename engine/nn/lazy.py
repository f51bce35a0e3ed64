"""Lazy modules: layers that learn the size of their input from the first input they see, and are plain from then on."""

from __future__ import annotations

from typing import Any, TypeAlias

from engine.apply import run
from engine.nn import convolution, linear, normalisation
from engine.nn.module import Module
from engine.nn.parameter import UninitializedBuffer, UninitializedParameter
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


class _Lazy(Module):
    """What all lazy modules share: at the first call the parameters get shapes and values, and the class changes."""

    becomes: type[Module]

    def has_uninitialized_params(self) -> bool:
        """Whether a parameter or buffer still has no shape."""
        entries = [*self._parameters.values(), *self._buffers.values()]
        return any(isinstance(entry, UninitializedParameter | UninitializedBuffer) for entry in entries)

    def initialize_parameters(self, input: Tensor) -> None:
        """Give every parameter its shape, now that an input is known, and draw its values."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def reset_parameters(self) -> None:
        """Draw new values, once there is something to draw."""
        if not self.has_uninitialized_params() and self.sized():
            super().reset_parameters()  # type: ignore[misc]

    def sized(self) -> bool:
        """Whether the size of the input is known."""
        raise NotImplementedError

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.has_uninitialized_params():
            self.initialize_parameters(*args, **kwargs)
        if not isinstance(self, self.becomes):
            raise TypeError(f"a {type(self).__name__} becomes a layer that it is a kind of")
        self.__class__ = self.becomes  # type: ignore[assignment]
        return self(*args, **kwargs)


def _unknown(module: Module, bias: bool, device: Any, dtype: Any) -> None:
    """Weight and bias yet without shape."""
    module.weight = UninitializedParameter(device=device, dtype=dtype)
    if bias:
        module.bias = UninitializedParameter(device=device, dtype=dtype)


class LazyLinear(_Lazy, linear.Linear):
    """A linear layer that takes in_features from its first input."""

    becomes = linear.Linear

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, 0, False, device, dtype)
        self.out_features = out_features
        _unknown(self, bias, device, dtype)

    def sized(self) -> bool:
        """Whether in_features is known."""
        return self.in_features != 0

    def initialize_parameters(self, input: Tensor) -> None:
        """in_features is the last size of the input."""
        self.in_features = input.shape[-1]
        self.weight.materialize((self.out_features, self.in_features))
        if self.bias is not None:
            self.bias.materialize((self.out_features,))
        self.reset_parameters()


class _LazyConv(_Lazy, convolution._ConvNd):
    """What lazy convolutions share."""

    def __init__(self, out_channels: int, kernel_size: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(0, 0, kernel_size, *args, **kwargs)
        self.out_channels = out_channels
        if out_channels % self.groups:
            raise ValueError("out_channels must be divisible by groups")
        _unknown(self, self.bias is not None, self.weight.device, self.weight.dtype)

    def sized(self) -> bool:
        """Whether in_channels is known."""
        return self.in_channels != 0

    def initialize_parameters(self, input: Tensor, *args: Any) -> None:
        """in_channels is the second size of a batch, the first of a single example."""
        if input.dim() not in (self.dims + 1, self.dims + 2):
            raise RuntimeError(
                f"Expected {self.dims + 1}D (unbatched) or {self.dims + 2}D (batched) input to {type(self).__name__}, "
                f"but got input of size: {input.shape}"
            )
        self.in_channels = input.shape[-self.dims - 1]
        if self.in_channels % self.groups:
            raise ValueError("in_channels must be divisible by groups")
        self.weight.materialize(self.weight_shape())
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))
        self.reset_parameters()


class LazyConv1d(_LazyConv, convolution.Conv1d):
    """A Conv1d that takes in_channels from its first input."""

    becomes = convolution.Conv1d


class LazyConv2d(_LazyConv, convolution.Conv2d):
    """A Conv2d that takes in_channels from its first input."""

    becomes = convolution.Conv2d


class LazyConv3d(_LazyConv, convolution.Conv3d):
    """A Conv3d that takes in_channels from its first input."""

    becomes = convolution.Conv3d


class LazyConvTranspose1d(_LazyConv, convolution.ConvTranspose1d):
    """A ConvTranspose1d that takes in_channels from its first input."""

    becomes = convolution.ConvTranspose1d


class LazyConvTranspose2d(_LazyConv, convolution.ConvTranspose2d):
    """A ConvTranspose2d that takes in_channels from its first input."""

    becomes = convolution.ConvTranspose2d


class LazyConvTranspose3d(_LazyConv, convolution.ConvTranspose3d):
    """A ConvTranspose3d that takes in_channels from its first input."""

    becomes = convolution.ConvTranspose3d


class _LazyNorm(_Lazy, normalisation._BatchNorm):
    """What lazy batch and instance norms share."""

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool | None = None,
        track_running_stats: bool | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(0, eps, momentum, False, False, device, dtype)
        self.affine = self.default_affine if affine is None else affine
        self.track_running_stats = self.default_tracking if track_running_stats is None else track_running_stats
        if self.affine:
            _unknown(self, True, device, dtype)
        if self.track_running_stats:
            for name in ("running_mean", "running_var"):
                self.register_buffer(name, UninitializedBuffer(device=device, dtype=dtype))
            self.num_batches_tracked = run(OPS["tensor"], (0,), {})

    def sized(self) -> bool:
        """Whether num_features is known."""
        return self.num_features != 0

    def initialize_parameters(self, input: Tensor) -> None:
        """num_features is the second size of the input."""
        self.num_features = input.shape[1]
        for entry in (self.weight, self.bias, self.running_mean, self.running_var):
            if entry is not None:
                entry.materialize((self.num_features,))
        self.reset_parameters()


class LazyBatchNorm1d(_LazyNorm, normalisation.BatchNorm1d):
    """A BatchNorm1d that takes num_features from its first input."""

    becomes = normalisation.BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, normalisation.BatchNorm2d):
    """A BatchNorm2d that takes num_features from its first input."""

    becomes = normalisation.BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, normalisation.BatchNorm3d):
    """A BatchNorm3d that takes num_features from its first input."""

    becomes = normalisation.BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, normalisation.InstanceNorm1d):
    """An InstanceNorm1d that takes num_features from its first input."""

    becomes = normalisation.InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, normalisation.InstanceNorm2d):
    """An InstanceNorm2d that takes num_features from its first input."""

    becomes = normalisation.InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, normalisation.InstanceNorm3d):
    """An InstanceNorm3d that takes num_features from its first input."""

    becomes = normalisation.InstanceNorm3d
