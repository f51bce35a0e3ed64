"""What if the number were another?  Sliders for the numbers that the described tensor is made of in the program.

Owns the sliders.  Moving one asks for another text of the number (`wanted`); who owns the program changes it there, and
runs it again.  While a slider is held the numbers are followed here, since the recording is behind the text.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from ui.fonts import editor_font
from ui.i18n import tr
from ui.naming import name
from ui.store import Store
from visgrad.explain.label import label
from visgrad.program.literals import Number, given, reach, written

STEPS = 200
"""Between the ends of a slider."""


class WhatIf(QWidget):
    """`wanted(number, text, goes_on)`: write a text in a number's place; `goes_on`: as part of the change before.
    `grown`: it needs another height."""

    wanted = Signal(object, str, bool)
    grown = Signal()

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        name(self, "whatIf", tr("what_if.title"))
        self._title = QLabel(tr("what_if.title"))
        self._title.setObjectName("sectionTitle")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 10, 16, 12)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(self._title, 0, 0, 1, 2)
        self._numbers: list[Number] = []
        self._sliders: list[QSlider] = []
        self._texts: list[QLabel] = []
        self._called = ""
        self._held = False
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.hide()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.grown.emit()
        return done

    def follow(self, node: int | None) -> None:
        """Show the sliders of a node of the recording, none if its numbers do not stand in the program."""
        if self._held or self._store.retrying:
            return
        numbers = self._found(node)
        called = self._name(node) if numbers else ""
        same = called == self._called and len(numbers) == len(self._numbers)
        if not same or any(not _fits(number, slider) for number, slider in zip(numbers, self._sliders, strict=False)):
            self._make(numbers, called)
        self._numbers = list(numbers)
        for number, slider, text in zip(numbers, self._sliders, self._texts, strict=True):
            slider.blockSignals(True)
            slider.setValue(_place(number.value, slider))
            slider.blockSignals(False)
            text.setText(number.text)
        self.setVisible(bool(numbers))

    def _found(self, node: int | None) -> tuple[Number, ...]:
        store = self._store
        if node is None or not 0 <= node < len(store.recording.operations) or not store.frame.known(node):
            return ()
        operation = store.recording.operations[node]
        if operation.inputs or not operation.where:
            return ()
        span = operation.where[0].span
        lines = slice(span.line - 1, span.end_line)
        if store.stale and store.recording.source.splitlines()[lines] != store.text.splitlines()[lines]:
            return ()
        return given(store.text, span)

    def _name(self, node: int | None) -> str:
        operation = self._store.recording.operations[node or 0]
        return label(self._store.frame, operation.outputs[0].value) if operation.outputs else ""

    def _make(self, numbers: tuple[Number, ...], called: str) -> None:
        for widget in (*self._sliders, *self._texts):
            self._grid.removeWidget(widget)
            widget.deleteLater()
        self._sliders, self._texts, self._called = [], [], called
        for index, number in enumerate(numbers):
            slider = QSlider(Qt.Orientation.Horizontal)
            ends = reach(number)
            slider.setProperty("reach", ends)
            half = round(ends) if number.whole else STEPS // 2
            slider.setRange(-half, half)
            slider.setPageStep(max(1, half // 10))
            what = f"{called}[{index}]" if len(numbers) > 1 else called
            name(slider, f"whatIfSlider{index}", tr("what_if.slider", name=what))
            slider.setToolTip(tr("what_if.slider", name=what))
            slider.valueChanged.connect(lambda value, index=index: self._turn(index, value))
            slider.sliderReleased.connect(self._let_go)
            text = QLabel()
            text.setFont(editor_font(10))
            text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            text.setMinimumWidth(text.fontMetrics().horizontalAdvance("-00.00"))
            self._sliders.append(slider)
            self._texts.append(text)
            self._grid.addWidget(slider, index + 1, 0)
            self._grid.addWidget(text, index + 1, 1)

    def _turn(self, index: int, place: int) -> None:
        number, slider = self._numbers[index], self._sliders[index]
        resolution = _resolution(slider)
        text = written(place * resolution, number, resolution)
        if text == number.text:
            return
        goes_on, self._held = self._held, slider.isSliderDown()
        self._texts[index].setText(text)
        grown = len(text) - (number.end - number.start)
        self._numbers[index] = Number(number.start, number.start + len(text), text)
        for later in range(index + 1, len(self._numbers)):
            other = self._numbers[later]
            self._numbers[later] = replace(other, start=other.start + grown, end=other.end + grown)
        self.wanted.emit(number, text, goes_on)

    def _let_go(self) -> None:
        self._held = False


def _resolution(slider: QSlider) -> float:
    return float(slider.property("reach")) / slider.maximum()


def _place(value: float, slider: QSlider) -> int:
    return round(value / _resolution(slider))


def _fits(number: Number, slider: QSlider) -> bool:
    """Whether a slider still has room for its number: at an end it gets more."""
    ends = float(slider.property("reach"))
    return ends / 50 <= max(abs(number.value), ends / 50) < ends and (
        not number.whole or slider.maximum() == round(ends)
    )
