"""Something plus a product: `addmm` and its kin, `addcmul`, `lerp`."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.ops.linalg import bmm, check_product, check_types, mv, product
from engine.ops.shape import expand
from engine.registry import arr, is_tensor, op, sample

Array = Any


def scaled(g: Any, factor: float) -> Any:
    """`factor · g`, or `g` itself for 1."""
    return g if factor == 1 else g * factor


def _sum_of(input: Array, made: Array, beta: float, alpha: float) -> Array:
    """`beta · input + alpha · made`, the input expanded to the product's shape."""
    first, kind = expand(input, made.shape), made.dtype.type
    return (first if beta == 1 else kind(beta) * first) + (made if alpha == 1 else kind(alpha) * made)


@op(
    "addmm",
    "beta · input + alpha · mat1 · mat2",
    family="linear algebra",
    doc="A product of matrices added to a tensor.",
    inplace=True,
    grads={
        "input": ("beta · g", lambda F, g, s: scaled(g, s.beta)),
        "mat1": ("alpha · g · mat2ᵀ", lambda F, g, s: scaled(F.mm(g, F.t(s.mat2)), s.alpha)),
        "mat2": ("alpha · mat1ᵀ · g", lambda F, g, s: scaled(F.mm(F.t(s.mat1), g), s.alpha)),
    },
    samples=[sample(arr(2), arr(3, 4), arr(4, 2)), sample(arr(3, 2), arr(3, 4), arr(4, 2), beta=0.5, alpha=2)],
)
def addmm(input: Array, mat1: Array, mat2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    if mat1.ndim != 2 or mat2.ndim != 2:
        raise RuntimeError(f"mat1 and mat2 must be matrices, got {mat1.ndim}-D and {mat2.ndim}-D")
    check_product(mat1, mat2)
    check_types(mat1, mat2)
    return _sum_of(input, product(mat1, mat2), beta, alpha)


@op(
    "addmv",
    "beta · input + alpha · mat · vec",
    family="linear algebra",
    doc="A product of a matrix and a vector added to a vector.",
    inplace=True,
    grads={
        "input": ("beta · g", lambda F, g, s: scaled(g, s.beta)),
        "mat": ("alpha · g · vecᵀ", lambda F, g, s: scaled(F.outer(g, s.vec), s.alpha)),
        "vec": ("alpha · matᵀ · g", lambda F, g, s: scaled(F.mv(F.t(s.mat), g), s.alpha)),
    },
    samples=[sample(arr(3), arr(3, 4), arr(4), beta=0.5, alpha=2)],
)
def addmv(input: Array, mat: Array, vec: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    return _sum_of(input, mv(mat, vec), beta, alpha)


@op(
    "addr",
    "beta · input + alpha · vec1 · vec2ᵀ",
    family="linear algebra",
    doc="An outer product added to a matrix.",
    inplace=True,
    grads={
        "input": ("beta · g", lambda F, g, s: scaled(g, s.beta)),
        "vec1": ("alpha · g · vec2", lambda F, g, s: scaled(F.mv(g, s.vec2), s.alpha)),
        "vec2": ("alpha · gᵀ · vec1", lambda F, g, s: scaled(F.mv(F.t(g), s.vec1), s.alpha)),
    },
    samples=[sample(arr(3, 2), arr(3), arr(2), beta=0.5, alpha=2)],
)
def addr(input: Array, vec1: Array, vec2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    return _sum_of(input, vec1[:, None] * vec2, beta, alpha)


@op(
    "baddbmm",
    "beta · input + alpha · batch1ᵢ · batch2ᵢ",
    family="linear algebra",
    doc="Products of two batches of matrices added to a tensor.",
    inplace=True,
    grads={
        "input": ("beta · g", lambda F, g, s: scaled(g, s.beta)),
        "batch1": (
            "alpha · g · batch2ᵀ",
            lambda F, g, s: scaled(F.bmm(g, F.transpose(s.batch2, 1, 2)), s.alpha),
        ),
        "batch2": (
            "alpha · batch1ᵀ · g",
            lambda F, g, s: scaled(F.bmm(F.transpose(s.batch1, 1, 2), g), s.alpha),
        ),
    },
    samples=[sample(arr(2, 1, 2), arr(2, 3, 4), arr(2, 4, 2), beta=0.5, alpha=2)],
)
def baddbmm(input: Array, batch1: Array, batch2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    return _sum_of(input, bmm(batch1, batch2), beta, alpha)


def _every_batch(F: Any, g: Any, count: int) -> Any:
    """`g` for each product of a sum."""
    return F.expand(F.unsqueeze(g, 0), (count, *g.shape))


@op(
    "addbmm",
    "beta · input + alpha · Σ batch1ᵢ · batch2ᵢ",
    family="linear algebra",
    doc="Summed products of two batches of matrices added to a matrix.",
    inplace=True,
    grads={
        "input": ("beta · g", lambda F, g, s: scaled(g, s.beta)),
        "batch1": (
            "alpha · g · batch2ᵢᵀ",
            lambda F, g, s: scaled(F.bmm(_every_batch(F, g, s.batch2.shape[0]), F.transpose(s.batch2, 1, 2)), s.alpha),
        ),
        "batch2": (
            "alpha · batch1ᵢᵀ · g",
            lambda F, g, s: scaled(F.bmm(F.transpose(s.batch1, 1, 2), _every_batch(F, g, s.batch1.shape[0])), s.alpha),
        ),
    },
    samples=[sample(arr(2, 2), arr(3, 2, 4), arr(3, 4, 2), beta=0.5, alpha=2)],
)
def addbmm(input: Array, batch1: Array, batch2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    products = bmm(batch1, batch2)
    return _sum_of(input, np.add.reduce(products, axis=0, dtype=products.dtype), beta, alpha)


@op(
    "addcmul",
    "input + value · tensor1 · tensor2",
    family="arithmetic",
    doc="A product added to a tensor.",
    grads={
        "input": ("g", lambda F, g, s: g),
        "tensor1": ("value · g · tensor2", lambda F, g, s: g * (s.tensor2 * s.value)),
        "tensor2": ("value · g · tensor1", lambda F, g, s: g * (s.tensor1 * s.value)),
    },
    promote=("input", "tensor1", "tensor2"),
    inplace=True,
    samples=[sample(arr(2, 3), arr(3), arr(2, 1), value=0.5)],
)
def addcmul(input: Array, tensor1: Array, tensor2: Array, *, value: float = 1) -> Array:
    return input + value * tensor1 * tensor2


@op(
    "addcdiv",
    "input + value · tensor1 / tensor2",
    family="arithmetic",
    doc="A quotient added to a tensor.",
    grads={
        "input": ("g", lambda F, g, s: g),
        "tensor1": ("value · g / tensor2", lambda F, g, s: g * (s.value / s.tensor2)),
        "tensor2": (
            "−value · g · tensor1 / tensor2²",
            lambda F, g, s: -g * (s.value * s.tensor1 / (s.tensor2 * s.tensor2)),
        ),
    },
    promote=("input", "tensor1", "tensor2"),
    inplace=True,
    samples=[sample(arr(2, 3), arr(3), arr(2, 1, low=0.4), value=0.5)],
)
def addcdiv(input: Array, tensor1: Array, tensor2: Array, *, value: float = 1) -> Array:
    return input + value * (tensor1 / tensor2)


def _lerp_name(call: dict[str, Any]) -> str:
    return "LerpBackward1" if is_tensor(call["weight"]) else "LerpBackward0"


@op(
    "lerp",
    "input + weight · (end − input)",
    family="arithmetic",
    doc="A point between two tensors.",
    grads={
        "input": ("g · (1 − weight)", lambda F, g, s: g * (1 - s.weight)),
        "end": ("g · weight", lambda F, g, s: g * s.weight),
        "weight": ("g · (end − input)", lambda F, g, s: g * (s.end - s.input)),
    },
    backward=_lerp_name,
    inplace=True,
    samples=[sample(arr(2, 3), arr(3), 0.25), sample(arr(2, 3), arr(2, 3), arr(3))],
)
def lerp(input: Array, end: Array, weight: Any) -> Array:
    return input + weight * (end - input)
