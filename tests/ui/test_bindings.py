"""Values beside the program's lines, and what a name stands for now."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.ui.lesson import at, lesson, operation, steps
from ui.main_window import MainWindow
from ui.program.bindings import Bindings, Hint
from ui.store import Aspect
from visgrad.recording.model import Bind
from visgrad.recording.recording import Recording


def test_a_line_shows_what_it_has_bound_once_it_has_run() -> None:
    recording = lesson()
    bindings = Bindings()
    bindings.follow(recording)
    assert bindings.hints(recording.frame(0)) == {}
    assert bindings.hints(recording.frame(2)) == {3: Hint("→ 2"), 4: Hint("→ 4")}
    end = bindings.hints(recording.frame(len(recording.stops)))
    assert end[3] == Hint("→ 2", "grad 40")
    assert set(end) == {3, 4, 5}


def test_in_a_loop_the_latest_value_counts_and_stepping_back_restores_the_earlier() -> None:
    recording = Recording("", "loop.py")
    recording.extend(
        [
            operation(0, "tensor", 1, "one", at(1, 0, 1)),
            Bind("x", 0, 1),
            operation(1, "mul", 2, "x*2", at(2, 0, 1)),
            Bind("x", 1, 2),
            operation(2, "mul", 4, "x*2", at(2, 0, 1)),
            Bind("x", 2, 2),
        ]
    )
    bindings = Bindings()
    bindings.follow(recording)
    assert bindings.hints(recording.frame(3))[2].values == "→ 4"
    assert bindings.hints(recording.frame(2))[2].values == "→ 2"
    assert bindings.value(recording.frame(3), "x") == 2
    assert bindings.value(recording.frame(1), "x") == 0


def test_it_grows_with_the_recording() -> None:
    recording = Recording("", "grows.py")
    bindings = Bindings()
    all_steps = steps()
    for step in all_steps:
        recording.extend([step])
        bindings.follow(recording)
    assert bindings.value(recording.frame(len(recording.stops)), "z") == 3


def test_a_name_is_told_with_its_value_kind_and_gradient() -> None:
    recording = lesson()
    bindings = Bindings()
    bindings.follow(recording)
    assert bindings.tell(recording.frame(len(recording.stops)), "y") == "y = 4\n() float32\ngrad 10"
    assert bindings.tell(recording.frame(1), "y") == ""
    assert bindings.tell(recording.frame(1), "nothing") == ""


def test_lines_that_were_edited_since_the_run_show_no_values(window: MainWindow, qtbot: QtBot) -> None:
    recording = lesson()
    window.set_text(recording.source)
    window.store.set(Aspect.RECORDING | Aspect.POSITION, recording=recording, position=10, stale=False, live=False)
    code = window.program.code
    assert {line for line, _ in code.marks().hints} == {3, 4, 5}
    window.document.setPlainText(recording.source.replace("w**2", "w**3"))
    assert {line for line, _ in code.marks().hints} == {3, 5}
    window.settings["editor/values"] = False
    assert code.marks().hints == ()
