"""torch.linalg's norms of vectors and matrices, and the condition number, in terms of `norm` and singular values."""

from __future__ import annotations

import math
from typing import Any

from engine.backward import TENSORS
from engine.dtypes import FLOATING, SCALAR_NAMES
from engine.errors import dimension
from engine.registry import arr, composite, sample

LINALG: dict[str, Any] = {"family": "linear algebra", "function": False, "method": False}


def converted(name: str, x: Any, dtype: Any) -> Any:
    """The input in the type asked for; floating point is a must."""
    if x.dtype.category < FLOATING:
        raise RuntimeError(
            f"linalg.{name}: Expected a floating point or complex tensor as input. Got {SCALAR_NAMES[x.dtype]}"
        )
    return x if dtype is None else x.to(dtype)


@composite(
    "linalg_vector_norm",
    "(Σ |x|ᵒʳᵈ)^(1/ord)",
    doc="The norm of the input as a vector, overall or along dimensions.",
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 3, 1)],
    **LINALG,
)
def linalg_vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    return converted("vector_norm", x, dtype).norm(ord, dim, keepdim)


@composite(
    "linalg_matrix_norm",
    "‖A‖",
    doc="The norm of matrices: Frobenius, nuclear, or the one that a vector norm induces (1, 2, ∞ and their inverses).",
    samples=[sample(arr(2, 3)), sample(arr(2, 3), 1), sample(arr(3, 3), 2), sample(arr(2, 2), "nuc")],
    **LINALG,
)
def linalg_matrix_norm(
    A: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None
) -> Any:
    if A.ndim < 2:
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    A = converted("matrix_norm", A, dtype)
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {', '.join(map(str, dim))}")
    rows, columns = (dimension(d, A.ndim) for d in dim)
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    if ord == "fro":
        return A.norm(2, (rows, columns), keepdim)
    if (isinstance(ord, str) and ord != "nuc") or (not isinstance(ord, str) and abs(ord) not in (1, 2, math.inf)):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    last = A.movedim((rows, columns), (-2, -1))
    if ord == "nuc" or abs(ord) == 2:
        lengths = TENSORS.linalg_svdvals(last)
        found = lengths.sum(-1) if ord == "nuc" else lengths.amax(-1) if ord > 0 else lengths.amin(-1)
    else:
        sums = last.abs().sum(-2 if abs(ord) == 1 else -1)
        found = sums.amax(-1) if ord > 0 else sums.amin(-1)
    if keepdim:
        for d in sorted((rows, columns)):
            found = found.unsqueeze(d)
    return found


@composite(
    "linalg_norm",
    "‖A‖",
    doc="The norm of a vector, or of matrices where an order is named.",
    samples=[sample(arr(2, 3)), sample(arr(3), 1), sample(arr(2, 3), "nuc")],
    **LINALG,
)
def linalg_norm(A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    if ord is None:
        found = converted("vector_norm", A, dtype)
        return found.norm(2, dim, keepdim)
    if dim is None:
        if A.ndim not in (1, 2):
            raise RuntimeError(
                f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.ndim}D."
            )
        dim = (0,) if A.ndim == 1 else (0, 1)
    dim = (dim,) if isinstance(dim, int) else tuple(dim)
    if len(dim) == 2:
        return linalg_matrix_norm(A, ord, dim, keepdim, dtype=dtype)
    return linalg_vector_norm(A, ord, dim, keepdim, dtype=dtype)


@composite(
    "linalg_cond",
    "‖A‖ ‖A⁻¹‖",
    doc="The condition number of matrices: the ratio of singular values, or the product of two norms.",
    samples=[sample(arr(3, 3)), sample(arr(2, 2), 1)],
    **LINALG,
)
def linalg_cond(A: Any, p: Any = None) -> Any:
    if A.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor A must have at least 2 dimensions.")
    if p is None or p in (2, -2):
        lengths = TENSORS.linalg_svdvals(A)
        first, last = lengths[..., 0], lengths[..., -1]
        return last / first if p == -2 else first / last
    return linalg_matrix_norm(A, p) * linalg_matrix_norm(TENSORS.linalg_inv(A), p)
