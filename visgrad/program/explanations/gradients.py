"""Mistakes about gradients: what backward() and in-place changes refuse."""

from __future__ import annotations

from visgrad.program.explanations.row import Row

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
    Row(
        "RuntimeError: you can only change requires_grad flags of leaf variables.",
        r"you can only change requires_grad flags of leaf variables",
        "This tensor was computed from others, so whether gradients flow through it is settled already.",
        "Leave the graph with y = y.detach(), or compute it inside torch.no_grad().",
    ),
    Row(
        "RuntimeError: attempting to assign a gradient of size '[3]' to a tensor of size '[2]'.",
        r"attempting to assign a gradient of size '(?P<a>[^']*)' to a tensor of size '(?P<b>[^']*)'",
        "A .grad has the shape of its tensor, {b}; this one has {a}.",
        "Give it torch.zeros_like(x), or None to clear it.",
    ),
)
