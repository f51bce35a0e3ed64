"""The timeline panel: the buttons that move through time, the slider, the speed.

What happens at a step is told in words over the graph; here it is the slider's accessible description.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QToolTip, QVBoxLayout, QWidget

from ui.i18n import language, tr
from ui.naming import name
from ui.settings_store import SettingsStore
from ui.store import Aspect, Store
from ui.timeline.phases import Phases
from ui.timeline.playback import Playback
from ui.timeline.predict import Predict
from ui.timeline.slider import TimelineSlider
from visgrad.explain.narrate import narrate

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 60.0)
ROOMY = 460
"""From this width on there is room for the word beside the live button."""

BUTTONS = ("toStartAction", "stepBackAction", "playAction", "stepForwardAction", "toEndAction")


class Timeline(QWidget):
    """Shows and moves the position in the store's recording."""

    def __init__(
        self,
        store: Store,
        settings: SettingsStore,
        playback: Playback,
        actions: dict[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("panel.timeline"))
        self._store, self._settings, self._playback = store, settings, playback
        self._phases = Phases()
        self.count = QLabel()
        self.count.setObjectName("stepCount")
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.slider = TimelineSlider(store.theme)
        name(self.slider, "timelineSlider", tr("timeline.slider"))
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderPressed.connect(self._grabbed)
        self.slider.hovered.connect(self._tell)
        self._speed = self._speed_box()
        self.predict = Predict(store, lambda: playback.step(1))
        self._arrange(actions)
        store.changed.connect(self._on_changed)
        self._on_changed(~Aspect(0))

    def _arrange(self, actions: dict[str, QAction]) -> None:
        row = QHBoxLayout()
        row.setSpacing(2)
        for entry in BUTTONS:
            row.addWidget(_button(actions[entry], "playButton" if entry == "playAction" else "stepButton"))
        row.addSpacing(10)
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(self._speed)
        row.addSpacing(4)
        self._live = _button(actions["liveAction"], "liveButton")
        row.addWidget(self._live)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 10, 6)
        layout.setSpacing(2)
        layout.addWidget(self.predict)
        layout.addWidget(self.slider)
        layout.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _speed_box(self) -> QComboBox:
        box = QComboBox()
        box.setObjectName("speedBox")
        box.setAccessibleName(tr("timeline.speed"))
        box.setToolTip(tr("timeline.speed_tip"))
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        current = self._settings.number("playback/speed")
        for speed in sorted({*SPEEDS, current}):
            box.addItem(tr("timeline.per_second", speed=f"{speed:g}"), speed)
        box.setCurrentIndex(box.findData(current))
        box.activated.connect(self._set_speed)
        return box

    def _set_speed(self, index: int) -> None:
        self._settings["playback/speed"] = float(self._speed.itemData(index))

    # --- moving ----------------------------------------------------------------------------------------------

    def _moved(self, value: int) -> None:
        if value != self._store.position:
            self._playback.go(value)

    def _grabbed(self) -> None:
        self._store.set(Aspect.PLAY, playing=False, live=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        style = Qt.ToolButtonStyle
        wide = self.width() >= ROOMY
        self._live.setToolButtonStyle(style.ToolButtonTextBesideIcon if wide else style.ToolButtonIconOnly)

    def _tell(self, position: int) -> None:
        """Say in a tool tip what happens at a position."""
        count = tr("timeline.count", position=f"{position:,}", total=f"{len(self._store.recording.stops):,}")
        words = f"{count} – {narrate(self._store.recording.frame(position), language())}" if position else count
        place = self.slider.mapToGlobal(QPoint(round(self.slider.x_of(position)), -2 * self.slider.height()))
        QToolTip.showText(place, words, self.slider)

    # --- showing ---------------------------------------------------------------------------------------------

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & Aspect.THEME:
            self.slider.use(self._store.theme)
        if aspects & Aspect.RECORDING:
            self._phases.follow(self._store.recording)
        if aspects & (Aspect.RECORDING | Aspect.POSITION | Aspect.RUN):
            self._show_position()

    def _show_position(self) -> None:
        store = self._store
        total = len(store.recording.stops)
        self.slider.blockSignals(True)
        self.slider.setRange(0, total)
        self.slider.setValue(store.position)
        self.slider.blockSignals(False)
        self.slider.setEnabled(total > 0)
        self.slider.show_phases(self._phases.kinds)
        digits = f"{total:,}"
        self.count.setText(tr("timeline.count", position=f"{store.position:,}", total=digits) if total else "")
        self.slider.setAccessibleDescription(self._words(total))

    def _words(self, total: int) -> str:
        if not total:
            return tr("timeline.running") if self._store.running else tr("timeline.empty")
        return narrate(self._store.frame, language())


def _button(action: QAction, object_name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(object_name)
    button.setDefaultAction(action)
    button.setAutoRaise(True)
    button.setIconSize(QSize(18, 18))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.iconText())
    return button
