"""Inverses, determinants, solutions and powers of matrices.

The derivatives are those collected by Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008), for real matrices.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import errors
from engine.backends import library_of
from engine.registry import arr, composite, op, sample
from engine.tensor import Tensor

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
            f"{name}: A must be batches of square matrices, but they are {input.shape[-2]} by {input.shape[-1]} "
            "matrices"
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


@composite(
    "logdet", "ln |input|", family=FAMILY, doc="The logarithm of the determinant.", samples=[sample(arr(1, 1, low=0.5))]
)
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
        raise errors.LinAlgError(
            "torch.linalg.solve: The solver failed because the input matrix is singular."
        ) from None


def _power(input: Tensor, n: int) -> Tensor:
    from engine.sweep import TENSORS

    check_square(input._data, "linalg.matrix_power")
    if n < 0:
        return _power(TENSORS.linalg_inv(input), -n)
    if n == 0:
        return input.clone().copy_(TENSORS.diag_embed(input.new_ones(input.shape[-1])))  # type: ignore[no-any-return]
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
    eye = np.broadcast_to(library_of(a).eye(a.shape[-1]), a.shape)
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


@composite(
    "linalg_multi_dot",
    "the product of all",
    family=FAMILY,
    doc="The product of several matrices.",
    function=False,
    method=False,
)
def linalg_multi_dot(tensors: list[Tensor]) -> Tensor:
    result = tensors[0]
    for t in tensors[1:]:
        result = result.matmul(t)
    return result
