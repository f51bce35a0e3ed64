"""Writing pictures and recordings to files; the file's suffix says in which form.

SVG, DOT, Mermaid, JSON and HTML are text and written here.  Pixels and PDF need Qt: `ui.export_image` is imported only
when one of them is asked for.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from visgrad.export.dot import to_dot
from visgrad.export.html import to_html
from visgrad.export.json import to_json
from visgrad.export.mermaid import to_mermaid
from visgrad.export.moments import spread
from visgrad.export.svg import to_svg
from visgrad.picture.display import Display
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.picture.parts import only
from visgrad.picture.roles import theme as theme_named
from visgrad.recording.recording import Recording

__all__ = ["SUFFIXES", "export", "to_dot", "to_html", "to_json", "to_mermaid", "to_svg"]

MOVING = (".gif", ".webp")
PAINTED = (".png", ".pdf", *MOVING)
STILLS = (".svg", ".png", ".pdf")
"""Formats of which a part can be had, and the background left out."""
MOMENTS = 120
"""An animation has at most this many pictures."""

SUFFIXES = (".svg", *PAINTED, ".dot", ".mmd", ".json", ".html")


def export(
    recording: Recording,
    path: str | Path,
    position: int | None = None,
    theme: str = "light",
    scale: float = 2.0,
    options: ViewOptions | None = None,
    select: str = "",
    transparent: bool = False,
) -> None:
    """Write the picture of a recording at a position (None: the end) to a file.  `scale`: pixels a unit.  `select`:
    only the nodes that a query finds, as in `visgrad.picture.find`.

    Raises ValueError for a suffix that is not one of `SUFFIXES`, a query that finds nothing, or a part or transparency
    of what has none; OSError where the file cannot be written; ImportError where Qt is needed and is not there.
    Animations play up to the position.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"cannot write {path.name}: its name should end in {', '.join(SUFFIXES)}")
    if (select or transparent) and suffix not in STILLS:
        what = "a part of the picture" if select else "a transparent background"
        raise ValueError(f"{what} can be had as {', '.join(STILLS)}, not as {suffix}")
    position = len(recording.stops) if position is None else position
    if suffix in MOVING:
        from ui.export_image import export_animation

        export_animation(Picture(recording, options), spread(1, position, MOMENTS), path, theme, scale)
    elif suffix in STILLS:
        _write_still(_still(Picture(recording, options), position, select), path, recording, theme, scale, transparent)
    else:
        _write(path, _text(recording, suffix, position, theme, options))


def _still(picture: Picture, position: int, select: str) -> Display:
    if not select:
        return picture.still(position)
    nodes = picture.found(select, position)
    if not nodes:
        raise ValueError(f"nothing is found by {select!r}")
    return picture.still(position, partial(only, nodes=nodes))


def _write_still(
    display: Display, path: Path, recording: Recording, theme: str, scale: float, transparent: bool
) -> None:
    if path.suffix.lower() == ".svg":
        _write(path, to_svg(display, theme_named(theme), recording.name, background=not transparent))
        return
    from ui.export_image import export_image, export_pdf  # needs Qt, which text formats do not

    if path.suffix.lower() == ".pdf":
        export_pdf(display, path, theme, transparent)
    else:
        export_image(display, path, theme, scale, transparent)


def _text(recording: Recording, suffix: str, position: int, theme: str, options: ViewOptions | None) -> str:
    match suffix:
        case ".dot":
            return to_dot(recording, position, options, theme_named(theme))
        case ".mmd":
            return to_mermaid(recording, position, options, theme_named(theme))
        case ".json":
            return to_json(recording.frame(position))
        case _:
            return to_html(recording, position, options, theme_named(theme))


def _write(path: Path, text: str) -> None:
    with atomic(path) as written:
        written.write_text(text, "utf-8", newline="\n")


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to, which takes its place when all went well and vanishes when not."""
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        unfinished.chmod(0o666 & ~_umask())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
