"""The commonest mistakes, in plain words: what an error message means and what to try.

Owns the table.  A row is one pattern of `Type: message`, an explanation and a suggestion; named groups of the pattern
may be used in both.  A new row needs nothing but a line here.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Row(NamedTuple):
    """`pattern` is searched in `Type: message`; the first row that matches speaks."""

    pattern: str
    explanation: str
    suggestion: str


TABLE = (
    Row(
        r"does not require grad and does not have a grad_fn",
        "backward() was called on a tensor that no gradient can flow from: nothing it was computed from asks for one.",
        "Create at least one of the inputs with requires_grad=True, and compute outside torch.no_grad().",
    ),
    Row(
        r"grad can be implicitly created only for scalar outputs",
        "backward() starts from a single number; this tensor has several elements, so the start is ambiguous.",
        "Reduce it first (loss.mean().backward()), or pass the upstream gradient: y.backward(gradient=…).",
    ),
    Row(
        r"Trying to backward through the graph a second time",
        "The first backward() freed what the graph had saved for it, and this one needs it again.",
        "Compute the loss anew before each backward(), or pass retain_graph=True to the first.",
    ),
    Row(
        r"a leaf Variable that requires grad is being used in an in-place operation",
        "A leaf is where gradients are collected; changing it in place would make its history unclear.",
        "Update it inside `with torch.no_grad():`, or write w = w - … to make a new tensor.",
    ),
    Row(
        r"modified by an inplace operation",
        "A value that backward() needs was overwritten after it had been used.",
        "Use the out-of-place form (x = x + 1 instead of x += 1), or clone() the tensor before changing it.",
    ),
    Row(
        r"mat1 and mat2 shapes cannot be multiplied \((?P<a>\d+)x(?P<b>\d+) and (?P<c>\d+)x(?P<d>\d+)\)",
        "A matrix product needs the columns of the first ({b}) to be as many as the rows of the second ({c}).",
        "Transpose one of them with .T, or check the layer's in_features.",
    ),
    Row(
        r"size of tensor a \((?P<a>\d+)\) must match the size of tensor b \((?P<b>\d+)\)",
        "Shapes are aligned from the right; each pair of sizes must be equal or one of them 1. {a} and {b} are not.",
        "Compare x.shape and y.shape; unsqueeze() adds a dimension of size 1.",
    ),
    Row(
        r"Can't call numpy\(\) on Tensor that requires grad",
        "A NumPy array cannot carry the history that gradients need.",
        "Leave the graph first: x.detach().numpy().",
    ),
    Row(
        r"unsupported operand type\(s\) for .*NoneType",
        "One of the two values is None. A .grad is None until a backward() has reached that leaf.",
        "Call backward() first, and check that the tensor is a leaf with requires_grad=True.",
    ),
    Row(
        r"NameError: name '(?P<name>\w+)' is not defined",
        "Nothing is called {name} at this point: the line that defines it has not run, or is spelt differently.",
        "Define {name} above this line, or correct its spelling.",
    ),
    Row(
        r"expected m1 and m2 to have the same dtype|expected scalar type|must have the same dtype",
        "The two tensors hold different kinds of numbers, and this operation does not convert them.",
        "Convert one, for example with x.float() or x.to(y.dtype).",
    ),
    Row(
        r"only tensors of floating point( and complex)? dtype can require gradients",
        "Gradients are slopes, so they exist for floating point values only; this tensor holds whole numbers.",
        "Write the numbers with a point (2.0), or pass dtype=torch.float32.",
    ),
    Row(
        r"1D tensors expected, but got",
        "dot() multiplies two vectors; it does not broadcast and takes no matrices.",
        "Use a @ b, torch.matmul or torch.mm for matrices.",
    ),
)


def explain(kind: str, message: str) -> str:
    """The explanation and the suggestion for an error, or "" when the table has none."""
    text = f"{kind}: {message}"
    for row in TABLE:
        if found := re.search(row.pattern, text, re.IGNORECASE):
            return f"{row.explanation} {row.suggestion}".format_map(found.groupdict())
    return ""
