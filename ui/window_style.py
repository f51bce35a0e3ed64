"""What the window adds to the application's style sheet for its own panels: the editor's message, headings, buttons."""

from __future__ import annotations

from string import Template

from ui.colours import colour, mix
from ui.style import css
from visgrad.picture.roles import ROLES, Theme
from visgrad.resources import asset

SHEET = Template("""
QLabel#errorBar { background: $error_field; color: $error; border-top: 1px solid $border; padding: 8px 12px; }
QFrame#completer { background: $raised; border: 1px solid $border; border-radius: 4px; }
QListWidget#completerNames { border: 0; background: $raised; }
QLabel#completerWords { color: $text_dim; padding: 5px 8px; border-top: 1px solid $border; }
QWidget#findBar { background: $panel; border-top: 1px solid $border; }
QLabel#findCount, QLabel#stepCount, QLabel#caption, QLabel#statusDevice { color: $text_dim; }
QLabel#heading { font-weight: 600; color: $text; }
QLabel#sectionTitle { font-weight: 600; color: $text_dim; }
QLabel#formProblem { color: $error; }
QLabel#tensorPreview { background: $field; border: 1px solid $border; border-radius: 6px; padding: 8px 10px; }
QLabel#tensorPreview:disabled { color: $text_faint; }
QWidget#whatIf { background: $panel; border-top: 1px solid $border; }
QWidget#timeline { background: $panel; border-top: 1px solid $border; }
QWidget#programPanel, QScrollArea#inspector, QScrollArea#inspector > QWidget { background: $panel; }
QDockWidget QPlainTextEdit#programEditor, QDockWidget QPlainTextEdit#console { border: 0; background: $field; }
QTableWidget#tensorTable, QListWidget#expressionList { border: 1px solid $border; border-radius: 6px;
    background: $field; }
QTableWidget#tensorTable:focus, QListWidget#expressionList:focus { border-color: $focus; }
QTableWidget#tensorTable::item { padding: 0 7px; border: 0; }
QTableWidget#tensorTable::indicator { width: 14px; height: 14px; border: 1px solid $text_faint; border-radius: 4px;
    background: $field; }
QTableWidget#tensorTable::indicator:checked { background: $accent; border-color: $accent;
    image: url("$glyphs/$check"); }
QTableWidget#tensorTable::indicator:disabled { border-color: $border; }
QTableWidget#tensorTable QHeaderView { background: transparent; }
QTableWidget#tensorTable QHeaderView::section { background: transparent; padding: 5px 10px; }
QToolButton#runButton { padding: 4px 12px 4px 8px; font-weight: 600; border: 1px solid $accent; border-radius: 6px;
    background: $accent; color: $text_on_accent; }
QToolButton#runButton:hover { background: $accent_hover; border-color: $accent_hover; }
QToolButton#runButton:disabled { background: $panel; border-color: $border; color: $text_faint; }
QToolButton#playButton { background: $raised; border: 1px solid $border; border-radius: 15px; padding: 5px; }
QToolButton#playButton:hover { border-color: $accent; }
QComboBox#speedBox { border-color: transparent; background: transparent; color: $text_dim; }
QComboBox#speedBox:hover { background: $hover; }
QWidget#panelTitle { background: $panel; border-bottom: 1px solid $border; }
QWidget#panelTitle QToolButton { padding: 2px; border-radius: 4px; }
QWidget#panelTitle QTabBar::tab { padding: 6px 9px 7px 9px; }
QLabel#panelName { color: $text_dim; font-weight: 600; }
QToolButton#liveButton { padding: 4px 8px; color: $text_dim; }
QToolButton#liveButton:checked { background: transparent; border-color: transparent; color: $accent; }
QToolButton#liveButton:hover { background: $hover; }
""")


def window_style(theme: Theme) -> str:
    """The rules in a theme's colours."""
    values = {name: css(colour(theme, name)) for name in ROLES}
    values["accent_hover"] = css(mix(colour(theme, "accent"), colour(theme, "text"), 0.14))
    values["glyphs"] = asset("icons").as_posix()
    values["check"] = "glyph-check-dark.svg" if theme.dark else "glyph-check-light.svg"
    return SHEET.substitute(values)
