"""Which live tensors show which memory: how a tensor unheard of is known to be another's `.data`.

Owns weak references only; nothing is kept alive.
"""

from __future__ import annotations

from typing import Any
from weakref import ref

import numpy as np

from engine.tensor import Tensor
from visgrad.recording.retained import owner


class Memory:
    """Tensors by the array that owns the memory they show."""

    def __init__(self) -> None:
        self._tensors: dict[int, list[ref[Tensor]]] = {}
        self._scalars: list[ref[Tensor]] = []  # have no memory of their own until their `.data` is asked for
        self._most = 64

    def __len__(self) -> int:
        return len(self._tensors) + len(self._scalars)

    def note(self, tensor: Tensor, data: Any) -> None:
        """A tensor shows this array.  Views need no note, they hold on to their bases."""
        if isinstance(data, np.generic):
            if tensor._fn is None:
                self._scalars.append(ref(tensor))
        elif tensor._base is None:
            memory = owner(data)
            known = self._tensors.get(id(memory), ())
            alive = [other for other in known if (t := other()) is not None and owner(t._data) is memory]
            self._tensors[id(memory)] = [*alive, ref(tensor)]
        if len(self) > self._most:
            self._forget()

    def shown_by(self, tensor: Tensor) -> Tensor | None:
        """The first other tensor that shows the same memory, if there is one."""
        data = tensor._data
        if isinstance(data, np.generic):
            return None
        memory = owner(data)
        for reference in self._tensors.get(id(memory), () if data.shape else self._scalars):
            other = reference()
            if other is not None and other is not tensor and owner(other._data) is memory:
                return other
        return None

    def _forget(self) -> None:
        """Drop the dead."""
        self._tensors = {place: refs for place, refs in self._tensors.items() if any(r() is not None for r in refs)}
        self._scalars = [reference for reference in self._scalars if reference() is not None]
        self._most = 2 * len(self) + 64
