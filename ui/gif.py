"""Writes animated GIF files: one palette for all frames, and of each frame only the part that has changed.

Knows pixels only.  The format is GIF89a; compression is its LZW.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from ui.written import Written

Pixels = NDArray[np.uint8]

COLOURS = 256
BITS = 6
"""Bits a channel by which colours are told apart when a palette is chosen."""

CODES = 4096
LARGEST_SIDE = 65_535


class Palette:
    """The most frequent colours of some sample pictures, and for every colour the nearest of them."""

    def __init__(self, samples: list[Pixels]) -> None:
        pixels = np.concatenate([sample.reshape(-1, 3) for sample in samples])
        keys, first, count = np.unique(_keys(pixels), return_index=True, return_counts=True)
        chosen = np.argsort(-count, kind="stable")[:COLOURS]
        self.colours: Pixels = np.zeros((COLOURS, 3), dtype=np.uint8)
        self.colours[: len(chosen)] = pixels[first[chosen]]
        self._nearest = np.full(1 << (3 * BITS), -1, dtype=np.int16)
        self._nearest[keys[chosen]] = np.arange(len(chosen))

    def indices(self, pixels: Pixels) -> Pixels:
        """(height, width) palette indices of an RGB picture."""
        keys = _keys(pixels)
        missing = np.unique(keys[self._nearest[keys] < 0])
        if len(missing):
            shift = np.array([2 * BITS, BITS, 0])
            wanted = ((missing[:, None] >> shift) & ((1 << BITS) - 1)) * 255 / ((1 << BITS) - 1)
            distance = ((wanted[:, None, :] - self.colours[None].astype(float)) ** 2).sum(axis=2)
            self._nearest[missing] = distance.argmin(axis=1)
        return self._nearest[keys].astype(np.uint8)


def _keys(pixels: Pixels) -> NDArray[np.int64]:
    parts = (pixels >> (8 - BITS)).astype(np.int64)
    keys: NDArray[np.int64] = parts[..., 0] << 2 * BITS | parts[..., 1] << BITS | parts[..., 2]
    return keys


class GifWriter(Written):
    """`with GifWriter(file, width, height, palette) as gif: gif.add(rgb, seconds)`; it plays for ever."""

    def __init__(self, file: BinaryIO, width: int, height: int, palette: Palette) -> None:
        if max(width, height) > LARGEST_SIDE:
            raise ValueError(f"a GIF cannot be {width:,} × {height:,} pixels large")
        self._file = file
        self._palette = palette
        self._shown: Pixels | None = None
        file.write(b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF7, 0, 0) + palette.colours.tobytes())
        file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")

    def add(self, picture: Pixels, seconds: float) -> None:
        """Append a frame (height, width, 3) that is shown for so long."""
        frame = self._palette.indices(picture)
        top, left, bottom, right = (0, 0, *frame.shape) if self._shown is None else changed(self._shown, frame)
        part = frame[top:bottom, left:right]
        self._shown = frame
        self._file.write(b"\x21\xf9\x04\x04" + struct.pack("<H", max(2, round(seconds * 100))) + b"\x00\x00")
        self._file.write(b"\x2c" + struct.pack("<HHHHB", left, top, right - left, bottom - top, 0))
        packed = compress(part.tobytes())
        self._file.write(b"\x08")
        for start in range(0, len(packed), 255):
            block = packed[start : start + 255]
            self._file.write(bytes([len(block)]) + block)
        self._file.write(b"\x00")

    def end(self) -> None:
        """Write what ends the file."""
        self._file.write(b"\x3b")


def changed(before: Pixels, after: Pixels) -> tuple[int, int, int, int]:
    """Top, left, bottom, right of what differs between pictures; one pixel if nothing does."""
    differs = before != after if before.ndim == 2 else (before != after).any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def compress(data: bytes) -> bytes:
    """GIF's variable-width LZW of 8-bit indices."""
    clear, end = COLOURS, COLOURS + 1
    table: dict[int, int] = {}
    width, following = 9, end + 1
    result = bytearray()
    buffer, filled = clear, width
    prefix = data[0]
    for value in data[1:]:
        key = prefix << 8 | value
        known = table.get(key)
        if known is not None:
            prefix = known
            continue
        buffer |= prefix << filled
        filled += width
        if following < CODES:
            table[key] = following
            if following == 1 << width:
                width += 1
            following += 1
        else:
            buffer |= clear << filled
            filled += width
            table.clear()
            width, following = 9, end + 1
        while filled >= 8:
            result.append(buffer & 0xFF)
            buffer >>= 8
            filled -= 8
        prefix = value
    buffer |= prefix << filled
    filled += width
    width += following == 1 << width
    buffer |= end << filled
    filled += width
    return bytes(result) + buffer.to_bytes((filled + 7) // 8, "little")
