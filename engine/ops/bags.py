"""Rows of a table summed, averaged or maximised over bags of indices: `embedding_bag`."""

from __future__ import annotations

from typing import Any

from engine import dtypes
from engine.registry import arr, composite, sample

PICKS = arr(2, 3, low=0, high=4, kind="int")


def bags_of(input: Any, offsets: Any, include_last_offset: bool) -> tuple[Any, int]:
    """Which bag each index belongs to, and how many bags there are."""
    if input.ndim == 2:
        return (input.new_ones(input.shape, dtype=dtypes.int64).cumsum(0) - 1).flatten(), input.shape[0]
    if len(offsets) and int(offsets[0]):
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, "
            f"got {int(offsets[0])}"
        )
    begins = input.new_zeros(len(input) + 1, dtype=dtypes.int64)
    begins = begins.index_add(0, offsets, begins.new_ones(len(offsets)))
    return begins.cumsum(0)[:-1] - 1, len(offsets) - include_last_offset


def check(input: Any, weight: Any, offsets: Any, mode: str, per_sample_weights: Any) -> None:
    """Refuse what torch refuses, in its words."""
    if per_sample_weights is not None and input.shape != per_sample_weights.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the "
            f"same shape as the input ({input.shape})"
        )
    if weight.ndim != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    if input.ndim not in (1, 2):
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    if input.ndim == 2 and offsets is not None:
        raise ValueError(
            "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length "
            f"sequences. However, found offsets of type {type(offsets)}"
        )
    if input.ndim == 1 and offsets is None:
        raise ValueError("offsets has to be a 1D Tensor but got None")
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
            f"mode='{mode}'). Please open a feature request on GitHub."
        )


@composite(
    "embedding_bag",
    "Σ weight[input] over each bag",
    family="layer",
    doc="The rows of a table that indices name, summed, averaged or maximised over bags of indices.",
    function=False,
    method=False,
    samples=[
        sample(PICKS, arr(4, 2)),
        sample(PICKS, arr(4, 2), mode="max"),
        sample(PICKS, arr(4, 2), mode="sum", per_sample_weights=arr(2, 3)),
    ],
)
def embedding_bag(
    input: Any,
    weight: Any,
    offsets: Any = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Any = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Any:
    check(input, weight, offsets, mode, per_sample_weights)
    if max_norm is not None:
        renormalise(weight, input, max_norm, norm_type)
    bag, count = bags_of(input, offsets, include_last_offset)
    index = input.flatten().to(dtypes.int64)
    scale = None if per_sample_weights is None else per_sample_weights.flatten()
    if padding_idx is not None:
        kept = index != padding_idx % weight.shape[0]
        index, bag, scale = index[kept], bag[kept], None if scale is None else scale[kept]
    rows = weight.index_select(0, index)
    if scale is not None:
        rows = rows * scale.unsqueeze(1)
    empty = rows.new_zeros(count, weight.shape[1])
    if mode == "max":
        return empty.scatter_reduce(0, bag.unsqueeze(1).expand_as(rows), rows, "amax", include_self=False)
    total = empty.index_add(0, bag, rows)
    if mode == "sum":
        return total
    sizes = rows.new_zeros(count).index_add(0, bag, rows.new_ones(rows.shape[0]))
    return total / sizes.clamp(min=1).unsqueeze(1)


def renormalise(weight: Any, index: Any, max_norm: float, norm_type: float) -> None:
    """Scale down, in place, the rows that are used and too long."""
    rows = index.flatten().unique()
    weight.detach()[rows] = weight.detach()[rows].renorm(norm_type, 0, max_norm)
