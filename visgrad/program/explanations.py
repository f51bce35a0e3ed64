"""The commonest mistakes, in plain words: what an error message means and what to try.

Owns the table.  A row is a message it is about, a pattern of `Type: message`, an explanation and a suggestion; named
groups of the pattern may be used in both.  The first row that matches speaks.  A new row needs nothing but a line here.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Row(NamedTuple):
    """`example`: a last line of a traceback that the row explains; `pattern` is searched in such lines."""

    example: str
    pattern: str
    explanation: str
    suggestion: str


GRADIENTS = (
    Row(
        "RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn",
        r"does not require grad and does not have a grad_fn",
        "backward() was called on a tensor that no gradient can flow from: nothing it was computed from asks for one.",
        "Create at least one of the inputs with requires_grad=True, and compute outside torch.no_grad().",
    ),
    Row(
        "RuntimeError: grad can be implicitly created only for scalar outputs",
        r"grad can be implicitly created only for scalar outputs",
        "backward() starts from a single number; this tensor has several elements, so the start is ambiguous.",
        "Reduce it first (loss.mean().backward()), or pass the upstream gradient: y.backward(gradient=…).",
    ),
    Row(
        "RuntimeError: Mismatch in shape: grad_output[0] has a shape of torch.Size([2]) and output[0] has a shape of "
        "torch.Size([3]).",
        r"Mismatch in shape: grad_output",
        "The gradient given to backward() must have the shape of the tensor it starts from.",
        "Pass a tensor of that shape, for example torch.ones_like(y).",
    ),
    Row(
        "RuntimeError: Trying to backward through the graph a second time (or directly access saved tensors after …",
        r"Trying to backward through the graph a second time",
        "The first backward() freed what the graph had saved for it, and this one needs it again.",
        "Compute the loss anew before each backward(), or pass retain_graph=True to the first.",
    ),
    Row(
        "RuntimeError: a view of a leaf Variable that requires grad is being used in an in-place operation.",
        r"a view of a leaf Variable that requires grad",
        "A view shares the leaf's memory, so writing to it would change the leaf that collects gradients.",
        "Write inside `with torch.no_grad():`, or clone() the tensor first.",
    ),
    Row(
        "RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.",
        r"a leaf Variable that requires grad is being used in an in-place operation",
        "A leaf is where gradients are collected; changing it in place would make its history unclear.",
        "Update it inside `with torch.no_grad():`, or write w = w - … to make a new tensor.",
    ),
    Row(
        "RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation",
        r"modified by an inplace operation",
        "A value that backward() needs was overwritten after it had been used.",
        "Use the out-of-place form (x = x + 1 instead of x += 1), or clone() the tensor before changing it.",
    ),
    Row(
        "RuntimeError: One of the differentiated Tensors appears to not have been used in the graph. Set "
        "allow_unused=True if this is the desired behavior.",
        r"appears to not have been used in the graph",
        "torch.autograd.grad was asked about a tensor that the result does not depend on.",
        "Check that the result is computed from that very tensor, or pass allow_unused=True to get None for it.",
    ),
    Row(
        "RuntimeError: only Tensors of floating point dtype can require gradients",
        r"only tensors of floating point( and complex)? dtype can require gradients",
        "Gradients are slopes, so they exist for floating point values only; this tensor holds whole numbers.",
        "Write the numbers with a point (2.0), or pass dtype=torch.float32.",
    ),
    Row(
        "RuntimeError: Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
        r"Can't call numpy\(\) on Tensor that requires grad",
        "A NumPy array cannot carry the history that gradients need.",
        "Leave the graph first: x.detach().numpy().",
    ),
)

SHAPES = (
    Row(
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)",
        r"mat1 and mat2 shapes cannot be multiplied \((?P<a>\d+)x(?P<b>\d+) and (?P<c>\d+)x(?P<d>\d+)\)",
        "A matrix product needs the columns of the first ({b}) to be as many as the rows of the second ({c}).",
        "Transpose one of them with .T, or check the layer's in_features.",
    ),
    Row(
        "RuntimeError: The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 0",
        r"size of tensor a \((?P<a>\d+)\) must match the size of tensor b \((?P<b>\d+)\)",
        "Shapes are aligned from the right; each pair of sizes must be equal or one of them 1. {a} and {b} are not.",
        "Compare x.shape and y.shape; unsqueeze() adds a dimension of size 1.",
    ),
    Row(
        "RuntimeError: 1D tensors expected, but got 2D and 2D tensors",
        r"1D tensors expected, but got",
        "dot() multiplies two vectors; it does not broadcast and takes no matrices.",
        "Use a @ b, torch.matmul or torch.mm for matrices.",
    ),
    Row(
        "RuntimeError: shape '[4, 2]' is invalid for input of size 6",
        r"shape '\[(?P<shape>[^\]]*)\]' is invalid for input of size (?P<n>\d+)",
        "A new shape must hold as many elements as the tensor has: {n}. [{shape}] does not.",
        "Let one size be worked out with -1, as in x.view(2, -1).",
    ),
    Row(
        "RuntimeError: view size is not compatible with input tensor's size and stride (at least one dimension spans …",
        r"view size is not compatible with input tensor's size and stride",
        "view() never copies, and this tensor's elements do not lie in memory in the order the new shape needs.",
        "Use reshape(), which copies when it must, or contiguous().view(…).",
    ),
    Row(
        "IndexError: Dimension out of range (expected to be in range of [-2, 1], but got 2)",
        r"Dimension out of range .*range of \[(?P<low>-?\d+), (?P<high>-?\d+)\], but got (?P<got>-?\d+)",
        "Dimensions are counted from 0, or from the end with -1; this tensor has no dimension {got}.",
        "Use a dimension from {low} to {high}.",
    ),
    Row(
        "IndexError: index 5 is out of bounds for dimension 0 with size 3",
        r"index (?P<i>-?\d+) is out of bounds for (dimension|axis) (?P<d>\d+) with size (?P<n>\d+)",
        "Dimension {d} has {n} elements, and they are counted from 0, so there is no element {i}.",
        "Use an index below {n}, or -1 for the last.",
    ),
    Row(
        "IndexError: too many indices for tensor of dimension 1",
        r"too many indices for (tensor of dimension|array)",
        "More indices were given than the tensor has dimensions.",
        "Look at x.shape; one index goes with each dimension.",
    ),
    Row(
        "RuntimeError: a Tensor with 3 elements cannot be converted to Scalar",
        r"a Tensor with (?P<n>\d+) elements cannot be converted to Scalar",
        "item() gives the one number a tensor holds; this one holds {n}.",
        "Reduce it (x.mean().item()), pick an element (x[0].item()), or use x.tolist().",
    ),
    Row(
        "RuntimeError: Boolean value of Tensor with more than one value is ambiguous",
        r"Boolean value of Tensor with (more than one|no) value",
        "`if`, `and` and `while` need one yes or no; a comparison of tensors gives one per element.",
        "Say which is meant: (x > 0).all() or (x > 0).any().",
    ),
    Row(
        "TypeError: only one element tensors can be converted to Python scalars",
        r"only (one element tensors|length-1 arrays|0-dimensional arrays) can be converted to Python scalars",
        "A number was expected, and a tensor of several elements was given.",
        "Pick one element or reduce the tensor first.",
    ),
    Row(
        "RuntimeError: Sizes of tensors must match except in dimension 0. Expected size 3 but got size 4 for tensor …",
        r"Sizes of tensors must match except in dimension (?P<d>\d+)",
        "cat() joins along dimension {d}; in all the others the sizes must agree.",
        "Check the shapes, and the dim that is joined.",
    ),
    Row(
        "RuntimeError: stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry 1",
        r"stack expects each tensor to be equal size",
        "stack() puts tensors of one shape beside each other along a new dimension.",
        "Use torch.cat to join tensors of different lengths.",
    ),
    Row(
        "ValueError: Target 5 is out of bounds.",
        r"Target (?P<t>-?\d+) is out of bounds",
        "A class number must be from 0 to the number of classes minus one; {t} is not.",
        "Check the labels, and the size of the last layer.",
    ),
    Row(
        "ValueError: Target size (torch.Size([4])) must be the same as input size (torch.Size([4, 1]))",
        r"Target size \(.*\) must be the same as input size",
        "This loss compares element with element, so prediction and target need one shape.",
        "Use squeeze() or unsqueeze() on one of them.",
    ),
    Row(
        "RuntimeError: Given groups=1, weight of size [8, 3, 3, 3], expected input[1, 1, 28, 28] to have 3 channels, "
        "but got 1 channels instead",
        r"expected input.* to have (?P<a>\d+) channels, but got (?P<b>\d+) channels",
        "The convolution was made for {a} input channels, and the input has {b}.",
        "Check in_channels, and the order of dimensions: batch, channels, height, width.",
    ),
)

TYPES = (
    Row(
        "RuntimeError: expected m1 and m2 to have the same dtype, but got: float != double",
        r"expected m1 and m2 to have the same dtype|expected scalar type|must have the same dtype",
        "The two tensors hold different kinds of numbers, and this operation does not convert them.",
        "Convert one, for example with x.float() or x.to(y.dtype).",
    ),
    Row(
        "RuntimeError: result type Float can't be cast to the desired output type Long",
        r"result type (?P<a>\w+) can't be cast to the desired output type (?P<b>\w+)",
        "An in-place operation keeps the tensor's type, and {b} cannot hold a result of type {a}.",
        "Use the out-of-place form, or convert the tensor first: x = x.float().",
    ),
    Row(
        "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!",
        r"Expected all tensors to be on the same device",
        "The operands lie on different devices, and data never moves by itself.",
        "Move one of them with x.to(y.device).",
    ),
    Row(
        "AssertionError: Torch not compiled with CUDA enabled",
        r"Torch not compiled with CUDA enabled|No CUDA GPUs are available|Found no NVIDIA driver",
        "There is no GPU that this program may use.",
        "Stay on the CPU: device = 'cuda' if torch.cuda.is_available() else 'cpu'.",
    ),
    Row(
        "TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'",
        r"unsupported operand type\(s\) for .*NoneType",
        "One of the two values is None. A .grad is None until a backward() has reached that leaf.",
        "Call backward() first, and check that the tensor is a leaf with requires_grad=True.",
    ),
    Row(
        "AttributeError: 'NoneType' object has no attribute 'zero_'",
        r"'NoneType' object has no attribute '(?P<name>\w+)'",
        "The value before .{name} is None; often it is a .grad that no backward() has reached yet, or the result of a "
        "function without return.",
        "Check where that value comes from, or ask `if x is not None` first.",
    ),
    Row(
        'TypeError: can only concatenate str (not "int") to str',
        r"can only concatenate str|must be str, not",
        "Text and numbers cannot be added.",
        'Use an f-string: f"loss {{loss}}".',
    ),
)

MODULES = (
    Row(
        "AttributeError: cannot assign module before Module.__init__() call",
        r"cannot assign (module|parameters?) before Module.__init__\(\) call",
        "A module keeps its layers in tables that its parent class makes first.",
        "Begin __init__ with super().__init__().",
    ),
    Row(
        "ValueError: optimizer got an empty parameter list",
        r"optimizer got an empty parameter list",
        "The optimizer was given nothing to improve: the module has no parameters, or the generator was used up.",
        "Assign layers as attributes of the module (lists of layers belong in nn.ModuleList).",
    ),
    Row(
        'NotImplementedError: Module [Net] is missing the required "forward" function',
        r"Module \[(?P<name>\w+)\] is missing the required \"forward\" function",
        "Calling a module calls its forward method, and {name} has none.",
        "Define def forward(self, x): in the class, at the same indentation as __init__.",
    ),
    Row(
        "AttributeError: module 'torch' has no attribute 'rndn'",
        r"module '(?P<module>torch[\w.]*)' has no attribute '(?P<name>\w+)'",
        "There is no {module}.{name} here: it is spelt differently, or is not among what visgrad draws.",
        "Check the spelling; most functions are also methods of tensors.",
    ),
    Row(
        "ModuleNotFoundError: No module named 'cv2' here",
        r"No module named '(?P<name>[\w.]+)' here",
        "Programs here use torch, numpy, matplotlib.pyplot and a few standard modules; {name} is not among them.",
        "Make the data in the program, with torch or numpy.",
    ),
)

PYTHON = (
    Row(
        "NameError: name 'x_cuda' is not defined",
        r"NameError: name '(?P<name>\w+)' is not defined",
        "Nothing is called {name} at this point: the line that defines it has not run, or is spelt differently.",
        "Define {name} above this line, or correct its spelling.",
    ),
    Row(
        "UnboundLocalError: cannot access local variable 'x' where it is not associated with a value",
        r"cannot access local variable '(?P<name>\w+)'",
        "{name} is assigned somewhere in this function, so here it means the function's own, which has no value yet.",
        "Give it a value first, or say `global {name}` or `nonlocal {name}`.",
    ),
    Row(
        "TypeError: f() missing 1 required positional argument: 'x'",
        r"missing \d+ required (positional|keyword-only) arguments?: (?P<names>.*)",
        "The function was called without {names}.",
        "Pass it; a method of a class needs an object before the point.",
    ),
    Row(
        "TypeError: f() takes 1 positional argument but 2 were given",
        r"takes (from )?(?P<n>[\d to]+) positional arguments? but (?P<m>\d+) (was|were) given",
        "The call passes {m} values, and the function has room for {n}. A method is also given its object, as self.",
        "Check the call, and that methods have self as their first parameter.",
    ),
    Row(
        "TypeError: 'int' object is not callable",
        r"'(?P<kind>\w+)' object is not callable",
        "Round brackets call a function, and what stands before them is a {kind}.",
        "Use square brackets to index, * to multiply; or a name of a function has been given another value.",
    ),
    Row(
        "TypeError: 'float' object is not subscriptable",
        r"'(?P<kind>\w+)' object is not subscriptable",
        "Square brackets pick an element, and a {kind} has none.",
        "Check where that value comes from.",
    ),
    Row(
        "IndexError: list index out of range",
        r"(list|tuple|string) index out of range",
        "The sequence is shorter than that; its elements are counted from 0.",
        "Look at len(x).",
    ),
    Row(
        "ZeroDivisionError: division by zero",
        r"ZeroDivisionError",
        "Python's own numbers cannot be divided by zero (tensors can: they give inf or nan).",
        "Check the divisor first.",
    ),
    Row(
        "RecursionError: maximum recursion depth exceeded",
        r"maximum recursion depth exceeded",
        "A function calls itself again and again without coming to an end.",
        "Check the case in which it should return without calling itself.",
    ),
    Row(
        "SyntaxError: '(' was never closed",
        r"'(?P<bracket>.)' was never closed",
        "The bracket {bracket} is opened here, and its partner is missing.",
        "Close it.",
    ),
    Row(
        "SyntaxError: expected ':'",
        r"SyntaxError: expected ':'",
        "Lines that begin a block (if, for, def, class, with …) end with a colon.",
        "Add the colon.",
    ),
    Row(
        "SyntaxError: invalid syntax. Maybe you meant '==' or ':=' instead of '='?",
        r"Maybe you meant '==' or ':='",
        "One = gives a name a value; two compare.",
        "Write == to compare.",
    ),
    Row(
        "SyntaxError: unterminated string literal (detected at line 1)",
        r"unterminated (triple-quoted )?string literal",
        "A text begins here, and its closing quotation mark is missing.",
        "Close it with the same mark.",
    ),
    Row(
        "IndentationError: expected an indented block after 'for' statement on line 1",
        r"IndentationError: expected an indented block|IndentationError: un\w+|TabError",
        "Python tells what belongs together by the spaces in front of a line.",
        "Indent the lines of a block alike, by four spaces.",
    ),
)

TABLE: tuple[Row, ...] = (*GRADIENTS, *SHAPES, *TYPES, *MODULES, *PYTHON)


def find(kind: str, message: str) -> tuple[Row, dict[str, str]] | None:
    """The row for an error and what stands in its places, None when the table has none."""
    text = f"{kind}: {message[:2000]}"
    for row in TABLE:
        if found := re.search(row.pattern, text, re.IGNORECASE):
            return row, found.groupdict()
    return None


def explain(kind: str, message: str) -> str:
    """The explanation and the suggestion for an error, or "" when the table has none."""
    found = find(kind, message)
    return f"{found[0].explanation} {found[0].suggestion}".format_map(found[1]) if found else ""
