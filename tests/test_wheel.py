"""The built wheel holds everything: it runs from a folder that has nothing of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel of this checkout has been installed, without its dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = (folder / "dist").glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder / "site"), str(wheel)]
    subprocess.run(install, check=True, capture_output=True, timeout=120)
    return folder / "site"


def _run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "visgrad", *arguments]
    return subprocess.run(
        command, cwd=installed.parent, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_wheel_carries_its_lessons_themes_fonts_icons_and_licence(installed: Path) -> None:
    assets = installed / "visgrad" / "assets"
    for kind in ("lessons/*.py", "themes/*.toml", "fonts/*.ttf", "fonts/OFL.txt", "icons/*.svg", "translations/*.toml"):
        assert list(assets.glob(kind)), kind
    assert list(installed.glob("visgrad-*.dist-info/licenses/LICENSE"))


def test_a_lesson_runs_from_the_installed_wheel(installed: Path) -> None:
    lesson = sorted((installed / "visgrad" / "assets" / "lessons").glob("*.py"))[0]
    done = _run(installed, "run", str(lesson), "--export", "lesson.svg", "--export", "lesson.png")
    assert (done.returncode, done.stderr) == (0, "")
    assert "tensor(40.)" in done.stdout
    assert (installed.parent / "lesson.svg").stat().st_size > 1000
    assert (installed.parent / "lesson.png").read_bytes().startswith(b"\x89PNG")


def test_the_window_opens_from_the_installed_wheel(installed: Path) -> None:
    script = (
        "from PySide6.QtCore import QTimer; from ui.app import open_window; import ui, visgrad;"
        f"assert ui.__file__.startswith({str(installed)!r}), ui.__file__;"
        "from PySide6.QtWidgets import QApplication; app = QApplication([]); w = open_window();"
        "print(w.objectName()); QTimer.singleShot(300, w.close_now); app.exec()"
    )
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, cwd=installed.parent, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "mainWindow\n"), done.stderr
