"""The light that runs along the edges of this step: a gradient runs against the data, a value with it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from ui.colours import faded
from ui.graph.camera import ease
from ui.graph.edge_layer import WARM
from ui.graph.painter import DisplayPainter, placed
from ui.graph.viewport import Viewport
from visgrad.picture.display import Display, State
from visgrad.picture.roles import INDEX

PULSE_SECONDS = 0.75
TRAIL = 10
TRAIL_LENGTH = 42.0
MOST = 24


def pulsing_edges(display: Display) -> list[int]:
    """The edges of this step: gradient edges if there are any, else data edges.  Crowds stand still."""
    edges = display.edges
    active = (edges.state & State.ACTIVE) > 0
    warm = np.isin(edges.role, list(WARM))
    chosen = active & warm if bool((active & warm).any()) else active
    found: list[int] = np.nonzero(chosen)[0].tolist()
    return found if len(found) <= MOST else []


def paint_pulses(painter: QPainter, scene: DisplayPainter, viewport: Viewport, edges: list[int], share: float) -> None:
    """Paint the light at a share (0…1) of its way.  Edges point the way their content flows."""
    painter.setPen(Qt.PenStyle.NoPen)
    with placed(painter, viewport):
        for edge in edges:
            warm = int(scene.display.edges.role[edge]) in WARM
            colour = scene.colours[INDEX["gradient" if warm else "edge_active"]]
            _paint_comet(painter, scene.edges.geometry.path(edge), colour, share)


def _paint_comet(painter: QPainter, path: QPainterPath, colour: QColor, share: float) -> None:
    """A bright head, a halo, and a trail that thins out behind it."""
    length = path.length()
    head = ease(share) * length
    fading = min(1.0, (1.0 - share) / 0.12)
    trail = min(TRAIL_LENGTH, 0.5 * length)
    for step in range(TRAIL, -1, -1):
        at = head - step * trail / TRAIL
        if at < 0 or length <= 0:
            continue
        point = path.pointAtPercent(min(max(path.percentAtLength(at), 0.0), 1.0))
        strength = 1.0 - step / (TRAIL + 1)
        painter.setBrush(faded(colour, 0.75 * strength * fading))
        radius = 1.4 + 2.8 * strength
        painter.drawEllipse(point, radius, radius)
        if step == 0:
            painter.setBrush(faded(colour, 0.18 * fading))
            painter.drawEllipse(point, 8.5, 8.5)
