"""Writing pictures and recordings to files; the file's suffix says in which form.

SVG, DOT, Mermaid, JSON and HTML are text and written here.  Pixels and PDF need Qt: `ui.export_image` is imported only
when one of them is asked for.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
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
from visgrad.picture.parts import WHOLE, Part
from visgrad.picture.roles import theme as theme_named
from visgrad.recording.recording import Recording

__all__ = ["SUFFIXES", "export", "to_dot", "to_html", "to_json", "to_mermaid", "to_svg"]

MOVING = (".gif", ".webp")
PAINTED = (".png", ".pdf", *MOVING)
STILLS = (".svg", ".png", ".pdf")
"""Formats whose background can be left out."""
LIGHT = "light"
MOMENTS = 240
"""An animation has at most this many pictures."""

SUFFIXES = (".svg", *PAINTED, ".dot", ".mmd", ".json", ".html")


def export(
    recording: Recording,
    path: str | Path,
    position: int | None = None,
    theme: str = "",
    scale: float = 2.0,
    options: ViewOptions | None = None,
    select: str = "",
    transparent: bool = False,
    part: Part = WHOLE,
    picture: Picture | None = None,
) -> None:
    """Write the picture of a recording at a position (None: the end) to a file.  `theme`: the light one unless it is
    named; a page is then as its reader's system is.  `scale`: pixels a unit.  `part`: what
    of it is wanted; `select`: only the nodes that a query finds at that position, as in `visgrad.picture.find`.
    `picture`: one of this recording under these options that is there already.

    Raises ValueError for a suffix that is not one of `SUFFIXES`, a query that finds nothing, or transparency of what
    has none; OSError where the file cannot be written; ImportError where Qt is needed and is not there.
    Animations play up to the position; a page opens at it.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"cannot write {path.name}: its name should end in {', '.join(SUFFIXES)}")
    if transparent and suffix not in STILLS:
        raise ValueError(f"a transparent background can be had as {', '.join(STILLS)}, not as {suffix}")
    position = len(recording.stops) if position is None else position
    if suffix in (*STILLS, *MOVING, ".html") or select or part.bounds:
        picture = picture or Picture(recording, options)
    if select and picture:
        part = _found(picture, select, position)
    if suffix in MOVING and picture:
        from ui.export_image import export_animation

        export_animation(picture, spread(1, position, MOMENTS), path, theme or LIGHT, scale, part=part)
    elif suffix in STILLS and picture:
        _write_still(picture.still(position, part.of), path, recording, theme or LIGHT, scale, transparent)
    elif suffix == ".html":
        worn = theme_named(theme) if theme else None
        _write(path, to_html(recording, position, options, worn, part=part, picture=picture))
    else:
        nodes = part.members(picture.display(position)) if picture else part.nodes
        _write(path, _text(recording, suffix, position, theme or LIGHT, options, nodes))


def _found(picture: Picture, select: str, position: int) -> Part:
    nodes = picture.found(select, position)
    if not nodes:
        raise ValueError(f"nothing is found by {select!r}")
    return Part(frozenset(nodes))


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


def _text(
    recording: Recording,
    suffix: str,
    position: int,
    theme: str,
    options: ViewOptions | None,
    nodes: Collection[int] | None,
) -> str:
    worn = theme_named(theme)
    match suffix:
        case ".dot":
            return to_dot(recording, position, options, worn, nodes)
        case ".mmd":
            return to_mermaid(recording, position, options, worn, nodes)
        case _:
            return to_json(recording.frame(position), options=options, colours=worn, nodes=nodes)


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
