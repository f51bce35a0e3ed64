"""The Code side: the editor with its find bar and the message of an error, kept in step with the store.

Owns which marks the editor shows.  Marks are shown only where the text still says what was run: a line that has been
edited since is not marked, because the recording speaks of another text.
"""

from __future__ import annotations

import ast
from html import escape

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QToolTip, QVBoxLayout, QWidget

from ui.fonts import with_code
from ui.i18n import language, tr
from ui.naming import name
from ui.program.bindings import Bindings, Hint
from ui.program.editor import ProgramEditor
from ui.program.find_bar import FindBar
from ui.program.marks import Marks
from ui.settings_store import SettingsStore
from ui.store import Aspect, Store
from visgrad.explain.mistakes import explained
from visgrad.recording.model import BackwardBegin, Contribution, Error, Span

CHECK_AFTER = 400
"""Milliseconds of quiet after which the text's syntax is checked."""


class CodePage(QWidget):
    """The editor and what belongs to it."""

    def __init__(
        self, store: Store, settings: SettingsStore, document: QTextDocument, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._settings = store, settings
        self._bindings = Bindings()
        self._syntax: Span | None = None
        self._error_cleared = False
        self.editor = ProgramEditor(document, store.theme)
        name(self.editor, "programEditor", tr("panel.editor"))
        self.find_bar = FindBar(self.editor)
        self.message = QLabel()
        self.message.setObjectName("errorBar")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.RichText)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.editor, 1)
        layout.addWidget(self.message)
        layout.addWidget(self.find_bar)
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(CHECK_AFTER)
        self._check.timeout.connect(self._check_syntax)
        self.editor.clicked.connect(self._select_line)
        self.editor.asked.connect(self._tell)
        self.editor.gutter.clicked.connect(self._visit)
        self.editor.size_changed.connect(self._resize)
        settings.changed.connect(self._on_setting)
        store.changed.connect(self._on_changed)
        self._on_setting("")

    # --- following -------------------------------------------------------------------------------------------

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & Aspect.THEME:
            self.editor.use(self._store.theme)
        if aspects & Aspect.PROGRAM:
            self._error_cleared = True
            self._syntax = None
            self._check.start()
        if aspects & Aspect.RUN:
            self._error_cleared = self._store.stale
            if self._store.recording.error and not self._store.running:
                self._check.stop()
        if aspects & (Aspect.PROGRAM | Aspect.RUN | Aspect.RECORDING | Aspect.POSITION | Aspect.SELECTION):
            self._refresh()

    def _on_setting(self, _key: str) -> None:
        self.editor.set_size(int(self._settings.number("editor/font_size")))
        self.editor.show_line_numbers(self._settings.flag("editor/line_numbers"))
        self.editor.completes = self._settings.flag("editor/complete")
        self._refresh()

    def _resize(self, by: int) -> None:
        size = int(self._settings.number("editor/font_size")) + by
        self._settings["editor/font_size"] = max(7, min(32, size))

    # --- marks -----------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        error = self._error()
        self.editor.mark(self.marks())
        text = escape(f"{error.type}: {error.message}", quote=False).replace("\n", "<br>") if error else ""
        if text and error and error.explanation:
            text += "<br>" + with_code(escape(explained(error, language()), quote=False))
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def marks(self) -> Marks:
        """What is marked in the text now."""
        error = self._error()
        return Marks(
            executing=self._executing(),
            callers=self._callers(),
            backward=isinstance(self._store.frame.step, BackwardBegin | Contribution),
            selected=self._selected(),
            errors=tuple(call.span for call in error.where) if error else (),
            failed=self._failed(),
            syntax=self._syntax,
            hints=self._hints(),
        )

    def _error(self) -> Error | None:
        """The error that is told of: the current step's, else the one in which the program ended."""
        if self._error_cleared:
            return None
        step, recording = self._store.frame.step, self._store.recording
        return step if isinstance(step, Error) else recording.error if recording.failed_last else None

    def _failed(self) -> frozenset[int]:
        """The lines at which cells ended in an error by now."""
        if self._error_cleared:
            return frozenset()
        end = self._store.frame.end
        errors = (error for step, error in self._store.recording.errors if step < end)
        return frozenset(error.where[-1].span.line for error in errors if error.where)

    def _executing(self) -> Span | None:
        frame = self._store.frame
        if not frame.position:
            return None
        if frame.where:
            return self._still(frame.where[0].span)
        return self._still(Span(frame.line, 0, frame.line, 0)) if frame.line else None

    def _callers(self) -> tuple[Span, ...]:
        """The calls in the program that led to the executing piece."""
        spans = [self._still(call.span) for call in self._store.frame.where[1:]]
        return tuple(span for span in spans if span)

    def _hints(self) -> tuple[tuple[int, Hint], ...]:
        """What stands beside the lines that still read as they were run."""
        if not self._settings.flag("editor/values"):
            return ()
        self._bindings.follow(self._store.recording)
        hints = self._bindings.hints(self._store.frame)
        return tuple((line, hint) for line, hint in hints.items() if self._still(Span(line, 0, line, 0)))

    def _tell(self, word: str, place: QPoint) -> None:
        """Say in a tool tip what the name under the mouse stands for now."""
        self._bindings.follow(self._store.recording)
        words = self._bindings.tell(self._store.frame, word) if word else ""
        QToolTip.showText(place, words, self.editor)

    def _selected(self) -> Span | None:
        node, operations = self._store.selection, self._store.recording.operations
        if node is None or not 0 <= node < len(operations) or not operations[node].where:
            return None
        return self._still(operations[node].where[0].span)

    def _still(self, span: Span) -> Span | None:
        """The span if its lines read as they did when the program was run."""
        if not self._store.stale:
            return span
        old = self._store.recording.source.splitlines()[span.line - 1 : span.end_line]
        new = self._store.text.splitlines()[span.line - 1 : span.end_line]
        return span if old == new else None

    def _check_syntax(self) -> None:
        self._syntax = None
        if self._settings.flag("editor/check"):
            try:
                ast.parse(self._store.text)
            except SyntaxError as error:
                line, column = error.lineno or 1, (error.offset or 1) - 1
                end_line, end = error.end_lineno or line, (error.end_offset or column + 2) - 1
                self._syntax = Span(line, column, end_line, max(end, column + 1) if end_line == line else end)
            except (ValueError, RecursionError, MemoryError):
                pass
        self._refresh()

    # --- from text to time and picture --------------------------------------------------------------------------------

    def _visit(self, line: int) -> None:
        """Go to the next step in which a line has a part, from the beginning again after the last."""
        store = self._store
        if self._still(Span(line, 0, line, 0)) is None:
            return
        total = len(store.recording.stops)
        for offset in range(1, total + 1):
            position = (store.position + offset - 1) % total + 1
            frame = store.recording.frame(position)
            if frame.line == line or any(call.span.line <= line <= call.span.end_line for call in frame.where):
                store.set(Aspect.PLAY, playing=False, live=False)
                store.go(position)
                return

    def select_line(self) -> None:
        """Select what the line with the caret made."""
        self._select_line(self.editor.textCursor().blockNumber() + 1)

    def _select_line(self, line: int) -> None:
        """Select the last node made on a line (among those the learner sees), going there if it lies ahead."""
        store = self._store
        if self._still(Span(line, 0, line, 0)) is None:
            return
        column = self.editor.textCursor().positionInBlock()
        best = None
        for operation in store.recording.operations:
            spans = [call.span for call in operation.where if call.span.line <= line <= call.span.end_line]
            if not spans:
                continue
            inside = spans[0].line == line and spans[0].column <= column < spans[0].end_column
            size = spans[0].end_column - spans[0].column
            rank = (inside, -size if inside else 0, operation.id)
            if best is None or rank > best[0]:
                best = (rank, operation.id)
        if best is not None:
            store.select(best[1])
