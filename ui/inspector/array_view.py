"""An array in the inspector: its figures in coloured cells while they fit, else statistics, histogram and heat map."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.colours import colour, colours
from ui.fonts import code_font
from ui.graph.heatmap import paint_heatmap
from visgrad.picture.display import Image
from visgrad.picture.roles import Theme
from visgrad.recording.model import Summary
from visgrad.recording.summary import short, thumbnail, values, written

CELL = 24
WIDEST = 6
"""Columns that still get figures of their own at the inspector's usual width."""


class ArrayView(QWidget):
    """Shows one array; a scalar is a large figure."""

    def __init__(self, summary: Summary, theme: Theme, gradient: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._gradient, self._summary = theme, gradient, summary
        whole = values(summary)
        self._scalar = short(summary) if summary.shape == () else ""
        self._matrix: NDArray[np.float32] | None = None
        self._figures = False
        if whole is not None and summary.shape and whole.size:
            real = np.abs(whole) if whole.dtype.kind == "c" else whole
            self._matrix = real.reshape(-1, summary.shape[-1]).astype(np.float32)
            self._figures = self._matrix.shape[1] <= WIDEST and whole.dtype.kind != "c"
        elif summary.shape:
            self._matrix = thumbnail(summary)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        text = written(whole) if whole is not None else short(summary)
        self.setAccessibleName(text[:400])
        self.setToolTip(text if whole is not None and len(text) < 1200 else "")

    def sizeHint(self) -> QSize:
        return QSize(200, self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._height())

    def _height(self) -> int:
        if self._scalar:
            return 30
        if self._matrix is None:
            return 0
        rows, columns = (int(size) for size in self._matrix.shape)
        if self._figures:
            return CELL * rows
        return max(14, min(160, round(220 * rows / max(1, columns))))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._scalar:
                painter.setFont(code_font(20, bold=True))
                painter.setPen(colour(self._theme, "gradient" if self._gradient else "text"))
                area = QRectF(0, 0, self.width(), self.height())
                painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._scalar)
            elif self._matrix is not None:
                columns = self._matrix.shape[1]
                width = min(self.width(), columns * 74) if self._figures else min(self.width(), 320)
                image = Image(
                    0, 0, width, self.height(), self._matrix, self._scale(), self._gradient, figures=self._figures
                )
                paint_heatmap(painter, image, colours(self._theme))

    def _scale(self) -> float:
        ends = [abs(end) for end in (self._summary.minimum, self._summary.maximum) if math.isfinite(end)]
        return 1.8 * max(ends, default=1.0) or 1.0  # full colours would drown the figures


class Histogram(QWidget):
    """The distribution of an array's elements as small bars."""

    def __init__(self, summary: Summary, theme: Theme, gradient: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = summary.histogram
        self._theme = theme
        self._role = "gradient" if gradient else "accent"
        self.setFixedHeight(36)
        self.setAccessibleName(", ".join(map(str, summary.histogram)))

    def paintEvent(self, event: QPaintEvent) -> None:
        most = max(self._counts, default=0)
        if not most:
            return
        width = min(self.width(), 320) / len(self._counts)
        with QPainter(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            fill = colour(self._theme, self._role)
            fill.setAlphaF(0.55)
            painter.setBrush(fill)
            for index, count in enumerate(self._counts):
                height = (self.height() - 2) * count / most
                painter.drawRect(QRectF(index * width, self.height() - height, max(1.0, width - 1), height))
            painter.setBrush(colour(self._theme, "border"))
            painter.drawRect(QRectF(0, self.height() - 1, width * len(self._counts), 1))
