"""`torch.nn.functional`: the layers as functions.

Most are rows of the operator table under their own names; here are those that torch writes in terms of others, and
those whose arguments need preparing.  Losses made of other operators are in losses.py, work on grids in spatial.py,
dropout in dropouts.py.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from engine import autocast_policy, random, views
from engine.apply import run, run_in_place
from engine.autocasting import casting
from engine.dtypes import bool_, finfo
from engine.halves import in_float32
from engine.nn import kinds
from engine.nn.dropouts import (
    alpha_dropout,
    dropout,
    dropout1d,
    dropout2d,
    dropout3d,
    feature_alpha_dropout,
)
from engine.nn.losses import (
    cosine_embedding_loss,
    cosine_similarity,
    cross_entropy,
    gaussian_nll_loss,
    hinge_embedding_loss,
    kl_div,
    margin_ranking_loss,
    mse_loss,
    multi_margin_loss,
    multilabel_margin_loss,
    multilabel_soft_margin_loss,
    pairwise_distance,
    poisson_nll_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from engine.nn.spatial import (
    channel_shuffle,
    fold,
    interpolate,
    local_response_norm,
    lp_pool1d,
    lp_pool2d,
    lp_pool3d,
    max_unpool1d,
    max_unpool2d,
    max_unpool3d,
    pad,
    pixel_shuffle,
    pixel_unshuffle,
    unfold,
    upsample,
    upsample_bilinear,
    upsample_nearest,
)
from engine.ops.bags import renormalise
from engine.registry import OPS
from engine.signatures import TABLE
from engine.sweep import TENSORS
from engine.tensor import Tensor as TensorType
from engine.tensor import wrap

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any

__all__ = [
    "alpha_dropout",
    "channel_shuffle",
    "cosine_embedding_loss",
    "cosine_similarity",
    "cross_entropy",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "feature_alpha_dropout",
    "fold",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "interpolate",
    "kl_div",
    "local_response_norm",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "margin_ranking_loss",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
    "mse_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "pad",
    "pairwise_distance",
    "pixel_shuffle",
    "pixel_unshuffle",
    "poisson_nll_loss",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
    "unfold",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]

# Rows that are functions here as they stand.
ROWS = (
    "gelu", "softplus", "softshrink", "hardshrink", "logsigmoid", "prelu", "glu", "tanh", "sigmoid",
    "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits",
    "nll_loss", "soft_margin_loss", "linear", "one_hot", "layer_norm", "group_norm",
    "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
    "max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d",
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d",
    "adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d",
    "fractional_max_pool2d", "fractional_max_pool3d", "grid_sample", "affine_grid",
    "ctc_loss", "embedding_bag", "pdist",
)  # fmt: skip
# Rows that may also write into their input: `F.relu(x, inplace=True)`.
IN_PLACE_ROWS = (
    "relu", "leaky_relu", "elu", "selu", "celu", "silu", "mish", "hardtanh", "relu6", "hardsigmoid", "hardswish",
    "threshold",
)  # fmt: skip


def _function(name: str, in_place: bool) -> Callable[..., Any]:
    """The public function of a row."""
    row = OPS[name]

    out_of_place = getattr(TENSORS, name)

    def function(*args: Any, inplace: bool = False, **kwargs: Any) -> Any:
        return run_in_place(row, args, kwargs) if inplace else out_of_place(*args, **kwargs)

    if row.composite:
        return row.forward
    if not in_place and name in TABLE:
        return out_of_place  # type: ignore[no-any-return]

    def plain(*args: Any, **kwargs: Any) -> Any:
        return run(row, args, kwargs)

    chosen = function if in_place else plain
    chosen.__name__ = chosen.__qualname__ = name
    chosen.__doc__ = row.doc
    return chosen


for _name in ROWS:
    globals()[_name] = _function(_name, False)
for _name in IN_PLACE_ROWS:
    globals()[_name] = _function(_name, True)
    globals()[f"{_name}_"] = getattr(TensorType, f"{_name}_", None)


def _with_indices(name: str) -> Callable[..., Any]:
    """The pooling that gives the places of the elements it chose, too."""
    pool: Callable[..., Any] = globals()[name]

    def function(*args: Any, **kwargs: Any) -> Any:
        return pool(*args, **{**kwargs, "return_indices": True})

    function.__name__ = function.__qualname__ = f"{name}_with_indices"
    function.__doc__ = pool.__doc__
    return function


for _kind, _dims in (("max_pool", 123), ("adaptive_max_pool", 123), ("fractional_max_pool", 23)):
    for _digit in str(_dims):
        globals()[f"{_kind}{_digit}d_with_indices"] = _with_indices(f"{_kind}{_digit}d")


def _implicit_dim(name: str, ndim: int) -> int:
    """The dimension softmax takes when none is named, with torch's warning."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=3,
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Exponentials scaled to sum to one along a dimension."""
    return run(OPS["softmax"], (input, _implicit_dim("softmax", input.dim()) if dim is None else dim, dtype), {})


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """The logarithm of softmax."""
    chosen = _implicit_dim("log_softmax", input.dim()) if dim is None else dim
    return run(OPS["log_softmax"], (input, chosen, dtype), {})


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """The softmax of the negative input."""
    return softmax(-input, dim, dtype=dtype)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """A differentiable sample from a categorical distribution (Jang and others, 2016)."""
    noise = -run(OPS["empty_like"], (logits,), {}).exponential_().log()
    soft = softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    top = soft.max(dim, keepdim=True)[1]
    return run(OPS["zeros_like"], (logits,), {}).scatter_(dim, top, 1.0) - soft.detach() + soft


def softsign(input: Tensor) -> Tensor:
    """`input / (1 + |input|)`."""
    return input / (input.abs() + 1)


def tanhshrink(input: Tensor) -> Tensor:
    """`input − tanh(input)`."""
    return input - input.tanh()


def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """A leaky relu whose slope is drawn anew for each element while training, and the mean one otherwise."""
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    if not training:
        return (run_in_place if inplace else run)(OPS["leaky_relu"], (input, (lower + upper) / 2), {})
    data = input._data
    # Only elements up to zero draw a slope, in double precision.
    below = np.asarray(data <= 0)
    slopes = np.ones(below.shape)
    slopes[below] = random.uniform(random.default_generator, int(below.sum()), np.float64, lower, upper)
    factors = wrap(slopes.astype(data.dtype))
    return input.mul_(factors) if inplace else input * factors


# layers


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of a table that indices name."""
    if padding_idx is not None:
        if not -weight.size(0) <= padding_idx < weight.size(0):
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx %= weight.size(0)
    if max_norm is not None:
        renormalise(weight, input, max_norm, norm_type)
    return run(OPS["embedding"], (input, weight, padding_idx, scale_grad_by_freq), {})


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`input1ᵀ weight[k] input2` for every output k."""
    left = input1.unsqueeze(-2).unsqueeze(-2)
    right = input2.unsqueeze(-2).unsqueeze(-1)
    out = (left @ weight @ right).squeeze(-1).squeeze(-1)
    return out if bias is None else out + bias


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel standardised over the batch; while training, the running moments follow."""
    if training and input.numel() == math.prod(input.shape[1:2]):
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")
    if not input.numel():
        return input.clone()
    for name, given in (
        ("running_mean", running_mean),
        ("running_var", running_var),
        ("weight", weight),
        ("bias", bias),
    ):
        if given is not None and given.numel() != input.shape[1]:
            raise RuntimeError(f"{name} should contain {input.shape[1]} elements not {given.numel()}")
    # While training the row must not keep the running moments: they are about to be written.
    moments = (None, None) if training else (running_mean, running_var)
    out = run(OPS["batch_norm"], (input, *moments, weight, bias, training, eps), {})
    if training and running_mean is not None and running_var is not None:
        data = input._data
        axes = tuple(d for d in range(data.ndim) if d != 1)
        count = data.size // data.shape[1]
        for running, fresh in (
            (running_mean, data.mean(axis=axes)),
            (running_var, data.var(axis=axes) * (count / (count - 1))),
        ):
            views.write(running, (1 - momentum) * running._data + momentum * fresh)
    return out


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel of each example standardised over its places."""
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    return run(OPS["group_norm"], (input, input.size(1), weight, bias, eps), {})


@in_float32
def rms_norm(input: Tensor, normalized_shape: Any, weight: Tensor | None = None, eps: float | None = None) -> Tensor:
    """Each example divided by its root mean square over the last dimensions."""
    normalised = list(normalized_shape)
    if not normalised:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            f"normalized_shape = {normalised}"
        )
    if weight is not None and list(weight.shape) != normalised:
        raise RuntimeError(
            f"Expected weight to be of same shape as normalized_shape, but got weight of shape {list(weight.shape)} "
            f"and normalized_shape = {normalised}"
        )
    if list(input.shape[-len(normalised) :]) != normalised:
        raise RuntimeError(
            f"Given normalized_shape={normalised}, expected input with shape [*{', '.join(map(str, normalised))}], but "
            f"got input of size{list(input.shape)}"
        )
    dims = tuple(range(-len(normalised), 0))
    small = finfo(input.dtype).eps if eps is None else eps
    out = input * (input.pow(2).mean(dims, keepdim=True) + small).rsqrt()
    return out if weight is None else out * weight


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out: Any = None) -> Tensor:
    """Each vector along a dimension divided by its length."""
    length = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return input / length


@in_float32
def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """`softmax(query · keyᵀ / √width + mask) · value`."""
    factor = 1 / math.sqrt(query.size(-1)) if scale is None else scale
    scores = query @ key.transpose(-2, -1) * factor
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError("Explicit attn_mask should not be set when is_causal=True")
        attn_mask = run(OPS["ones"], ((query.size(-2), key.size(-2)),), {"dtype": bool_}).tril()
    if attn_mask is not None:
        if attn_mask.dtype is bool_:
            scores = scores.masked_fill(attn_mask.logical_not(), -math.inf)
        else:
            scores = scores + attn_mask
    weights = softmax(scores, -1)
    if dropout_p > 0:
        weights = dropout(weights, dropout_p)
    return weights @ value


for _name in autocast_policy.LOWER | autocast_policy.FLOAT:
    if _name not in OPS and _name in globals():
        globals()[_name] = casting(_name, globals()[_name])
kinds.install(globals())
