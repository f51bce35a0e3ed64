"""Factorisations of matrices.

The derivatives are those collected by Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008), for real matrices.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import errors
from engine.ops.inverses import T, check_square
from engine.registry import arr, composite, op, sample
from engine.tensor import Tensor, wrap

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
        raise errors.LinAlgError(
            "linalg.cholesky: The factorization could not be completed because the input is not positive-definite (the "
            f"leading minor of order {_bad_minor(input)} is not positive-definite)."
        ) from None
    return lower.swapaxes(-1, -2).copy() if upper else lower


def _bad_minor(input: Array) -> int:
    matrix = input.reshape(-1, *input.shape[-2:])[0]
    orders = range(1, matrix.shape[0] + 1)
    return next((k for k in orders if np.linalg.eigvalsh(matrix[:k, :k]).min() <= 0), matrix.shape[0])


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
    (gq, gr), (q, r) = g, s.result
    m = F.matmul(r, T(F, gr)) - F.matmul(T(F, gq), q)
    symmetric = F.tril(m) + T(F, F.tril(m, -1))
    return F.matmul(gq + F.matmul(q, symmetric), T(F, F.linalg_inv(r)))


def _qr(A: Array, mode: Any = "reduced") -> tuple[Array, Array]:
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
    saves=("result",),
)(_qr)


def _eigh_input(F: Any, g: Any, s: Any) -> Any:
    (gw, gv), (w, v) = g, s.result
    gaps = F.unsqueeze(w, -2) - F.unsqueeze(w, -1)
    same = gaps == 0
    turned = F.where(same, F.zeros_of(gaps, gaps.shape), F.matmul(T(F, v), gv) / F.where(same, gaps + 1, gaps))
    inner = turned + F.diag_embed(gw)
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
    grads={"A": ("V · (diag gλ + (Vᵀ gV) / (λⱼ − λᵢ)) · Vᵀ", _eigh_input)},
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


@composite(
    "linalg_lstsq",
    "X with least |A X − B|",
    family=FAMILY,
    doc="The least-squares solution.",
    function=False,
    method=False,
)
def linalg_lstsq(A: Tensor, B: Tensor) -> Any:
    from engine.sweep import TENSORS

    found = np.linalg.lstsq(A._data, B._data, rcond=None)
    solution = TENSORS.linalg_pinv(A).matmul(B)
    return LeastSquares((solution, wrap(found[1]), wrap(np.asarray(found[2])), wrap(found[3])))


class LeastSquares(tuple[Any, ...]):
    """What `lstsq` returns."""

    solution = property(lambda self: self[0])
    residuals = property(lambda self: self[1])
    rank = property(lambda self: self[2])
    singular_values = property(lambda self: self[3])
