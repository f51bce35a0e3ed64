"""Frame times of the canvas: panning and zooming at 1,000, 10,000 and 100,000 nodes, near by, half way and with the
whole graph in view, beside a scene with one QGraphicsItem a node.

`python -m tests.benchmarks.frames [SIZE]…`; on the offscreen platform unless QT_QPA_PLATFORM says otherwise.  The scene
of items is left out at 100,000 nodes: it takes a gigabyte and more than a second a frame.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from time import process_time

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsPathItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsSimpleTextItem,
    QGraphicsView,
)

from tests.benchmarks.gallery import scalars
from tests.ui.displays import grid_display
from ui.graph.camera import fitting
from ui.graph.edges import rounded_path
from ui.graph.view import GraphView
from ui.theme import appearance
from visgrad.picture.display import Display
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.worker.client import run_program

WIDTH, HEIGHT = 1280, 800
FRAMES = 40
SIZES = (1_000, 10_000, 100_000)
MOST_ITEMS = 10_000
PROGRAM = 10_000
PLACES = {"near": 1.0, "middle": 0.3, "whole": None}
PAN, ZOOM = 9.0, 1.04


class Items(QGraphicsView):
    """The usual way: an item for every node, with its texts as children, and one for every edge."""

    def __init__(self, display: Display) -> None:
        self._held = QGraphicsScene()
        super().__init__(self._held)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont("monospace")
        font.setPixelSize(12)
        for index, rect in enumerate(display.cards.rect.tolist()):
            node = QGraphicsRectItem(0, 0, rect[2], rect[3])
            node.setPos(rect[0], rect[1])
            node.setBrush(QBrush(QColor("white")))
            for line, text in enumerate(display.content(index).texts[:3]):
                words = QGraphicsSimpleTextItem(text.text, node)
                words.setFont(font)
                words.setPos(10, 4 + 18 * line)
            self._held.addItem(node)
        start = display.edges.start
        for edge in range(len(display.edges.source)):
            path = QGraphicsPathItem(rounded_path(display.edges.points[start[edge] : start[edge + 1]].tolist()))
            path.setPen(QPen(QColor("gray"), 1.5))
            path.setZValue(-1)
            self._held.addItem(path)

    def look(self, x: float, y: float, scale: float) -> None:
        """Look at a point of the scene."""
        self.resetTransform()
        self.scale(scale, scale)
        self.centerOn(x, y)


def camera_path(display: Display, scale: float | None, zooming: bool) -> list[tuple[float, float, float]]:
    """Where to look in each frame: x, y, scale."""
    whole = fitting(display.bounds, WIDTH, HEIGHT)
    start = scale or whole.scale
    x, y = whole.x, whole.y
    if zooming:
        turns = [ZOOM ** (frame if frame < FRAMES / 2 else FRAMES - frame) for frame in range(FRAMES)]
        return [(x, y, start * turn) for turn in turns]
    return [(x + frame * PAN / start, y + frame * PAN / 3 / start, start) for frame in range(FRAMES)]


def frame_times(look: Callable[[float, float, float], None], path: list[tuple[float, float, float]]) -> list[float]:
    """Milliseconds of the processor for each frame."""
    times = []
    for place in path:
        start = process_time()
        look(*place)
        times.append((process_time() - start) * 1e3)
    return times


def canvas_look(view: GraphView, zooming: bool) -> Callable[[float, float, float], None]:
    """Moves the canvas as a hand does: the wheel zooms about the middle, a drag pans."""

    def look(x: float, y: float, scale: float) -> None:
        if zooming and scale != view.scale:
            view._zoom_at(scale / view.scale, QPointF(WIDTH / 2, HEIGHT / 2))
        else:
            view.look_at(x, y)
        view.repaint()

    return look


def settle(view: GraphView, x: float, y: float, scale: float) -> None:
    """Stand still there until everything is sharp."""
    view.look_at(x, y)
    view._zoom_at(scale / view.scale, QPointF(WIDTH / 2, HEIGHT / 2))
    view._settled()
    for _ in range(200):
        view.repaint()
        if view._painter is not None and not view._painter.cards.incomplete:
            break


def program(size: int) -> Display:
    """A real program of about this many operations, every one unfolded: a network of single numbers."""
    recording = run_program(scalars(max(size // 700, 1)))
    return Picture(recording, ViewOptions(detail=1.0)).display(len(recording.stops))


def run(size: int, display: Display) -> None:
    """Print a line for each place and movement at one size."""
    view = GraphView()
    view.resize(WIDTH, HEIGHT)
    view.reduced_motion = True
    view.set_theme(appearance().theme)
    view.set_display(display)
    view.show()
    items = Items(display) if size <= MOST_ITEMS else None
    if items is not None:
        items.resize(WIDTH, HEIGHT)
        items.show()
    QTest.qWaitForWindowExposed(view)
    QApplication.processEvents()
    for name, scale in PLACES.items():
        for zooming in (False, True):
            path = camera_path(display, scale, zooming)
            settle(view, *path[0])
            times = frame_times(canvas_look(view, zooming), path)
            line = f"{size:>8,} {name:7} {'zoom' if zooming else 'pan':5}{_figures(times)}"
            if items is not None:
                theirs = frame_times(_items_look(items), path[::4])
                ratio = float(np.median(times)) / float(np.median(theirs))
                line += f"   {_figures(theirs)}{ratio:9.3f} x"
            print(line, flush=True)
    view.close()
    if items is not None:
        items.close()


def _items_look(items: Items) -> Callable[[float, float, float], None]:
    def look(x: float, y: float, scale: float) -> None:
        items.look(x, y, scale)
        items.viewport().repaint()

    return look


def _figures(times: list[float]) -> str:
    return f"{np.median(times):9.1f}{np.percentile(times, 95):8.1f}{max(times):8.1f}"


def main(sizes: list[int]) -> None:
    """Print the table."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    appearance()
    print(f"frames of {WIDTH} × {HEIGHT} on {QApplication.platformName()}, ms of the processor")
    print("   nodes place   move    median     p95     max     items median     p95     max    ratio")
    for size in sizes or SIZES:
        run(size, grid_display(size))
    print("and of a real program")
    run(PROGRAM, program(PROGRAM))
    application.processEvents()


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
