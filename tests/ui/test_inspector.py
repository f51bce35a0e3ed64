"""The inspector: what is said of a node at a moment, and where its links lead."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.lesson import lesson, operation
from ui import i18n
from ui.inspector.array_view import ArrayView, Histogram
from ui.inspector.facts import Matrix, Pair, Posting, Section, Source, Subject, Words, describe
from ui.inspector.label import Label, breakable
from ui.inspector.page import Page, together
from ui.main_window import MainWindow
from ui.store import Aspect
from visgrad.picture.roles import theme
from visgrad.recording.model import Output, Summary
from visgrad.recording.recording import Recording
from visgrad.recording.summary import summarise


@pytest.fixture(autouse=True)
def english() -> None:
    i18n.use("en")


def section(subject: Subject, title: str) -> Section:
    return next(part for part in subject.sections if part.title == title)


def pairs(subject: Subject) -> dict[str, str]:
    return {item.name: item.value for part in subject.sections for item in part.items if isinstance(item, Pair)}


def test_a_result_is_described_with_its_formula_and_its_line() -> None:
    recording = lesson()
    subject = describe(recording.frame(len(recording.stops)), 1)
    assert (subject.title, subject.call, subject.kind) == ("y", "w**2", "result")
    assert pairs(subject)["grad_fn"] == "PowBackward0"
    assert pairs(subject)["is_leaf"] == "False"
    formula = [item.text for item in section(subject, "Formula").items if isinstance(item, Words)]
    assert formula[0].startswith("y = ")
    assert any("4" in text for text in formula)
    assert section(subject, "In the program").items == (Source(4, "y = w**2"),)


def test_a_leaf_shows_its_gradient_and_how_it_added_up() -> None:
    recording = lesson()
    subject = describe(recording.frame(len(recording.stops)), 0)
    (matrix,) = section(subject, "Gradient (.grad)").items
    assert isinstance(matrix, Matrix)
    assert matrix.summary == summarise(np.float32(40))
    postings = [item for item in section(subject, "How it added up").items if isinstance(item, Posting)]
    assert [(p.sender, p.amount, p.total, p.node) for p in postings] == [
        ("w**2", "+ 40", "40", 1),
        (".grad", "+ 40", "40", -1),
    ]


def test_a_gradient_that_passes_through_is_shown_with_the_reason_it_is_not_kept() -> None:
    recording = lesson()
    subject = describe(recording.frame(len(recording.stops)), 1)
    items = section(subject, "Gradient").items
    assert any(isinstance(item, Matrix) and item.kind == "gradient" for item in items)
    assert any(isinstance(item, Words) and "retain_grad" in item.text for item in items)


def test_before_backward_the_missing_gradient_is_explained() -> None:
    recording = lesson()
    subject = describe(recording.frame(2), 0)
    (words,) = section(subject, "Why is .grad None?").items
    assert isinstance(words, Words)
    assert words.text


def test_a_node_that_lies_ahead_says_so_and_shows_no_value() -> None:
    subject = describe(lesson().frame(1), 3)
    assert not any(isinstance(item, Matrix) for part in subject.sections for item in part.items)
    assert "not run yet" in str(subject.sections)


def shapes() -> list[Summary]:
    rng = np.random.default_rng(0)
    arrays = [
        np.float32(3),
        np.float64("nan"),
        np.array([1, 2, 3]),
        np.array([True, False]),
        rng.normal(size=(4, 5)).astype(np.float32),
        rng.normal(size=(2, 3, 4)).astype(np.float32),
        rng.normal(size=(100, 50)).astype(np.float32),
        np.full((300,), np.inf, np.float32),
        np.zeros((0, 3), np.float32),
        np.array([1 + 2j, 3j]),
        np.array([np.nan, np.inf, 1], np.float32),
    ]
    return [summarise(array) for array in arrays]


@pytest.mark.parametrize("summary", shapes(), ids=lambda summary: f"{summary.dtype}{summary.shape}")
def test_every_kind_of_array_is_painted(summary: Summary, qtbot: QtBot) -> None:
    for name in ("light", "dark"):
        view = ArrayView(summary, theme(name), gradient=name == "dark")
        qtbot.addWidget(view)
        view.resize(240, max(1, view.sizeHint().height()))
        assert not view.grab().isNull()
        if summary.histogram:
            bars = Histogram(summary, theme(name))
            qtbot.addWidget(bars)
            bars.resize(240, 36)
            assert not bars.grab().isNull()


def test_a_large_array_shows_statistics_and_offers_all_of_it(qtbot: QtBot) -> None:
    summary = summarise(np.linspace(-1, 3, 5000, dtype=np.float32).reshape(50, 100))
    subject = Subject("x", "leaf", "leaf", "", "", (Section("Value", (Matrix(summary, 7),)),))
    page = Page(subject, theme("light"), fetchable=True)
    qtbot.addWidget(page)
    assert "mean ± std" in page.plain_text()
    button = page.findChild(QPushButton, "fetchButton")
    assert button is not None
    with qtbot.waitSignal(page.fetch_wanted) as caught:
        button.click()
    assert caught.args == [7, "value"]


def test_the_inspector_follows_the_steps_until_a_node_is_selected(window: MainWindow, qtbot: QtBot) -> None:
    recording = lesson()
    window.store.set(Aspect.RECORDING | Aspect.POSITION, recording=recording, position=2, live=False)
    inspector = window.inspector
    qtbot.waitUntil(lambda: inspector.plain_text().startswith("y\n"))
    window.store.go(3)
    qtbot.waitUntil(lambda: inspector.plain_text().startswith("10*y\n"))
    window.store.select(0)
    qtbot.waitUntil(lambda: inspector.plain_text().startswith("w\n"))
    window.store.go(4)
    qtbot.wait(20)
    assert inspector.plain_text().startswith("w\n")
    window.store.select(None)
    qtbot.waitUntil(lambda: inspector.plain_text().startswith("z\n"))


def test_with_nothing_to_describe_it_says_what_it_is_for(window: MainWindow) -> None:
    assert "Click a node" in window.inspector.plain_text()


def test_a_result_of_several_tensors_has_a_value_each() -> None:
    first = operation(0, "tensor", 2, "torch.tensor(2.0)", ())
    pair = operation(1, "max", 4, "x.max(dim=0)", ())
    outputs = (pair.outputs[0], Output(2, summarise(np.int64(1)), "constant", False, 2))
    recording = Recording("", "several.py")
    recording.extend([first, type(pair)(1, "max", (0,), outputs, (), "MaxBackward0", "x.max(dim=0)")])
    subject = describe(recording.frame(2), 1)
    assert [part.title for part in subject.sections if part.title.startswith("Value")] == ["Value [0]", "Value [1]"]


def test_a_click_on_the_source_line_shows_it_in_the_editor(window: MainWindow) -> None:
    recording = lesson()
    window.set_text(recording.source)
    window.show_build()
    window.inspector.line_clicked.emit(5)
    assert window.program.currentWidget() is window.program.code
    assert window.program.code.editor.textCursor().blockNumber() == 4


def test_a_product_in_a_formula_is_not_torn_apart_where_it_fits() -> None:
    parts = ["w", "←", "g\u00a0·\u00a02\u00a0·\u00a0w", "=", "10\u00a0·\u00a02\u00a0·\u00a02", "=", "40"]
    assert together("w ← g · 2 · w = 10 · 2 · 2 = 40").split(" ") == parts
    wide = "y = torch.ones(2,3,4) · torch.ones(4,3)"
    assert together(wide) == wide


def test_a_page_is_no_wider_than_its_narrow_panel_whatever_the_ledger_holds(qtbot: QtBot) -> None:
    amount = "+ (200, 300) mean -0.8326"
    postings = (Posting("x**2", amount, amount[2:], 1), Posting(".grad", amount, amount[2:]))
    page = Page(Subject("x", "leaf", "leaf", "", "", (Section("How it added up", postings),)), theme("light"), False)
    qtbot.addWidget(page)
    assert page.minimumSizeHint().width() <= 220


def test_a_long_call_does_not_make_the_panel_wider_than_it_is_and_is_copied_as_it_is_written(qtbot: QtBot) -> None:
    call = "model.generate(torch.zeros((1,1),dtype=torch.long),max_new_tokens=60)[0]"
    subject = Subject(call, f"view of {call}", "view", "", "", (Section("In the program", (Source(86, call),)),))
    page = Page(subject, theme("light"), fetchable=False)
    qtbot.addWidget(page)
    assert page.minimumSizeHint().width() < 240
    badge = page.findChild(Label, "inspectorKind")
    assert isinstance(badge, Label)
    assert badge.toolTip() == f"view of {call}"
    assert page.plain_text().splitlines()[1] == f"view of {call}"
    labels = [label for label in page.findChildren(Label) if "generate" in label.copied()]
    assert [label.copied() for label in labels] == [call, f"86  {call}"]


def test_short_words_are_left_alone_and_long_ones_break_after_punctuation_first() -> None:
    assert breakable("y = w**2 + 10") == "y = w**2 + 10"
    assert breakable("torch.nn.functional.relu(x)").split("\u200b") == ["torch.", "nn.", "functional.", "relu(", "x)"]
    assert [len(part) for part in breakable("1" * 40).split("\u200b")] == [14, 14, 12]


def test_a_formula_of_a_long_expression_stays_within_the_narrow_panel(qtbot: QtBot) -> None:
    formula = "result = torch.sigmoid(net(X)).round() in another shape"
    page = Page(
        Subject("y", "view", "view", "", "", (Section("Formula", (Words(formula, "formula"),)),)), theme("light"), False
    )
    qtbot.addWidget(page)
    assert page.minimumSizeHint().width() <= 210


def test_a_line_with_a_comprehension_is_listed_once(window: MainWindow, qtbot: QtBot) -> None:
    window.set_text("import torch\na, b = (torch.ones(2) for _ in range(2))\n")
    with qtbot.waitSignal(window.session.finished, timeout=20_000):
        window.commands.run()
    places = [i for s in describe(window.store.frame, 0).sections for i in s.items if isinstance(i, Source)]
    assert [place.line for place in places] == [2]
