"""Where settings and the window's arrangement are kept between sessions.

Owns the file (an INI file in the user's configuration folder, or in `VISGRAD_CONFIG_DIR`).  What settings there are,
and which values they may take, is `visgrad.settings`'.
"""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings, QStandardPaths, Signal

from visgrad.settings import BY_KEY, Value


def config_folder() -> Path:
    """The folder that holds settings."""
    override = os.environ.get("VISGRAD_CONFIG_DIR")
    if override:
        return Path(override)
    standard = QStandardPaths.StandardLocation.GenericConfigLocation
    return Path(QStandardPaths.writableLocation(standard)) / "visgrad"


class SettingsStore(QObject):
    """Reads and writes settings; `changed(key)` tells of each new value."""

    changed = Signal(str)

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        path = (folder or config_folder()) / "visgrad.ini"
        self._file = QSettings(str(path), QSettings.Format.IniFormat)

    def __getitem__(self, key: str) -> Value:
        setting = BY_KEY[key]
        return setting.read(self._file.value(key)) if self._file.contains(key) else setting.default

    def __setitem__(self, key: str, value: Value) -> None:
        self.put(key, value)

    def put(self, key: str, value: Value) -> None:
        """Change a setting; a value out of its range counts as its default."""
        value = BY_KEY[key].read(value)
        if value != self[key]:
            self._file.setValue(key, value)
            self.changed.emit(key)

    def text(self, key: str) -> str:
        """A setting that is text."""
        return str(self[key])

    def number(self, key: str) -> float:
        """A setting that is a number."""
        return float(self[key])

    def flag(self, key: str) -> bool:
        """A setting that is on or off."""
        return bool(self[key])

    def state(self, name: str) -> QByteArray:
        """A widget's saved state ("geometry", "docks"), empty if none was saved."""
        raw = self._file.value(f"window/{name}")
        return raw if isinstance(raw, QByteArray) else QByteArray()

    def save_state(self, name: str, state: QByteArray) -> None:
        """Keep a widget's state."""
        self._file.setValue(f"window/{name}", state)

    def sync(self) -> None:
        """Write what has not been written yet."""
        self._file.sync()
