"""Solutions with triangular matrices and with Cholesky factors."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import backends
from engine.backends import Array
from engine.ops.inverses import T, check_square
from engine.registry import arr, op, sample


def _triangle(F: Any, x: Any, s: Any) -> Any:
    edge = int(s.unitriangular)
    return F.triu(x, edge) if s.upper else F.tril(x, -edge)


def _solve_triangular_a(F: Any, g: Any, s: Any) -> Any:
    gb = _solve_triangular_b(F, g, s)
    product = F.matmul(gb, T(F, s.result)) if s.left else F.matmul(T(F, s.result), gb)
    return -_triangle(F, product, s)


def _solve_triangular_b(F: Any, g: Any, s: Any) -> Any:
    options = {"upper": not s.upper, "left": s.left, "unitriangular": s.unitriangular}
    return F.linalg_solve_triangular(T(F, s.A), g, **options)


@op(
    "linalg_solve_triangular",
    "A⁻¹ · B",
    doc="The solution X of A X = B (or X A = B), where only a triangle of A counts.",
    grads={
        "A": ("−A⁻ᵀ · g · resultᵀ in the triangle", _solve_triangular_a),
        "B": ("A⁻ᵀ · g", _solve_triangular_b),
    },
    saves=("A", "result", "upper", "left", "unitriangular"),
    samples=[
        sample(arr(3, 3, low=1), arr(3, 2), upper=True),
        sample(arr(2, 2, 2, low=1), arr(3, 2), upper=False, left=False),
        sample(arr(3, 3), arr(3, 1), upper=False, unitriangular=True),
    ],
    family="linear algebra",
    function=False,
    method=False,
)
def linalg_solve_triangular(
    A: Array, B: Array, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> Array:
    check_square(A, "linalg.solve_triangular")
    if not left:
        turned = linalg_solve_triangular(
            A.swapaxes(-1, -2), B.swapaxes(-1, -2), upper=not upper, unitriangular=unitriangular
        )
        return turned.swapaxes(-1, -2)
    if A.shape[-1] != B.shape[-2]:
        raise RuntimeError(
            f"linalg.solve_triangular: Incompatible shapes of A and B for the equation AX = B ({A.shape[-2]}x"
            f"{A.shape[-1]} and {B.shape[-2]}x{B.shape[-1]})"
        )
    lead = np.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    found = backends.copied(np.broadcast_to(B, (*lead, *B.shape[-2:])), "C")
    n = A.shape[-1]
    for i in reversed(range(n)) if upper else range(n):
        known = slice(i + 1, n) if upper else slice(0, i)
        found[..., i, :] -= (A[..., i, None, known] @ found[..., known, :])[..., 0, :]
        if not unitriangular:
            found[..., i, :] /= A[..., i, i, None]
    return found


def _through_product(F: Any, ga: Any, s: Any) -> Any:
    """From A's gradient to that of its factor: A = L Lᵀ, or Uᵀ U."""
    both = ga + T(F, ga)
    return F.matmul(s.L, both) if s.upper else F.matmul(both, s.L)


def _cholesky_solve_l(F: Any, g: Any, s: Any) -> Any:
    return _through_product(F, -F.matmul(F.cholesky_solve(g, s.L, s.upper), T(F, s.result)), s)


@op(
    "cholesky_solve",
    "(L · Lᵀ)⁻¹ · input",
    family="linear algebra",
    doc="The solution X of A X = input, from the Cholesky factor of A.",
    grads={
        "input": ("(L · Lᵀ)⁻¹ · g", lambda F, g, s: F.cholesky_solve(g, s.L, s.upper)),
        "L": ("(gA + gAᵀ) · L with gA = −(L · Lᵀ)⁻¹ · g · resultᵀ", _cholesky_solve_l),
    },
    saves=("L", "upper", "result"),
    samples=[sample(arr(2, 2), arr(2, 2, low=1)), sample(arr(2, 1), arr(2, 2, low=1), True)],
)
def cholesky_solve(input: Array, L: Array, upper: bool = False) -> Array:
    lower = L.swapaxes(-1, -2) if upper else L
    half = linalg_solve_triangular(lower, input, upper=False)
    return linalg_solve_triangular(lower.swapaxes(-1, -2), half, upper=True)


def _cholesky_inverse_l(F: Any, g: Any, s: Any) -> Any:
    return _through_product(F, -F.matmul(F.matmul(s.result, g), s.result), s)


@op(
    "cholesky_inverse",
    "(L · Lᵀ)⁻¹",
    family="linear algebra",
    doc="The inverse of A, from its Cholesky factor.",
    grads={"L": ("(gA + gAᵀ) · L with gA = −result · g · result", _cholesky_inverse_l)},
    saves=("L", "upper", "result"),
    samples=[sample(arr(2, 2, low=1)), sample(arr(2, 3, 3, low=1), True)],
)
def cholesky_inverse(L: Array, upper: bool = False) -> Array:
    check_square(L, "cholesky_inverse")
    return cholesky_solve(backends.asarray(np.eye(L.shape[-1]), L.dtype, L), L, upper)
