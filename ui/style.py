"""The look of widgets: one style sheet and one palette, both made from a theme's roles.

Flat surfaces, one-pixel borders, corners of six pixels, an accent only for what is focused, chosen or on.  Nothing
else in the window sets colours of its own, so a new theme is one file.  Which theme is on is `ui.theme`'s.
"""

from __future__ import annotations

from string import Template

from PySide6.QtGui import QColor, QPalette

from ui.colours import colour, faded, mix
from visgrad.picture.roles import ROLES, Theme
from visgrad.resources import asset

SPACE = 8
"""The unit of space between things, in pixels; half and double of it are used too."""

RADIUS = 6
ICON = 20

SHEET = Template("""
* { outline: 0; }
QWidget { color: $text; selection-background-color: $selection; selection-color: $text; }
QMainWindow, QDialog, QMessageBox { background: $window; }
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 6px; }

QDockWidget { color: $text_dim; font-weight: 600; titlebar-close-icon: url("$glyphs/glyph-close.svg");
    titlebar-normal-icon: url("$glyphs/glyph-float.svg"); }
QDockWidget::title { background: $panel; border-bottom: 1px solid $border; padding: 6px 10px; text-align: left; }
QDockWidget::close-button, QDockWidget::float-button { border: 0; border-radius: 4px; padding: 1px; }
QDockWidget::close-button:hover, QDockWidget::float-button:hover { background: $hover; }

QMenuBar { background: $window; border-bottom: 1px solid $border; padding: 1px 4px; }
QMenuBar::item { padding: 4px 9px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenuBar::item:pressed { background: $pressed; }
QMenu { background: $raised; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 26px 5px 10px; border-radius: 4px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $text_faint; }
QMenu::icon { padding-left: 6px; }
QMenu::separator { height: 1px; background: $border; margin: 4px 6px; }

QToolBar { background: $window; border: 0; border-bottom: 1px solid $border; padding: 4px 6px; spacing: 2px; }
QToolBar::separator { background: $border; width: 1px; margin: 5px 5px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: ${radius}px; padding: 4px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $pressed; }
QToolButton:checked { background: $accent_soft; border-color: $accent_line; }
QToolButton:focus { border-color: $focus; }
QToolButton:disabled { color: $text_faint; }
QToolButton::menu-indicator { image: none; }
QToolButton[popupMode="1"] { padding-right: 16px; }
QToolButton::menu-button { border: 0; width: 14px; border-radius: ${radius}px; }
QToolButton::menu-button:hover { background: $pressed; }

QPushButton { background: $raised; border: 1px solid $border; border-radius: ${radius}px; padding: 5px 14px;
    min-height: 18px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:checked { background: $accent_soft; border-color: $accent_line; }
QPushButton:focus { border-color: $focus; }
QPushButton:default { background: $accent; border-color: $accent; color: $text_on_accent; }
QPushButton:default:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton:default:focus { border: 2px solid $focus_over; padding: 4px 13px; }
QPushButton:disabled, QPushButton:default:disabled { background: $panel; border-color: $border; color: $text_faint; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit, QTextEdit, QAbstractScrollArea#field {
    background: $field; border: 1px solid $border; border-radius: ${radius}px; }
QLineEdit { padding: 4px 7px; min-height: 18px; }
QSpinBox, QDoubleSpinBox { padding: 4px 24px 4px 5px; min-height: 18px;
    qproperty-alignment: 'AlignRight | AlignVCenter'; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { background: transparent; border: 0; padding: 0 0 0 5px; }
QComboBox { padding: 4px 8px; min-height: 18px; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
    border-color: $focus; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {
    background: $panel; color: $text_faint; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"] { border-color: $error; background: $error_field; }
QDockWidget QPlainTextEdit, QDockWidget QTextEdit { border-radius: 0; border-color: transparent; }
QDockWidget QPlainTextEdit:focus, QDockWidget QTextEdit:focus { border-color: $focus; }
QComboBox::drop-down { border: 0; width: 22px; }
QComboBox::down-arrow { image: url("$glyphs/glyph-down.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border; padding: 3px; }
QComboBox QAbstractItemView::item { padding: 4px 6px; min-height: 18px; border-radius: 4px; }
QComboBox QAbstractItemView::item:selected { background: $selection; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button {
    border: 0; width: 18px; background: transparent; subcontrol-origin: border; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-position: top right; margin: 2px 2px 0 0; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-position: bottom right; margin: 0 2px 2px 0; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("$glyphs/glyph-up.svg"); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("$glyphs/glyph-down.svg"); width: 10px; height: 10px; }

QCheckBox, QRadioButton { spacing: 7px; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $border_strong;
    background: $field; }
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $focus; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$glyphs/$check"); }
QRadioButton::indicator:checked { border: 4px solid $accent; width: 8px; height: 8px; background: $text_on_accent; }
QCheckBox:disabled, QRadioButton:disabled { color: $text_faint; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: $panel; border-color: $border; }

QTabWidget::pane { border: 0; border-top: 1px solid $border; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $text_dim; padding: 6px 12px; border: 0;
    border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; background: $hover; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; font-weight: 600; }
QTabBar::tab:focus { color: $accent; }

QTreeView, QTableView, QListView, QTreeWidget, QTableWidget, QListWidget {
    background: $panel; alternate-background-color: $window; border: 0; gridline-color: $border; }
QTreeView::item, QListView::item { padding: 0 4px; height: 24px; border: 0; }
QTreeView::item:hover, QListView::item:hover { background: $hover; }
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected { background: $selection; color: $text; }
QTreeView:focus, QTableView:focus, QListView:focus { border: 1px solid $focus; }
QTreeView::branch { background: transparent; }
QTreeView::branch:has-children:closed { image: url("$glyphs/glyph-right.svg"); }
QTreeView::branch:has-children:open { image: url("$glyphs/glyph-down.svg"); }
QHeaderView { background: $panel; }
QHeaderView::section { background: $panel; color: $text_dim; border: 0; border-bottom: 1px solid $border;
    padding: 5px 6px; }
QTableCornerButton::section { background: $panel; border: 0; border-bottom: 1px solid $border; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $text_faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }
QScrollArea { background: transparent; border: 0; }
QScrollArea > QWidget > QWidget { background: transparent; }

QSlider:horizontal { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; background: $raised;
    border: 1px solid $border_strong; }
QSlider::handle:horizontal:hover { border-color: $accent; }
QSlider::handle:horizontal:focus { border: 2px solid $focus; width: 12px; height: 12px; }
QProgressBar { background: $border; border: 0; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }

QGroupBox { border: 1px solid $border; border-radius: ${radius}px; margin-top: 9px; padding: 10px 8px 8px 8px; }
QGroupBox::title { subcontrol-origin: margin; left: 8px; padding: 0 4px; color: $text_dim; }
QStatusBar { background: $window; border-top: 1px solid $border; color: $text_dim; }
QStatusBar::item { border: 0; }
QLabel[dim="true"] { color: $text_dim; }
QLabel[heading="true"] { font-weight: 600; font-size: 11pt; }
QLabel[error="true"] { color: $error; }

QFrame#graphTools, QFrame#graphFind { background: $raised; border: 1px solid $border; border-radius: 8px; }
QLabel#narration { background: $raised; border: 1px solid $border; border-radius: 8px; padding: 6px 12px; }
""")


def style_sheet(theme: Theme) -> str:
    """The style sheet of the whole application in a theme."""
    values = {name: css(colour(theme, name)) for name in ROLES}
    accent, window, text = colour(theme, "accent"), colour(theme, "window"), colour(theme, "text")
    values["accent_soft"] = css(mix(window, accent, 0.16))
    values["accent_line"] = css(mix(window, accent, 0.45))
    values["accent_hover"] = css(mix(accent, text, 0.14))
    values["focus_over"] = css(mix(accent, text, 0.55))
    values["border_strong"] = css(mix(colour(theme, "border"), text, 0.28))
    values["scroll"] = css(mix(colour(theme, "border"), text, 0.12))
    values["radius"] = str(RADIUS)
    values["glyphs"] = asset("icons").as_posix()
    values["check"] = "glyph-check-dark.svg" if theme.dark else "glyph-check-light.svg"
    return SHEET.substitute(values)


def css(value: QColor) -> str:
    """A colour as style sheets write it."""
    if value.alpha() == 255:
        return value.name()
    return f"rgba({value.red()}, {value.green()}, {value.blue()}, {value.alpha()})"


def palette(theme: Theme) -> QPalette:
    """The palette for whatever the style sheet does not reach."""
    role = QPalette.ColorRole
    table = {
        role.Window: "window", role.WindowText: "text", role.Base: "field", role.AlternateBase: "panel",
        role.Text: "text", role.Button: "raised", role.ButtonText: "text", role.BrightText: "error",
        role.ToolTipBase: "raised", role.ToolTipText: "text", role.Highlight: "selection",
        role.HighlightedText: "text", role.Link: "link", role.LinkVisited: "link", role.PlaceholderText: "text_faint",
        role.Light: "raised", role.Midlight: "hover", role.Mid: "border", role.Dark: "border", role.Shadow: "border",
        role.Accent: "accent",
    }  # fmt: skip
    result = QPalette()
    for key, name in table.items():
        result.setColor(key, colour(theme, name))
    for key in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, key, colour(theme, "text_faint"))
    result.setColor(QPalette.ColorGroup.Disabled, role.Highlight, faded(colour(theme, "selection"), 0.5))
    return result
