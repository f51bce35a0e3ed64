"""Quantiles: the elements at fractional ranks, between neighbours by interpolation."""

from __future__ import annotations

from typing import Any

from engine import dtypes
from engine.errors import dimension
from engine.registry import arr, composite, sample

INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def check(name: str, input: Any, q: Any, interpolation: str) -> None:
    """Refuse what has no quantiles, levels outside of [0, 1] and unknown interpolations."""
    if input.dtype not in (dtypes.float32, dtypes.float64):
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype")
    if not input.numel():
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    if interpolation not in INTERPOLATIONS:
        raise RuntimeError(
            f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        )
    if isinstance(q, int | float):
        if not 0 <= q <= 1:
            raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {q:g}")
        return
    if q.ndim > 1:
        raise RuntimeError(f"{name}() q must be a scalar or 1D tensor")
    if q.dtype is not input.dtype:
        raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor")
    if not bool(((q >= 0) & (q <= 1)).all()):
        raise RuntimeError(f"{name}() q values must be in the range [0, 1]")


def at_ranks(ordered: Any, ranks: Any, interpolation: str) -> Any:
    """The elements of sorted lines at fractional ranks."""
    if interpolation in ("lower", "higher", "nearest"):
        chosen = {"lower": ranks.floor, "higher": ranks.ceil, "nearest": ranks.round}[interpolation]()
        return ordered.gather(-1, chosen.long())
    low = ranks.detach().floor()
    below, above = (ordered.gather(-1, r.long()) for r in (low, ranks.detach().ceil()))
    return below.lerp(above, ranks * 0 + 0.5 if interpolation == "midpoint" else ranks - low)


def quantiles(name: str, input: Any, q: Any, dim: int | None, keepdim: bool, interpolation: str, skip_nan: bool) -> Any:
    """The levels `q` of `input` along `dim`, or overall; a q with a dimension puts it in front."""
    check(name, input, q, interpolation)
    whole = dim is None or not input.ndim
    axis = 0 if whole else dimension(dim or 0, input.ndim)
    lines = (input.flatten() if whole else input.movedim(axis, -1)).sort(-1).values
    levels = input.new_full((), q) if isinstance(q, int | float) else q
    missing = lines.isnan()
    if skip_nan:
        last = (~missing).sum(-1, keepdim=True).to(lines.dtype) - 1
        ranks = (levels.reshape(-1) * last).clamp(min=0)
    else:  # NaN is sorted to the end: there it is found
        last = lines.new_full((*lines.shape[:-1], 1), lines.shape[-1] - 1)
        ranks = (levels.reshape(-1) * last).masked_fill(missing.any(-1, keepdim=True), lines.shape[-1] - 1)
    found = at_ranks(lines, ranks, interpolation)
    found = found.unsqueeze(axis).movedim(-1, 0)
    if not keepdim:
        found = found.squeeze_(axis + 1)
    elif whole:
        found = found.reshape(-1, *(1,) * input.ndim)
    return found if levels.ndim else found.squeeze_(0)


@composite(
    "quantile",
    "the element at rank q (n − 1)",
    family="order",
    doc="The value below which a fraction q of the elements lies, between neighbours by interpolation.",
    samples=[sample(arr(5), 0.3), sample(arr(2, 4), 0.5, 1), sample(arr(2, 4), 0.4, 0, True)],
)
def quantile(
    input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Any:
    return quantiles("quantile", input, q, dim, keepdim, interpolation, skip_nan=False)


@composite(
    "nanquantile",
    "the element at rank q (n − 1), NaN left out",
    family="order",
    doc="The quantile of the elements that are not NaN.",
    samples=[sample(arr(5), 0.3), sample(arr(2, 4), 0.5, 1)],
)
def nanquantile(
    input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Any:
    return quantiles("nanquantile", input, q, dim, keepdim, interpolation, skip_nan=True)
