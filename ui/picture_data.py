"""The picture as data for other programs: for the clipboard, and to be dragged out of the window.

Whoever takes it finds an image and a drawing (SVG), and where it is dragged to a folder, a file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QMimeData, QTemporaryDir, QUrl
from PySide6.QtGui import QGuiApplication

from ui.export_image import render
from visgrad.export import to_dot, to_mermaid, to_svg
from visgrad.picture.display import Display
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import Theme
from visgrad.recording.recording import Recording

SVG_TYPE = "image/svg+xml"
WORDS = {"mermaid": to_mermaid, "dot": to_dot}
"""The forms in which the picture is copied as text."""


def data_of(
    display: Display, worn: Theme, scale: float = 2.0, name: str = "", transparent: bool = False, file: bool = False
) -> QMimeData:
    """A picture, as an image of `scale` pixels a unit and as a drawing.  `file`: also as a file of that name, which is
    there until the program ends.  `TooLarge` as `render` has it."""
    image = render(display, worn, scale, transparent)
    data = QMimeData()
    data.setImageData(image)
    data.setData(SVG_TYPE, to_svg(display, worn, name, background=not transparent).encode())
    if file:
        path = Path(_folder().path()) / f"{Path(name).stem or 'picture'}.png"
        image.save(str(path))
        data.setUrls([QUrl.fromLocalFile(str(path))])
    return data


def copy_picture(display: Display, worn: Theme, scale: float = 2.0, name: str = "", transparent: bool = False) -> None:
    """Put a picture on the clipboard, for a document or a chat."""
    QGuiApplication.clipboard().setMimeData(data_of(display, worn, scale, name, transparent))


def copy_words(form: str, recording: Recording, position: int, options: ViewOptions, worn: Theme) -> None:
    """Put the graph on the clipboard as text; `form`: one of `WORDS`."""
    QGuiApplication.clipboard().setText(WORDS[form](recording, position, options, worn))


@cache
def _folder() -> QTemporaryDir:
    return QTemporaryDir()
