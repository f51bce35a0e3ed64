"""How a tensor is written: four decimals, one shared width, `...` in the middle, 80 columns.

Owns the print options and the text of `repr(tensor)`, as PyTorch's formatter makes it.  The formatter itself works on
NumPy arrays and names only; the shape's own repr belongs to the tensor.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import backends, dtypes

__all__ = ["get_printoptions", "printoptions", "set_printoptions"]

Array = npt.NDArray[Any]


@dataclass
class PrintOptions:
    """The options of `set_printoptions`; `sci_mode` None lets the values decide."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=math.inf),
}

_options = PrintOptions()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Change how tensors print: a `profile` ("default", "short", "full") first, then whatever is given beside it.

    `sci_mode` falls back to None (automatic) at every call that does not name it, as in PyTorch.
    """
    chosen = PROFILES.get(profile or "", _options)
    _options.precision = chosen.precision if precision is None else precision
    _options.threshold = chosen.threshold if threshold is None else threshold
    _options.edgeitems = chosen.edgeitems if edgeitems is None else edgeitems
    _options.linewidth = chosen.linewidth if linewidth is None else linewidth
    _options.sci_mode = sci_mode


def get_printoptions() -> dict[str, Any]:
    """The options now in force, ready to be handed back to `set_printoptions`."""
    return asdict(_options)


@contextmanager
def printoptions(**options: Any) -> Iterator[None]:
    """Set print options for the duration of a `with` block."""
    before = get_printoptions()
    set_printoptions(**options)
    try:
        yield
    finally:
        set_printoptions(**before)


class NumberFormat:
    """One format for all the numbers of a tensor: plain, whole or scientific, and a common width."""

    def __init__(self, values: Array) -> None:
        self.floating = values.dtype.kind in "fV"
        self.whole = True
        self.scientific = False
        self.width = 1
        if self.floating:
            finite = values[np.isfinite(values) & (values != 0)].astype(np.float64)
            if finite.size:
                self._choose(finite)
        elif values.size:
            self.width = max(len(str(value)) for value in values.ravel().tolist())

    def _choose(self, finite: Array) -> None:
        """Pick the notation from the finite non-zero values, then the width of the longest."""
        smallest, largest = float(np.abs(finite).min()), float(np.abs(finite).max())
        self.whole = bool((finite == np.ceil(finite)).all())
        if _options.sci_mode is None:
            self.scientific = largest > 1.0e8 or smallest < 1.0e-4 or largest / smallest > 1000.0
        else:
            self.scientific = _options.sci_mode
        self.width = max(1, *(len(self._digits(value)) for value in finite.tolist()))

    def _digits(self, value: float) -> str:
        if self.scientific:
            return f"{value:.{_options.precision}e}"
        if self.whole:
            # The trailing point tells 1. from the integer 1; inf and nan need none.
            return f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"
        return f"{value:.{_options.precision}f}"

    def __call__(self, value: float | int | bool) -> str:
        return (self._digits(value) if self.floating else str(value)).rjust(self.width)


def _shown(array: Array) -> Array:
    """The part of `array` that a summary shows: the edge items of every dimension."""
    edge = _options.edgeitems
    if not edge:
        return array if array.ndim <= 1 else array.ravel()[:0]
    for axis, size in enumerate(array.shape):
        if size > 2 * edge:
            array = np.take(array, [*range(edge), *range(size - edge, size)], axis=axis)
    return array


def _row(array: Array, indent: int, summarize: bool, number: NumberFormat) -> str:
    """A vector between brackets, wrapped at the line width."""
    edge = _options.edgeitems
    if summarize and not edge:
        items = ["..."]
    elif summarize and len(array) > 2 * edge:
        items = [*map(number, array[:edge].tolist()), " ...", *map(number, array[-edge:].tolist())]
    else:
        items = [number(value) for value in array.tolist()]
    per_line = max(1, (_options.linewidth - indent) // (number.width + 2))
    lines = [", ".join(items[i : i + per_line]) for i in range(0, len(items), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _nested(array: Array, indent: int, summarize: bool, number: NumberFormat) -> str:
    """The numbers of `array` between nested brackets; `indent` is the column of the first bracket."""
    if array.ndim == 0:
        return number(array.item())
    if array.ndim == 1:
        return _row(array, indent, summarize, number)
    edge = _options.edgeitems
    if summarize and len(array) > 2 * edge:
        before, after = array[:edge], array[len(array) - edge :]
        blocks = [_nested(block, indent + 1, summarize, number) for block in before]
        blocks.append("...")
        blocks += [_nested(block, indent + 1, summarize, number) for block in after]
    else:
        blocks = [_nested(block, indent + 1, summarize, number) for block in array]
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(blocks) + "]"


def _contents(array: Array, indent: int) -> str:
    if array.size == 0:
        return "[]"
    summarize = array.size > _options.threshold
    return _nested(array, indent, summarize, NumberFormat(_shown(array) if summarize else array))


def _append(text: str, suffixes: list[str], indent: int) -> str:
    """Add `, dtype=…` and its like, each on a new line where the current one would pass the line width."""
    column = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if column + len(suffix) + 2 > _options.linewidth:
            text += ",\n" + " " * indent + suffix
            column = indent + len(suffix)
        else:
            text += ", " + suffix
            column += len(suffix) + 2
    return text + ")"


def format_tensor(
    array: Array,
    *,
    dtype: object = "torch.float32",
    default_dtype: object = "torch.float32",
    device: str = "cpu",
    grad_fn: str | None = None,
    requires_grad: bool = False,
    prefix: str = "tensor(",
) -> str:
    """The text of a tensor that holds `array`.

    `dtype` and `default_dtype` are named as they print ("torch.float64"): the dtype is left out where the digits
    tell it.  `grad_fn` is the name of the function that made the tensor ("MulBackward0"); it replaces
    `requires_grad=True`.  `prefix` is "tensor(" but for subclasses.
    """
    dtype, default = str(dtype), str(default_dtype)
    suffixes = []
    if device != "cpu":
        suffixes.append(f"device='{device}'")
    if array.size == 0:
        if array.ndim != 1:
            suffixes.append(f"size={array.shape}")
        if dtype != default:
            suffixes.append(f"dtype={dtype}")
    else:
        if not _options.edgeitems:
            suffixes.append(f"size={array.shape}")
        if dtype not in (default, "torch.int64", "torch.bool"):
            suffixes.append(f"dtype={dtype}")
    if grad_fn is not None:
        suffixes.append(f"grad_fn=<{grad_fn}>")
    elif requires_grad:
        suffixes.append("requires_grad=True")
    return _append(prefix + _contents(array, len(prefix)), suffixes, len(prefix))


def tensor_str(tensor: Any) -> str:
    """The text of `repr(tensor)`; a tensor on another device is fetched."""
    plain = type(tensor).__name__ in ("Tensor", "Parameter")
    return format_tensor(
        np.asarray(backends.to_numpy(tensor._data)),
        dtype=tensor.dtype,
        default_dtype=dtypes.get_default_dtype(),
        device=str(tensor.device),
        grad_fn=None if tensor.grad_fn is None else tensor.grad_fn.name(),
        requires_grad=tensor.requires_grad,
        prefix="tensor(" if plain else f"{type(tensor).__name__}(",
    )
