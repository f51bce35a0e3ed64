"""The console: what was printed, when, and errors with the program's lines."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from tests.ui.lesson import at, lesson
from ui import i18n
from ui.console.console import MAX_LINES, Console
from ui.console.transcript import Transcript, duration
from ui.main_window import MainWindow
from ui.store import Aspect, Store
from visgrad.recording.model import Error, Gap, Outcome, Print
from visgrad.recording.recording import Recording


@pytest.fixture
def store() -> Store:
    i18n.use("en")
    return Store()


@pytest.fixture
def console(store: Store, qtbot: QtBot) -> Console:
    widget = Console(store)
    qtbot.addWidget(widget)
    return widget


def show(store: Store, recording: Recording, position: int | None = None) -> None:
    end = len(recording.stops) if position is None else position
    store.set(Aspect.RECORDING | Aspect.POSITION, recording=recording, position=end)


def faint(console: Console) -> str:
    return "".join(selection.cursor.selectedText() for selection in console.extraSelections())


def test_printed_text_cell_values_and_the_outcome_are_shown(store: Store, console: Console) -> None:
    show(store, lesson())
    assert console.toPlainText() == "tensor(40.)\ntensor(40.)\nDone in 12 ms · 4 operations\n"
    assert faint(console) == ""


def test_what_lies_beyond_the_position_is_faint(store: Store, console: Console) -> None:
    recording = lesson()
    show(store, recording, len(recording.stops) - 1)
    assert faint(console).startswith("tensor(40.)")
    store.go(0)
    assert faint(console).replace("\u2029", "\n") == console.toPlainText()
    store.go(len(recording.stops))
    assert faint(console) == ""


def test_text_that_arrives_later_is_appended(store: Store, console: Console) -> None:
    recording = Recording("", "p.py")
    show(store, recording)
    recording.extend([Print("one")])
    store.set(Aspect.RECORDING)
    recording.extend([Print(" two\n")])
    store.set(Aspect.RECORDING)
    recording.outcome = Outcome("stopped")
    store.set(Aspect.RUN, running=True)
    assert console.toPlainText() == "one two\nStopped\n"


def test_an_error_shows_the_programs_lines_and_the_message_last(store: Store, console: Console) -> None:
    recording = Recording("x = 1\nf(x)\n", "p.py")
    recording.extend([Print("no line end"), Error("NameError", "name 'f' is not defined", at(2, 0, 1), "Did you …?")])
    recording.outcome = Outcome("error")
    show(store, recording)
    lines = console.toPlainText().splitlines()
    assert lines[0] == "no line end"
    assert lines[1].startswith("line 2")
    assert "f(x)" in lines[1]
    assert lines[2:4] == ["NameError: name 'f' is not defined", "Did you …?"]


def test_a_click_on_a_line_of_the_traceback_goes_there(window: MainWindow, qtbot: QtBot) -> None:
    recording = Recording("x = 1\nf(x)\n", "p.py")
    recording.extend([Error("NameError", "name 'f' is not defined", at(2, 0, 1))])
    window.set_text(recording.source)
    show(window.store, recording)
    pieces = [piece for piece in Transcript(recording).news() if piece.style == "link"]
    assert [piece.line for piece in pieces] == [2]
    window.console.line_clicked.emit(2)
    assert window.program.code.editor.textCursor().blockNumber() == 1


def test_a_flood_keeps_the_newest_lines(store: Store, console: Console) -> None:
    recording = Recording("", "p.py")
    recording.extend([Print(f"{number}\n") for number in range(3 * MAX_LINES)])
    show(store, recording)
    lines = console.toPlainText().splitlines()
    assert len(lines) <= MAX_LINES
    assert lines[-1] == str(3 * MAX_LINES - 1)
    store.go(len(recording.stops) - 10)
    assert len(faint(console).replace("\u2029", "\n").split()) == 10


def test_another_recording_begins_with_an_empty_console(store: Store, console: Console) -> None:
    show(store, lesson())
    show(store, Recording("", "p.py"))
    assert console.toPlainText() == ""


def test_clearing_forgets_what_was_printed_so_far_only(store: Store, console: Console) -> None:
    recording = lesson()
    recording.outcome = None
    show(store, recording)
    console.clear_all()
    assert console.toPlainText() == ""
    recording.extend([Print("more\n")])
    store.set(Aspect.RECORDING)
    assert console.toPlainText() == "more\n"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "1 ms"), (0.0123, "12 ms"), (0.9999, "1.0 s"), (3.44, "3.4 s"), (125.0, "2 min 5 s")]
)
def test_lengths_of_time_are_written_for_people(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_what_is_printed_knows_the_step_that_printed_it(store: Store, console: Console) -> None:
    recording = lesson()
    show(store, recording)
    console.resize(400, 200)
    first = console.cursorRect(QTextCursor(console.document())).center()
    step = console.step_at(first)
    assert step is not None
    assert isinstance(recording.steps[step], Print)


def test_steps_that_were_not_kept_are_told_where_they_are_missing(store: Store, console: Console) -> None:
    recording = lesson()
    recording.outcome = None
    recording.extend([Gap(1234), Print("after\n")])
    show(store, recording)
    assert "… 1,234 steps are not kept; what follows are the latest.\nafter" in console.toPlainText()


def test_at_the_end_of_the_run_the_end_of_the_output_is_seen(store: Store, console: Console, qtbot: QtBot) -> None:
    console.resize(300, 120)
    console.show()
    qtbot.waitExposed(console)
    recording = Recording("", "p.py")
    recording.extend([Print(f"{number}\n") for number in range(500)])
    show(store, recording, 250)
    bar = console.verticalScrollBar()
    assert bar.value() < bar.maximum()
    store.go(len(recording.stops))
    assert bar.value() == bar.maximum()
