"""The `.visgrad` file: a zip of the program, its recording, the arrays that were kept, and how it was looked at.

`program.py`, `recording.msgpack`, `arrays/<kind>-<value>.npy` (plain arrays, never pickles) and `view.json`.  Opening
one runs nothing.  A file comes from anywhere: what is not exactly this is refused, with one sentence for a person.
"""

from __future__ import annotations

import os
import re
import secrets
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from math import prod
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from visgrad.recording.check import check, check_outcome
from visgrad.recording.model import Outcome, Step
from visgrad.recording.recording import Recording
from visgrad.recording.stretch import Columns, Packer, Unpacker

VERSION = 3
MAX_FILE = 512 << 20
MAX_TOTAL = 1 << 30
MAX_MEMBERS = 20_000

PROGRAM, STEPS, VIEW = "program.py", "recording.msgpack", "view.json"
ARRAY = re.compile(r"arrays/(value|gradient)-(0|[1-9]\d{0,9})\.npy")

Arrays = dict[tuple[str, int], NDArray[Any]]
"""Full arrays by kind ("value" or "gradient") and value id."""


class FileError(ValueError):
    """Why a file was refused: one sentence."""


class Header(msgspec.Struct, frozen=True):
    """What every version of the format begins with."""

    version: int


class Body(msgspec.Struct, frozen=True):
    """The content of `recording.msgpack`: `columns`, or in versions before the third `steps`."""

    version: int
    name: str
    steps: tuple[Step, ...] = ()
    outcome: Outcome | None = None
    columns: tuple[Columns, ...] = ()


@dataclass
class Saved:
    """What a file holds.  `view`: whatever the window wants to find again, as JSON has it."""

    recording: Recording
    arrays: Arrays = field(default_factory=dict)
    view: dict[str, Any] = field(default_factory=dict)


def save(
    recording: Recording,
    path: str | Path,
    arrays: Mapping[tuple[str, int], NDArray[Any]] | None = None,
    view: Mapping[str, Any] | None = None,
) -> None:
    """Write a file: it is whole under its name, or what was there before is still there.  OSError if it cannot be."""
    target = Path(path).resolve()  # a link keeps pointing where it points
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as stream:
            _write(stream, recording, arrays or {}, view or {})
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    with suppress(OSError):  # some systems do not let a folder be opened; the file itself is safe
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def load(path: str | Path) -> Saved:
    """Read a file; `FileError` says in one sentence why it cannot be, OSError that it is not there."""
    path = Path(path)
    with path.open("rb") as stream:
        start = stream.read(4)
        if not start:
            raise FileError(f"{path.name} is empty.")
        if start[:2] != b"PK":
            raise FileError(f"{path.name} is not a visgrad recording.")
        try:
            with zipfile.ZipFile(stream) as archive:
                return _read(archive, path.name)
        except FileError:
            raise
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise FileError(f"{path.name} is damaged or incomplete.") from error


def _write(
    stream: Any, recording: Recording, arrays: Mapping[tuple[str, int], NDArray[Any]], view: Mapping[str, Any]
) -> None:
    packer = Packer()
    columns = tuple([packer.pack(piece) for piece in recording.steps.pieces])
    body = Body(VERSION, recording.name, outcome=recording.outcome, columns=columns)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        archive.writestr(PROGRAM, recording.source.encode("utf-8", "surrogatepass"))
        archive.writestr(STEPS, msgspec.msgpack.encode(body))
        for (kind, value), array in arrays.items():
            data = BytesIO()
            if array.dtype.name == "bfloat16":  # unknown to readers of the format
                array = array.astype(np.float32)
            np.lib.format.write_array(data, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False)
            archive.writestr(f"arrays/{kind}-{value}.npy", data.getvalue())
        archive.writestr(VIEW, msgspec.json.encode(dict(view)))


def _read(archive: zipfile.ZipFile, name: str) -> Saved:
    infos = archive.infolist()
    _bounded(infos, name)
    packed = {info.filename: info for info in infos}
    if STEPS not in packed:
        raise FileError(f"{name} is not a visgrad recording: it has no {STEPS}.")
    body = _body(_unpacked(archive, packed[STEPS]), name)  # first: a newer version may hold other files
    members = _members(infos, name)
    recording = Recording(_text(_unpacked(archive, members[PROGRAM]), name), body.name)
    recording.outcome = body.outcome
    try:
        if body.outcome is not None:
            check_outcome(body.outcome)
        for step in body.steps:
            check(step)
        recording.extend(body.steps)
        unpacker = Unpacker(len(recording.operations), len(recording.values))
        for columns in body.columns:
            recording.extend(unpacker.unpack(columns))
    except ValueError as error:
        raise FileError(f"{name} contradicts itself: {error}.") from error
    saved = Saved(recording)
    for member, info in members.items():
        if found := ARRAY.fullmatch(member):
            key = found[1], int(found[2])
            if key[1] >= len(recording.values):
                raise FileError(f"{name} contradicts itself: there is no value {key[1]}.")
            saved.arrays[key] = _array(_unpacked(archive, info), f"{member} in {name}")
    if VIEW in members:
        try:
            saved.view = msgspec.json.decode(_unpacked(archive, members[VIEW]), type=dict[str, Any])
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise FileError(f"{VIEW} in {name} is damaged.") from error
    return saved


def _bounded(infos: list[zipfile.ZipInfo], name: str) -> None:
    if len(infos) > MAX_MEMBERS:
        raise FileError(f"{name} holds {len(infos)} files, more than any recording does.")
    if max((info.file_size for info in infos), default=0) > MAX_FILE or sum(i.file_size for i in infos) > MAX_TOTAL:
        raise FileError(f"{name} unpacks to more than visgrad is willing to read.")


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes.  Read piece by piece: a member that lies about its size is cut, not unpacked whole first."""
    pieces = []
    with archive.open(info) as stream:
        while piece := stream.read(1 << 20):
            pieces.append(piece)
    return b"".join(pieces)


def _members(infos: list[zipfile.ZipInfo], name: str) -> dict[str, zipfile.ZipInfo]:
    """The files by name, once it is known that a recording has such files, and only such."""
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        parts = info.orig_filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] in {"", "."} or ":" in parts[0]:
            raise FileError(f"{name} holds a file that wants to be elsewhere ({info.orig_filename!r}).")
        if info.filename not in {PROGRAM, STEPS, VIEW} and not ARRAY.fullmatch(info.filename):
            raise FileError(f"{name} holds a file that no recording has ({info.filename!r}).")
        if info.filename in members:
            raise FileError(f"{name} holds {info.filename} twice.")
        if info.flag_bits & 1 or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise FileError(f"{name} is packed in a way that visgrad does not use.")
        members[info.filename] = info
    if PROGRAM not in members:
        raise FileError(f"{name} is not a visgrad recording: it has no {PROGRAM}.")
    return members


def _body(data: bytes, name: str) -> Body:
    try:
        version = msgspec.msgpack.decode(data, type=Header).version
        if version > VERSION:
            raise FileError(f"{name} was made by a newer visgrad (file version {version}, known up to {VERSION}).")
        if version < 1:
            raise FileError(f"{name} says it has version {version}, which there never was.")
        return msgspec.msgpack.decode(data, type=Body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise FileError(f"{STEPS} in {name} is damaged.") from error


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise FileError(f"{PROGRAM} in {name} is not text.") from error


def _array(data: bytes, name: str) -> NDArray[Any]:
    """An array from the bytes of a `.npy` file, once its header is known to fit what follows it."""
    stream = BytesIO(data)
    try:
        if np.lib.format.read_magic(stream) != (1, 0):
            raise FileError(f"{name} is damaged.")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream, max_header_size=4096)
    except (ValueError, EOFError, RecursionError, MemoryError, TypeError) as error:
        raise FileError(f"{name} is damaged.") from error
    left = data[stream.tell() :]
    if dtype.kind not in "biufc" or min(shape, default=0) < 0 or prod(shape) * dtype.itemsize != len(left):
        raise FileError(f"{name} is damaged.")
    return np.frombuffer(left, dtype).reshape(shape, order="F" if fortran else "C")
