"""`out=`: a call that writes its result into tensors the caller has, for every function of the table that takes it.

The result is computed as ever and copied, so a watcher sees the operation and then the write.  This module owns which
functions take `out=`, and torch's rules for its shape, its dtype and gradients.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from engine import dtypes, errors, views
from engine.arguments import Misfit, unknown
from engine.grad_mode import no_grad, state
from engine.ops.memory import resize
from engine.registry import Op
from engine.tensor import Tensor

WITHOUT = frozenset(
    [
        *("adjoint", "allclose", "argwhere", "as_tensor", "atleast_1d", "atleast_2d", "atleast_3d", "bincount"),
        *(
            "block_diag",
            "broadcast_tensors",
            "broadcast_to",
            "cartesian_prod",
            "cdist",
            "celu",
            "clone",
            "combinations",
        ),
        *("conj", "constant_pad_nd", "corrcoef", "count_nonzero", "cov", "cumulative_trapezoid", "det", "diag_embed"),
        *("diagflat", "diagonal_scatter", "dist", "dsplit", "einsum", "empty_like", "equal", "flatten", "flip"),
        *("fliplr", "flipud", "from_numpy", "full_like", "gradient", "hsplit", "index_fill", "index_put", "isclose"),
        *("isfinite", "isinf", "isnan", "isreal", "linalg_matrix_exp", "linalg_vander", "logdet", "masked_fill"),
        *("masked_scatter", "matrix_exp", "meshgrid", "movedim", "narrow", "ones_like", "pdist", "pinverse"),
        *("positive", "prelu", "put", "rand_like", "randint_like", "randn_like", "ravel", "real", "relu"),
        *("repeat_interleave", "reshape", "roll", "rot90", "rsub", "scalar_tensor", "select_scatter", "selu"),
        *("std_mean", "tensor", "tensor_split", "tile", "trace", "trapezoid", "tril_indices", "triu_indices"),
        *("unflatten", "unique", "unique_consecutive", "vander", "var_mean", "vsplit", "zeros_like"),
    ]
)
"""Functions that have no `out=`; views and layers have none either."""

CASTING = frozenset(
    [
        *("activation", "arithmetic", "comparison", "elementwise", "exponential", "logic", "rounding", "special"),
        *("trigonometry",),
    ]
)
"""Families whose result may be written into a tensor of any type of its category or a higher one."""
CASTING_TOO = frozenset(["cat", "logsumexp", "stack", "std", "var"])

READING = frozenset(["gather", "index_select", "kthvalue", "masked_select", "take"])
"""Functions that may not write into what they read."""

RESIZED = (
    "An output with one or more elements was resized since it had shape {}, which does not match the required output "
    "shape {}. This behavior is deprecated, and in a future PyTorch release outputs will not be resized unless they "
    "have zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero elements with "
    "t.resize_(0)."
)
NO_GRADIENTS = (
    "{}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires "
    "grad."
)


def call(op: Op, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`function`, the public one of `op`, on these arguments, its results written to `out`, which is given back."""
    kwargs = dict(kwargs)
    out = kwargs.pop("out")
    if op.view or op.family == "layer" or op.name in WITHOUT:
        raise unknown(op, "out")
    if out is None:
        return function(*args, **kwargs)
    outs = out if isinstance(out, tuple | list) else (out,)
    for t in outs:
        if not isinstance(t, Tensor):
            raise Misfit(*(f"{op.name}(): argument 'out' must be Tensor, not {type(t).__name__}",) * 2)
        if views.written_twice(t):
            raise RuntimeError(errors.OVERLAP)
    given = list(tensors((args, tuple(kwargs.values()))))
    if state.grad and any(t._req for t in (*given, *outs)):
        raise RuntimeError(NO_GRADIENTS.format(op.name))
    if op.name in READING and any(np.may_share_memory(t._data, g._data) for t in outs for g in given):
        raise RuntimeError(errors.SHARED)
    if "dtype" in op.index and len(outs) == 1:
        kwargs["dtype"] = agreed(kwargs.get("dtype"), outs[0].dtype)
    found = function(*args, **kwargs)
    results = found if isinstance(found, tuple | list) else (found,)
    if len(results) != len(outs) or isinstance(found, tuple | list) != isinstance(out, tuple | list):
        raise several(op, out)
    for t, result in zip(outs, results, strict=True):
        write(op, t, result, given)
    return out if found.__class__ in (tuple, list) or isinstance(found, Tensor) else with_suffix(type(found))(outs)


def tensors(value: Any) -> Iterator[Tensor]:
    """The tensors in nested sequences."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for v in value:
            yield from tensors(v)


def agreed(asked: Any, own: dtypes.dtype) -> dtypes.dtype:
    """The type to compute in: that of the tensor to write to."""
    if asked is not None and asked is not own:
        names = dtypes.SCALAR_NAMES
        raise RuntimeError(f"dtype {names[asked]} does not match dtype of out parameter ({names[own]})")
    return own


def several(op: Op, out: Any) -> Misfit:
    """One tensor where several results are written, or the other way round."""
    kind = type(out).__name__
    wanted = "tuple of Tensors" if kind == "Tensor" else "Tensor"
    return Misfit(*(f"{op.name}(): argument 'out' must be {wanted}, not {kind}",) * 2)


def write(op: Op, out: Tensor, result: Tensor, given: list[Tensor]) -> None:
    """Put `result` into `out`, resized where it must be, unless its type forbids it."""
    casts = op.family in CASTING or op.name in CASTING_TOO
    if casts and not dtypes.can_cast(result.dtype, out.dtype):
        names = dtypes.SCALAR_NAMES
        raise RuntimeError(
            f"result type {names[result.dtype]} can't be cast to the desired output type {names[out.dtype]}"
        )
    if not casts and result.dtype is not out.dtype:
        names = dtypes.CPP_NAMES
        raise RuntimeError(
            f"Expected out tensor to have dtype {names[result.dtype]}, but got {names[out.dtype]} instead"
        )
    if out.shape != result.shape:
        if any(t is out for t in given):
            raise RuntimeError(
                f"output with shape {list(out.shape)} doesn't match the broadcast shape {list(result.shape)}"
            )
        if out.numel():
            warnings.warn(RESIZED.format(list(out.shape), list(result.shape)), UserWarning, stacklevel=4)
        resize(out, result.shape)
    with no_grad():
        out.copy_(result)


def with_suffix(kind: Any) -> Any:
    """`torch.return_types.max_out` for `torch.return_types.max`."""
    return type(kind.__name__ + "_out", (kind,), {"__module__": kind.__module__})
