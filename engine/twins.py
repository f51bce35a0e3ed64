"""Functions of `torch` beside the operators: layers under their other names, windows of signals, small queries."""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any, TypeAlias

from engine import random
from engine.backward import TENSORS
from engine.nn import functional as F
from engine.ops.ranges import integer

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any

SAME = (
    *("adaptive_avg_pool1d", "avg_pool1d", "bilinear", "channel_shuffle", "group_norm", "layer_norm", "max_pool1d"),
    *("max_pool2d", "max_pool3d", "pairwise_distance", "pixel_shuffle", "pixel_unshuffle", "rms_norm"),
)
"""Functions of `nn.functional` that torch has with the same arguments."""


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Each element zero with probability p while training."""
    return F.dropout(input, p, train)


def alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Dropout that keeps the mean and variance of selu networks."""
    return F.alpha_dropout(input, p, train)


def embedding(
    weight: Tensor, indices: Tensor, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Tensor:
    """The rows of a table that indices name; the table comes first here."""
    return F.embedding(indices, weight, None if padding_idx == -1 else padding_idx, None, 2.0, scale_grad_by_freq)


def chain_matmul(*matrices: Tensor) -> Tensor:
    """The product of matrices, one after the other."""
    return reduce(lambda a, b: a @ b, matrices)


def _cosines(name: str, length: int, periodic: bool, weights: tuple[float, ...], options: dict[str, Any]) -> Tensor:
    """`a₀ − a₁ cos x + a₂ cos 2x`, once around."""
    count = integer(name, "window_length", 1, length)
    if count < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={count}")
    if count <= 1:
        return TENSORS.ones(count, **options)
    around = TENSORS.arange(count, dtype=TENSORS.ones(1, **options).dtype) * (
        2 * math.pi / (count if periodic else count - 1)
    )
    window = TENSORS.ones(count, **options) * weights[0]
    for k, weight in enumerate(weights[1:], 1):
        window = window + (-1) ** k * weight * (around * k).cos()
    return window


def hann_window(window_length: int, periodic: bool = True, **options: Any) -> Tensor:
    """`½ − ½ cos`."""
    return _cosines("hann_window", window_length, periodic, (0.5, 0.5), options)


def hamming_window(
    window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, **options: Any
) -> Tensor:
    """`α − β cos`."""
    return _cosines("hamming_window", window_length, periodic, (alpha, beta), options)


def blackman_window(window_length: int, periodic: bool = True, **options: Any) -> Tensor:
    """`0.42 − 0.5 cos + 0.08 cos 2x`."""
    return _cosines("blackman_window", window_length, periodic, (0.42, 0.5, 0.08), options)


def range_(start: float = 0, end: float = 0, step: float = 1, **options: Any) -> Tensor:
    """`arange` that includes its end, deprecated."""
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with "
        "Python's range builtin. Instead, use torch.arange, which produces values in [start, end).",
        UserWarning,
        stacklevel=2,
    )
    options.setdefault("dtype", TENSORS.ones(1).dtype)
    return TENSORS.arange(math.floor((end - start) / step) + 1, **options) * step + start


def is_signed(input: Tensor) -> bool:
    """Whether the type has negative numbers."""
    return bool(input.dtype.is_signed)


def is_inference(input: Tensor) -> bool:
    """Whether the tensor was made in inference mode."""
    return bool(input.is_inference())


@contextlib.contextmanager
def fork_rng(devices: Iterable[Any] | None = None, enabled: bool = True, **_: Any) -> Iterator[None]:
    """What is drawn inside leaves the random stream outside as it was."""
    state = random.get_rng_state()
    try:
        yield
    finally:
        if enabled:
            random.set_rng_state(state)


random.fork_rng = fork_rng  # type: ignore[attr-defined]
FUNCTIONS: dict[str, Any] = {name: getattr(F, name) for name in SAME} | {
    "range": range_,
    **{
        function.__name__: function
        for function in (
            *(dropout, alpha_dropout, embedding, chain_matmul, hann_window, hamming_window, blackman_window),
            *(is_signed, is_inference),
        )
    },
}
"""What `torch` has of these, by name."""
