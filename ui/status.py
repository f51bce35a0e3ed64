"""The line at the bottom: how the run stands, whether the text has changed since, and where programs run."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ui.console.transcript import duration
from ui.i18n import choice, language, tr
from ui.settings_store import SettingsStore
from ui.store import Aspect, Store
from visgrad.explain.endings import ended_at
from visgrad.recording.model import Outcome

DOTS = {"done": "success", "error": "error", "died": "error", "limit": "warning", "stopped": "warning"}


class StatusLine(QWidget):
    """Reads the store."""

    def __init__(self, store: Store, settings: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self._store, self._settings = store, settings
        self.dot = QLabel("●")
        self.state = QLabel()
        self.state.setObjectName("statusState")
        self.stale = QLabel(tr("status.stale"))
        self.stale.setObjectName("statusStale")
        self.stale.setProperty("dim", True)
        self.device = QLabel()
        self.device.setObjectName("statusDevice")
        for label in (self.state, self.stale, self.device):
            label.setTextFormat(Qt.TextFormat.PlainText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 0, 10, 0)
        layout.setSpacing(6)
        layout.addWidget(self.dot)
        layout.addWidget(self.state)
        layout.addSpacing(12)
        layout.addWidget(self.stale)
        layout.addStretch(1)
        layout.addWidget(self.device)
        store.changed.connect(self._on_changed)
        settings.changed.connect(self._show_device)
        self._on_changed(~Aspect(0))

    def _on_changed(self, aspects: Aspect) -> None:
        if not aspects & (Aspect.RUN | Aspect.RECORDING | Aspect.PROGRAM | Aspect.THEME):
            return
        store = self._store
        role = (
            "accent" if store.running else DOTS.get(store.outcome.kind, "text_faint") if store.outcome else "text_faint"
        )
        self.dot.setStyleSheet(f"color: {store.theme[role][:7]};")
        self.state.setText(self._words(store.outcome))
        self.stale.setVisible(store.stale and not store.running and not store.retrying)
        self._show_device()

    def _show_device(self, _key: str = "") -> None:
        self.device.setText(choice(self._settings.text("run/device")))

    def _words(self, outcome: Outcome | None) -> str:
        store = self._store
        count = f"{len(store.recording.operations):,}"
        if store.running:
            if missing := store.recording.missing:
                return tr("status.sliding", count=f"{missing + len(store.recording.steps):,}")
            return tr("status.running") if store.awaiting else tr("status.running_count", count=count)
        if outcome is None:
            return tr("status.ready")
        if outcome.kind == "done":
            return tr("console.done", time=duration(outcome.seconds), count=count)
        error = store.recording.error
        if outcome.kind == "error" and not store.recording.failed_last:
            return tr("status.errors", errors=len(store.recording.errors))
        if outcome.kind == "error" and error is not None:
            line = error.where[-1].span.line if error.where else 0
            return tr("status.error_line", type=error.type, line=line) if line else error.type
        if outcome.kind == "stopped":
            return tr("outcome.stopped")
        return ended_at(outcome, language()) or tr(f"outcome.{outcome.kind}")
