"""Draws the gallery: every program's picture as SVG, and all of them on one sheet, light and dark.

`python -m tests.benchmarks.contact_sheet DIRECTORY [NAME…]`
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from ui.export_image import ensure_application, render
from visgrad.export import to_svg
from visgrad.picture.display import Display
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import Theme, theme
from visgrad.worker.client import run_program

from .gallery import GALLERY

WIDTH, TALLEST = 4200, 1500
HEAD, GAP = 56, 48
SHARPEST = 1.0
"""Pixels a unit at most, so that small pictures are not blown up."""

ERRORS_EXPECTED = {"broken"}
DOWN = {"attention", "names in Korean"}
"""Drawn from top to bottom, to see that too."""


def displays(names: list[str]) -> dict[str, Display]:
    """The picture of each program at its end; RuntimeError if one goes wrong that should not."""
    found = {}
    for name in names:
        recording = run_program(GALLERY[name], f"{name}.py")
        if recording.outcome and (recording.outcome.kind == "error") != (name in ERRORS_EXPECTED):
            raise RuntimeError(f"{name}: {recording.outcome.message}")
        picture = Picture(recording, ViewOptions(direction="down" if name in DOWN else "right"))
        found[name] = picture.still(len(recording.stops))
        print(f"{name:24}{len(recording.operations):8,} operations {picture.graph.size:5} cards")
    return found


def sheet(pictures: dict[str, Display], worn: Theme) -> QImage:
    """All pictures on one sheet, in rows, as large as they are where there is room."""
    ensure_application()
    places, height = _places(pictures)
    image = QImage(WIDTH + 2 * GAP, height + GAP, QImage.Format.Format_RGB32)
    image.fill(QColor(worn["canvas"]))
    with QPainter(image) as painter:
        font = QFont("JetBrains Mono")
        font.setPixelSize(26)
        painter.setFont(font)
        painter.setPen(QColor(worn["text"]))
        for name, (left, top, scale) in places.items():
            display = pictures[name]
            room = QRectF(left, top, WIDTH, HEAD)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
            painter.drawImage(QPointF(left, top + HEAD), render(display, worn, scale))
    return image


def _places(pictures: dict[str, Display]) -> tuple[dict[str, tuple[float, float, float]], int]:
    """Left, top and scale of each picture, and the height of all.  The largest first, each as high up as it fits."""
    places = {}
    line = [(0.0, 0.0)]  # from this place across on, the sheet is taken down to there
    for name, display in sorted(pictures.items(), key=lambda item: -item[1].bounds[2] * item[1].bounds[3]):
        _, _, across, down = display.bounds
        scale = min(WIDTH / across, TALLEST / down, SHARPEST)
        room = max(across * scale, 16.0 * len(name)) + GAP
        starts = [left for left, _ in line if left + room <= WIDTH + GAP]
        left = min(starts, key=lambda start: (_taken(line, start, room), start))
        top = _taken(line, left, room)
        places[name] = (GAP + left, GAP + top, scale)
        beyond = [low for start, low in line if start <= left + room][-1]
        line = [piece for piece in line if piece[0] < left or piece[0] > left + room]
        line = sorted([*line, (left, top + HEAD + down * scale + GAP), (left + room, beyond)])
    return places, round(max(low for _, low in line))


def _taken(line: list[tuple[float, float]], start: float, room: float) -> float:
    """How far down a stretch of the sheet is taken."""
    ends = [left for left, _ in line[1:]] + [float("inf")]
    return max(low for (left, low), end in zip(line, ends, strict=True) if left < start + room and end > start)


def main(folder: Path, names: list[str]) -> None:
    """Write the files."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = displays(names or list(GALLERY))
    for family in ("light", "dark"):
        worn = theme(family)
        for name, display in pictures.items():
            stem = "-".join(name.replace(",", "").split())
            (folder / f"{stem}-{family}.svg").write_text(to_svg(display, worn, name), "utf-8")
        sheet(pictures, worn).save(str(folder / f"sheet-{family}.png"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
