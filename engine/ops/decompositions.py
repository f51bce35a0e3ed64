"""Inverses, determinants, solutions and factorisations of matrices: torch.linalg.

The derivatives are those collected by Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008), for real matrices.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import errors
from engine.registry import arr, composite, op, sample
from engine.tensor import Tensor, wrap

Array = Any
FAMILY = "linear algebra"
SQUARE = [sample(arr(3, 3)), sample(arr(2, 2, 2))]


def T(F: Any, x: Any) -> Any:
    """The transpose of the last two dimensions."""
    return F.transpose(x, -2, -1)


def check_square(input: Array, name: str) -> None:
    """Batches of square matrices."""
    if input.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")
    if input.shape[-1] != input.shape[-2]:
        raise RuntimeError(
            f"{name}: A must be batches of square matrices, but they are {input.shape[-2]} by {input.shape[-1]} matrices"
        )


def singular(name: str, input: Array) -> errors.LinAlgError:
    """A matrix without an inverse: the first pivot that is zero in its elimination."""
    at = 1
    for matrix in input.reshape(-1, *input.shape[-2:]):
        at = _zero_pivot(np.array(matrix, np.float64))
        if at:
            break
    return errors.LinAlgError(
        f"{name}: The diagonal element {at} is zero, the inversion could not be completed because the input matrix is "
        "singular."
    )


def _zero_pivot(a: Array) -> int:
    n = len(a)
    for k in range(n):
        pivot = k + int(np.argmax(np.abs(a[k:, k])))
        if a[pivot, k] == 0:
            return k + 1
        a[[k, pivot]] = a[[pivot, k]]
        a[k + 1 :] -= np.outer(a[k + 1 :, k] / a[k, k], a[k])
    return 0


def _minus_rgr(F: Any, g: Any, s: Any) -> Any:
    r = T(F, s.result)
    return -F.matmul(F.matmul(r, g), r)


def _inverse(name: str) -> Any:
    def forward(input: Array) -> Array:
        check_square(input, "linalg.inv")
        try:
            return np.linalg.inv(input)
        except np.linalg.LinAlgError:
            raise singular("linalg.inv", input) from None

    return forward


def _of_input(input: Array) -> None:
    """The signature of a function of one matrix."""


for _name, _function in (("linalg_inv", False), ("inverse", True)):
    op(
        _name,
        "input⁻¹",
        family=FAMILY,
        doc="The inverse of a square matrix.",
        backward="LinalgInvExBackward0",
        function=_function,
        method=_function,
        grads={"input": ("−input⁻ᵀ · g · input⁻ᵀ", _minus_rgr)},
        signature=_of_input,
        samples=SQUARE,
    )(_inverse(_name))


def _det_input(F: Any, g: Any, s: Any) -> Any:
    scale = F.unsqueeze(F.unsqueeze(g, -1), -1)
    if bool((s.result == 0).any()):
        return scale * F._cofactors(s.input)
    return scale * F.unsqueeze(F.unsqueeze(s.result, -1), -1) * T(F, F.linalg_inv(s.input))


def _determinant(input: Array) -> Array:
    check_square(input, "linalg.det")
    return np.linalg.det(input)


for _name, _function in (("linalg_det", False), ("det", True)):
    op(
        _name,
        "|input|",
        family=FAMILY,
        doc="The determinant of a square matrix.",
        backward="LinalgDetBackward0",
        function=_function,
        method=_function,
        grads={"input": ("g · |input| · input⁻ᵀ", _det_input)},
        saves=("input", "result"),
        signature=_of_input,
        samples=SQUARE,
    )(_determinant)


@op("_cofactors", "the cofactors of input", family=FAMILY, doc="The matrix of cofactors, also of a singular matrix.")
def _cofactors(input: Array) -> Array:
    u, s, vh = np.linalg.svd(input)
    n = s.shape[-1]
    others = np.stack([np.prod(np.delete(s, i, -1), -1) for i in range(n)], -1)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return (sign[..., None, None] * ((u * others[..., None, :]) @ vh)).astype(input.dtype)


def _slogdet(input: Array) -> tuple[Array, Array]:
    check_square(input, "linalg.slogdet")
    found = np.linalg.slogdet(input)
    return found.sign, found.logabsdet


for _name, _function in (("linalg_slogdet", False), ("slogdet", True)):
    op(
        _name,
        "sign and ln of |input|",
        family=FAMILY,
        doc="The sign of the determinant and the logarithm of its absolute value.",
        backward="LinalgSlogdetBackward0",
        function=_function,
        method=_function,
        returns=("sign", "logabsdet"),
        grads={
            "input": (
                "g · input⁻ᵀ",
                lambda F, g, s: F.unsqueeze(F.unsqueeze(g[1], -1), -1) * T(F, F.linalg_inv(s.input)),
            )
        },
        signature=_of_input,
        samples=SQUARE,
    )(_slogdet)


@composite("logdet", "ln |input|", family=FAMILY, doc="The logarithm of the determinant.", samples=[sample(arr(1, 1, low=0.5))])
def logdet(input: Tensor) -> Tensor:
    check_square(input._data, "logdet")
    sign, value = input.slogdet()
    from engine.sweep import TENSORS

    return TENSORS.where(sign < 0, float("nan"), value)  # type: ignore[no-any-return]


def _is_vector(A: Any, B: Any) -> bool:
    return len(B.shape) == 1 or (len(A.shape) - 1 == len(B.shape) and tuple(A.shape[:-1]) == tuple(B.shape))


def _solve_b(F: Any, g: Any, s: Any) -> Any:
    return F.linalg_solve(T(F, s.A), g)


def _solve_a(F: Any, g: Any, s: Any) -> Any:
    b = _solve_b(F, g, s)
    if len(s.result.shape) == len(s.A.shape) - 1:
        return -(F.unsqueeze(b, -1) * F.unsqueeze(s.result, -2))
    return -F.matmul(b, T(F, s.result))


@op(
    "linalg_solve",
    "A⁻¹ · B",
    family=FAMILY,
    doc="The solution X of A X = B.",
    backward="LinalgSolveExBackward0",
    function=False,
    method=False,
    grads={"A": ("−A⁻ᵀ · g · resultᵀ", _solve_a), "B": ("A⁻ᵀ · g", _solve_b)},
    saves=("A", "result"),
    samples=[sample(arr(3, 3), arr(3)), sample(arr(3, 3), arr(3, 2)), sample(arr(2, 2, 2), arr(2, 2, 1))],
)
def linalg_solve(A: Array, B: Array, *, left: bool = True) -> Array:
    check_square(A, "linalg.solve")
    if not left:
        return linalg_solve(A.swapaxes(-1, -2), B.swapaxes(-1, -2)).swapaxes(-1, -2)
    try:
        if _is_vector(A, B):
            return np.linalg.solve(A, B[..., None])[..., 0]
        return np.linalg.solve(A, B)
    except np.linalg.LinAlgError:
        raise errors.LinAlgError("torch.linalg.solve: The solver failed because the input matrix is singular.") from None


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


def _qr(A: Array, mode: str = "reduced") -> tuple[Array, Array]:
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


def _eigh(A: Array, UPLO: str = "L") -> tuple[Array, Array]:
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


@composite("linalg_svdvals", "the singular values of A", family=FAMILY, doc="The singular values.", function=False, method=False, samples=[sample(arr(2, 3))])
def linalg_svdvals(A: Tensor) -> Tensor:
    from engine.sweep import TENSORS

    return TENSORS.linalg_svd(A, False)[1]  # type: ignore[no-any-return]


@composite("linalg_eigvalsh", "the eigenvalues of A", family=FAMILY, doc="The eigenvalues of a symmetric matrix.", function=False, method=False)
def linalg_eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    from engine.sweep import TENSORS

    return TENSORS.linalg_eigh(A, UPLO)[0]  # type: ignore[no-any-return]


def _pinv_input(F: Any, g: Any, s: Any) -> Any:
    a, p = s.input, s.result
    pt, gt = T(F, p), T(F, g)
    first = -F.matmul(F.matmul(pt, g), pt)
    gpp = F.matmul(gt, F.matmul(p, pt))
    ppg = F.matmul(F.matmul(pt, p), gt)
    return first + gpp - F.matmul(a, F.matmul(p, gpp)) + ppg - F.matmul(F.matmul(ppg, p), a)


for _name, _function in (("linalg_pinv", False), ("pinverse", True)):
    op(
        _name,
        "input⁺",
        family=FAMILY,
        doc="The pseudo-inverse.",
        backward="LinalgPinvBackward0",
        function=_function,
        method=_function,
        grads={"input": ("−P⁻ᵀ g Pᵀ and the two projections", _pinv_input)},
        saves=("input", "result"),
        signature=_of_input,
        samples=[sample(arr(3, 2)), sample(arr(2, 3)), sample(arr(2, 2))],
    )(np.linalg.pinv)


def _power(input: Tensor, n: int) -> Tensor:
    from engine.sweep import TENSORS

    check_square(input._data, "linalg.matrix_power")
    if n < 0:
        return _power(TENSORS.linalg_inv(input), -n)
    size = input._data.shape[-1]
    if n == 0:
        return wrap(np.broadcast_to(np.eye(size, dtype=input._data.dtype), input._data.shape).copy())
    result: Tensor | None = None
    square = input
    while n:
        if n & 1:
            result = square if result is None else result.matmul(square)
        n >>= 1
        if n:
            square = square.matmul(square)
    assert result is not None
    return result


for _name, _function in (("linalg_matrix_power", False), ("matrix_power", True)):
    composite(
        _name,
        "inputⁿ",
        family=FAMILY,
        doc="A power of a square matrix.",
        function=_function,
        method=_function,
        samples=[sample(arr(2, 2), 3), sample(arr(2, 2), -1), sample(arr(3, 3), 2)],
    )(_power)


def _exp_input(F: Any, g: Any, s: Any) -> Any:
    at = T(F, s.input)
    n = at.shape[-1]
    top = F.cat([at, g], -1)
    bottom = F.cat([F.zeros_of(at, at.shape), at], -1)
    whole = F.matrix_exp(F.cat([top, bottom], -2))
    return F._extract(whole, (..., slice(0, n), slice(n, 2 * n)))


def _matrix_exp(input: Array) -> Array:
    """Scaling and squaring with the Padé approximant of degree 13 (Higham, 2005)."""
    check_square(input, "linalg.matrix_exp")
    b = (
        64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
        670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
    )  # fmt: skip
    a = input.astype(np.float64)
    norm = float(np.abs(a).sum(-2).max(initial=0))
    steps = max(0, int(np.ceil(np.log2(norm / 5.37)))) if norm > 5.37 else 0
    a = a / 2**steps
    eye = np.broadcast_to(np.eye(a.shape[-1]), a.shape)
    a2 = a @ a
    a4, a6 = a2 @ a2, a2 @ a2 @ a2
    u = a @ (a6 @ (b[13] * a6 + b[11] * a4 + b[9] * a2) + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * eye)
    v = a6 @ (b[12] * a6 + b[10] * a4 + b[8] * a2) + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * eye
    found = np.linalg.solve(v - u, v + u)
    for _ in range(steps):
        found = found @ found
    return found.astype(input.dtype)


for _name, _function in (("linalg_matrix_exp", False), ("matrix_exp", True)):
    op(
        _name,
        "e^input",
        family=FAMILY,
        doc="The exponential of a square matrix.",
        backward="LinalgMatrixExpBackward0",
        function=_function,
        method=_function,
        grads={"input": ("the upper right of exp [[inputᵀ, g], [0, inputᵀ]]", _exp_input)},
        saves=("input",),
        signature=_of_input,
        samples=[sample(arr(2, 2)), sample(arr(2, 3, 3))],
    )(_matrix_exp)


@op("linalg_matrix_rank", "rank", family=FAMILY, doc="How many singular values are not zero.", function=False, method=False, samples=[sample(arr(2, 3))])
def linalg_matrix_rank(A: Array, tol: float | None = None) -> Array:
    return np.asarray(np.linalg.matrix_rank(A, tol)).astype(np.int64)


@composite("linalg_multi_dot", "the product of all", family=FAMILY, doc="The product of several matrices.", function=False, method=False)
def linalg_multi_dot(tensors: list[Tensor]) -> Tensor:
    result = tensors[0]
    for t in tensors[1:]:
        result = result.matmul(t)
    return result


@composite("linalg_lstsq", "X with least |A X − B|", family=FAMILY, doc="The least-squares solution.", function=False, method=False)
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
