"""The program panel: Build and Code, two sides of one text.

Owns the way between the document (which has the undo history) and the store (which everyone reads): typing goes from
the document to the store, and edits of the Build side go through the document, each one undo step.
"""

from __future__ import annotations

from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.i18n import tr
from ui.program.build import BuildPage
from ui.program.code import CodePage
from ui.program.editing import replace_text
from ui.settings_store import SettingsStore
from ui.store import Store


class ProgramPanel(QStackedWidget):
    """The two sides, one at a time; the dock's title bar has their tabs."""

    def __init__(
        self, store: Store, settings: SettingsStore, document: QTextDocument, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("programPanel")
        self.setWindowTitle(tr("panel.program"))
        self._store, self._document = store, document
        self.code = CodePage(store, settings, document)
        self.build = BuildPage(store)
        self.build.setWindowTitle(tr("panel.build"))
        self.code.setWindowTitle(tr("panel.code"))
        for page in (self.build, self.code):
            self.addWidget(page)
        self.setCurrentWidget(self.code)
        document.contentsChanged.connect(self._typed)
        self.build.edited.connect(self._built)
        self.build.show_line.connect(self.show_line)

    def show_line(self, line: int) -> None:
        """Show a line in the editor with the caret on it."""
        self.setCurrentWidget(self.code)
        self.code.editor.go_to(line)
        self.code.editor.setFocus()

    def open_find(self) -> None:
        """Open the find bar."""
        self.setCurrentWidget(self.code)
        self.code.find_bar.open()

    def _typed(self) -> None:
        self._store.edit(self._document.toPlainText())

    def _built(self, text: str) -> None:
        end = replace_text(self._document, text)
        cursor = self.code.editor.textCursor()
        cursor.setPosition(end)
        self.code.editor.setTextCursor(cursor)
