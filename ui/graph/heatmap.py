"""A small matrix painted as a heat map, with its figures where they fit."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from ui.colours import Colours, mix
from ui.fonts import code_font
from visgrad.picture.display import ADVANCE, ASCENT, Image
from visgrad.picture.roles import INDEX

STEPS = 64
"""Colours on either side of zero."""


def paint_heatmap(painter: QPainter, image: Image, colours: Colours) -> None:
    """Paint `image` where it says, relative to the painter's origin."""
    rows, columns = image.values.shape
    if not rows or not columns:
        return
    target = QRectF(image.x, image.y, image.width, image.height)
    smooth = bool(painter.renderHints() & QPainter.RenderHint.SmoothPixmapTransform)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    picture = heatmap_image(image, colours)
    painter.drawImage(target, picture, QRectF(0, 0, columns, rows))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    if image.figures:
        _paint_figures(painter, image, picture)


def heatmap_image(image: Image, colours: Colours) -> QImage:
    """One pixel per element: negative over zero to positive; nan in its own colour."""
    values = np.asarray(image.values, dtype=np.float64)
    rows, columns = values.shape
    scale = image.scale if image.scale > 0 and math.isfinite(image.scale) else 1.0
    missing = np.isnan(values)
    position = np.clip(np.nan_to_num(values / scale, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
    index = np.rint((position + 1.0) * STEPS).astype(np.intp)
    index[missing] = 2 * STEPS + 1
    pixels = _table(colours, image.gradient)[index]
    return QImage(pixels.tobytes(), columns, rows, columns * 4, QImage.Format.Format_RGB32).copy()


def _table(colours: Colours, gradient: bool) -> NDArray[np.uint32]:
    kind = "gradient" if gradient else "value"
    low, zero, high = (colours[INDEX[f"{kind}_{end}"]] for end in ("low", "zero", "high"))
    below = [mix(low, zero, step / STEPS).rgb() for step in range(STEPS)]
    above = [mix(zero, high, step / STEPS).rgb() for step in range(STEPS + 1)]
    return np.array([*below, *above, colours[INDEX["nan"]].rgb()], dtype=np.uint32)


def _paint_figures(painter: QPainter, image: Image, picture: QImage) -> None:
    rows, columns = image.values.shape
    width, height = image.width / columns, image.height / rows
    size = int(min(height * 0.62, 12.0))
    room = int((width - 2) / (ADVANCE * size)) if size >= 6 else 0
    if room < 2:
        return
    painter.setFont(code_font(size))
    for row in range(rows):
        baseline = image.y + (row + 0.5) * height + (ASCENT - 0.42) * size
        for column in range(columns):
            text = short_number(float(image.values[row, column]), room)
            left = image.x + (column + 0.5) * width - len(text) * ADVANCE * size / 2
            painter.setPen(_ink(picture.pixelColor(column, row)))
            painter.drawText(QPointF(left, baseline), text)


def _ink(ground: QColor) -> QColor:
    """Black or white, whichever is read better on `ground`."""
    light = 0.299 * ground.redF() + 0.587 * ground.greenF() + 0.114 * ground.blueF()
    return QColor("#1c2030") if light > 0.55 else QColor("#ffffff")


def short_number(value: float, room: int) -> str:
    """`value` in at most `room` characters, the decimals that fit and no more than four significant digits."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    for digits in (4, 3, 2, 1):
        text = f"{value:.{digits}g}"
        if "e" in text:
            mantissa, exponent = text.split("e")
            text = f"{mantissa}e{int(exponent)}"
        if len(text) <= room:
            return text
    return "…"
