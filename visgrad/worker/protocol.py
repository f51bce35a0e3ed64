"""The messages between a window (or command) and its worker, and how they are framed.

Owns the message types and the sans-IO `Decoder`.  A frame is a 4-byte big-endian length and a MessagePack body.
Neither side trusts the other: a frame over `MAX_FRAME`, or one that does not decode to its union, raises
`ProtocolError`, and the side that sees it ends the worker.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec

from visgrad.recording.model import Outcome, Step
from visgrad.recording.stretch import Columns

MAX_FRAME = 64 << 20
VERSION = 2


class ProtocolError(Exception):
    """The other side sent something that is no message of ours."""


class Limits(msgspec.Struct, frozen=True):
    """What a run may use: seconds of wall time, MiB of memory, MiB of printed text.

    `steps`: so many are kept from the beginning on, and after these the `latest` of a run that goes on.
    """

    seconds: float = 60.0
    memory: int = 2048
    steps: int = 1_000_000
    latest: int = 100_000
    printed: int = 4


class Run(msgspec.Struct, frozen=True, tag="run"):
    """Run this program; everything about it carries the number `run`."""

    run: int
    source: str
    name: str = "program.py"
    device: str = "cpu"
    limits: Limits = Limits()


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """End the run at the next bytecode."""

    run: int


class Fetch(msgspec.Struct, frozen=True, tag="fetch"):
    """Send the full array of a value, or of its gradient (`kind` "value" or "gradient")."""

    run: int
    request: int
    value: int
    kind: str = "value"


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The worker has loaded the engine and waits for work."""

    version: int
    devices: tuple[str, ...]


class Packed(msgspec.Struct, frozen=True, tag="steps"):
    """Further steps of a run, in order.  `slides`: they begin a new part of its sliding window."""

    run: int
    columns: Columns
    slides: bool = False


class Steps(msgspec.Struct, frozen=True):
    """What the client makes of `Packed`: steps that were checked.

    `dropped`: how many steps of the run it has dropped by now (`parts.Sieve`).
    """

    run: int
    steps: Sequence[Step]
    dropped: int = 0


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """The run is over; no further `Steps` of it follow.  `last`: the worker ends with it, for the program would not."""

    run: int
    outcome: Outcome
    last: bool = False


class Array(msgspec.Struct, frozen=True, tag="array"):
    """The answer to `Fetch`; `shape` None: it is no longer kept."""

    request: int
    dtype: str
    shape: tuple[int, ...] | None
    data: bytes


ToWorker: TypeAlias = Run | Stop | Fetch
FromWorker: TypeAlias = Ready | Packed | Finished | Array
Message: TypeAlias = Ready | Steps | Finished | Array
"""What a window is told."""

_encoder = msgspec.msgpack.Encoder()
_header = struct.Struct(">I")


def encode(message: ToWorker | FromWorker) -> bytes:
    """The frame of a message; halves of characters, which no encoding has, become question marks."""
    try:
        body = _encoder.encode(message)
    except UnicodeEncodeError:
        body = _encoder.encode(_whole(msgspec.to_builtins(message, builtin_types=(bytes,))))
    return _header.pack(len(body)) + body


def _whole(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {key: _whole(item) for key, item in value.items()}
        case list() | tuple():
            return [_whole(item) for item in value]
        case _:
            return value


M = TypeVar("M")


class Decoder(Generic[M]):
    """Turns received bytes into messages: `for m in decoder.feed(data)`."""

    def __init__(self, union: object) -> None:
        self._decoder: msgspec.msgpack.Decoder[M] = msgspec.msgpack.Decoder(union)
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[M]:
        """All messages that are complete with `data`; raises `ProtocolError` on anything else."""
        self._buffer += data
        messages: list[M] = []
        while len(self._buffer) >= 4:
            (size,) = _header.unpack_from(self._buffer)
            if size > MAX_FRAME:
                raise ProtocolError(f"a frame of {size} bytes is larger than {MAX_FRAME}")
            if len(self._buffer) < 4 + size:
                break
            body = bytes(self._buffer[4 : 4 + size])
            del self._buffer[: 4 + size]
            try:
                messages.append(self._decoder.decode(body))
            except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
                raise ProtocolError(f"not a message: {error}") from error
        return messages
