"""Sentences the engine raises, worded as PyTorch words them, where more than one place needs them."""

from __future__ import annotations

from typing import Any

from engine import dtypes

FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been "
    "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors "
    "after calling backward."
)
LEAF_IN_PLACE = "a leaf Variable that requires grad is being used in an in-place operation."
LEAF_VIEW_IN_PLACE = "a view of a leaf Variable that requires grad is being used in an in-place operation."
NO_GRAD_VIEW = (
    "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case "
    "is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace "
    "either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want "
    "the inplace to be tracked)."
)
MULTI_VIEW = (
    "Output {number} of {name} is a view and is being modified inplace. This view is the output of a function that "
    "returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace "
    "the inplace operation by an out-of-place one."
)
OVERLAP = (
    "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
    "Please clone() the tensor before performing the operation."
)
SHARED = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory "
    "location. Please clone() the tensor before performing the operation."
)
NO_GRAD_FN = "element {index} of tensors does not require grad and does not have a grad_fn"
NOT_SCALAR = "grad can be implicitly created only for scalar outputs"
UNUSED = (
    "One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if this is "
    "the desired behavior."
)
UNUSED_AT = (
    "The differentiated Tensor at index {index} appears to not have been used in the graph. Set allow_unused=True if "
    "this is the desired behavior."
)
TWO_DEVICES = "Expected all tensors to be on the same device, but found at least two devices, {} and {}!"
INFERENCE_SAVED = (
    "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in "
    "computation tracked by autograd. To work around this, you can make a clone to get a normal tensor and use it in "
    "autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`."
)
INFERENCE_WRITTEN = (
    "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal "
    "tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details."
)
INFERENCE_REQUIRES = "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed."
INFERENCE_VERSION = "Inference tensors do not track version counter."
ITEM = "a Tensor with {} elements cannot be converted to Scalar"
AMBIGUOUS = "Boolean value of Tensor with {} is ambiguous"


class _LinAlgError(RuntimeError):
    """torch's `torch.linalg.LinAlgError`."""


LinAlgError = _LinAlgError
_LinAlgError.__module__ = "torch._C"


def modified(tensor_dtype: Any, shape: Any, name: str, number: int, now: int, expected: int) -> str:
    """A saved value was overwritten; `name` is its grad_fn's ("" for a leaf)."""
    kind = dtypes.FROM_NUMPY[tensor_dtype].tensor_type
    origin = f", which is output {number} of {name.split('Backward')[0]}," if name else ""
    return (
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[torch.{kind} {list(shape)}]{origin} is at version {now}; expected version {expected} instead. "
        "Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
        "torch.autograd.set_detect_anomaly(True, check_nan=False)."
    )


def broadcast(shapes: list[tuple[int, ...]]) -> str | None:
    """The sentence for shapes that do not broadcast; None if they do."""
    result = list(shapes[0])
    for shape in shapes[1:]:
        longest = max(len(result), len(shape))
        a = [1] * (longest - len(result)) + result
        b = [1] * (longest - len(shape)) + list(shape)
        for d in range(longest - 1, -1, -1):
            if a[d] != b[d] and a[d] != 1 and b[d] != 1:
                return (
                    f"The size of tensor a ({a[d]}) must match the size of tensor b ({b[d]}) "
                    f"at non-singleton dimension {d}"
                )
        result = [y if x == 1 else x for x, y in zip(a, b, strict=True)]
    return None


def dimension(dim: int, ndim: int) -> int:
    """`dim` counted from the front; IndexError where there is no such dimension (a 0-d tensor counts as 1-d)."""
    size = ndim or 1
    if not -size <= dim < size:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-size}, {size - 1}], but got {dim})")
    return dim % size


NOT_A_LEAF = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
    "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, "
    "use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the "
    "leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more information."
)
"""The warning of whoever reads the `.grad` of an intermediate tensor, where there will never be one."""
