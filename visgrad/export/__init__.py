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

from visgrad.export.svg import to_svg
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import theme as theme_named
from visgrad.recording.recording import Recording

__all__ = ["SUFFIXES", "export", "to_svg"]

SUFFIXES = (".svg",)


def export(
    recording: Recording,
    path: str | Path,
    position: int | None = None,
    theme: str = "light",
    scale: float = 2.0,
    options: ViewOptions | None = None,
) -> None:
    """Write the picture of a recording at a position (None: the end) to a file; ValueError for an unknown suffix."""
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"cannot write {path.name}: the name should end in {', '.join(SUFFIXES)}")
    position = len(recording.stops) if position is None else position
    picture = Picture(recording, options)
    with atomic(path) as partial:
        partial.write_text(to_svg(picture.display(position), theme_named(theme), recording.name), "utf-8")


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
