"""Moving through time: the slider, the buttons, playing, and following a run."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.ui.lesson import lesson
from ui.main_window import MainWindow
from ui.store import Aspect, Store
from ui.timeline.phases import Phase, Phases
from ui.timeline.slider import TimelineSlider
from visgrad.picture.roles import theme
from visgrad.recording.model import Gap, Print
from visgrad.recording.recording import Recording


@pytest.fixture
def shown(window: MainWindow) -> MainWindow:
    """A window with a finished recording, at its end."""
    recording = lesson()
    window.set_text(recording.source)
    window.store.set(
        Aspect.RECORDING | Aspect.POSITION | Aspect.RUN | Aspect.PLAY,
        recording=recording,
        position=len(recording.stops),
        outcome=recording.outcome,
        live=False,
    )
    return window


def last(store: Store) -> int:
    return len(store.recording.stops)


def test_the_slider_spans_the_stops_and_the_label_counts_them(shown: MainWindow) -> None:
    slider = shown.timeline.slider
    total = last(shown.store)
    assert (slider.minimum(), slider.maximum(), slider.value()) == (0, total, total)
    label = shown.findChild(QLabel, "stepCount")
    assert isinstance(label, QLabel)
    assert str(total) in label.text()


def test_a_press_on_the_groove_goes_there_at_once(shown: MainWindow, qtbot: QtBot) -> None:
    slider = shown.timeline.slider
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, slider.height() // 2))
    assert abs(shown.store.position - last(shown.store) / 2) <= 1
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(0, slider.height() // 2))
    assert shown.store.position == 0


def test_arrow_keys_step_when_no_text_has_the_focus(shown: MainWindow, qtbot: QtBot) -> None:
    shown.timeline.slider.setFocus()
    end = last(shown.store)
    QTest.keyClick(shown, Qt.Key.Key_Left)
    assert shown.store.position == end - 1
    QTest.keyClick(shown, Qt.Key.Key_Right)
    assert shown.store.position == end
    QTest.keyClick(shown, Qt.Key.Key_Home)
    assert shown.store.position == 0
    QTest.keyClick(shown, Qt.Key.Key_End)
    assert shown.store.position == end


def test_arrow_keys_move_the_caret_when_the_editor_has_the_focus(shown: MainWindow, qtbot: QtBot) -> None:
    editor = shown.program.code.editor
    editor.setFocus()
    editor.go_to(3)
    before = shown.store.position
    QTest.keyClick(editor, Qt.Key.Key_Right)
    QTest.keyClick(editor, Qt.Key.Key_Space)
    assert shown.store.position == before
    assert not shown.store.playing
    assert editor.textCursor().positionInBlock() == 2


def test_stepping_past_either_end_stays_there(shown: MainWindow) -> None:
    shown.playback.step(5)
    assert shown.store.position == last(shown.store)
    shown.playback.go(-3)
    assert shown.store.position == 0
    shown.playback.step(-1)
    assert shown.store.position == 0


def test_play_begins_again_at_the_end_and_pauses_when_pressed_again(shown: MainWindow, qtbot: QtBot) -> None:
    shown.settings["playback/speed"] = 60.0
    play = shown.actions_by_name["playAction"]
    play.trigger()
    assert shown.store.playing
    assert shown.store.position == 0
    qtbot.waitUntil(lambda: shown.store.position >= 2)
    play.trigger()
    assert not shown.store.playing
    play.trigger()
    qtbot.waitUntil(lambda: not shown.store.playing, timeout=5000)
    assert shown.store.position == last(shown.store)


def test_stepping_by_hand_ends_playing(shown: MainWindow) -> None:
    shown.playback.go(0)
    shown.playback.toggle()
    shown.playback.step(1)
    assert not shown.store.playing


def test_while_live_a_small_recording_is_followed_step_by_step(shown: MainWindow, qtbot: QtBot) -> None:
    shown.settings["playback/live_speed"] = 1000.0
    shown.playback.go(0)
    seen: list[int] = []
    shown.store.changed.connect(lambda aspects: seen.append(shown.store.position))
    shown.playback.follow()
    qtbot.waitUntil(lambda: shown.store.position == last(shown.store))
    assert sorted(set(seen) - {0}) == list(range(1, last(shown.store) + 1))


def test_grabbing_the_slider_ends_live(shown: MainWindow, qtbot: QtBot) -> None:
    shown.playback.go(0)
    shown.playback.follow()
    slider = shown.timeline.slider
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(30, slider.height() // 2))
    assert not shown.store.live
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(30, slider.height() // 2))
    assert not shown.actions_by_name["liveAction"].isChecked()


def test_a_long_recording_is_caught_up_with_in_a_few_jumps(shown: MainWindow, qtbot: QtBot) -> None:
    recording = Recording("", "long")
    part = lesson()
    recording.extend(part.steps)
    recording.extend([Print(f"{n}\n") for n in range(20_000)])
    shown.store.set(Aspect.RECORDING | Aspect.POSITION, recording=recording, position=0)
    moves: list[int] = []
    shown.store.changed.connect(lambda aspects: moves.append(shown.store.position))
    shown.playback.follow()
    qtbot.waitUntil(lambda: shown.store.position == len(recording.stops), timeout=10_000)
    assert len(set(moves)) < 120


def test_each_stop_has_the_colour_of_what_happens_there() -> None:
    phases = Phases()
    recording = lesson()
    phases.follow(recording)
    kinds = [Phase(kind) for kind in phases.kinds]
    assert len(kinds) == len(recording.stops)
    assert kinds == [Phase.FORWARD] * 4 + [Phase.BACKWARD] * 4 + [Phase.PRINT] * 2


def test_the_slider_paints_any_number_of_stops(qtbot: QtBot) -> None:
    slider = TimelineSlider(theme("dark"))
    qtbot.addWidget(slider)
    slider.resize(300, 30)
    for count in (0, 1, 7, 150, 299, 5_000, 100_000):
        slider.setRange(0, count)
        slider.show_phases(np.tile(np.array([0, 0, 2, 1], np.uint8), count // 4 + 1)[:count])
        for value in (0, count // 3, count):
            slider.setValue(value)
            assert not slider.grab().isNull()


def test_the_groove_is_cut_where_steps_are_missing(shown: MainWindow) -> None:
    def gaps() -> int:
        slider = shown.timeline.slider
        image = slider.grab().toImage()
        colours = [image.pixelColor(x, slider.height() // 2).name() for x in range(image.width())]
        return colours.count(shown.store.theme["text_faint"][:7])

    whole = gaps()
    recording = shown.store.recording
    middle = len(recording.steps) // 2
    cut = Recording(recording.source)
    cut.extend([*recording.steps[:middle], Gap(1_000_000), *recording.steps[middle:]])
    shown.store.set(Aspect.RECORDING | Aspect.POSITION, recording=cut, position=len(cut.stops))
    assert gaps() > whole


def test_the_status_line_counts_what_passes_by(shown: MainWindow) -> None:
    recording = Recording("x = 1")
    recording.missing = 5000
    shown.store.set(Aspect.RECORDING | Aspect.RUN, recording=recording, running=True, outcome=None)
    label = shown.findChild(QLabel, "statusState")
    assert isinstance(label, QLabel)
    assert label.text() == "Running: 5,000 steps so far. The first are kept; the latest appear when the run ends."
    shown.store.set(Aspect.RUN, running=False)
