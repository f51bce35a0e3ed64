"""The program panel: Build and Code, two sides of one text.

Owns the way between the document (which has the undo history) and the store (which everyone reads): typing goes from
the document to the store, and edits of the Build side go through the document, each one undo step.
"""

from __future__ import annotations

from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.program.build import BuildPage
from ui.program.code import CodePage
from ui.program.editing import replace_text
from ui.settings_store import SettingsStore
from ui.store import Store


class ProgramPanel(QWidget):
    """The two sides in tabs."""

    def __init__(
        self, store: Store, settings: SettingsStore, document: QTextDocument, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("programPanel")
        self._store, self._document = store, document
        self.code = CodePage(store, settings, document)
        self.build = BuildPage(store)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("programTabs")
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.build, tr("panel.build"))
        self.tabs.addTab(self.code, tr("panel.code"))
        self.tabs.setCurrentWidget(self.code)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        document.contentsChanged.connect(self._typed)
        self.build.edited.connect(self._built)
        self.build.show_line.connect(self.show_line)

    def show_line(self, line: int) -> None:
        """Show a line in the editor with the caret on it."""
        self.tabs.setCurrentWidget(self.code)
        self.code.editor.go_to(line)
        self.code.editor.setFocus()

    def open_find(self) -> None:
        """Open the find bar."""
        self.tabs.setCurrentWidget(self.code)
        self.code.find_bar.open()

    def _typed(self) -> None:
        self._store.edit(self._document.toPlainText())

    def _built(self, text: str) -> None:
        end = replace_text(self._document, text)
        cursor = self.code.editor.textCursor()
        cursor.setPosition(end)
        self.code.editor.setTextCursor(cursor)
