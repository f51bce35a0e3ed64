"""Operators that layers are made of: linear maps, embeddings, one-hot codes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import dtypes
from engine.backends import Array, arange, zeros
from engine.ops.index import add_rows
from engine.registry import arr, op, sample

OPTIONS: dict[str, Any] = {"family": "layer", "function": False, "method": False}


def linear_name(call: dict[str, Any]) -> str:
    """torch's grad_fn of a linear map, which depends on the dimensions and on the bias."""
    ndim = call["input"].ndim
    if call["bias"] is not None:
        return "AddmmBackward0" if ndim == 2 else "ViewBackward0"
    return {1: "SqueezeBackward4", 2: "MmBackward0"}.get(ndim, "UnsafeViewBackward0")


def rows(F: Any, x: Any, shape: Any) -> Any:
    """`x` as a matrix, its leading dimensions made one."""
    return x if len(shape) == 2 else F.reshape(x, (math.prod(shape[:-1]), shape[-1]))


def weight_gradient(F: Any, g: Any, s: Any) -> Any:
    """`gᵀ · input`, summed over all rows."""
    if len(s.input_shape) == 2:
        return F.t(g) @ s.input
    upstream = rows(F, g, (*s.input_shape[:-1], s.weight_shape[0]))
    return F.transpose(upstream, 0, 1) @ rows(F, s.input, s.input_shape)


@op(
    "linear",
    "input · weightᵀ + bias",
    doc="The linear map of a layer: each row of weight gives one output.",
    grads={
        "input": ("g · weight", lambda F, g, s: g @ s.weight),
        "weight": ("gᵀ · input", weight_gradient),
        "bias": ("Σ g over the rows", lambda F, g, s: g),
    },
    backward=linear_name,
    saves=None,
    samples=[
        sample(arr(2, 3), arr(4, 3), arr(4)),
        sample(arr(2, 3), arr(4, 3)),
        sample(arr(2, 2, 3), arr(4, 3), arr(4)),
    ],
    **OPTIONS,
)
def linear(input: Array, weight: Array, bias: Any = None) -> Array:
    if weight.ndim != 2 or not input.ndim or input.shape[-1] != weight.shape[1]:
        if not input.ndim:
            raise RuntimeError("both arguments to linear need to be at least 1D, but they are 0D and 2D")
        lead = math.prod(input.shape[:-1])
        out, width = weight.shape if weight.ndim == 2 else (1, weight.shape[0])
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({lead}x{input.shape[-1]} and {width}x{out})")
    if input.dtype != weight.dtype:
        first, second = (dtypes.SCALAR_NAMES[dtypes.FROM_NUMPY[x.dtype]] for x in (input, weight))
        raise RuntimeError(f"mat1 and mat2 must have the same dtype, but got {first} and {second}")
    out = input @ weight.T
    if bias is not None:
        out += bias
    return out


@op(
    "embedding",
    "weight[input]",
    doc="The rows of a table that indices name.",
    grads={
        "weight": (
            "g, added at the rows that were looked up",
            lambda F, g, s: F._add_rows(g, s.input, s.weight_shape, s.padding_idx, s.scale_grad_by_freq),
        )
    },
    samples=[],
    **OPTIONS,
)
def embedding(input: Array, weight: Array, padding_idx: Any = None, scale_grad_by_freq: bool = False) -> Array:
    if input.dtype.kind not in "iu":
        kind = dtypes.FROM_NUMPY[input.dtype].tensor_type
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"torch.{kind} instead (while checking arguments for embedding)"
        )
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    if input.size and not 0 <= int(np.minimum.reduce(input, None)) <= int(np.maximum.reduce(input, None)) < len(weight):
        raise IndexError("index out of range in self")
    return weight[input]


@op(
    "_add_rows",
    "g, added at the rows that were looked up",
    family="layer",
    doc="The gradient of a table: the upstream rows added where they came from.",
    grads={"input": ("g[index]", lambda F, g, s: F.embedding(s.index, g))},
    backward="EmbeddingDenseBackward0",
)
def _add_rows(
    input: Array, index: Array, shape: Any, padding_idx: Any = None, scale_grad_by_freq: bool = False
) -> Array:
    out = zeros(shape, input.dtype, input)
    places, values = index.reshape(-1), input.reshape(-1, shape[1])
    if scale_grad_by_freq:
        values = values / np.bincount(places, minlength=shape[0]).astype(input.dtype)[places][:, None]
    if padding_idx is not None:
        kept = places != padding_idx
        places, values = places[kept], values[kept]
    add_rows(out, places, values)
    return out


@op(
    "one_hot",
    "1 at the class, else 0",
    doc="A row of zeros with a one for each class number.",
    samples=[sample(arr(4, low=0, high=3, kind="int"), 4)],
    **OPTIONS,
)
def one_hot(input: Array, num_classes: int = -1) -> Array:
    if input.dtype != np.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if input.size and int(input.min()) < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        if not input.size:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        num_classes = int(input.max()) + 1
    elif input.size and int(input.max()) >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return (input[..., None] == arange(num_classes, input)).astype(np.int64)
