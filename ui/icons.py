"""The icons: line drawings of our own in `assets/icons`, tinted in a role of the theme as they are used.

A drawing is a 20 × 20 SVG that strokes with `currentColor`.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.colours import colour
from visgrad.picture.roles import Theme, theme
from visgrad.resources import asset

SIZE = 20
RATIOS = (1, 2, 3)

_icons: dict[tuple[str, str, str], QIcon] = {}


def icon(name: str, worn: Theme | None = None, role: str = "text_dim") -> QIcon:
    """The icon of that name in a theme (light if None), tinted by `role`; disabled in `text_faint`, on in `accent`.

    FileNotFoundError if there is no such drawing.
    """
    worn = worn or theme("light")
    key = (name, worn.name, role)
    found = _icons.get(key)
    if found is None:
        found = _icons[key] = QIcon()
        drawing = asset(f"icons/{name}.svg").read_text("utf-8")
        for ratio in RATIOS:
            for mode, state, tint in (
                (QIcon.Mode.Normal, QIcon.State.Off, role),
                (QIcon.Mode.Disabled, QIcon.State.Off, "text_faint"),
                (QIcon.Mode.Normal, QIcon.State.On, "accent"),
            ):
                found.addPixmap(_tinted(drawing, colour(worn, tint).name(), ratio), mode, state)
    return found


def application_icon() -> QIcon:
    """visgrad's own icon."""
    found = QIcon()
    drawing = asset("icons/visgrad.svg").read_text("utf-8")
    for size in (16, 24, 32, 48, 64, 128, 256):
        found.addPixmap(_drawn(drawing, size))
    return found


def forget_icons() -> None:
    """Drop all tinted icons (the theme has changed; they are drawn again when asked for)."""
    _icons.clear()


def _tinted(drawing: str, tint: str, ratio: int) -> QPixmap:
    pixmap = _drawn(drawing.replace("currentColor", tint), SIZE * ratio)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _drawn(drawing: str, size: int) -> QPixmap:
    if QGuiApplication.instance() is None:
        raise RuntimeError("icons need a running application")
    renderer = QSvgRenderer(QByteArray(drawing.encode("utf-8")))
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        renderer.render(painter, QRectF(0, 0, size, size))
    return pixmap
