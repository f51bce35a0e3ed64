"""The only door through which the engine is watched.

An observer is told, in program order, of every operation, every write, and every gradient contribution.
With no observer attached the engine pays one global read per operation.  What observers make of it
(ids, names, pictures) is theirs; the engine keeps no history for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from engine.registry import Op
    from engine.tensor import Node, Tensor


Watcher = TypeVar("Watcher", bound="Observer")


class Observer:
    """Receives what the engine does; every method may be overridden, none needs to be.

    Arrays reachable from the arguments are live: an observer that keeps one past the call reads or copies it
    when `before_write` announces that its storage is about to change.
    """

    def operation(
        self,
        op: Op,
        inputs: tuple[Tensor, ...],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        out: Any,
    ) -> None:
        """`op` ran.  `inputs`: its tensor arguments, flattened, in argument order, repeats kept (`x*x` gives two).

        `args`, `kwargs`: the call as written, tensors and constants.  `out`: a Tensor or a tuple of Tensors (an
        in-place operation gives its first argument, whose version has just advanced).  `out.grad_fn`, where there
        is one, has one edge per entry of `inputs`, in the same order.
        """

    def before_write(self, tensor: Tensor) -> None:
        """The storage of `tensor` is about to be written in place."""

    def backward_begin(self, roots: tuple[Tensor, ...], gradients: tuple[Any, ...]) -> None:
        """A sweep starts at `roots` with these upstream gradients (Tensors of the roots' shapes)."""

    def contribution(self, node: Node, slot: int, gradient: Any, total: Any) -> None:
        """`node`'s vector–Jacobian product gave `gradient` to the input `slot`; `total` is the sum so far.

        Both are arrays of the input's shape; `total` may become the `.grad` of a leaf, and be written as such.
        """

    def accumulate(self, leaf: Tensor, gradient: Any) -> None:
        """`gradient`, an array, was added into `leaf.grad` (or `retain_grad` kept it); `leaf.grad` is the result."""

    def backward_end(self) -> None:
        """The sweep is over, also when it raised."""

    def returned(self, roots: tuple[Tensor, ...], inputs: tuple[Tensor, ...], gradients: tuple[Any, ...]) -> None:
        """`torch.autograd.grad` hands out the gradients of `roots` for `inputs`, None where one was not used."""

    def clear(self, leaves: tuple[Tensor, ...]) -> None:
        """The program took away the `.grad` of these, by `w.grad = None` or `zero_grad()`; each had one."""


_observer: Observer | None = None


def current() -> Observer | None:
    """The attached observer, or None."""
    return _observer


@contextmanager
def observe(observer: Watcher) -> Iterator[Watcher]:
    """Attach `observer` for the duration of a `with` block; blocks nest, the innermost one is told."""
    global _observer
    previous = _observer
    _observer = observer
    try:
        yield observer
    finally:
        _observer = previous
