"""Einstein's summation: `einsum("ij,jk->ik", a, b)`.

The derivative for one operand is again an einsum, of the upstream gradient with the other operands.
"""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from engine.apply import run
from engine.registry import OPS, arr, composite, op, sample
from engine.tensor import Tensor

Array = Any


def check_letters(equation: str) -> None:
    """Letters name dimensions; RuntimeError for anything else."""
    plain = equation.replace("...", "   ").replace("->", "  ", 1)
    for at, c in enumerate(plain):
        if c not in string.ascii_letters and c not in " ,":
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {at} in the equation string, subscripts must be in "
                "[a-zA-Z]"
            )
    left, _, right = equation.replace("...", "").partition("->")
    for c in right:
        if c not in left:
            raise RuntimeError(f"einsum(): output subscript {c} does not appear in the equation for any input operand")
        if right.count(c) > 1:
            raise RuntimeError(f"einsum(): output subscript {c} appears more than once in the output")


def normal(equation: str, ndims: list[int]) -> tuple[list[str], str]:
    """The labels of each operand and of the result, the ellipses replaced by letters of their own."""
    equation = equation.replace(" ", "")
    check_letters(equation)
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if len(terms) != len(ndims):
        more = "fewer" if len(terms) > len(ndims) else "more"
        raise RuntimeError(f"einsum(): {more} operands were provided than specified in the equation")
    free = [c for c in reversed(string.ascii_letters) if c not in equation]
    widths = [n - len(t.replace("...", "")) for t, n in zip(terms, ndims, strict=True)]
    for i, (t, w) in enumerate(zip(terms, widths, strict=True)):
        if w < 0 or (w and "..." not in t):
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(t.replace('...', ''))}) does not match the "
                f"number of dimensions ({ndims[i]}) for operand {i} and no ellipsis was given"
            )
    longest = max((w for t, w in zip(terms, widths, strict=True) if "..." in t), default=0)
    letters = "".join(free[:longest])
    found = [t.replace("...", letters[longest - w :] if w else "") for t, w in zip(terms, widths, strict=True)]
    if arrow:
        return found, right.replace("...", letters)
    counts = {c: sum(f.count(c) for f in found) for c in sorted(set("".join(found)))}
    return found, letters + "".join(c for c in counts if counts[c] == 1 and c not in letters)


def check_sizes(terms: list[str], operands: list[Array]) -> dict[str, int]:
    """The size of every label; RuntimeError where operands disagree."""
    found: dict[str, int] = {}
    for number, (term, x) in enumerate(zip(terms, operands, strict=True)):
        for label, n in zip(term, x.shape, strict=True):
            old = found.get(label, 1)
            if n not in (old, 1) and old != 1:
                raise RuntimeError(
                    f"einsum(): subscript {label} has size {n} for operand {number} which does not broadcast with "
                    f"previously seen size {old}"
                )
            found[label] = max(old, n) if n else 0
    return found


def _operand_gradients(F: Any, g: Any, s: Any) -> list[Any]:
    shapes = s.operands_shape
    terms, result = normal(s.equation, [len(x) for x in shapes])
    return [_for_operand(F, g, s, terms, result, i) for i in range(len(terms))]


def _for_operand(F: Any, g: Any, s: Any, terms: list[str], result: str, i: int) -> Any:
    mine, shape = terms[i], s.operands_shape[i]
    unique = "".join(dict.fromkeys(mine))
    others = [(t, x) for k, (t, x) in enumerate(zip(terms, s.operands, strict=True)) if k != i]
    known = set(result).union(*(t for t, _ in others))
    reachable = "".join(c for c in unique if c in known)
    equation = ",".join([result, *(t for t, _ in others)]) + "->" + reachable
    found = F.einsum(equation, g, *(x for _, x in others))
    sizes = dict(zip(mine, shape, strict=True))
    found = F.reshape(found, tuple(_size(found, reachable, c) if c in reachable else 1 for c in unique))
    wide = tuple(max(sizes[c], _size(found, unique, c)) for c in unique)
    found = F.expand(found, wide)
    if unique == mine:
        return F._sum_to(found, shape) if wide != tuple(shape) else found
    return F._diagonals(found, unique, mine, tuple(shape))


def _size(x: Any, labels: str, c: str) -> int:
    return int(x.shape[labels.index(c)])


@op(
    "_einsum",
    "Σ of products",
    family="linear algebra",
    doc="Einstein's summation.",
    backward="ViewBackward0",
    saves=("operands", "operands_shape", "equation"),
    grads={"operands": ("g with the other operands, summed the other way", _operand_gradients)},
)
def _einsum(equation: str, operands: list[Array]) -> Array:
    terms, result = normal(equation, [x.ndim for x in operands])
    check_sizes(terms, operands)
    return np.einsum(",".join(terms) + "->" + result, *operands, optimize=len(operands) > 1)


@op(
    "_diagonals",
    "g on the diagonal of repeated labels",
    family="linear algebra",
    doc="An array put on the diagonals that repeated labels name.",
    backward="DiagonalBackwardBackward0",
    grads={"input": ("the diagonal of g", lambda F, g, s: F.einsum(s.repeated + "->" + s.unique, g))},
)
def _diagonals(input: Array, unique: str, repeated: str, shape: tuple[int, ...]) -> Array:
    out = np.zeros_like(input, shape=shape)
    np.einsum(repeated + "->" + unique, out)[...] = input
    return out


@composite(
    "einsum",
    "Σ of products, by labels",
    family="linear algebra",
    doc="Sums of products, written with a letter for each dimension.",
    method=False,
    arrays=lambda equation, *operands: _einsum(equation, list(operands)),
    samples=[
        sample("ij,jk->ik", arr(2, 3), arr(3, 2)),
        sample("ij->ji", arr(2, 3)),
        sample("ii->", arr(3, 3)),
        sample("ii->i", arr(3, 3)),
        sample("ij->", arr(2, 3)),
        sample("bij,bjk->bik", arr(2, 2, 3), arr(2, 3, 2)),
        sample("...ij,...jk->...ik", arr(2, 2, 3), arr(3, 2)),
        sample("i,j->ij", arr(2), arr(3)),
        sample("ij,ij->i", arr(2, 3), arr(2, 3)),
        sample("ij,jk,kl->il", arr(2, 3), arr(3, 2), arr(2, 2)),
    ],
)
def einsum(equation: str, *operands: Any) -> Tensor:
    if not operands or not isinstance(equation, str):
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
            "subscripts list"
        )
    if len(operands) == 1 and isinstance(operands[0], list | tuple):
        operands = tuple(operands[0])
    return run(OPS["_einsum"], (equation, list(operands)), {})  # type: ignore[no-any-return]
