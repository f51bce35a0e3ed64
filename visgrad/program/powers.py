"""Powers and shifts of integers, which a short text can make enormous: the result's size is asked for first."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

MAX_BITS = 1 << 22
"""Integers above this many bits take noticeable time to compute and for ever to print."""

POWERS: dict[str, Callable[[Any, Any], Any]] = {
    "**": operator.pow,
    "<<": operator.lshift,
    "**=": operator.ipow,
    "<<=": operator.ilshift,
}


def power(base: Any, exponent: Any, kind: str) -> Any:
    """`base ** exponent` or `base << exponent`, unless an integer result would be enormous."""
    if isinstance(base, int) and isinstance(exponent, int):
        check_power(int.__index__(base), int.__index__(exponent), kind)
    return POWERS[kind](base, exponent)


def check_power(base: int, exponent: int, kind: str) -> None:
    """OverflowError if an integer power or shift would be enormous."""
    if exponent <= 64:
        return
    bits = base.bit_length() * exponent if kind[0] == "*" else base.bit_length() + exponent
    if bits > MAX_BITS and (base not in (-1, 0, 1) or kind[0] == "<"):
        digits = bits * 3 // 10
        raise OverflowError(f"an integer of about {digits:,} digits is too large here; floats go up to about 1e308")


class Exponent(int):
    """The right side of `x[i] **= n` or `x.a <<= n`: an integer that asks first when it meets an integer."""

    def __rpow__(self, base: int, modulus: int | None = None) -> Any:
        return power(base, int.__index__(self), "**")

    def __rlshift__(self, base: int) -> Any:
        return power(base, int.__index__(self), "<<")


def shy(exponent: Any) -> Any:
    """The woven-in `<shy>`: an exponent of an augmented assignment whose left side is not a plain name."""
    return Exponent(exponent) if type(exponent) is not bool and isinstance(exponent, int) else exponent


def guarded_pow(base: Any, exponent: Any, modulus: Any = None) -> Any:
    """The builtin `pow`."""
    return power(base, exponent, "**") if modulus is None else pow(base, exponent, modulus)
