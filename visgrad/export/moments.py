"""Which positions of a recording an animation shows."""

from __future__ import annotations


def spread(first: int, last: int, most: int) -> list[int]:
    """All positions from first to last, or `most` of them, evenly spread, with both ends."""
    first = min(first, last)
    if last - first < most:
        return list(range(first, last + 1))
    return [first + round(step * (last - first) / (most - 1)) for step in range(most)]
