"""The fonts that come with visgrad, and how program text and cards are set.

Card text must be as wide here as `visgrad.picture` says it is (0.6 of its size a character), so hinting and
ligatures are off: both would change advances or shapes.
"""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

from visgrad.resources import asset

CODE_FAMILY = "JetBrains Mono"
CODE = re.compile(r"`([^`]*)`")


@cache
def load_fonts() -> str:
    """Register the bundled fonts with the running application; the family program text is set in."""
    families: list[str] = []
    for weight in ("Regular", "Bold"):
        identifier = QFontDatabase.addApplicationFont(str(asset(f"fonts/JetBrainsMono-{weight}.ttf")))
        families += QFontDatabase.applicationFontFamilies(identifier)
    return families[0] if families else QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()


def with_code(html: str) -> str:
    """Text of a rich label with what stands in `backticks` set as code."""
    return CODE.sub(rf"""<span style="font-family:'{CODE_FAMILY}'">\1</span>""", html)


@cache
def code_font(pixels: int, bold: bool = False) -> QFont:
    """The monospace font at a size in pixels.  Shared: copy it before changing it."""
    font = QFont(load_fonts())
    font.setPixelSize(max(1, pixels))
    font.setBold(bold)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    for feature in ("liga", "calt"):
        font.setFeature(QFont.Tag(feature), 0)
    return font


def editor_font(points: float) -> QFont:
    """The monospace font for widgets, at a size in points, ligatures off."""
    font = QFont(load_fonts())
    font.setPointSizeF(points)
    font.setStyleHint(QFont.StyleHint.Monospace)
    for feature in ("liga", "calt"):
        font.setFeature(QFont.Tag(feature), 0)
    return font
