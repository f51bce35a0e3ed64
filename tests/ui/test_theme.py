"""Themes, the widgets' look and the icons: all from the same roles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPalette
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ui.actions import ACTIONS
from ui.colours import colour, faded
from ui.icons import SIZE, application_icon, icon
from ui.style import palette, style_sheet
from ui.theme import appearance, current_theme, system_theme
from visgrad.picture.roles import Theme, theme, theme_names
from visgrad.resources import asset

THEMES = sorted(theme_names())
DRAWINGS = sorted(p.stem for p in asset("icons").glob("*.svg") if not p.stem.startswith(("glyph-", "visgrad")))


@pytest.fixture(autouse=True)
def application(qtbot: QtBot) -> None:
    """Widgets need an application."""


def luminance(worn: Theme, role: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [colour(worn, role).redF(), colour(worn, role).greenF(), colour(worn, role).blueF()]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(worn: Theme, first: str, second: str) -> float:
    dark, light = sorted((luminance(worn, first), luminance(worn, second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read_on_every_surface_it_stands_on(name: str) -> None:
    worn = theme(name)
    for surface in ("window", "panel", "raised", "field", "canvas", "card", "leaf_fill", "output_fill", "selection"):
        assert contrast(worn, "text", surface) >= 7.0, surface
    for surface in ("window", "panel", "card"):
        assert contrast(worn, "text_dim", surface) >= 4.5, surface
    assert contrast(worn, "text_on_accent", "accent") >= 4.5
    assert contrast(worn, "gradient", "gradient_fill") >= 4.5
    assert contrast(worn, "error", "error_field") >= 4.5
    assert contrast(worn, "focus", "window") >= 3.0


@pytest.mark.parametrize("name", THEMES)
def test_the_style_sheet_has_every_colour_filled_in_and_every_picture_there(name: str) -> None:
    sheet = style_sheet(theme(name))
    assert "$" not in sheet
    pictures = re.findall(r'url\("([^"]+)"\)', sheet)
    assert pictures
    assert all(Path(picture).is_file() for picture in pictures)


def test_qt_accepts_the_style_sheet_without_a_warning(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    for name in THEMES:
        widget.setStyleSheet(style_sheet(theme(name)))
        widget.ensurePolished()


def test_the_palette_is_the_themes() -> None:
    worn = palette(theme("dark"))
    assert worn.color(QPalette.ColorRole.Window).name() == theme("dark")["window"]
    assert worn.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text).name() == theme("dark")["text_faint"]


def test_choosing_a_theme_dresses_the_application_and_tells_once(qtbot: QtBot) -> None:
    worn = appearance()
    worn.choose("light")
    told: list[Theme] = []
    worn.changed.connect(told.append)
    worn.choose("dark")
    worn.choose("dark")
    assert [new.name for new in told] == ["dark"]
    assert current_theme().dark
    assert QGuiApplication.palette().color(QPalette.ColorRole.Window).name() == theme("dark")["window"]
    worn.changed.disconnect(told.append)
    worn.choose("system")
    assert current_theme().name == system_theme()


def test_there_is_one_appearance_an_application() -> None:
    assert appearance() is appearance()
    assert appearance().parent() is QApplication.instance()


def test_a_button_is_painted_in_the_theme(qtbot: QtBot) -> None:
    appearance().choose("dark")
    button = QPushButton("Go")
    button.setDefault(True)
    qtbot.addWidget(button)
    button.resize(120, 32)
    image = button.grab().toImage()
    assert image.pixelColor(10, 5).name() == theme("dark")["accent"]
    appearance().choose("system")


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_drawing_is_tinted_in_the_role_it_is_asked_for(name: str) -> None:
    assert "currentColor" in asset(f"icons/{name}.svg").read_text("utf-8")
    image = icon(name, theme("light"), "error").pixmap(QSize(SIZE, SIZE)).toImage()
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    wanted = colour(theme("light"), "error")
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    for pixel in pixels:
        if pixel.alpha() > 250:
            assert abs(pixel.red() - wanted.red()) + abs(pixel.green() - wanted.green()) <= 4
    assert sum(pixel.alpha() > 90 for pixel in pixels) > 12


def test_icons_show_that_they_are_disabled_or_on() -> None:
    drawn = icon("play", theme("light"))
    pictures = [
        drawn.pixmap(QSize(SIZE, SIZE), mode, state).toImage()
        for mode, state in (
            (QIcon.Mode.Normal, QIcon.State.Off),
            (QIcon.Mode.Disabled, QIcon.State.Off),
            (QIcon.Mode.Normal, QIcon.State.On),
        )
    ]
    assert pictures[0] != pictures[1]
    assert pictures[0] != pictures[2]


def test_every_action_with_an_icon_has_its_drawing() -> None:
    wanted = {row.icon for row in ACTIONS if row.icon}
    assert wanted <= set(DRAWINGS)


def test_the_applications_icon_comes_in_all_sizes() -> None:
    sizes = {size.width() for size in application_icon().availableSizes()}
    assert {16, 32, 48, 256} <= sizes


def test_a_missing_drawing_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        icon("no_such_drawing")


def test_a_colour_faded_past_either_end_is_clear_or_as_it_was() -> None:
    ink = QColor(10, 20, 30, 200)
    assert faded(ink, -0.1).alpha() == 0
    assert faded(ink, 2.0).alpha() == 255
