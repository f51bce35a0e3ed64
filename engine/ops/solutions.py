"""Pseudo-inverses, ranks, least squares and equations of tensors; solutions that report failure by a number."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dtypes
from engine.apply import named_tuple
from engine.backends import Array, asarray, to_numpy
from engine.backward import TENSORS
from engine.errors import LinAlgError
from engine.ops.decompositions import bad_minor
from engine.ops.inverses import T
from engine.registry import OPS, arr, composite, op, sample

LINALG: dict[str, Any] = {"family": "linear algebra", "function": False, "method": False}


def cutoff(lengths: Array, shape: tuple[int, ...], atol: Any, rtol: Any) -> Array:
    """The size up to which singular values count as zero; `rtol` is relative to the largest."""
    absolute = asarray(0.0 if atol is None else atol, lengths.dtype, lengths)
    if rtol is None:
        rtol = np.where(absolute > 0, 0.0, np.finfo(lengths.dtype).eps * max(shape[-2:]))
    relative = asarray(rtol, lengths.dtype, lengths) * np.max(lengths, axis=-1, initial=0)
    return np.maximum(absolute, relative)[..., None]


def singular_values(A: Array, hermitian: bool) -> Array:
    """The singular values, of symmetric matrices by their eigenvalues."""
    return np.abs(np.linalg.eigvalsh(A)) if hermitian else np.linalg.svd(A, compute_uv=False)


def _pinv_input(F: Any, g: Any, s: Any) -> Any:
    """Golub and Pereyra (1973): the inverse's rule, and what leaves the row and column spaces."""
    a, p = s.input, s.result
    pt, gt = T(F, p), T(F, g)
    inverse = -F.matmul(F.matmul(pt, g), pt)
    columns = F.matmul(gt, F.matmul(p, pt))
    rows = F.matmul(F.matmul(pt, p), gt)
    return inverse + columns - F.matmul(a, F.matmul(p, columns)) + rows - F.matmul(F.matmul(rows, p), a)


def pseudo_inverse(A: Array, hermitian: bool, atol: Any, rtol: Any) -> Array:
    """V · diag(1/σ) · Uᵀ over the singular values that are not zero."""
    if A.ndim < 2:
        raise RuntimeError("linalg.pinv: The input tensor must have at least 2 dimensions.")
    if hermitian:
        values, u = np.linalg.eigh(A)
        v, lengths = u, np.abs(values)
    else:
        u, values, vh = np.linalg.svd(A, full_matrices=False)
        v, lengths = vh.swapaxes(-1, -2), values
    kept = lengths > cutoff(lengths, A.shape, atol, rtol)
    inverted = np.where(kept, 1 / np.where(kept, values, 1), 0).astype(A.dtype)
    return np.matmul(v * inverted[..., None, :], u.swapaxes(-1, -2))


PINV: dict[str, Any] = {
    "backward": "LinalgPinvBackward0",
    "grads": {
        "input": ("−Pᵀ g Pᵀ + (1 − A P) gᵀ P Pᵀ + Pᵀ P gᵀ (1 − P A)", _pinv_input),
    },
    "saves": ("input", "result"),
}


@op(
    "linalg_pinv",
    "input⁺",
    doc="The pseudo-inverse.",
    samples=[sample(arr(3, 2)), sample(arr(2, 3)), sample(arr(2, 2), atol=0.1), sample(arr(2, 2, 2), 0.1)],
    **PINV,
    **LINALG,
)
def linalg_pinv(
    input: Array, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Array:
    return pseudo_inverse(input, hermitian, atol, rtol if rcond is None else rcond)


@op(
    "pinverse",
    "input⁺",
    family="linear algebra",
    doc="The pseudo-inverse.",
    samples=[sample(arr(3, 2)), sample(arr(2, 2, 2))],
    **PINV,
)
def pinverse(input: Array, rcond: float = 1e-15) -> Array:
    return pseudo_inverse(input, False, None, rcond)


@op(
    "linalg_matrix_rank",
    "rank",
    doc="How many singular values are not zero.",
    samples=[sample(arr(2, 3)), sample(arr(3, 3), atol=1.5), sample(arr(2, 2), 1.0)],
    **LINALG,
)
def linalg_matrix_rank(
    A: Array, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None
) -> Array:
    if A.ndim < 2:
        raise RuntimeError("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.")
    if tol is not None:
        atol, rtol = tol, 0.0
    lengths = singular_values(A, hermitian)
    return np.sum(lengths > cutoff(lengths, A.shape, atol, rtol), axis=-1)


@composite(
    "linalg_lstsq",
    "X with least ‖A · X − B‖",
    doc="The least-squares solution; with it residuals, rank and singular values where the driver gives them.",
    returns=("solution", "residuals", "rank", "singular_values"),
    samples=[sample(arr(3, 2), arr(3, 1)), sample(arr(2, 3), arr(2, 2)), sample(arr(3, 2), arr(3), driver="gelsd")],
    **LINALG,
)
def linalg_lstsq(A: Any, B: Any, rcond: Any = None, *, driver: str | None = None) -> Any:
    if A.ndim < 2:
        raise RuntimeError("torch.linalg.lstsq: input must have at least 2 dimensions.")
    vector = B.ndim == A.ndim - 1 and (B.ndim == 1 or B.shape == A.shape[:-1])
    right = B.unsqueeze(-1) if vector else B
    if A.shape[-2] != right.shape[-2]:
        raise RuntimeError("torch.linalg.lstsq: input.size(-2) should match other.size(-2)")
    name = driver or "gelsy"
    if name not in ("gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError("torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    m, n = A.shape[-2:]
    solution = TENSORS.linalg_pinv(A, rcond).matmul(right)
    rank = A.new_zeros(0, dtype=dtypes.int64) if name == "gels" else TENSORS.linalg_matrix_rank(A, rtol=rcond)
    residuals, lengths = solution.flatten()[:0], A.new_zeros(0)
    if m > n and name != "gelsy" and (name == "gels" or bool((rank == n).all())):
        residuals = (right - A.matmul(solution)).square().sum(-2)
    if name in ("gelsd", "gelss"):
        lengths = TENSORS.linalg_svdvals(A).detach()
    found = (solution.squeeze(-1) if vector else solution, residuals, rank, lengths)
    return named_tuple(OPS["linalg_lstsq"])(found)


def with_info(name: str, plain: Callable[..., Any], A: Any, check_errors: bool) -> Any:
    """A result and 0, or NaN and the number of the first zero pivot where there is none."""
    info = A.new_zeros(A.shape[:-2], dtype=dtypes.int32)
    try:
        result = plain()
    except LinAlgError:
        if check_errors:
            raise
        info = TENSORS.linalg_lu_factor_ex(A).info
        result = A.new_full(A.shape, math.nan)
    return named_tuple(OPS[name])((result, info))


@composite(
    "linalg_inv_ex",
    "A⁻¹",
    doc="The inverse, and 0 or the number of the pivot that is zero.",
    returns=("inverse", "info"),
    samples=[sample(arr(2, 2)), sample(arr(2, 3, 3))],
    **LINALG,
)
def linalg_inv_ex(A: Any, *, check_errors: bool = False) -> Any:
    return with_info("linalg_inv_ex", lambda: TENSORS.linalg_inv(A), A, check_errors)


@composite(
    "linalg_solve_ex",
    "A⁻¹ · B",
    doc="The solution X of A X = B, and 0 or the number of the pivot that is zero.",
    returns=("result", "info"),
    samples=[sample(arr(2, 2), arr(2, 1)), sample(arr(2, 3, 3), arr(3, 2))],
    **LINALG,
)
def linalg_solve_ex(A: Any, B: Any, *, left: bool = True, check_errors: bool = False) -> Any:
    return with_info("linalg_solve_ex", lambda: TENSORS.linalg_solve(A, B, left=left), A, check_errors)


@composite(
    "linalg_cholesky_ex",
    "L with L · Lᵀ = A",
    doc="The Cholesky factor, and 0 or the order of the minor that is not positive.",
    returns=("L", "info"),
    **LINALG,
)
def linalg_cholesky_ex(A: Any, *, upper: bool = False, check_errors: bool = False) -> Any:
    try:
        return with_info("linalg_cholesky_ex", lambda: TENSORS.linalg_cholesky(A, upper), A, True)
    except LinAlgError:
        if check_errors:
            raise
    orders = [bad_minor(matrix) for matrix in to_numpy(A._data).reshape(-1, *A.shape[-2:])]
    info = TENSORS.tensor(orders, dtype=dtypes.int32, device=A.device).reshape(A.shape[:-2])
    return named_tuple(OPS["linalg_cholesky_ex"])((A.new_full(A.shape, math.nan), info))


@composite(
    "linalg_vecdot",
    "Σ x · y",
    doc="The inner products of vectors along a dimension.",
    samples=[sample(arr(2, 3), arr(3)), sample(arr(2, 3), arr(2, 3), dim=0)],
    **LINALG,
)
def linalg_vecdot(x: Any, y: Any, *, dim: int = -1) -> Any:
    return (x * y).sum(dim)


@composite(
    "linalg_tensorsolve",
    "X with A ·· X = B",
    doc="The solution of an equation of tensors, A's last dimensions contracted with X.",
    samples=[sample(arr(2, 3, 6), arr(2, 3)), sample(arr(2, 2, 2, 2), arr(2, 2), dims=(0, 1))],
    **LINALG,
)
def linalg_tensorsolve(A: Any, B: Any, dims: Any = None) -> Any:
    if dims is not None:
        A = A.movedim(tuple(dims), tuple(range(-len(dims), 0)))
    shape = A.shape[B.ndim :]
    n = math.prod(shape)
    if n != math.prod(A.shape[: B.ndim]):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), "
            f"but got {n} != {math.prod(A.shape[: B.ndim])}"
        )
    return TENSORS.linalg_solve(A.reshape(n, n), B.reshape(n)).reshape(shape)


@composite(
    "linalg_tensorinv",
    "A⁻¹ over groups of dimensions",
    doc="The inverse for tensordot: the first `ind` dimensions are the rows.",
    samples=[sample(arr(2, 3, 6)), sample(arr(4, 2, 2), ind=1)],
    **LINALG,
)
def linalg_tensorinv(A: Any, ind: int = 2) -> Any:
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    rows, columns = math.prod(A.shape[:ind]), math.prod(A.shape[ind:])
    if rows != columns:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
            f"{columns} != {rows}"
        )
    return TENSORS.linalg_inv(A.reshape(rows, columns)).reshape(A.shape[ind:] + A.shape[:ind])
