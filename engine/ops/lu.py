"""The LU factorisation, and solutions by it.

A = P L U, with the factors L (ones on its diagonal, not stored) and U in one matrix; pivots count from 1, as LAPACK's.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import backends, errors
from engine.apply import named_tuple, run
from engine.backends import Array
from engine.backward import TENSORS
from engine.ops.inverses import T
from engine.registry import OPS, arr, composite, op, sample

LINALG: dict[str, Any] = {"family": "linear algebra", "function": False, "method": False}
ROWS: slice = slice(None)


def _factors_input(F: Any, gl: Any, gu: Any, factors: Any) -> Any:
    """The derivative by A of A = P L U, where the first k rows and columns are the square part.

    With M = L₁⁻¹ dA₁₁ U₁⁻¹ (rows in P's order), dL₁ = L₁ · (M below the diagonal) and dU₁ = (M on and above it) · U₁.
    Rows below the square part give dL₂ = (dA₂ − L₂ dU₁) U₁⁻¹, columns beside it dU₂ = L₁⁻¹ (dA₂ − dL₁ U₂).
    """
    P, L, U = factors
    k, m, n = U.shape[-2], L.shape[-2], U.shape[-1]
    rows, columns = slice(k, m), slice(k, n)
    L1, U1 = F._extract(L, (..., slice(0, k), ROWS)), F._extract(U, (..., slice(0, k)))
    below = F.matmul(T(F, L1), F._extract(gl, (..., slice(0, k), ROWS)))
    above = F.matmul(F._extract(gu, (..., slice(0, k))), T(F, U1))
    if n > k:
        gu2 = F._extract(gu, (..., columns))
        below = below - F.matmul(gu2, T(F, F._extract(U, (..., columns))))
    if m > k:
        gl2 = F._extract(gl, (..., rows, ROWS))
        above = above - F.matmul(T(F, F._extract(L, (..., rows, ROWS))), gl2)
    inner = F.tril(below, -1) + F.triu(above)
    square = _over(F, U1, _under(F, L1, inner))
    if m > k:
        square = F.cat([square, _over(F, U1, gl2)], -2)
    elif n > k:
        square = F.cat([square, _under(F, L1, gu2)], -1)
    return F.matmul(P, square)


def _under(F: Any, L: Any, x: Any) -> Any:
    """L⁻ᵀ · x."""
    return F.linalg_solve_triangular(T(F, L), x, upper=True, unitriangular=True)


def _over(F: Any, U: Any, x: Any) -> Any:
    """x · U⁻ᵀ."""
    return F.linalg_solve_triangular(T(F, U), x, upper=False, left=False)


def _packed_input(F: Any, g: Any, s: Any) -> Any:
    P, L, U = F.lu_unpack(s.result[0], s.result[1])
    k = U.shape[-2]
    gl = F.tril(F._extract(g[0], (..., slice(0, k))), -1)
    return _factors_input(F, gl, F.triu(F._extract(g[0], (..., slice(0, k), ROWS))), (P, L, U))


@op(
    "linalg_lu_factor_ex",
    "L and U of A = P · L · U",
    doc="The LU factorisation in one matrix, its pivots, and the number of the first zero pivot (0: none).",
    backward="LinalgLuFactorExBackward0",
    returns=("LU", "pivots", "info"),
    grads={"A": ("P · L⁻ᵀ · (tril(Lᵀ gL, −1) + triu(gU Uᵀ)) · U⁻ᵀ", _packed_input)},
    saves=("result",),
    samples=[sample(arr(3, 3)), sample(arr(2, 2, 3)), sample(arr(3, 2))],
    **LINALG,
)
def linalg_lu_factor_ex(A: Array, *, pivot: bool = True, check_errors: bool = False) -> tuple[Array, Array, Array]:
    if A.ndim < 2:
        raise RuntimeError(
            "torch.lu_factor: Expected tensor with 2 or more dimensions. Got size: " + str(list(A.shape))
        )
    m, n = A.shape[-2:]
    lead, count = A.shape[:-2], math.prod(A.shape[:-2])
    a = backends.copied(A.reshape(count, m, n))
    pivots = backends.zeros((count, min(m, n)), np.int32, a)
    info = backends.zeros((count,), np.int32, a)
    each = backends.arange(count, a)
    for j in range(min(m, n)):
        best = j + np.argmax(np.abs(a[:, j:, j]), -1) if pivot else each * 0 + j
        top = a[:, j].copy()
        a[:, j], a[each, best] = a[each, best], top
        pivots[:, j] = best + 1
        corner = a[:, j, j]
        info = np.where((info == 0) & (corner == 0), np.int32(j + 1), info)
        a[:, j + 1 :, j] /= np.where(corner == 0, a.dtype.type(1), corner)[:, None]
        a[:, j + 1 :, j + 1 :] -= a[:, j + 1 :, j, None] * a[:, None, j, j + 1 :]
    if check_errors and bool((info > 0).any()):
        raise errors.LinAlgError(f"torch.linalg.lu_factor_ex: {zero_pivot(info)}")
    return a.reshape(A.shape), pivots.reshape(*lead, min(m, n)), info.reshape(lead)


def zero_pivot(info: Array) -> str:
    """What is said of a factorisation with a zero on U's diagonal."""
    at = int(info.reshape(-1)[int(np.argmax(info.reshape(-1) > 0))])
    return (
        f"U[{at},{at}] is zero and using it on lu_solve would result in a division by zero. If you still want to "
        "perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
    )


@composite(
    "linalg_lu_factor",
    "L and U of A = P · L · U",
    doc="The LU factorisation in one matrix, and its pivots.",
    returns=("LU", "pivots"),
    samples=[sample(arr(3, 3)), sample(arr(2, 2, 3)), sample(arr(3, 2))],
    **LINALG,
)
def linalg_lu_factor(A: Any, *, pivot: bool = True) -> Any:
    packed, pivots, info = run(OPS["linalg_lu_factor_ex"], (A,), {"pivot": pivot})
    if bool((info._data > 0).any()):
        raise RuntimeError(f"torch.linalg.lu_factor: {zero_pivot(info._data)}")
    return named_tuple(OPS["linalg_lu_factor"])((packed, pivots))


@op(
    "lu_unpack",
    "P, L and U",
    family="linear algebra",
    doc="The three factors of a factorisation kept in one matrix.",
    method=False,
    returns=("P", "L", "U"),
    constant=("P",),
    grads={
        "LU_data": (
            "gL below the diagonal, gU on and above it",
            lambda F, g, s: _fill_up(F, F.tril(g[1], -1), s.LU_data_shape) + _fill_up(F, F.triu(g[2]), s.LU_data_shape),
        )
    },
    saves=("LU_data_shape",),
)
def lu_unpack(LU_data: Array, LU_pivots: Array, unpack_data: bool = True, unpack_pivots: bool = True) -> Any:
    m, n = LU_data.shape[-2:]
    k = min(m, n)
    nothing = backends.zeros((0,), LU_data.dtype, LU_data)
    lower = upper = permutation = nothing
    if unpack_data:
        ones = np.eye(m, k, dtype=LU_data.dtype)
        lower = np.tril(LU_data[..., :k], -1) + backends.asarray(ones, LU_data.dtype, LU_data)
        upper = np.triu(LU_data[..., :k, :])
    if unpack_pivots:
        order = row_order(LU_pivots, m)
        permutation = (order[..., None, :] == backends.arange(m, LU_data)[:, None]).astype(LU_data.dtype)
    return permutation, lower, upper


def row_order(pivots: Array, m: int) -> Array:
    """For every row of a factorisation, which row of the matrix it was: the swaps, done one after the other."""
    count = math.prod(pivots.shape[:-1])
    swaps = pivots.reshape(count, pivots.shape[-1])
    order = backends.zeros((count, m), np.int64, pivots) + backends.arange(m, pivots)
    each = backends.arange(count, pivots)
    for j in range(swaps.shape[-1]):
        other = swaps[:, j].astype(np.int64) - 1
        row = order[:, j].copy()
        order[:, j], order[each, other] = order[each, other], row
    return order.reshape(*pivots.shape[:-1], m)


def _fill_up(F: Any, g: Any, shape: tuple[int, ...]) -> Any:
    """A factor's gradient with zeros in the rows or columns that only the other factor has."""
    return F.constant_pad_nd(g, (0, shape[-1] - g.shape[-1], 0, shape[-2] - g.shape[-2]))


def _lu(A: Array, *, pivot: bool = True) -> tuple[Array, Array, Array]:
    packed, pivots, _ = linalg_lu_factor_ex(A, pivot=pivot)
    permutation, lower, upper = lu_unpack(packed, pivots)
    return permutation if pivot else backends.zeros((0,), A.dtype, A), lower, upper


op(
    "linalg_lu",
    "P · L · U = A",
    doc="The LU factorisation: a permutation, a lower and an upper triangular matrix.",
    returns=("P", "L", "U"),
    constant=("P",),
    grads={
        "A": (
            "P · L⁻ᵀ · (tril(Lᵀ gL, −1) + triu(gU Uᵀ)) · U⁻ᵀ",
            lambda F, g, s: _factors_input(F, g[1], g[2], s.result),
        )
    },
    saves=("result",),
    samples=[sample(arr(3, 3)), sample(arr(2, 2, 3)), sample(arr(3, 2))],
    **LINALG,
)(_lu)


@composite(
    "linalg_lu_solve",
    "A⁻¹ · B",
    doc="The solution X of A X = B, from the LU factorisation of A.",
    **LINALG,
)
def linalg_lu_solve(LU: Any, pivots: Any, B: Any, *, left: bool = True, adjoint: bool = False) -> Any:
    if not left:
        return linalg_lu_solve(LU, pivots, B.mT, adjoint=not adjoint).mT
    P, L, U = TENSORS.lu_unpack(LU, pivots)
    solve = TENSORS.linalg_solve_triangular
    if adjoint:
        return P.matmul(solve(L.mT, solve(U.mT, B, upper=False), upper=True, unitriangular=True))
    return solve(U, solve(L, P.mT.matmul(B), upper=False, unitriangular=True), upper=True)
