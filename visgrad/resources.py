"""Finds the files that come with visgrad (lessons, themes, icons, fonts, translations)."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def assets() -> Path:
    """The assets folder: inside the package when installed, beside it in a checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "assets", here.parent / "assets"):
        if (folder / "themes").is_dir():
            return folder
    raise FileNotFoundError(f"visgrad's assets are missing beside {here}; install visgrad again")


def asset(name: str) -> Path:
    """The path of one asset, by its path below the assets folder."""
    return assets() / name
