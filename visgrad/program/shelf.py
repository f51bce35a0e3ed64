"""Where a program's files would be: what it saves is kept under a name until the run ends, and nothing is written.

Owns `torch.save` and `torch.load`, and stand-ins for what lessons write around them: `os.makedirs`, `os.path.exists`,
`pathlib.Path`, `tempfile`, `io.BytesIO`.  Names are only names; folders need not be made.
"""

from __future__ import annotations

import copy
import errno
import io
import os
import posixpath
from pathlib import PurePosixPath
from typing import Any

from visgrad.program.guards import unavailable
from visgrad.program.instead import NO_FILES
from visgrad.program.names import words

ONLY_SAVED = "a program here can load what it has saved itself in the same run"


class BytesIO(io.BytesIO):
    """`io.BytesIO`, without a view of its memory; `torch.save` keeps things in it."""

    getbuffer = unavailable("getbuffer()", "getvalue() gives the bytes")


def accepted(*args: Any, **kwargs: Any) -> None:
    """Folders are made by the names that are in them."""


class Folder:
    """`tempfile.TemporaryDirectory`: a name."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.name = "/tmp/temporary"

    def __enter__(self) -> str:
        return self.name

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def cleanup(self) -> None:
        """Nothing to end."""


class Shelf:
    """What one run has saved, by name."""

    def __init__(self) -> None:
        self._saved: dict[Any, Any] = {}
        self.os: dict[str, object] = {
            "makedirs": accepted,
            "mkdir": accepted,
            "remove": self.remove,
            "unlink": self.remove,
            "getcwd": lambda: "/",
            "fspath": self._name,
        }
        self.path: dict[str, object] = {
            name: getattr(posixpath, name)
            for name in words("join basename dirname splitext split normpath isabs sep commonprefix relpath")
        } | {
            "exists": self.exists,
            "isfile": self.exists,
            "isdir": lambda path: False,
            "abspath": lambda path: posixpath.normpath(posixpath.join("/", path)),
            "expanduser": lambda path: path,
        }
        self.pathlib: dict[str, object] = {"Path": self._path_class(), "PurePath": PurePosixPath}
        self.io: dict[str, object] = {"BytesIO": BytesIO, "StringIO": io.StringIO}
        self.tempfile: dict[str, object] = {
            "TemporaryDirectory": Folder,
            "gettempdir": lambda: "/tmp",
            "mkdtemp": lambda *args, **kwargs: "/tmp/temporary",
        }

    def clear(self) -> None:
        """A run begins: nothing is saved."""
        self._saved = {}

    def _name(self, place: Any) -> Any:
        if isinstance(place, BytesIO):
            return place
        if isinstance(place, str):
            return posixpath.normpath(str.__str__(place))
        if isinstance(place, PurePosixPath):
            return posixpath.normpath(PurePosixPath.__str__(place))
        raise PermissionError("torch.save and torch.load take a name here; what is saved is kept until the run ends")

    def save(self, obj: Any, f: Any, *_: Any, **__: Any) -> None:
        """`torch.save`: a copy is kept under the name until the run ends; no file is written."""
        self._saved[self._name(f)] = copy.deepcopy(obj)

    def load(self, f: Any, *_: Any, **__: Any) -> Any:
        """`torch.load`: a copy of what this run saved under the name."""
        name = self._name(f)
        if name not in self._saved:
            shown = "BytesIO" if isinstance(name, BytesIO) else name
            raise FileNotFoundError(errno.ENOENT, f"{os.strerror(errno.ENOENT)} ({ONLY_SAVED})", shown)
        return copy.deepcopy(self._saved[name])

    def exists(self, path: Any) -> bool:
        """Whether this run saved something under the name."""
        return self._name(path) in self._saved

    def remove(self, path: Any) -> None:
        """`os.remove` of what this run saved."""
        name = self._name(path)
        if name not in self._saved:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        del self._saved[name]

    def _path_class(self) -> type:
        shelf = self

        class Path(PurePosixPath):
            """`pathlib.Path`: a name, and whether something was saved under it."""

            def exists(self) -> bool:
                return shelf.exists(self)

            is_file = exists

            def is_dir(self) -> bool:
                return False

            def unlink(self, missing_ok: bool = False) -> None:
                if not missing_ok or shelf.exists(self):
                    shelf.remove(self)

            mkdir = accepted

        for name in words("open read_text write_text read_bytes write_bytes iterdir glob rglob stat rename"):
            setattr(Path, name, staticmethod(unavailable(f"Path.{name}()", NO_FILES)))
        Path.__module__ = "pathlib"
        Path.__qualname__ = "Path"
        return Path
