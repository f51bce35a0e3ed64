"""What dialogs have in common: the row of buttons, in words only and in the reader's language, and level labels."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout

from ui.i18n import tr

Standard = QDialogButtonBox.StandardButton


def close_button(dialog: QDialog) -> QDialogButtonBox:
    """One button that closes the dialog."""
    box = QDialogButtonBox(Standard.Close)
    button = box.button(Standard.Close)
    button.setText(tr("dialog.close"))
    button.setIcon(QIcon())
    button.setAutoDefault(False)
    box.rejected.connect(dialog.reject)
    return box


def accept_buttons(dialog: QDialog, accept: str) -> QDialogButtonBox:
    """A button with the text `accept`, which Return presses, and one that cancels."""
    box = QDialogButtonBox(Standard.Ok | Standard.Cancel)
    for standard, text in ((Standard.Ok, accept), (Standard.Cancel, tr("dialog.cancel"))):
        box.button(standard).setText(text)
        box.button(standard).setIcon(QIcon())
    box.button(Standard.Ok).setDefault(True)
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box


def level_labels(form: QFormLayout) -> None:
    """Put each label of a form at the middle of its field; Qt sets those of high fields a little too high."""
    for row in range(form.rowCount()):
        label, field = (
            form.itemAt(row, role) for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)
        )
        words = label.widget() if label is not None else None
        if words is not None and field is not None:
            words.setMinimumHeight(field.sizeHint().height())
