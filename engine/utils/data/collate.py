"""From items to batches: how a loader puts them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.apply import run
from engine.registry import OPS
from engine.tensor import Tensor


def default_collate(batch: Sequence[Any]) -> Any:
    """Items to one batch: tensors stacked, numbers made tensors, containers item by item."""
    first = batch[0]
    if isinstance(first, Tensor):
        return run(OPS["stack"], (list(batch),), {})
    if isinstance(first, np.ndarray | np.generic):
        return run(OPS["stack"], ([run(OPS["tensor"], (item,), {}) for item in batch],), {})
    if isinstance(first, bool | int | float):
        dtype = {"dtype": float} if isinstance(first, float) else {}
        return run(OPS["tensor"], (list(batch),), dtype)
    if isinstance(first, str | bytes):
        return batch
    if isinstance(first, Mapping):
        return {key: default_collate([item[key] for item in batch]) for key in first}
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(default_collate(items) for items in zip(*batch, strict=True)))
    if isinstance(first, Sequence):
        if any(len(item) != len(first) for item in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        return [default_collate(items) for items in zip(*batch, strict=True)]
    raise TypeError(
        f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {type(first)}"
    )


def default_convert(data: Any) -> Any:
    """Arrays made tensors, through containers; everything else as it is: what a loader does that makes no batches."""
    if isinstance(data, np.ndarray | np.generic) and data.dtype.kind in "biufc":
        return run(OPS["tensor"], (data,), {})
    if isinstance(data, Mapping):
        return {key: default_convert(value) for key, value in data.items()}
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*(default_convert(value) for value in data))
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        return [default_convert(value) for value in data]
    return data
