"""Asks, after a crash, whether the text that was not saved is wanted back.  Waits for no answer: the window works."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from ui.i18n import tr
from ui.journal import Entry

SHOWN = 4
"""So many lines tell which text it is."""

WIDEST = 40


def offer(entry: Entry, restore: Callable[[Entry], None], parent: QWidget) -> None:
    """Show the question; `restore` is called if the answer is yes."""
    box = QMessageBox(parent)
    box.setObjectName("recoveryDialog")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(tr("recovery.title"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(tr("recovery.question", name=entry.name))
    lines = entry.text.splitlines()
    time = entry.time.strftime("%Y-%m-%d %H:%M")
    start = [line[:WIDEST] for line in lines if line.strip(" #")][:SHOWN]
    box.setInformativeText("\n".join([tr("recovery.more", time=time, lines=len(lines)), "", *start]))
    yes = box.addButton(tr("recovery.restore"), QMessageBox.ButtonRole.AcceptRole)
    yes.setObjectName("restoreButton")
    box.addButton(tr("recovery.discard"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(yes)
    yes.clicked.connect(lambda: restore(entry))
    box.open()
