"""Predict, then see: before a gradient is sent, a question what it will be.

Owns the question and the score.  It asks about the *next* step, which nothing in the window shows yet; the answer is
that step itself.  Only gradients of a few numbers are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ui.fonts import editor_font
from ui.i18n import tr
from ui.naming import name
from ui.store import Aspect, Store
from visgrad.explain.label import label, source
from visgrad.recording.model import Contribution
from visgrad.recording.summary import short, values

MOST = 6
"""Gradients of more numbers are not asked for."""

CLOSE = 0.01
"""How far an answer may be off, of the true number (or of 1, if that is larger): people round."""

_NUMBER = re.compile(r"[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


class Predict(QWidget):
    """`step`: goes to the next step."""

    def __init__(self, store: Store, step: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._step = store, step
        self._expected: tuple[float, ...] = ()
        self._position = -1
        self.right, self.asked = 0, 0
        name(self, "predict", tr("predict.title"))
        self.question = QLabel()
        self.question.setObjectName("predictQuestion")
        self.question.setWordWrap(True)
        self.answer = QLineEdit()
        name(self.answer, "predictAnswer", tr("predict.answer"))
        self.answer.setFont(editor_font(10))
        self.answer.setMaximumWidth(220)
        self.answer.returnPressed.connect(self.check)
        self.reveal = QPushButton(tr("predict.show"))
        name(self.reveal, "predictShow", tr("predict.show"))
        self.reveal.setAutoDefault(False)
        self.reveal.clicked.connect(lambda: self._go(""))
        self.said = QLabel()
        self.said.setObjectName("caption")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.answer, 1)
        row.addWidget(self.reveal)
        row.addWidget(self.said, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 6)
        layout.setSpacing(5)
        layout.addWidget(self.question)
        layout.addLayout(row)
        self.hide()
        store.changed.connect(self._on_changed)

    def asks(self) -> bool:
        """Ask about the next step, if that is a gradient to predict; whether it must wait for the answer."""
        store = self._store
        if not store.predicting or store.position >= len(store.recording.stops):
            self.hide()
            return False
        if self.isVisible() and self._position == store.position and self._expected:
            return False  # asked already: whoever steps on wants to see it
        frame = store.recording.frame(store.position + 1)
        step = frame.step
        array = values(step.gradient) if isinstance(step, Contribution) else None
        if not isinstance(step, Contribution) or array is None or not 0 < array.size <= MOST:
            self.hide()
            return False
        self._expected = tuple(float(number) for number in array.ravel())
        self._position = store.position
        places = {"source": source(frame.recording.operations[step.source]), "name": label(frame, step.value)}
        shape = f"({', '.join(map(str, array.shape))}{',' if array.ndim == 1 else ''})"
        self.question.setText(tr("predict.question", shape=shape, **places))
        self.answer.clear()
        self.answer.setPlaceholderText(tr("predict.one") if array.size == 1 else tr("predict.many", count=array.size))
        self.said.setText(self._score())
        self._shown(True)
        self.show()
        self.answer.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def check(self) -> None:
        """Judge the answer: right goes on, wrong may try again."""
        given = [float(found.replace("−", "-")) for found in _NUMBER.findall(self.answer.text())]
        if len(given) != len(self._expected):
            self.said.setText(tr("predict.count", count=len(self._expected)))
        elif all(abs(a - b) <= CLOSE * max(1.0, abs(b)) for a, b in zip(given, self._expected, strict=True)):
            self.right += 1
            self._go(tr("predict.right"))
        else:
            self.said.setText(tr("predict.wrong"))
            self.answer.selectAll()

    def _go(self, verdict: str) -> None:
        self.asked += 1
        self._expected = ()
        told = verdict or tr("predict.told", gradient=self._answered())
        self._step()
        self.said.setText(f"{told}   {self._score()}")
        self._shown(False)
        self.show()

    def _answered(self) -> str:
        step = self._store.recording.frame(self._position + 1).step
        return short(step.gradient) if isinstance(step, Contribution) else ""

    def _score(self) -> str:
        return tr("predict.score", right=self.right, asked=self.asked) if self.asked else ""

    def _shown(self, asking: bool) -> None:
        for widget in (self.question, self.answer, self.reveal):
            widget.setVisible(asking)

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & Aspect.RECORDING and self._store.position == 0:
            self.right, self.asked = 0, 0
        if aspects & (Aspect.POSITION | Aspect.RECORDING | Aspect.PLAY) and self._store.position != self._position:
            self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the question."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
