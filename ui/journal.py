"""The program's text as it is typed, kept aside until it is saved, so that a crash or a power cut loses nothing.

Owns one file a window, in the folder `journal` beside the settings, and the lock that tells whether its window still
lives.  Whether what a dead window left is wanted is asked by `dialogs.recovery`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QSaveFile, QTimer

from ui.settings_store import config_folder
from ui.store import Aspect, Store

PAUSE_MS = 300
"""Typing pauses this long before it is written down."""

LARGEST = 4 << 20
"""Bytes of a journal that are read."""

_windows = iter(range(1 << 30))


@dataclass(frozen=True)
class Entry:
    """What a window had not saved: the text, the program's name, its file ("" for none), when it was written down."""

    text: str
    name: str
    path: str
    time: datetime


class Journal(QObject):
    """Writes the store's text down while it differs from what is saved; `close` says it is no longer needed."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        folder = journal_folder()
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{os.getpid()}-{next(_windows)}.json"
        self._lock = _lock(self.path)
        self._lock.tryLock(0)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.write)
        store.changed.connect(self._changed)

    def write(self) -> None:
        """Write the text down now, or remove what is there if the text is saved.  A full disk is no reason to stop."""
        store = self._store
        if store.text == store.saved_text:
            self.path.unlink(missing_ok=True)
            return
        entry = {"text": store.text, "name": store.name, "path": str(store.path or ""), "time": _now()}
        file = QSaveFile(str(self.path))
        if file.open(QSaveFile.OpenModeFlag.WriteOnly):
            file.write(json.dumps(entry).encode())
            file.commit()

    def close(self) -> None:
        """The text is saved, or not wanted: nothing is left behind."""
        self._pause.stop()
        self.path.unlink(missing_ok=True)
        self._lock.unlock()

    def _changed(self, aspects: Aspect) -> None:
        if aspects & (Aspect.PROGRAM | Aspect.FILE):
            self._pause.start()


def take_left_behind() -> Iterator[Entry]:
    """What windows that are gone had not saved, the latest first; each is told once and then removed."""
    for path in sorted(journal_folder().glob("*.json"), key=_written, reverse=True):
        lock = _lock(path)
        if not lock.tryLock(0):
            continue  # its window lives
        entry = _read(path)
        path.unlink(missing_ok=True)
        lock.unlock()
        if entry is not None:
            yield entry


def journal_folder() -> Path:
    """Where journals are."""
    return config_folder() / "journal"


def _lock(path: Path) -> QLockFile:
    lock = QLockFile(f"{path}.lock")
    lock.setStaleLockTime(0)  # a lock is stale when its process is gone, not when it is old
    return lock


def _read(path: Path) -> Entry | None:
    """The entry in a file, None if it is damaged."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        found = json.loads(path.read_bytes())
        text, name, file = (found[key] for key in ("text", "name", "path"))
        if not (isinstance(text, str) and isinstance(name, str) and isinstance(file, str)):
            return None
        return Entry(text, name, file, datetime.fromisoformat(found["time"]))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
