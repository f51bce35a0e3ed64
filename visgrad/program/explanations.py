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
    Row(
        "RuntimeError: inconsistent tensor size, expected tensor [3] and src [4] to have the same number of "
        "elements, but got 3 and 4 elements respectively",
        r"inconsistent tensor size, expected tensor \[(?P<a>\d+)\] and src \[(?P<b>\d+)\]",
        "A dot product pairs the elements of two vectors, so both must be equally long; here they have {a} and {b}.",
        "Compare x.shape and y.shape.",
    ),
    Row(
        "RuntimeError: size mismatch, got input (2), mat (2x3), vec (4)",
        r"size mismatch, got input \(\d+\), mat \((?P<a>\d+)x(?P<b>\d+)\), vec \((?P<c>\d+)\)",
        "A matrix times a vector needs as many elements in the vector ({c}) as the matrix has columns ({b}).",
        "Check the shapes, or transpose the matrix with .T.",
    ),
    Row(
        "RuntimeError: Expected size for first two dimensions of batch2 tensor to be: [2, 4] but got: [2, 3].",
        r"Expected size for first two dimensions of batch2 tensor",
        "bmm() multiplies matrices in pairs: both need the same batch size, and the columns of the first must be "
        "the rows of the second.",
        "Use transpose(1, 2) on one of them, or torch.matmul.",
    ),
    Row(
        "RuntimeError: self must be a matrix",
        r"(self|mat1|mat2|input) must be a matrix|must be 3D matrices|tensor must be a 3D",
        "This function takes matrices of exactly one number of dimensions, and does not broadcast.",
        "Use torch.matmul or @, which take vectors, matrices and batches; or add a dimension with unsqueeze().",
    ),
    Row(
        "ValueError: Expected input batch_size (3) to match target batch_size (2).",
        r"Expected input batch_size \((?P<a>\d+)\) to match target batch_size \((?P<b>\d+)\)",
        "There are {a} predictions and {b} targets; each prediction needs one target.",
        "Compare output.shape[0] and target.shape[0]; a reshape may have mixed up the dimensions.",
    ),
    Row(
        "RuntimeError: 0D or 1D target tensor expected, multi-target not supported",
        r"0D or 1D target tensor expected",
        "This loss wants one class number per prediction, in a vector; the target has more dimensions.",
        "Use target.squeeze(1), or target.argmax(1) if it is one-hot.",
    ),
    Row(
        "RuntimeError: Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [28, 28]",
        r"Expected .*\(unbatched\) or .*\(batched\) input",
        "The input lacks dimensions: a convolution wants channels, and usually a batch, before the spatial ones.",
        "Add them with x.unsqueeze(0), once for each that is missing.",
    ),
    Row(
        "ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1, 3])",
        r"Expected more than 1 value per channel when training",
        "Batch normalisation works out a mean and a variance over the batch, which a batch of one does not have.",
        "Use a larger batch, or model.eval() when predicting.",
    ),
    Row(
        "RuntimeError: input.size(-1) must be equal to input_size. Expected 3, got 5",
        r"must be equal to input_size. Expected (?P<a>\d+), got (?P<b>\d+)",
        "The layer was made for {a} features per step, and the last dimension of the input has {b}.",
        "Check input_size, and the order of dimensions (batch_first).",
    ),
    Row(
        "ValueError: expected sequence of length 2 at dim 1 (got 1)",
        r"expected sequence of length (?P<a>\d+) at dim (?P<d>\d+) \(got (?P<b>\d+)\)",
        "The nested lists are not all equally long, so they make no rectangular tensor.",
        "Give every row as many numbers, or pad the short ones.",
    ),
    Row(
        "IndexError: The shape of the mask [2] at index 0 does not match the shape of the indexed tensor [3] at "
        "index 0",
        r"The shape of the mask .* does not match the shape of the indexed tensor",
        "A mask of True and False says for each element whether it is taken, so it has the shape of the tensor.",
        "Make the mask by comparing that same tensor: x[x > 0].",
    ),
    Row(
        "RuntimeError: The expanded size of the tensor (3) must match the existing size (2) at non-singleton "
        "dimension 0.",
        r"expanded size of the tensor \((?P<a>-?\d+)\) must match the existing size \((?P<b>\d+)\)",
        "expand() repeats dimensions of size 1 only; one of size {b} cannot become {a}.",
        "Use unsqueeze() to make a dimension of size 1 first, or repeat().",
    ),
    Row(
        "RuntimeError: permute(sparse_coo): number of dimensions in the tensor input does not match the length "
        "of the desired ordering of dimensions i.e. input.dim() = 2 is not equal to len(dims) = 1",
        r"number of dimensions in the tensor input does not match the length of the desired ordering",
        "permute() names every dimension once, in their new order.",
        "Name them all, as in x.permute(1, 0); transpose(a, b) swaps two.",
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
    Row(
        "RuntimeError: expected target dtype to be Long or Byte, but got Float",
        r"expected target dtype to be Long or Byte, but got (?P<kind>\w+)|expected scalar type Long but found",
        "This loss wants class numbers as whole numbers, and the target holds others.",
        "Convert it: target.long().",
    ),
    Row(
        "IndexError: index out of range in self",
        r"index out of range in self",
        "An embedding has one row per word, counted from 0; one of the numbers is not below num_embeddings.",
        "Check x.max(), and make the table larger.",
    ),
    Row(
        "RuntimeError: Expected tensor for argument #1 'indices' to have one of the following scalar types: "
        "Long, Int; but got torch.FloatTensor instead (while checking arguments for embedding)",
        r"argument #\d 'indices' to have one of the following scalar types",
        "Rows of a table are picked by whole numbers.",
        "Convert the indices: x.long().",
    ),
    Row(
        "RuntimeError: mean(): could not infer output dtype. Input dtype must be either a floating point or "
        "complex dtype. Got: Long",
        r"Input dtype must be either a floating point or complex dtype|not implemented for '(Long|Int|Bool|Byte)'",
        "This function works on floating point numbers, and the tensor holds whole numbers or booleans.",
        "Convert it first: x.float().",
    ),
    Row(
        "RuntimeError: dot : expected both vectors to have same dtype, but found Double and Float",
        r"expected both vectors to have same dtype",
        "Both vectors must hold the same kind of number; NumPy makes float64 where torch makes float32.",
        "Convert one with x.float() or y.double().",
    ),
    Row(
        "RuntimeError: all elements of input should be between 0 and 1",
        r"all elements of input should be between 0 and 1",
        "Binary cross entropy takes probabilities, and some of these numbers are none.",
        "Apply torch.sigmoid first, or use binary_cross_entropy_with_logits.",
    ),
    Row(
        "RuntimeError: where expected condition to be a boolean tensor, but got a tensor with dtype Float",
        r"where expected condition to be a boolean tensor",
        "A condition is a tensor of True and False.",
        "Compare: torch.where(x > 0, a, b).",
    ),
    Row(
        "IndexError: only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid "
        "indices (got float)",
        r"only integers, slices .* are valid indices",
        "Elements are picked by whole numbers, slices or tensors of them.",
        "Convert the index with int(), or use // instead of /.",
    ),
    Row(
        "RuntimeError: Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, "
        "xla, lazy, vulkan, mps, meta, hpu, mtia, privateuseone device type at start of device string: gpu",
        r"device type at start of device string: (?P<name>\S+)",
        "{name} is no device; a GPU is called cuda.",
        "Write device='cuda' or device='cpu'.",
    ),
    Row(
        "RuntimeError: [enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: "
        "you tried to allocate 4000000000000 bytes. Error code 12 (Cannot allocate memory)",
        r"DefaultCPUAllocator: can't allocate memory|Unable to allocate .* for an array with shape|MemoryError",
        "The program asked for more memory than a run may have; nothing was allocated.",
        "Check the shapes (a size may be far larger than meant), or raise the memory limit: Preferences, or "
        "visgrad run --memory-limit.",
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
        "AttributeError: module 'torch' has no attribute 'bfloat16'",
        r"has no attribute 'bfloat16'",
        "visgrad's numbers are NumPy's, which has no bfloat16.",
        "Use torch.float32, or torch.float16 to see what few digits do.",
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
    Row(
        "ValueError: can't optimize a non-leaf Tensor",
        r"can't optimize a non-leaf Tensor",
        "An optimizer changes leaves; this tensor is computed from others, so its gradient is not kept.",
        "Give it the tensors that were made with requires_grad=True, or the module's parameters().",
    ),
    Row(
        "TypeError: 'Linear' object is not iterable",
        r"TypeError: '(?P<kind>(?-i:[A-Z])\w*)' object is not iterable",
        "A list of things was expected, and a single {kind} was given.",
        "For an optimizer, pass model.parameters(); else put it into a list.",
    ),
    Row(
        "TypeError: int is not a Module subclass",
        r"(?P<kind>\w+) is not a Module subclass",
        "Only layers can be put here, and {kind} is none; perhaps a layer's class was called with the wrong brackets.",
        "Wrap a function in a small nn.Module, or call it in forward().",
    ),
    Row(
        "TypeError: cat(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor",
        r"(cat|stack)\(\): argument 'tensors' \(position 1\) must be tuple of Tensors",
        "The tensors to join are given together, as one list.",
        "Write torch.cat([a, b]).",
    ),
    Row(
        "AttributeError: 'Tensor' object has no attribute 'backwards'",
        r"'(Tensor|Parameter)' object has no attribute '(?P<name>\w+)'",
        "Tensors have no {name}: it is spelt differently, or is a function of torch or NumPy.",
        "Check the spelling (dir(x) lists what there is).",
    ),
    Row(
        "AttributeError: 'float' object has no attribute 'backward'",
        r"'(?P<kind>float|int|bool|list|tuple)' object has no attribute '(?P<name>\w+)'",
        "A {kind} of Python's was found where a tensor was expected; item() and tolist() give such values, "
        "without history.",
        "Keep the tensor itself, or make one with torch.tensor(…).",
    ),
    Row(
        "TypeError: expected np.ndarray (got list)",
        r"expected np.ndarray \(got (?P<kind>\w+)\)",
        "from_numpy() shares the memory of a NumPy array; a {kind} has none to share.",
        "Use torch.tensor(x) for lists and numbers.",
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
    Row(
        "TypeError: 'int' object is not iterable",
        r"TypeError: '(?P<kind>[a-z]\w*)' object is not iterable",
        "A loop goes through the elements of something, and a {kind} has none.",
        "To count, write for i in range(n).",
    ),
    Row(
        "TypeError: list indices must be integers or slices, not str",
        r"(list|tuple|string) indices must be integers",
        "Elements of a sequence are picked by their number.",
        "Use an integer; names as keys belong to a dict.",
    ),
    Row(
        "KeyError: 'a'",
        r"^KeyError: (?P<key>.*)",
        "The dictionary has no entry {key}.",
        "Look at its keys with print(list(d)), or use d.get(…).",
    ),
    Row(
        "ValueError: invalid literal for int() with base 10: 'a'",
        r"invalid literal for int\(\)|could not convert string to float",
        "The text is no number.",
        "Check what the text holds; float() reads numbers with a point.",
    ),
    Row(
        "ImportError: cannot import name 'nothing' from 'torch' (unknown location)",
        r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'",
        "{module} has no {name} here.",
        "Check the spelling and the module it belongs to.",
    ),
    Row(
        "SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?",
        r"Missing parentheses in call to 'print'",
        "print is a function: what it prints stands in round brackets.",
        "Write print(x).",
    ),
    Row(
        "SyntaxError: 'return' outside function",
        r"'(?P<word>return|yield)' outside function",
        "{word} hands a value back from a function, and this line is in none.",
        "Indent it into the function, or use print to show the value.",
    ),
    Row(
        "SyntaxError: invalid syntax",
        r"SyntaxError: invalid syntax",
        "Python cannot read this line; the mistake is at the mark or just before it.",
        "Look for a missing operator, comma, colon or bracket.",
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
