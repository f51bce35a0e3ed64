"""Pictures as files that Qt paints: PNG of any size, vector PDF, animated GIF and WebP.

Works without a window and without a display: an application that paints into memory is made when there is none.
Formats that need no Qt are `visgrad.export`'s.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPageSize, QPainter, QPdfWriter

from ui.colours import colour
from ui.gif import GifWriter, Palette
from ui.graph.painter import DisplayPainter
from ui.graph.viewport import Viewport, detail_for
from ui.png import PngWriter
from ui.webp import WebpWriter
from visgrad.export import atomic
from visgrad.picture.display import Display
from visgrad.picture.draw import Picture
from visgrad.picture.parts import WHOLE, Part
from visgrad.picture.roles import Theme
from visgrad.picture.roles import theme as theme_of

BAND_PIXELS = 16_000_000
WIDEST = 30_000
"""No painter surface is wider than this; wider pictures are painted in columns."""

LARGEST_SIDE = 200_000
LARGEST_AREA = 2_000_000_000
LARGEST_FRAME = 16_000_000
LEVEL = 4
"""Compression: a third of the time of level 6 for files a tenth larger."""

POINTS = 0.75
"""PDF points a scene unit (a CSS pixel)."""

LONGEST_PAGE = 14_400.0
"""Points; what PDF viewers accept."""

PDF_DPI = 1200

_application: QGuiApplication | None = None


class TooLarge(ValueError):
    """The picture would have more pixels than can sensibly be written."""


def ensure_application() -> None:
    """Make an application that needs no display, unless there is one."""
    global _application
    if QGuiApplication.instance() is None:
        _application = QGuiApplication(["visgrad", "-platform", "offscreen"])


def pixel_size(display: Display, scale: float) -> tuple[int, int]:
    """Width and height in pixels of a display at a scale; TooLarge if that is beyond reason."""
    width, height = (max(1, math.ceil(side * scale)) for side in display.bounds[2:])
    if max(width, height) > LARGEST_SIDE or width * height > LARGEST_AREA:
        raise TooLarge(
            f"the picture would be {width:,} × {height:,} pixels at scale {scale:g}; choose a smaller scale, "
            "or a format of lines such as SVG or PDF"
        )
    return width, height


def export_image(
    display: Display,
    path: str | Path,
    theme: Theme | str = "light",
    scale: float = 2.0,
    transparent: bool = False,
    level: int = LEVEL,
) -> None:
    """Write a PNG; ValueError for a scale that is not positive, TooLarge, OSError."""
    if not scale > 0:
        raise ValueError(f"the scale must be positive, not {scale:g}")
    width, height = pixel_size(display, scale)
    ensure_application()
    scene = DisplayPainter(display, _theme(theme))
    rows = max(1, min(height, BAND_PIXELS // width))
    with (
        atomic(Path(path)) as partial,
        partial.open("wb") as file,
        PngWriter(file, width, height, 4 if transparent else 3, level=level, scale=scale) as png,
    ):
        for top in range(0, height, rows):
            png.write(_band(scene, scale, top, min(rows, height - top), width, transparent))


def render(display: Display, theme: Theme | str, scale: float, transparent: bool = False) -> QImage:
    """The whole picture as an image in memory; TooLarge if a side is over `WIDEST`."""
    width, height = pixel_size(display, scale)
    if max(width, height) > WIDEST:
        raise TooLarge(f"a picture of {width:,} × {height:,} pixels does not fit into memory; choose a smaller scale")
    ensure_application()
    return _paint(DisplayPainter(display, _theme(theme)), scale, 0, 0, width, height, transparent)


def export_pdf(display: Display, path: str | Path, theme: Theme | str = "light", transparent: bool = False) -> None:
    """Write a PDF of one page, as large as the picture, of lines and real text; OSError."""
    ensure_application()
    worn = _theme(theme)
    x, y, width, height = display.bounds
    page = min(POINTS, LONGEST_PAGE / max(width, height, 1.0))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setCreator("visgrad")
    writer.setTitle(display.caption or "visgrad")
    writer.setResolution(PDF_DPI)
    size = QSizeF(max(width * page, 3.0), max(height * page, 3.0))
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Point, "picture", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    scale = page * PDF_DPI / 72
    with QPainter(writer) as painter:
        if not transparent:
            painter.fillRect(QRectF(0, 0, width * scale, height * scale), colour(worn, "canvas"))
        scene = DisplayPainter(display, worn)
        scene.paint(painter, Viewport(scale, -x * scale, -y * scale), QRectF(x, y, width, height))
    buffer.close()
    with atomic(Path(path)) as partial:
        partial.write_bytes(buffer.data().data())


def export_animation(
    picture: Picture,
    positions: Sequence[int],
    path: str | Path,
    theme: Theme | str = "light",
    scale: float = 1.0,
    seconds: float = 0.8,
    part: Part = WHOLE,
) -> None:
    """Write an animation of a recording's picture, or a part of it, at these positions, as WebP or GIF by the file's
    suffix; ValueError, TooLarge, OSError."""
    if not positions or not scale > 0:
        raise ValueError("an animation needs at least one position and a scale that is positive")
    worn = _theme(theme)
    cut = part.steady(picture.display(positions[-1]))
    width, height = pixel_size(picture.still(positions[-1], cut), scale)
    if width * height > LARGEST_FRAME:
        raise TooLarge(f"an animation of {width:,} × {height:,} pixels is too large; choose a smaller scale")
    ensure_application()

    def frame(position: int) -> NDArray[np.uint8]:
        scene = DisplayPainter(picture.still(position, cut), worn)
        return _pixels(_paint(scene, scale, 0, 0, width, height, False), False)

    path = Path(path)
    with atomic(path) as partial, partial.open("wb") as file, ExitStack() as stack:
        animation: GifWriter | WebpWriter
        if path.suffix.lower() == ".webp":
            animation = stack.enter_context(WebpWriter(file, width, height))
        else:
            samples = {positions[0], positions[len(positions) // 2], positions[-1]}
            palette = Palette([frame(position) for position in samples])
            animation = stack.enter_context(GifWriter(file, width, height, palette))
        for position in positions:
            animation.add(frame(position), seconds if position != positions[-1] else 3 * seconds)


def _theme(theme: Theme | str) -> Theme:
    return theme_of(theme) if isinstance(theme, str) else theme


def _band(scene: DisplayPainter, scale: float, top: int, rows: int, width: int, transparent: bool) -> NDArray[np.uint8]:
    """Rows `top` … `top + rows` of the picture, (rows, width, channels)."""
    parts = []
    for left in range(0, width, WIDEST):
        image = _paint(scene, scale, left, top, min(WIDEST, width - left), rows, transparent)
        parts.append(_pixels(image, transparent))
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def _pixels(image: QImage, transparent: bool) -> NDArray[np.uint8]:
    """(height, width, channels) of an image."""
    channels = 4 if transparent else 3
    image = image.convertToFormat(QImage.Format.Format_RGBA8888 if transparent else QImage.Format.Format_RGB888)
    raw = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return raw[:, : image.width() * channels].reshape(image.height(), image.width(), channels).copy()


def _paint(
    scene: DisplayPainter, scale: float, left: int, top: int, width: int, height: int, transparent: bool
) -> QImage:
    """A piece of the picture, in pixels from its top left corner."""
    x, y = scene.display.bounds[:2]
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent if transparent else colour(scene.theme, "canvas"))
    viewport = Viewport(scale, -x * scale - left, -y * scale - top)
    with QPainter(image) as painter:
        scene.paint(painter, viewport, viewport.scene_rect(width, height), detail_for(scale))
    return image
