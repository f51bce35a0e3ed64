"""A small matrix painted as a heat map, with its figures where they fit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from ui.colours import Colours, mix
from ui.fonts import code_font
from visgrad.picture.display import ADVANCE, ASCENT, Image
from visgrad.picture.heat import STEPS, dark_ink, figure_size, levels, short_number
from visgrad.picture.roles import INDEX


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
    rows, columns = image.values.shape
    pixels = _table(colours, image.gradient)[levels(image)]
    return QImage(pixels.tobytes(), columns, rows, columns * 4, QImage.Format.Format_RGB32).copy()


def _table(colours: Colours, gradient: bool) -> NDArray[np.uint32]:
    kind = "gradient" if gradient else "value"
    low, zero, high = (colours[INDEX[f"{kind}_{end}"]] for end in ("low", "zero", "high"))
    below = [mix(low, zero, step / STEPS).rgb() for step in range(STEPS)]
    above = [mix(zero, high, step / STEPS).rgb() for step in range(STEPS + 1)]
    return np.array([*below, *above, colours[INDEX["nan"]].rgb()], dtype=np.uint32)


def _paint_figures(painter: QPainter, image: Image, picture: QImage) -> None:
    size, room = figure_size(image)
    if not size:
        return
    rows, columns = image.values.shape
    width, height = image.width / columns, image.height / rows
    painter.setFont(code_font(size))
    for row in range(rows):
        baseline = image.y + (row + 0.5) * height + (ASCENT - 0.42) * size
        for column in range(columns):
            text = short_number(float(image.values[row, column]), room)
            left = image.x + (column + 0.5) * width - len(text) * ADVANCE * size / 2
            painter.setPen(_ink(picture.pixelColor(column, row)))
            painter.drawText(QPointF(left, baseline), text)


def _ink(ground: QColor) -> QColor:
    """What is read best on `ground`."""
    dark = dark_ink(np.array([ground.red(), ground.green(), ground.blue()], np.uint8))
    return QColor("#1c2030" if dark else "#ffffff")
