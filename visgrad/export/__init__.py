"""Writing pictures and recordings to files; the file's suffix says in which form.

SVG, DOT, Mermaid, JSON and HTML are text and written here.  Pixels and PDF need Qt: `ui.export_image` is imported only
when one of them is asked for.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from visgrad.export.dot import to_dot
from visgrad.export.html import to_html
from visgrad.export.json import to_json
from visgrad.export.mermaid import to_mermaid
from visgrad.export.moments import spread
from visgrad.export.svg import to_svg
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import theme as theme_named
from visgrad.recording.recording import Recording

__all__ = ["SUFFIXES", "export", "to_dot", "to_html", "to_json", "to_mermaid", "to_svg"]

PAINTED = (".png", ".pdf", ".gif")
MOMENTS = 120
"""A GIF has at most this many pictures."""

SUFFIXES = (".svg", *PAINTED, ".dot", ".mmd", ".json", ".html")


def export(
    recording: Recording,
    path: str | Path,
    position: int | None = None,
    theme: str = "light",
    scale: float = 2.0,
    options: ViewOptions | None = None,
) -> None:
    """Write the picture of a recording at a position (None: the end) to a file.  `scale`: pixels a unit.

    Raises ValueError for a suffix that is not one of `SUFFIXES`, OSError where the file cannot be written, and
    ImportError for PNG, PDF and GIF where Qt is not there.  A GIF plays up to the position.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"cannot write {path.name}: its name should end in {', '.join(SUFFIXES)}")
    position = len(recording.stops) if position is None else position
    if suffix in PAINTED:
        _paint(recording, path, position, theme, scale, options)
        return
    text = _text(recording, suffix, position, theme, options)
    with atomic(path) as partial:
        partial.write_text(text, "utf-8", newline="\n")


def _text(recording: Recording, suffix: str, position: int, theme: str, options: ViewOptions | None) -> str:
    match suffix:
        case ".dot":
            return to_dot(recording, position, options, theme_named(theme))
        case ".mmd":
            return to_mermaid(recording, position, options, theme_named(theme))
        case ".json":
            return to_json(recording.frame(position))
        case ".html":
            return to_html(recording, position, options, theme_named(theme))
        case _:
            display = Picture(recording, options).still(position)
            return to_svg(display, theme_named(theme), recording.name)


def _paint(
    recording: Recording, path: Path, position: int, theme: str, scale: float, options: ViewOptions | None
) -> None:
    from ui.export_image import export_gif, export_image, export_pdf  # needs Qt, which text formats do not

    picture = Picture(recording, options)
    match path.suffix.lower():
        case ".gif":
            export_gif(picture, spread(1, position, MOMENTS), path, theme, scale)
        case ".pdf":
            export_pdf(picture.still(position), path, theme)
        case _:
            export_image(picture.still(position), path, theme, scale)


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to, which takes its place when all went well and vanishes when not."""
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        partial.chmod(0o666 & ~_umask())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
