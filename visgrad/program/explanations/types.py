"""Mistakes about dtypes, devices and kinds of values."""

from __future__ import annotations

from visgrad.program.explanations.row import Row

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
        "One of the two values is None: a .grad that no backward() has reached yet, or the result of a function "
        "without return.",
        "Call backward() first, check that the tensor is a leaf with requires_grad=True, or write the return.",
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
    Row(
        "TypeError: only integer tensors of a single element can be converted to an index",
        r"only integer tensors of a single element can be converted to an index",
        "A tensor stands where Python wants one whole number: a list times a tensor, an index, a range.",
        "Make the list a tensor first (torch.tensor(xs) * w), or take the number out with int(x).",
    ),
    Row(
        "AttributeError: 'numpy.ndarray' object has no attribute 'backward'",
        r"'numpy\.ndarray' object has no attribute '(?P<name>\w+)'",
        "This is an array of NumPy's, and {name} belongs to tensors.",
        "Make it a tensor: torch.from_numpy(x), or torch.tensor(x, requires_grad=True).",
    ),
    Row(
        "TypeError: unsupported format string passed to Tensor.__format__",
        r"unsupported format string passed to Tensor",
        "A format such as :.2f is for one number, and this tensor has several.",
        "Write the format for x.item() or x.mean().item(), or print the tensor without it.",
    ),
)
