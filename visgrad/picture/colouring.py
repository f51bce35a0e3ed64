"""Cards coloured by what their results are: value, gradient, time, memory, device or dtype, and the legend to it.

Owns which colour role each node has at a frame; a pure function of the recording, the frame and the view options.
Colours are roles of the theme's scales (`roles.SCALES`), so every painter and export shows them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from visgrad.picture.display import Cards, Entry, Floats, Legend
from visgrad.picture.folded import Folding
from visgrad.picture.graph import Graph
from visgrad.picture.measures import measures_of
from visgrad.picture.roles import KINDS, SHADES, role
from visgrad.recording.frame import Frame
from visgrad.recording.recording import Recording

NOTHING = -1
LONGEST = 12
"""Decades of a scale at most."""


class Colouring:
    """The colours of a picture's rows, portals included."""

    def __init__(self, recording: Recording, by: str, graph: Graph, folding: Folding, language: str = "en") -> None:
        self._by = by
        self._measures = measures_of(recording)
        self._count = graph.size
        self._row = folding.member.astype(np.intp)
        self._last = np.concatenate([folding.ends, graph.nodes[len(folding.ends) :]]).astype(np.intp)
        self._portals = [(row, int(self._row[self._last[row]])) for row in np.flatnonzero(graph.portal).tolist()]
        self._levels: NDArray[np.int64] | None = None
        self._bottom, self._top = 0.0, 1.0
        self._numbers: Floats = np.zeros(0)
        if by == "gradient":
            self._steps, self._operations, self._sizes = self._measures.gradients()
            self._bottom, self._top = decades(self._sizes)
        elif by not in ("device", "dtype"):
            self._levels = self._still(by)
        self.legend = replace(self._legend(), language=language)

    def roles(self, frame: Frame) -> NDArray[np.int64]:
        """(rows,): the role of each, `NOTHING` where there is none."""
        if self._by in ("device", "dtype"):
            words = self._measures.device if self._by == "device" else self._measures.dtype
            kinds = words[self._last]
            return np.where(kinds >= 0, role("kind0") + kinds % KINDS, NOTHING)
        return self._shared(self._flowing(frame)) if self._levels is None else self._levels

    def measured(self, frame: Frame) -> list[float | str | None]:
        """(rows,): the number or the word that each row is coloured by, None where there is none."""
        if self._by in ("device", "dtype"):
            measures = self._measures
            kinds, words = (
                (measures.device, measures.devices) if self._by == "device" else (measures.dtype, measures.dtypes)
            )
            return [words[kind] if kind >= 0 else None for kind in kinds[self._last].tolist()]
        numbers = self._sizes_at(frame) if self._by == "gradient" else self._numbers
        return [None if number != number else number for number in numbers.tolist()]

    def painted(self, cards: Cards, shown: NDArray[np.intp], frame: Frame) -> Cards:
        """The cards of the shown rows in their colours; those without are left pale."""
        roles = self.roles(frame)[shown]
        there = roles != NOTHING
        accent = np.where(there, roles, role("ghost")).astype(np.uint8)
        line = np.where(there, roles, role("card_line")).astype(np.uint8)
        fill = np.where(there, fills(roles), role("card")).astype(np.uint8)
        return replace(cards, fill=fill, line=line, accent=accent)

    def _still(self, by: str) -> NDArray[np.int64]:
        """The roles by a measure that does not change."""
        measures, last = self._measures, self._last
        if by == "time":
            self._top = max(len(measures.value) - 1, 1)
            self._numbers = last.astype(np.float64)
            return self._shared(_shades(last / self._top, "shade"))
        if by == "memory":
            sizes = self._numbers = self._summed(measures.bytes)
            self._bottom, self._top = decades(sizes)
            return self._shared(_shades(self._share(sizes), "shade"))
        values = measures.value[last] if len(measures.value) else np.zeros(self._count)
        self._numbers = values
        finite = np.abs(values[np.isfinite(values)])
        self._top = rounded_up(float(np.quantile(finite, 0.95))) if len(finite) else 1.0
        return self._shared(_shades((values / self._top + 1) / 2, "signed"))

    def _flowing(self, frame: Frame) -> NDArray[np.int64]:
        """The roles by the size of the gradients there are at a frame."""
        sizes = self._sizes_at(frame)
        return _shades(self._share(sizes), "shade", np.isinf(sizes))

    def _sizes_at(self, frame: Frame) -> Floats:
        """The size of the gradients there are at a frame; of a group, of its largest; nan where there is none."""
        count = int(np.searchsorted(self._steps, frame.end))
        mine = np.flatnonzero(self._operations[:count] < len(self._row))  # none that have come since
        sizes = np.full(len(self._row), np.nan)
        sizes[self._operations[mine]] = self._sizes[mine]  # of several the last counts
        rows = np.full(self._count, -1.0)
        known = np.flatnonzero(~np.isnan(sizes) & (self._row >= 0))
        np.maximum.at(rows, self._row[known], sizes[known])
        return np.where(rows < 0, np.nan, rows)

    def _summed(self, each: Floats) -> Floats:
        there = np.flatnonzero(self._row >= 0)
        total = np.bincount(self._row[there], each[there], minlength=self._count)
        return np.where(total > 0, total, np.nan)

    def _share(self, sizes: Floats) -> Floats:
        """How far between the ends of the scale of decades."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return (np.log10(sizes) - self._bottom) / max(self._top - self._bottom, 1e-9)

    def _shared(self, roles: NDArray[np.int64]) -> NDArray[np.int64]:
        """Stand-ins have the colours of what they stand for."""
        for portal, row in self._portals:
            roles[portal] = roles[row]
        return roles

    def _legend(self) -> Legend:
        measures = self._measures
        if self._by in ("device", "dtype"):
            words = measures.devices if self._by == "device" else measures.dtypes
            kinds = [Entry(role("kind0") + place % KINDS, word) for place, word in enumerate(words)]
            return Legend(self._by, False, tuple(kinds))
        if self._by == "value":
            ends = (f"{-self._top:g}", "0", f"{self._top:g}")
        elif self._by == "time":
            ends = ("1", f"{int(self._top / 2) + 1:,}", f"{int(self._top) + 1:,}")
        else:
            write = bytes_text if self._by == "memory" else power_text
            bottom, top = self._bottom, self._top
            ends = write(10**bottom), write(10 ** ((bottom + top) / 2)), write(10**top)
        first = role("signed0" if self._by == "value" else "shade0")
        texts = dict(zip((0, SHADES // 2, SHADES - 1), ends, strict=True))
        return Legend(self._by, True, tuple(Entry(first + step, texts.get(step, "")) for step in range(SHADES)))


def _shades(share: Floats, scale: str, wrong: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """The roles of a scale at shares (0…1) of its way, `NOTHING` for nan; the role of nan where it is `wrong`."""
    missing = np.isnan(share)
    steps = np.clip(np.rint(np.where(missing, 0.0, share) * (SHADES - 1)), 0, SHADES - 1).astype(np.int64)
    found = np.where(missing, NOTHING, role(f"{scale}0") + steps)
    return found if wrong is None else np.where(wrong, role("nan"), found)


def fills(roles: NDArray[np.int64]) -> NDArray[np.int64]:
    """The pale roles that belong to the roles of scales; the card's for others."""
    fills = np.full(len(roles), role("card"), np.int64)
    for scale, count in (("shade", SHADES), ("signed", SHADES), ("kind", KINDS)):
        first = role(f"{scale}0")
        mine = (roles >= first) & (roles < first + count)
        fills[mine] = roles[mine] - first + role(f"{scale}0_fill")
    return fills


def decades(sizes: Floats) -> tuple[float, float]:
    """The powers of ten between which sizes lie, no further apart than `LONGEST`."""
    real = sizes[np.isfinite(sizes) & (sizes > 0)]
    if not len(real):
        return 0.0, 1.0
    near = 1e-5  # 0.1 is a little more than a tenth in float32
    low, high = float(np.floor(np.log10(real.min()) + near)), float(np.ceil(np.log10(real.max()) - near))
    return max(low, high - LONGEST), max(high, low + 1)


def rounded_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    if not value > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(power * step for step in (1, 2, 5, 10) if value <= power * step * (1 + 1e-9)))


def power_text(value: float) -> str:
    """A number to one digit, with a short exponent."""
    mantissa, _, exponent = f"{value:.0e}".partition("e")
    return (
        f"{mantissa}e{int(exponent)}"
        if not -2 <= int(exponent) <= 3
        else f"{value:.1g}"
        if value < 1
        else f"{value:.0f}"
    )


def bytes_text(count: float) -> str:
    """So many bytes in the largest fitting unit."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.3g} {unit}"
