"""torch.autograd.forward_ad: dual numbers, whose tangents go forward with the values.

A dual tensor is a leaf of its own that remembers its tangent.  What a tangent becomes is worked out when it is asked
for: the derivative of the backward pass by its upstream gradient is the Jacobian times the tangent.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, NamedTuple

from engine.backward import grad
from engine.grad_mode import enable_grad
from engine.tensor import Tensor

__all__ = ["UnpackedDualTensor", "dual_level", "make_dual", "unpack_dual"]

_levels: list[list[tuple[Tensor, Tensor]]] = []
"""The dual tensors of every open level, each with its tangent."""


class UnpackedDualTensor(NamedTuple):
    """A tensor's value and its tangent, None where it has none."""

    primal: Tensor
    tangent: Tensor | None


class dual_level:  # noqa: N801 - the name is PyTorch's
    """Inside, tensors can be dual; tangents are forgotten at the end."""

    def __enter__(self) -> int:
        _levels.append([])
        return len(_levels) - 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _levels.pop()


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """`tensor` with a tangent of the same shape."""
    if not _levels:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first."
        )
    if tensor.shape != tangent.shape:
        raise RuntimeError(
            f"Expected tangent to have the same shape as its primal, got {list(tangent.shape)} and {list(tensor.shape)}"
        )
    dual: Tensor = tensor.detach().requires_grad_()
    _levels[-1].append((dual, tangent))
    return dual


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """The value of a tensor and its tangent."""
    if not _levels:
        return UnpackedDualTensor(tensor, None)
    for dual, tangent in _levels[-1]:
        if tensor is dual:
            return UnpackedDualTensor(tensor.detach(), tangent)
    if not tensor.requires_grad:
        return UnpackedDualTensor(tensor, None)
    duals = [dual for dual, _ in _levels[-1]]
    with enable_grad():
        upstream: Any = tensor.detach().new_zeros(tensor.shape).requires_grad_()
        pulled = grad(tensor, duals, upstream, create_graph=True, retain_graph=True, allow_unused=True)
        used = [(p, t) for p, (_, t) in zip(pulled, _levels[-1], strict=True) if p is not None and p.requires_grad]
        if not used:
            return UnpackedDualTensor(tensor.detach(), None)
        pushed = grad([p for p, _ in used], upstream, [t for _, t in used], retain_graph=True)[0]
    return UnpackedDualTensor(tensor.detach(), pushed)
