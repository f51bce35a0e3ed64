"""Factorisations of matrices.

The derivatives are those collected by Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008), for real matrices.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import backends, errors
from engine.ops.inverses import T, check_square
from engine.registry import arr, composite, op, sample
from engine.tensor import Tensor

Array = Any
FAMILY = "linear algebra"


def _cholesky_input(F: Any, g: Any, s: Any) -> Any:
    L = T(F, s.result) if s.upper else s.result
    g = T(F, g) if s.upper else g
    phi = F.matmul(T(F, L), g)
    half = 0.5 * (F.tril(phi) + T(F, F.tril(phi, -1)))
    inverse = F.linalg_inv(L)
    return F.matmul(F.matmul(T(F, inverse), half), inverse)


def _cholesky(input: Array, upper: bool = False) -> Array:
    check_square(input, "linalg.cholesky")
    try:
        lower = np.linalg.cholesky(input)
    except np.linalg.LinAlgError:
        first = next(filter(None, map(bad_minor, input.reshape(-1, *input.shape[-2:]))), input.shape[-1])
        raise errors.LinAlgError(
            "linalg.cholesky: The factorization could not be completed because the input is not positive-definite (the "
            f"leading minor of order {first} is not positive-definite)."
        ) from None
    return lower.swapaxes(-1, -2).copy() if upper else lower


def bad_minor(matrix: Array) -> int:
    """The order of the first leading minor that is not positive; 0 where all are."""
    orders = range(1, matrix.shape[0] + 1)
    return next((k for k in orders if np.linalg.eigvalsh(matrix[:k, :k]).min() <= 0), 0)


for _name, _function in (("linalg_cholesky", False), ("cholesky", True)):
    op(
        _name,
        "L with L · Lᵀ = input",
        family=FAMILY,
        doc="The Cholesky factor of a positive-definite matrix.",
        backward="LinalgCholeskyExBackward0",
        function=_function,
        method=_function,
        grads={"input": ("½ L⁻ᵀ · Φ(Lᵀ g) · L⁻¹, made symmetric", _cholesky_input)},
        saves=("result", "upper"),
    )(_cholesky)


def _qr_input(F: Any, g: Any, s: Any) -> Any:
    """For tall matrices as in Giles; columns of a wide one beyond the square part R₁ are Qᵀ A₂."""
    if s.mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, "
            "mode='reduced') if you are going to differentiate through linalg.qr."
        )
    (gq, gr), (q, r) = g, s.result
    m, n = q.shape[-2], r.shape[-1]
    if s.mode == "complete" and m > n:
        raise RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.")
    square, rest = slice(0, m), slice(m, n)
    if n > m:
        beside = F._extract(gr, (..., rest))
        gq = gq + F.matmul(F.matmul(q, F._extract(r, (..., rest))), T(F, beside))
        gr, r = F._extract(gr, (..., square)), F._extract(r, (..., square))
    inner = F.matmul(r, T(F, gr)) - F.matmul(T(F, gq), q)
    symmetric = F.tril(inner) + T(F, F.tril(inner, -1))
    found = F.linalg_solve_triangular(T(F, r), gq + F.matmul(q, symmetric), upper=False, left=False)
    return F.cat([found, F.matmul(q, beside)], -1) if n > m else found


def _qr(A: Array, mode: Any = "reduced") -> tuple[Array, Array]:
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    if mode == "r":
        return backends.zeros((0,), A.dtype, A), np.linalg.qr(A, "r")
    q, r = np.linalg.qr(A, mode)
    return q, r


op(
    "linalg_qr",
    "Q · R = A",
    family=FAMILY,
    doc="An orthogonal and an upper triangular factor.",
    function=False,
    method=False,
    returns=("Q", "R"),
    grads={"A": ("(gQ + Q · copyltu(R gRᵀ − gQᵀ Q)) · R⁻ᵀ", _qr_input)},
    saves=("result", "mode"),
    samples=[sample(arr(3, 2)), sample(arr(2, 3, 3)), sample(arr(2, 3))],
)(_qr)


def _eigh_input(F: Any, g: Any, s: Any) -> Any:
    (gw, gv), (w, v) = g, s.result
    gaps = F.unsqueeze(w, -2) - F.unsqueeze(w, -1)
    same = gaps == 0
    turned = F.matmul(T(F, v), gv)
    skew = (turned - T(F, turned)) / 2
    inner = F.where(same, F.zeros_of(gaps, gaps.shape), skew / F.where(same, gaps + 1, gaps)) + F.diag_embed(gw)
    return F.matmul(F.matmul(v, inner), T(F, v))


def _eigh(A: Array, UPLO: Any = "L") -> tuple[Array, Array]:
    check_square(A, "linalg.eigh")
    found = np.linalg.eigh(A, UPLO)
    return found.eigenvalues, found.eigenvectors


op(
    "linalg_eigh",
    "V · diag(λ) · Vᵀ = A",
    family=FAMILY,
    doc="The eigenvalues and eigenvectors of a symmetric matrix.",
    function=False,
    method=False,
    returns=("eigenvalues", "eigenvectors"),
    grads={"A": ("V · (diag gλ + skew(Vᵀ gV) / (λⱼ − λᵢ)) · Vᵀ", _eigh_input)},
    saves=("result",),
)(_eigh)


def _svd_input(F: Any, g: Any, s: Any) -> Any:
    (gu, gs, gvh), (u, sv, vh) = g, s.result
    v, gv = T(F, vh), T(F, gvh)
    k = sv.shape[-1]
    u, gu, v, gv = (F._extract(x, (..., slice(0, k))) for x in (u, gu, v, gv))
    squares = sv * sv
    gaps = F.unsqueeze(squares, -2) - F.unsqueeze(squares, -1)
    same = gaps == 0
    safe = F.where(same, gaps + 1, gaps)
    nothing = F.zeros_of(gaps, gaps.shape)
    left, right = F.matmul(T(F, u), gu), F.matmul(T(F, v), gv)
    row, column = F.unsqueeze(sv, -2), F.unsqueeze(sv, -1)
    inner = F.where(same, nothing, (left - T(F, left)) / safe) * row
    inner = inner + column * F.where(same, nothing, (right - T(F, right)) / safe) + F.diag_embed(gs)
    result = F.matmul(F.matmul(u, inner), T(F, v))
    if u.shape[-2] > k:
        rest = gu / row
        result = result + F.matmul(rest - F.matmul(u, F.matmul(T(F, u), rest)), T(F, v))
    if v.shape[-2] > k:
        rest = gv / row
        result = result + F.matmul(u, T(F, rest - F.matmul(v, F.matmul(T(F, v), rest))))
    return result


def _svd(A: Array, full_matrices: bool = True) -> tuple[Array, Array, Array]:
    found = np.linalg.svd(A, full_matrices)
    return found.U, found.S, found.Vh


op(
    "linalg_svd",
    "U · diag(S) · Vᴴ = A",
    family=FAMILY,
    doc="The singular value decomposition.",
    function=False,
    method=False,
    returns=("U", "S", "Vh"),
    grads={"A": ("U · (skew(Uᵀ gU) / E · S + S · skew(Vᵀ gV) / E + diag gS) · Vᵀ", _svd_input)},
    saves=("result",),
)(_svd)


@composite(
    "linalg_svdvals",
    "the singular values of A",
    family=FAMILY,
    doc="The singular values.",
    function=False,
    method=False,
    samples=[sample(arr(2, 3))],
)
def linalg_svdvals(A: Tensor) -> Tensor:
    from engine.sweep import TENSORS

    return TENSORS.linalg_svd(A, False)[1]  # type: ignore[no-any-return]


@composite(
    "linalg_eigvalsh",
    "the eigenvalues of A",
    family=FAMILY,
    doc="The eigenvalues of a symmetric matrix.",
    function=False,
    method=False,
)
def linalg_eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    from engine.sweep import TENSORS

    return TENSORS.linalg_eigh(A, UPLO)[0]  # type: ignore[no-any-return]
