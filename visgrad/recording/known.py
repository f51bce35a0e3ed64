"""What is known of a live tensor: which value it stands for, and whose memory it shows.

Owns the notes kept on the tensor objects themselves, which go when the tensors go.
"""

from __future__ import annotations

from typing import Any
from weakref import ref

import msgspec

from engine.tensor import Tensor
from visgrad.recording.layers import is_parameter
from visgrad.recording.retained import owner

OWNER = "_owner"
"""The attribute of a tensor that shares another's memory without being its view for the engine: a weak reference."""

GRADIENT = "_gradient_of"
"""The attribute of a tensor that is, or was, the `.grad` of a leaf: a weak reference to the leaf."""

ROOT = "_gradient_by"
"""The attribute of a gradient that is nobody's `.grad`: a weak reference to what was differentiated."""

DETACHING = frozenset({"detach", "detach_", "data"})


class Known(msgspec.Struct, gc=False):
    """`value`, `version`, `role`: of the tensor as it is now; `tensor`: its identity, the first value it was.

    `order`: the highest order of a derivative it was computed from.  `base_value`: for a view, the value of its base
    that it shows.  `name`: what the program calls it, or "".  `graded`: the value that was told to have its `.grad`.
    `token`: of the decoder whose note this is.
    """

    token: int
    value: int
    tensor: int
    role: str
    version: int = 0
    order: int = 0
    base_value: int = -1
    name: str = ""
    graded: int = -1

    def attribute(self, name: str) -> str:
        """An attribute as the program may have written it, "" if the tensor has no name."""
        return f"{self.name}.{name}" if self.name else ""


def role_of(op: str, tensor: Any, fn: Any, requires_grad: bool, has_inputs: bool) -> str:
    """The role of a tensor that an operation gave; `fn` is its node."""
    if fn is not None:
        return "result"
    if requires_grad:
        return "parameter" if is_parameter(tensor) else "leaf"
    if op in DETACHING:
        return "detached"
    return "no_grad" if has_inputs else "constant"


def shared_with(tensor: Tensor) -> Tensor | None:
    """The tensor whose memory a view, a detached tensor or a `.data` shows in the end, while there is one."""
    found = _next(tensor)
    while found is not None and (further := _next(found)) is not None:
        found = further
    return found


def _next(tensor: Tensor) -> Tensor | None:
    if tensor._base is not None:
        return tensor._base
    reference = tensor.__dict__.get(OWNER)
    shared: Tensor | None = reference() if reference is not None else None
    return shared


def shown_by(tensor: Tensor) -> Tensor | None:
    """The other tensor, if there is one, that the program has a tensor's memory from: it is that one's `.data`."""
    other: Tensor | None = tensor._alias() if tensor._alias is not None else None
    if other is None or other is tensor or owner(other._data) is not owner(tensor._data):
        return None
    return other


def note_sharing(tensor: Tensor, of: Tensor) -> None:
    """After `detach` and the like: the memory is shared, but the engine keeps no track of it."""
    if tensor is not of and owner(tensor._data) is owner(of._data):
        note_owner(tensor, of)


def note_owner(tensor: Tensor, of: Tensor | None) -> None:
    """From now on a tensor shows the memory of another: that of the last in its line, as those between may go."""
    end = shared_with(of) if of is not None else None
    last = of if end is None else end
    tensor.__dict__.pop(OWNER, None)
    if last is not None and last is not tensor:  # as it is in `p.data = p.detach()`: no tensor shows itself
        tensor.__dict__[OWNER] = ref(last)


def leaf_of(gradient: Tensor) -> Tensor | None:
    """The leaf of which a tensor is, or was, the `.grad`."""
    reference = gradient.__dict__.get(GRADIENT)
    leaf: Tensor | None = reference() if reference is not None else None
    return leaf


def note_derivative(gradient: Tensor, root: Tensor, of: Tensor) -> None:
    """A gradient that no leaf has as its `.grad` is that of `root` for `of`."""
    gradient.__dict__.setdefault(GRADIENT, ref(of))
    gradient.__dict__.setdefault(ROOT, ref(root))


def root_of(gradient: Tensor) -> Tensor | None:
    """What was differentiated to get a gradient that is nobody's `.grad`."""
    reference = gradient.__dict__.get(ROOT)
    root: Tensor | None = reference() if reference is not None else None
    return root
