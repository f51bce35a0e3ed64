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

COLUMNS = 3
TILE_WIDTH, TILE_HEIGHT, HEAD, GAP = 1200, 720, 44, 24
SHARPEST = 1.5
"""Pixels a unit at most, so that small pictures are not blown up."""

ERRORS_EXPECTED = {"broken"}
DOWN = {"attention", "residual blocks"}
"""Drawn from top to bottom, to see that too."""


def displays(names: list[str]) -> dict[str, Display]:
    """The picture of each program at its end; RuntimeError if one goes wrong that should not."""
    found = {}
    for name in names:
        recording = run_program(GALLERY[name], f"{name}.py")
        if recording.outcome and (recording.outcome.kind == "error") != (name in ERRORS_EXPECTED):
            raise RuntimeError(f"{name}: {recording.outcome.message}")
        picture = Picture(recording, ViewOptions(direction="down" if name in DOWN else "right"))
        found[name] = picture.display(len(recording.stops))
        print(f"{name:24}{len(recording.operations):8,} operations {picture.graph.size:5} cards")
    return found


def sheet(pictures: dict[str, Display], worn: Theme) -> QImage:
    """All pictures on one sheet, each as large as its tile allows."""
    ensure_application()
    columns = min(COLUMNS, len(pictures))
    rows = -(-len(pictures) // columns)
    across, down = TILE_WIDTH + GAP, TILE_HEIGHT + HEAD + GAP
    image = QImage(columns * across + GAP, rows * down + GAP, QImage.Format.Format_RGB32)
    image.fill(QColor(worn["canvas"]))
    with QPainter(image) as painter:
        font = QFont("JetBrains Mono")
        font.setPixelSize(22)
        painter.setFont(font)
        for index, (name, display) in enumerate(pictures.items()):
            left, top = GAP + index % columns * across, GAP + index // columns * down
            scale = min(TILE_WIDTH / display.bounds[2], TILE_HEIGHT / display.bounds[3], SHARPEST)
            painter.setPen(QColor(worn["text"]))
            painter.drawText(QRectF(left, top, TILE_WIDTH, HEAD), Qt.AlignmentFlag.AlignVCenter, name)
            painter.drawImage(QPointF(left, top + HEAD), render(display, worn, scale))
    return image


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
