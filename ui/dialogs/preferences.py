"""The preferences, generated from the table of settings: a row a setting, a group a heading.  Changes act at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ui.dialogs.buttons import close_button, level_labels
from ui.i18n import choice, tr
from ui.settings_store import SettingsStore
from visgrad.settings import SETTINGS, Setting


class PreferencesDialog(QDialog):
    """Shows and changes all settings that are for people."""

    def __init__(self, settings: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferencesDialog")
        self.setWindowTitle(tr("preferences.title"))
        self._settings = settings
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(24, 16, 24, 16)
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(10)
        group = ""
        for setting in SETTINGS:
            if setting.shown:
                if setting.key.partition("/")[0] != group:
                    group = setting.key.partition("/")[0]
                    form.addRow(_heading(group))
                self._add(form, setting)
        level_labels(form)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its entries take the keyboard, and scroll into view
        buttons = close_button(self)
        buttons.setContentsMargins(24, 0, 24, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 16)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        self.resize(520, min(620, page.sizeHint().height() + 80))

    def _add(self, form: QFormLayout, setting: Setting) -> None:
        key = setting.key.replace("/", "_")
        widget = self._widget(setting)
        widget.setObjectName(f"setting_{key}")
        widget.setAccessibleName(tr(f"setting.{key}"))
        widget.setToolTip(tr(f"setting_doc.{key}"))
        label = QLabel(tr(f"setting.{key}"))
        label.setToolTip(tr(f"setting_doc.{key}"))
        label.setBuddy(widget)
        form.addRow(label, widget)

    def _widget(self, setting: Setting) -> QWidget:
        """The entry that fits the type of the setting."""
        key, value = setting.key, self._settings[setting.key]
        if setting.choices:
            box = QComboBox()
            for value_name in setting.choices:
                box.addItem(choice(value_name), value_name)
            box.setCurrentIndex(box.findData(value))
            box.activated.connect(lambda index: self._settings.put(key, str(box.itemData(index))))
            return box
        if isinstance(setting.default, bool):
            check = QCheckBox()
            check.setChecked(bool(value))
            check.toggled.connect(lambda on: self._settings.put(key, on))
            return check
        if isinstance(setting.default, int):
            spin = QSpinBox()
            spin.setRange(int(setting.minimum), int(setting.maximum))
            spin.setGroupSeparatorShown(True)
            spin.setValue(int(value))
            spin.valueChanged.connect(lambda number: self._settings.put(key, number))
            return spin
        real = QDoubleSpinBox()
        real.setRange(setting.minimum, setting.maximum)
        real.setDecimals(2 if setting.minimum < 1 else 0)
        real.setGroupSeparatorShown(True)
        real.setValue(float(value))
        real.valueChanged.connect(lambda number: self._settings.put(key, number))
        return real


def _heading(group: str) -> QLabel:
    label = QLabel(tr(f"setting_group.{group}"))
    label.setProperty("heading", True)
    label.setContentsMargins(0, 10, 0, 0)
    return label
