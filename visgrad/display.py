"""Whether a window can open here, and which Debian package is missing if one is.

Owns the table of system libraries.  Asked before Qt is started, because a missing platform library ends the whole
process from inside Qt.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libzstd.so.1": "libzstd1",
}
"""Shared libraries that Qt needs from the system, and the Debian packages that bring them."""

X11 = tuple(name for name in PACKAGES if name.startswith(("libX11-xcb", "libxcb", "libxkbcommon-x11")))
WAYLAND = tuple(name for name in PACKAGES if name.startswith("libwayland"))
ANYWHERE = tuple(name for name in PACKAGES if name not in X11 + WAYLAND)


def available() -> bool:
    """Whether there is a screen, or Qt was told to do without one."""
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def missing_libraries() -> str:
    """A sentence that names the packages to install, or "" when nothing Qt needs is missing."""
    if sys.platform != "linux":
        return ""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    x11 = platform.startswith("xcb") or (not platform and not os.environ.get("WAYLAND_DISPLAY"))
    return sentence([name for name in (*ANYWHERE, *(X11 if x11 else ())) if not _loads(name)])


def explain(error: ImportError) -> str:
    """Why Qt cannot be imported, with the package to install if a library of the system is missing."""
    if found := re.search(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object", str(error)):
        return missing_libraries() or sentence([found[1]])
    if "PySide6" in str(error):
        return "the window needs PySide6; python -m pip install PySide6-Essentials"
    return f"the window cannot be loaded: {error}"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def sentence(libraries: list[str]) -> str:
    """Which libraries are missing and which Debian packages bring them, "" if none is."""
    if not libraries:
        return ""
    packages = sorted({PACKAGES[name] for name in libraries if name in PACKAGES})
    what = f"Qt cannot start without {', '.join(libraries)}"
    return f"{what}; on Debian: apt install {' '.join(packages)}" if packages else what
