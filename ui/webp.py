"""Writes animated WebP files: every frame without loss, and of each only the part that has changed.

Qt compresses the frames; the file around them (RIFF with VP8X, ANIM and ANMF chunks) is written here.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from ui.gif import Pixels, changed
from ui.written import Written

LARGEST_SIDE = 16_383
WITHOUT_LOSS = 100
ANIMATED = 0x02
KEEP = 0x02
"""A frame's pixels replace those below; the frame stays when the next one comes."""


class WebpWriter(Written):
    """`with WebpWriter(file, width, height) as webp: webp.add(rgb, seconds)`; it plays for ever."""

    def __init__(self, file: BinaryIO, width: int, height: int) -> None:
        if max(width, height) > LARGEST_SIDE:
            raise ValueError(f"a WebP cannot be {width:,} × {height:,} pixels large")
        self._file = file
        self._shown: Pixels | None = None
        file.write(b"RIFF\0\0\0\0WEBP")
        file.write(_chunk(b"VP8X", struct.pack("<I", ANIMATED) + _three(width - 1) + _three(height - 1)))
        file.write(_chunk(b"ANIM", b"\xff\xff\xff\xff\0\0"))

    def add(self, picture: Pixels, seconds: float) -> None:
        """Append a frame (height, width, 3) that is shown for so long."""
        top, left, bottom, right = (0, 0, *picture.shape[:2]) if self._shown is None else changed(self._shown, picture)
        top, left = top & ~1, left & ~1  # places are counted in twos
        self._shown = picture
        part = picture[top:bottom, left:right].copy()
        place = _three(left // 2) + _three(top // 2) + _three(right - left - 1) + _three(bottom - top - 1)
        head = place + _three(max(10, round(seconds * 1000))) + bytes([KEEP])
        self._file.write(_chunk(b"ANMF", head + _compressed(part)))

    def end(self) -> None:
        """Write what ends the file."""
        size = self._file.tell() - 8
        self._file.seek(4)
        self._file.write(struct.pack("<I", size))


def _compressed(picture: Pixels) -> bytes:
    """The chunks of a picture's pixels; OSError if Qt cannot write WebP."""
    height, width = picture.shape[:2]
    image = QImage(picture.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"webp")
    writer.setQuality(WITHOUT_LOSS)
    if not writer.write(image):
        raise OSError(f"Qt cannot write WebP here: {writer.errorString()}")
    data = buffer.data().data()
    kept, at = b"", 12
    while at < len(data):
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if kind in (b"VP8L", b"VP8 ", b"ALPH"):
            kept += data[at:end]
        at = end
    return kept


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")
