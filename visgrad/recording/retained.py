"""Full arrays kept for a while, so that a window can ask for more than a summary.

Owns the byte budget and the copies: an array whose storage is about to be overwritten is copied first.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from visgrad.recording.model import WHOLE

BUDGET = 128 << 20
LARGEST = 1 << 20
"""Larger arrays are not kept: holding them makes the program slower than their figures are worth."""

Key = tuple[str, int]
"""("value" or "gradient", value id)."""


class Retained:
    """Arrays by key, the oldest given up first.  Arrays that a summary holds whole are not kept."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self.bytes = 0
        self._arrays: OrderedDict[Key, Any] = OrderedDict()  # a dict looks for its oldest among all that have gone
        self._sharing: dict[int, list[Key]] = {}  # by the identity of the array that owns the memory

    def __len__(self) -> int:
        return len(self._arrays)

    def keep(self, kind: str, value: int, array: Any) -> None:
        """Keep an array (not a copy of it), at the cost of older ones."""
        size = array.nbytes
        if array.size <= WHOLE or size > LARGEST or size > self.budget:
            return
        key = kind, value
        if key in self._arrays:
            self._drop(key)
        self._arrays[key] = array
        place = id(array if array.base is None else owner(array))
        sharing = self._sharing.get(place)
        if sharing is None:
            self._sharing[place] = [key]
        else:
            sharing.append(key)
        self.bytes += size
        while self.bytes > self.budget:
            self._drop(next(iter(self._arrays)))

    def get(self, kind: str, value: int) -> Any:
        """The array, None if it is not or no longer kept."""
        return self._arrays.get((kind, value))

    def before_write(self, array: Any) -> None:
        """The memory of an array is about to change: whoever shares it gets a copy."""
        for key in self._sharing.pop(id(array if array.base is None else owner(array)), ()):
            copy = self._arrays[key].copy()
            self._arrays[key] = copy
            self._sharing.setdefault(id(copy), []).append(key)

    def _drop(self, key: Key) -> None:
        array = self._arrays.pop(key)
        self.bytes -= array.nbytes
        place = id(owner(array))
        keys = self._sharing[place]
        keys.remove(key)
        if not keys:
            del self._sharing[place]


def owner(array: Any) -> Any:
    """The array that owns the memory that `array` shows."""
    kind = type(array)
    base = getattr(array, "base", None)
    while isinstance(base, kind):
        array, base = base, base.base
    return array
