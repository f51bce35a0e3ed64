"""Colour maps by their names: some colours of the commonest, from the lower end to the upper.

Owns the colours; programs ask for single ones (`plt.cm.viridis(0.5)`), the Charts panel paints images with them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)

ANCHORS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "viridis": ((0.267, 0.005, 0.329), (0.229, 0.322, 0.546), (0.128, 0.567, 0.551), (0.369, 0.789, 0.383),
                (0.993, 0.906, 0.144)),
    "plasma": ((0.050, 0.030, 0.528), (0.494, 0.012, 0.658), (0.798, 0.280, 0.470), (0.973, 0.586, 0.253),
               (0.940, 0.975, 0.131)),
    "inferno": ((0.001, 0.000, 0.014), (0.342, 0.062, 0.429), (0.736, 0.216, 0.330), (0.978, 0.557, 0.035),
                (0.988, 0.998, 0.645)),
    "magma": ((0.001, 0.000, 0.014), (0.317, 0.072, 0.485), (0.716, 0.215, 0.475), (0.987, 0.535, 0.382),
              (0.987, 0.991, 0.750)),
    "gray": (BLACK, WHITE),
    "bone": (BLACK, (0.325, 0.325, 0.452), (0.659, 0.779, 0.779), WHITE),
    "hot": (BLACK, (1.0, 0.0, 0.0), (1.0, 1.0, 0.0), WHITE),
    "Greys": (WHITE, BLACK),
    "binary": (WHITE, BLACK),
    "Blues": ((0.969, 0.984, 1.0), (0.418, 0.682, 0.839), (0.031, 0.188, 0.420)),
    "Reds": ((1.0, 0.961, 0.941), (0.984, 0.414, 0.290), (0.404, 0.0, 0.051)),
    "coolwarm": ((0.230, 0.299, 0.754), (0.866, 0.865, 0.865), (0.706, 0.016, 0.150)),
    "RdBu": ((0.404, 0.0, 0.122), (0.839, 0.377, 0.302), (0.969, 0.969, 0.969), (0.262, 0.576, 0.765),
             (0.020, 0.188, 0.380)),
    "bwr": ((0.0, 0.0, 1.0), WHITE, (1.0, 0.0, 0.0)),
    "jet": ((0.0, 0.0, 0.5), (0.0, 0.5, 1.0), (0.5, 1.0, 0.5), (1.0, 0.6, 0.0), (0.5, 0.0, 0.0)),
}  # fmt: skip
ANCHORS["grey"] = ANCHORS["gray"]
ANCHORS["seismic"] = ANCHORS["bwr"]


def known(name: str) -> bool:
    """Whether a map, or the one it turns round (`gray_r`), is among these."""
    return name.removesuffix("_r") in ANCHORS


def shades(name: str, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3), from 0 to 1: the colours of a map at places from 0 to 1; an unknown map is taken for viridis."""
    stops = np.array(ANCHORS.get(name.removesuffix("_r"), ANCHORS["viridis"]))
    if name.endswith("_r"):
        stops = stops[::-1]
    return np.stack([np.interp(at, np.linspace(0, 1, len(stops)), channel) for channel in stops.T], axis=1)


class Map(str):
    """A colour map of a program: its name, and a function from 0 … 1 (or from the number of a colour) to a colour."""

    def __call__(self, value: Any, **_: Any) -> tuple[float, ...]:
        place = float(value) if isinstance(value, float) else float(value) / 255
        return *map(float, shades(self, np.array([place]))[0]), 1.0


class Maps:
    """`plt.cm`: the maps by their names."""

    def __getattr__(self, name: str) -> Map:
        if name.startswith("_"):
            raise AttributeError(name)
        return Map(name)

    def __getitem__(self, name: str) -> Map:
        return Map(name)

    def get_cmap(self, name: str = "viridis", *_: Any) -> Map:
        """`plt.get_cmap`."""
        return Map(name)
