"""Taking gradients away: `w.grad = None`, `del w.grad`, `zero_grad()`.

The one place where a `.grad` goes, so that an observer is told of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine import observe

if TYPE_CHECKING:
    from engine.tensor import Tensor


def forget(tensors: Iterable[Tensor]) -> None:
    """Let the `.grad` of these be None."""
    cleared = tuple([tensor for tensor in tensors if tensor._grad is not None])
    if not cleared:
        return
    if observe._observer is not None:
        observe._observer.clear(cleared)
    for tensor in cleared:
        tensor._grad = None


def zero_grad(tensors: Iterable[Tensor], set_to_none: bool) -> None:
    """What optimizers and modules do to the gradients of their parameters: forget them, or fill them with zeros."""
    if set_to_none:
        forget(tensors)
        return
    for tensor in tensors:
        gradient = tensor._grad
        if gradient is None:
            continue
        if gradient.grad_fn is not None:
            gradient.detach_()
        elif gradient.requires_grad:
            gradient.requires_grad_(False)
        gradient.zero_()
