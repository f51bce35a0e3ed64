"""Products of matrices and vectors, and what is built from them.

Inverses and factorisations are decompositions.py's.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine import dtypes
from engine.apply import run
from engine.errors import dimension
from engine.registry import OPS, arr, composite, op, sample
from engine.tensor import Tensor

Array = Any
F32, F64 = np.dtype(np.float32), np.dtype(np.float64)


def check_types(a: Array, b: Array) -> None:
    """Both factors of one type."""
    if a.dtype != b.dtype:
        names = [dtypes.CPP_NAMES[dtypes.FROM_NUMPY[x.dtype]] for x in (a, b)]
        raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {names[0]} != {names[1]}")


def product(a: Array, b: Array) -> Array:
    """`a @ b`; half precision is multiplied in single, where a fast routine exists."""
    if a.dtype == np.float16:
        return np.matmul(a.astype(np.float32), b.astype(np.float32)).astype(np.float16)
    return np.matmul(a, b)


def check_product(a: Array, b: Array) -> None:
    """The shapes of two matrices that are to be multiplied."""
    if a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and {b.shape[0]}x{b.shape[1]})"
        )
    if a.dtype.kind == "b":
        raise NotImplementedError("\"addmm_impl_cpu_\" not implemented for 'Bool'")


@op(
    "mm",
    "input · mat2",
    family="linear algebra",
    doc="The product of two matrices.",
    grads={
        "input": ("g · mat2ᵀ", lambda F, g, s: F.mm(g, F.t(s.mat2))),
        "mat2": ("inputᵀ · g", lambda F, g, s: F.mm(F.t(s.input), g)),
    },
    samples=[sample(arr(2, 3), arr(3, 2)), sample(arr(2, 0), arr(0, 3))],
)
def mm(input: Array, mat2: Array) -> Array:
    kind = input.dtype
    usual = (kind is F32 or kind is F64) and kind is mat2.dtype
    if usual and input.ndim == mat2.ndim == 2 and input.shape[1] == mat2.shape[0]:
        return np.matmul(input, mat2)
    if input.ndim != 2:
        raise RuntimeError("self must be a matrix")
    if mat2.ndim != 2:
        raise RuntimeError("mat2 must be a matrix")
    check_product(input, mat2)
    check_types(input, mat2)
    return product(input, mat2)


@op(
    "mv",
    "input · vec",
    family="linear algebra",
    doc="The product of a matrix and a vector.",
    grads={
        "input": ("g · vecᵀ", lambda F, g, s: F.outer(g, s.vec)),
        "vec": ("inputᵀ · g", lambda F, g, s: F.mv(F.t(s.input), g)),
    },
    samples=[sample(arr(2, 3), arr(3))],
)
def mv(input: Array, vec: Array) -> Array:
    if input.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {input.ndim}, {vec.ndim}")
    if input.shape[1] != vec.shape[0]:
        raise RuntimeError(
            f"size mismatch, got input ({input.shape[0]}), mat ({input.shape[0]}x{input.shape[1]}), vec "
            f"({vec.shape[0]})"
        )
    check_types(input, vec)
    return product(input, vec)


@op(
    "dot",
    "Σ input · tensor",
    family="linear algebra",
    doc="The inner product of two vectors.",
    grads={
        "input": ("g · tensor", lambda F, g, s: g * s.tensor),
        "tensor": ("g · input", lambda F, g, s: g * s.input),
    },
    aliases=("vdot",),
    samples=[sample(arr(3), arr(3))],
)
def dot(input: Array, tensor: Array) -> Array:
    if input.ndim != 1 or tensor.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {input.ndim}D and {tensor.ndim}D tensors")
    if input.dtype != tensor.dtype:
        kinds = [dtypes.SCALAR_NAMES[dtypes.FROM_NUMPY[x.dtype]] for x in (input, tensor)]
        raise RuntimeError(f"dot : expected both vectors to have same dtype, but found {kinds[0]} and {kinds[1]}")
    if input.size != tensor.size:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{input.size}] and src [{tensor.size}] to have the same number "
            f"of elements, but got {input.size} and {tensor.size} elements respectively"
        )
    return product(input, tensor)


@op(
    "bmm",
    "inputᵢ · mat2ᵢ",
    family="linear algebra",
    doc="The products of two batches of matrices.",
    grads={
        "input": ("g · mat2ᵀ", lambda F, g, s: F.bmm(g, F.transpose(s.mat2, 1, 2))),
        "mat2": ("inputᵀ · g", lambda F, g, s: F.bmm(F.transpose(s.input, 1, 2), g)),
    },
    samples=[sample(arr(2, 2, 3), arr(2, 3, 2))],
)
def bmm(input: Array, mat2: Array) -> Array:
    for number, x in enumerate((input, mat2), 1):
        if x.ndim != 3:
            raise RuntimeError(f"batch{number} must be a 3D tensor")
    want = (input.shape[0], input.shape[2])
    if mat2.shape[:2] != want:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: {list(want)} but got: "
            f"{list(mat2.shape[:2])}."
        )
    check_types(input, mat2)
    return product(input, mat2)


@op(
    "_squeeze_first",
    "input without its first dimension",
    family="shape",
    doc="A row made a vector.",
    backward="SqueezeBackward4",
    grads={"input": ("g in the input's shape", lambda F, g, s: F.reshape(g, s.input_shape))},
)
def _squeeze_first(input: Array) -> Array:
    return input.reshape(input.shape[1:])


@composite(
    "matmul",
    "input @ other",
    family="linear algebra",
    doc="The matrix product; vectors and batches of matrices as well.",
    arrays=product,
    samples=[
        *(sample(arr(*a), arr(*b)) for a, b in (((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 2)))),
        *(sample(arr(*a), arr(*b)) for a, b in (((2, 2, 3), (3,)), ((2, 2, 3), (3, 2)), ((2, 2, 3), (2, 3, 2)))),
        *(sample(arr(*a), arr(*b)) for a, b in (((3,), (2, 3, 2)), ((4, 3), (2, 3, 2)), ((2, 1, 2, 3), (3, 3, 2)))),
    ],
)
def matmul(input: Tensor, other: Tensor) -> Tensor:
    if not isinstance(other, Tensor):
        raise TypeError(f"matmul(): argument 'other' (position 1) must be Tensor, not {type(other).__name__}")
    m, n = input._data.ndim, other._data.ndim
    if m == 0 or n == 0:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {m}D and {n}D")
    result: Tensor
    if m == 2 and n == 2:
        result = run(OPS["mm"], (input, other), {})
    elif m == 1 and n == 1:
        result = input.dot(other)
    elif m == 2 and n == 1:
        result = input.mv(other)
    elif m == 1 and n == 2:
        result = input.unsqueeze(0).mm(other)._squeeze_first()
    elif m >= 3 and n <= 2:
        result = folded(input, other)
    elif m <= 2 and n >= 3 and (m == 1 or input._req):
        result = folded(other.transpose(-2, -1), input.t() if m == 2 else input)
        result = result.transpose(-2, -1).contiguous() if m == 2 else result
    else:
        result = batched(input, other)
    return result


def folded(many: Tensor, one: Tensor) -> Tensor:
    """A batch of matrices times one matrix or vector: a single product, the batch made into rows."""
    shape = many._data.shape
    rows = many.reshape(math.prod(shape[:-1]), shape[-1])
    if one._data.ndim == 1:
        return rows.mv(one)._unsafe_view(shape[:-1])  # type: ignore[no-any-return]
    return rows.mm(one)._unsafe_view((*shape[:-1], one._data.shape[1]))  # type: ignore[no-any-return]


def batched(input: Tensor, other: Tensor) -> Tensor:
    """Batches of matrices, broadcast and multiplied pair by pair."""
    if input._data.ndim == 1:
        return batched(input.unsqueeze(0), other).squeeze(-2)  # type: ignore[no-any-return]
    if other._data.ndim == 1:
        return batched(input, other.unsqueeze(1)).squeeze(-1)  # type: ignore[no-any-return]
    a, b = input._data.shape, other._data.shape
    from engine.errors import broadcast

    message = broadcast([a[:-2], b[:-2]])
    if message is not None:
        raise RuntimeError(message)
    batch = np.broadcast_shapes(a[:-2], b[:-2])
    count = math.prod(batch)
    left = input.expand((*batch, *a[-2:])).reshape(count, *a[-2:])
    right = other.expand((*batch, *b[-2:])).reshape(count, *b[-2:])
    return left.bmm(right)._unsafe_view((*batch, a[-2], b[-1]))  # type: ignore[no-any-return]


@composite(
    "outer",
    "inputᵢ · vec2ⱼ",
    family="linear algebra",
    doc="The outer product of two vectors.",
    arrays=lambda input, vec2: input[:, None] * vec2,
    aliases=("ger",),
    samples=[sample(arr(2), arr(3))],
)
def outer(input: Tensor, vec2: Tensor) -> Tensor:
    for name, x in (("self", input), ("vec2", vec2)):
        if x._data.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {x._data.ndim}-D")
    return input.view(-1, 1) * vec2  # type: ignore[no-any-return]


@composite("inner", "Σ input · other over the last dimension", family="linear algebra", doc="The inner product.")
def inner(input: Tensor, other: Tensor) -> Tensor:
    if not input._data.ndim or not other._data.ndim:
        return input * other  # type: ignore[no-any-return]
    return tensordot(input, other, ([-1], [-1]))  # type: ignore[no-any-return]


@composite(
    "tensordot",
    "Σ over pairs of dimensions",
    family="linear algebra",
    doc="The sum of products over the last `dims` dimensions of one and the first of the other, or over lists of them.",
    method=False,
    samples=[sample(arr(2, 3), arr(3, 2), 1), sample(arr(2, 3), arr(2, 3), 2)],
)
def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    if isinstance(dims, int):
        pairs = [list(range(a._data.ndim - dims, a._data.ndim)), list(range(dims))]
    else:
        pairs = [[int(d) % x._data.ndim for d in d_list] for d_list, x in zip(dims, (a, b), strict=True)]
    mine, theirs = (list(p) for p in pairs)
    for here, there in zip(mine, theirs, strict=True):  # a dimension of size 1 meets the sum over the other's
        m, n = a._data.shape[here], b._data.shape[there]
        if m == 1 != n:
            b = b.sum(there, keepdim=True)
        elif n == 1 != m:
            a = a.sum(here, keepdim=True)
        elif m != n:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {m} in dim {here} and second has size {n} in "
                f"dim {there}"
            )
    kept_a = [d for d in range(a._data.ndim) if d not in mine]
    kept_b = [d for d in range(b._data.ndim) if d not in theirs]
    count = int(np.prod([a._data.shape[d] for d in mine], dtype=np.int64))
    shape = [a._data.shape[d] for d in kept_a] + [b._data.shape[d] for d in kept_b]
    left = a.permute(kept_a + mine).reshape(-1, count)
    right = b.permute(theirs + kept_b).reshape(count, -1)
    return left.mm(right).reshape(shape)  # type: ignore[no-any-return]


@op(
    "trace",
    "Σ inputᵢᵢ",
    family="linear algebra",
    doc="The sum of the diagonal.",
    grads={"input": ("g on the diagonal", lambda F, g, s: F._diagonal_embed(_row(F, g, s), s.input_shape, 0, 0, 1))},
    saves=("input_shape",),
    samples=[sample(arr(3, 3)), sample(arr(2, 3))],
)
def trace(input: Array) -> Array:
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    return np.trace(input)


def _row(F: Any, g: Any, s: Any) -> Any:
    return F.expand(F.reshape(g, (1,)), (min(s.input_shape),))


@composite(
    "kron",
    "all products of elements",
    family="linear algebra",
    doc="The Kronecker product.",
    samples=[sample(arr(2, 2), arr(2, 3))],
)
def kron(input: Tensor, other: Tensor) -> Tensor:
    n = max(input._data.ndim, other._data.ndim)
    a = (1,) * (n - input._data.ndim) + input._data.shape
    b = (1,) * (n - other._data.ndim) + other._data.shape
    left = input.reshape(tuple(x for pair in zip(a, (1,) * n, strict=True) for x in pair))
    right = other.reshape(tuple(x for pair in zip((1,) * n, b, strict=True) for x in pair))
    return (left * right)._unsafe_view(tuple(x * y for x, y in zip(a, b, strict=True)))  # type: ignore[no-any-return]


@op(
    "linalg_cross",
    "input × other",
    family="linear algebra",
    doc="The cross product of vectors of length 3.",
    function=False,
    method=False,
    grads={
        "input": ("other × g", lambda F, g, s: F.linalg_cross(s.other, g, dim=s.dim)),
        "other": ("g × input", lambda F, g, s: F.linalg_cross(g, s.input, dim=s.dim)),
    },
    samples=[sample(arr(2, 3), arr(2, 3))],
)
def linalg_cross(input: Array, other: Array, *, dim: int = -1) -> Array:
    if input.ndim != other.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    at = dimension(dim, input.ndim)
    if input.shape[at] != 3 or other.shape[at] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {input.shape[at]} and {other.shape[at]}"
        )
    return np.cross(input, other, axis=dim)


@composite(
    "cross",
    "input × other",
    family="linear algebra",
    doc="The cross product.",
    samples=[sample(arr(2, 3), arr(2, 3), 1)],
)
def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    from engine.sweep import TENSORS

    if dim is None:
        dim = next((i for i, n in enumerate(input._data.shape) if n == 3), -1)
    return TENSORS.linalg_cross(input, other, dim=dim)  # type: ignore[no-any-return]
