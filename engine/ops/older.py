"""Older names of torch.linalg's functions: `torch.lu`, `torch.qr`, `torch.svd` and their kin."""

from __future__ import annotations

import warnings
from typing import Any

from engine.apply import named_tuple
from engine.backward import TENSORS
from engine.ops.lu import linalg_lu_solve
from engine.registry import OPS, arr, composite, sample

FAMILY: dict[str, Any] = {"family": "linear algebra"}
LU = (
    "torch.lu is deprecated in favor of torch.linalg.lu_factor / torch.linalg.lu_factor_ex and will be removed in a "
    "future PyTorch release.\nLU, pivots = torch.lu(A, compute_pivots)\nshould be replaced with\n"
    "LU, pivots = torch.linalg.lu_factor(A, compute_pivots)\nand\n"
    "LU, pivots, info = torch.lu(A, compute_pivots, get_infos=True)\nshould be replaced with\n"
    "LU, pivots, info = torch.linalg.lu_factor_ex(A, compute_pivots)"
)
QR = (
    "torch.qr is deprecated in favor of torch.linalg.qr and will be removed in a future PyTorch release.\n"
    "The boolean parameter 'some' has been replaced with a string parameter 'mode'.\nQ, R = torch.qr(A, some)\n"
    "should be replaced with\nQ, R = torch.linalg.qr(A, 'reduced' if some else 'complete')"
)
TRIANGULAR = (
    "torch.triangular_solve is deprecated in favor of torch.linalg.solve_triangularand will be removed in a future "
    "PyTorch release.\ntorch.linalg.solve_triangular has its arguments reversed and does not return a copy of one of "
    "the inputs.\nX = torch.triangular_solve(B, A).solution\nshould be replaced with\n"
    "X = torch.linalg.solve_triangular(A, B)."
)


@composite("lu", "L and U of A = P · L · U", doc="The LU factorisation in one matrix, and its pivots.", **FAMILY)
def lu(A: Any, pivot: bool = True, get_infos: bool = False) -> Any:
    warnings.warn(LU, UserWarning, stacklevel=2)
    found = TENSORS.linalg_lu_factor_ex(A, pivot=pivot)
    return tuple(found) if get_infos else tuple(found)[:2]


@composite(
    "lu_solve",
    "A⁻¹ · input",
    family="linear algebra",
    doc="The solution X of A X = input, from the LU factorisation of A.",
)
def lu_solve(input: Any, LU_data: Any, LU_pivots: Any) -> Any:
    return linalg_lu_solve(LU_data, LU_pivots, input)


@composite(
    "qr",
    "Q · R = input",
    doc="An orthogonal and an upper triangular factor.",
    returns=("Q", "R"),
    **FAMILY,
)
def qr(input: Any, some: bool = True) -> Any:
    warnings.warn(QR, UserWarning, stacklevel=2)
    return named_tuple(OPS["qr"])(TENSORS.linalg_qr(input, "reduced" if some else "complete"))


@composite(
    "svd",
    "U · diag(S) · Vᵀ = input",
    doc="The singular value decomposition.",
    returns=("U", "S", "V"),
    samples=[sample(arr(3, 2), compute_uv=False)],
    **FAMILY,
)
def svd(input: Any, some: bool = True, compute_uv: bool = True) -> Any:
    if not compute_uv:
        lengths = TENSORS.linalg_svdvals(input)
        m, n = input.shape[-2:]
        lead = input.shape[:-2]
        return named_tuple(OPS["svd"])((input.new_zeros((*lead, m, m)), lengths, input.new_zeros((*lead, n, n))))
    u, lengths, vh = TENSORS.linalg_svd(input, not some)
    return named_tuple(OPS["svd"])((u, lengths, vh.mT))


@composite(
    "triangular_solve",
    "A⁻¹ · b",
    doc="The solution X of A X = b, where only a triangle of A counts, and A.",
    returns=("solution", "cloned_coefficient"),
    **FAMILY,
)
def triangular_solve(b: Any, A: Any, upper: bool = True, transpose: bool = False, unitriangular: bool = False) -> Any:
    warnings.warn(TRIANGULAR, UserWarning, stacklevel=2)
    matrix, above = (A.mT, not upper) if transpose else (A, upper)
    found = TENSORS.linalg_solve_triangular(matrix, b, upper=above, unitriangular=unitriangular)
    return named_tuple(OPS["triangular_solve"])((found, A.clone()))
