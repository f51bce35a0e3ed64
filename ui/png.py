"""Writes PNG files band by band, so that a picture never has to be in memory as a whole.

Knows pixels only.  Compression is the cost of a PNG, so its level is the caller's choice.
"""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from ui.written import Written

SIGNATURE = b"\x89PNG\r\n\x1a\n"
UP = 2
"""The row filter used: each byte less the one above it, which suits flat colours."""

PIXELS_PER_METRE = 96 / 0.0254


class PngWriter(Written):
    """`with PngWriter(file, width, height, channels) as png: png.write(rows)` until all rows are written.

    `channels`: 3 (opaque) or 4.  `scale`: pixels a CSS pixel, told to whoever prints the picture.
    """

    def __init__(
        self, file: BinaryIO, width: int, height: int, channels: int, *, level: int = 6, scale: float = 1.0
    ) -> None:
        self._file = file
        self._channels = channels
        self._squeeze = zlib.compressobj(level)
        self._above: NDArray[np.uint8] = np.zeros(width * channels, dtype=np.uint8)
        file.write(SIGNATURE)
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6 if channels == 4 else 2, 0, 0, 0))
        density = round(PIXELS_PER_METRE * scale)
        self._chunk(b"pHYs", struct.pack(">IIB", density, density, 1))

    def write(self, rows: NDArray[np.uint8]) -> None:
        """Append rows: (n, width, channels)."""
        flat = rows.reshape(len(rows), -1)
        above = np.vstack([self._above, flat[:-1]])
        filtered = np.empty((len(flat), flat.shape[1] + 1), dtype=np.uint8)
        filtered[:, 0] = UP
        np.subtract(flat, above, out=filtered[:, 1:])
        self._above = flat[-1].copy()
        packed = self._squeeze.compress(filtered.tobytes())
        if packed:
            self._chunk(b"IDAT", packed)

    def end(self) -> None:
        """Write what ends the file."""
        self._chunk(b"IDAT", self._squeeze.flush())
        self._chunk(b"IEND", b"")

    def _chunk(self, name: bytes, body: bytes) -> None:
        self._file.write(struct.pack(">I", len(body)) + name + body)
        self._file.write(struct.pack(">I", zlib.crc32(name + body)))
