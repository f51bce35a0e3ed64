"""Every row of the operator table, on its samples, gives PyTorch's values and gradients of first and second order."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import engine
from engine.registry import OPS, Op
from tests.engine.samples import arrays_of, call, wanting

torch = pytest.importorskip("torch")

RANDOM = {"random"}
UNSET = ("empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided")  # rows whose values are not set
# torch has these in a submodule, or under the method only.
PLACES = ("", "special.", "linalg.", "nn.functional.", "Tensor.", "_C._nn.")
OUR_OWN = {"upsample"}  # what interpolate is made of; torch means something else by the name
RENAMED = {"col2im": "nn.functional.fold", "im2col": "nn.functional.unfold"}


def reference(op: Op) -> Any:
    """torch's function for a row; None where it has none of that name."""
    if op.name in OUR_OWN:
        return None
    name = RENAMED.get(op.name, op.name)
    for place in ("",) if "." in name else PLACES if op.function else ("Tensor.", "nn.functional.", *PLACES):
        target: Any = torch
        path = (place + name.removeprefix(place.replace(".", "_") or " ")).split(".")
        for part in path:
            target = getattr(target, part, None)
        if callable(target):
            return target
    return None


def ours(op: Op) -> Any:
    """The public function or method of a row."""
    from engine.sweep import TENSORS

    return getattr(TENSORS, op.name)


CASES = [
    (op, i)
    for op in OPS.values()
    if not op.name.startswith("_") and op.family not in RANDOM and op.name not in UNSET
    for i in range(len(op.samples))
]
IDS = [f"{op.name}-{i}" for op, i in CASES]


def same(mine: Any, theirs: Any, what: str, tolerance: float) -> None:
    """Values, shapes and types agree."""
    if not hasattr(theirs, "dtype"):
        assert mine == theirs, what
        return
    assert str(mine.dtype) == str(theirs.dtype), what
    assert tuple(mine.shape) == tuple(theirs.shape), what
    if str(theirs.dtype) == "torch.bfloat16":  # which has no form in NumPy
        mine, theirs = mine.float(), theirs.float()
    a, b = mine.detach().numpy(), (theirs.detach() + 0).numpy()  # torch keeps some zeros without storage
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance, err_msg=what)


def tensors(module: Any, arrays: list[Any], wants: list[bool], strided: bool) -> list[Any]:
    """Tensors of these values, those that are wanted asking for gradients, their memory out of order if `strided`."""
    result = []
    for a, wanted in zip(arrays, wants, strict=True):
        if strided and a.ndim >= 2:
            t = module.tensor(np.ascontiguousarray(a.transpose())).permute(*reversed(range(a.ndim)))
        else:
            t = module.tensor(a)
        if wanted and a.dtype.kind == "f":
            t = t.requires_grad_()
        result.append(t)
    return result


def weights(module: Any, like: Any, seed: int) -> Any:
    """A fixed upstream gradient of a tensor's shape."""
    values = np.random.default_rng(seed).uniform(0.5, 1.5, tuple(like.shape))
    return module.tensor(values, dtype=getattr(module, str(like.dtype).removeprefix("torch.")))


def gradients(module: Any, outs: list[Any], inputs: list[Any], graph: bool) -> list[Any]:
    """The gradients of all outputs that have some, weighted, for all inputs."""
    roots = [o for o in outs if getattr(o, "requires_grad", False)]
    if not roots or not inputs:
        return []
    given = [weights(module, o, i) for i, o in enumerate(roots)]
    return list(module.autograd.grad(roots, inputs, given, create_graph=graph, allow_unused=True))


@pytest.mark.filterwarnings("ignore:index_reduce")
@pytest.mark.parametrize(
    ("dtype", "strided"), [("float32", False), ("float64", True)], ids=["float32-contiguous", "float64-strided"]
)
@pytest.mark.parametrize(("op", "number"), CASES, ids=IDS)
def test_a_row_agrees_with_torch(op: Op, number: int, dtype: str, strided: bool) -> None:
    theirs_function = reference(op)
    if theirs_function is None:
        pytest.skip(f"torch has no {op.name}")
    sample = op.samples[number]
    arrays = arrays_of(sample, dtype)
    tolerance = 2e-5 if dtype == "float32" else 1e-9
    wants = wanting(op, sample)
    mine_in, theirs_in = tensors(engine, arrays, wants, strided), tensors(torch, arrays, wants, strided)
    try:
        theirs = call(theirs_function, sample, theirs_in)
    except RuntimeError as error:
        with pytest.raises(RuntimeError, match=f"^{re.escape(str(error))}$"):
            call(ours(op), sample, mine_in)
        return
    mine = call(ours(op), sample, mine_in)
    assert len(mine) == len(theirs)
    for i, (a, b) in enumerate(zip(mine, theirs, strict=True)):
        same(a, b, f"value of output {i}", tolerance)
        assert getattr(a, "requires_grad", False) == getattr(b, "requires_grad", False), f"requires_grad of output {i}"
    mine_leaves = [t for t in mine_in if t.requires_grad]
    theirs_leaves = [t for t in theirs_in if t.requires_grad]
    try:
        expected = gradients(torch, theirs, theirs_leaves, True)
    except RuntimeError:  # torch itself has no derivative of this one
        return
    first = gradients(engine, mine, mine_leaves, True)
    compare(first, expected, "gradient", tolerance)
    second_of_both(first, expected, mine_leaves, theirs_leaves, tolerance)
    plain = gradients(engine, call(ours(op), sample, mine_in), mine_leaves, False)
    compare(plain, expected, "gradient without create_graph", tolerance)


def compare(mine: list[Any], theirs: list[Any], what: str, tolerance: float) -> None:
    """Gradients agree; none and zeros are the same to a program that adds them up."""
    for i, (a, b) in enumerate(zip(mine, theirs, strict=True)):
        if a is None or b is None:
            left = b if a is None else a
            assert left is None or not np.any(np.asarray(left.detach().tolist())), f"{what} {i} is missing"
            continue
        same(a, b, f"{what} {i}", tolerance * 10)


def second_of_both(mine: list[Any], theirs: list[Any], leaves: list[Any], their_leaves: list[Any], tol: float) -> None:
    """The gradients of the gradients agree."""
    if not any(t is not None and t.requires_grad for t in theirs):
        return
    try:
        expected = gradients(torch, [t for t in theirs if t is not None], their_leaves, False)
    except RuntimeError:  # torch has no second derivative of this one
        return
    found = gradients(engine, [t for t in mine if t is not None], leaves, False)
    if found or expected:
        compare(found or [None] * len(expected), expected, "second gradient", tol * 10)
