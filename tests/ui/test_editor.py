"""The editor: colours, keys, marks, and finding."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.lesson import lesson
from ui.main_window import MainWindow
from ui.program import editing
from ui.program.editor import ProgramEditor
from ui.program.syntax import NORMAL, pieces
from ui.store import Aspect
from visgrad.recording.model import Span


def coloured(line: str, state: int = NORMAL) -> list[tuple[str, str]]:
    return [(line[start : start + length], kind) for start, length, kind in pieces(line, state)[0]]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("import torch", [("import", "keyword")]),
        ("x = 1.5e-3 + 0xFF", [("1.5e-3", "number"), ("0xFF", "number")]),
        ("print(w.grad)  # show", [("print", "builtin"), ("# show", "comment")]),
        ("s = 'a # b'", [("'a # b'", "string")]),
        (r"s = 'it\'s'", [(r"'it\'s'", "string")]),
        ("@property", [("@property", "decorator")]),
        ("y = a @ b", []),
        ("x.print = x.list", []),
        ("s = rb'\\'", [("rb'\\'", "string")]),
        ("match = 1", [("1", "number")]),
        ("match x:", [("match", "keyword")]),
        ("x1 = 2", [("2", "number")]),
        ("f'{x:.2f} {{no}}'", [("f'{", "string"), (":.2f} {{no}}'", "string")]),
        ("f'{len(a)!r}'", [("f'{", "string"), ("len", "builtin"), ("!r}'", "string")]),
        ("한글 = True  # 주석", [("True", "keyword"), ("# 주석", "comment")]),
    ],
)
def test_python_is_coloured(line: str, expected: list[tuple[str, str]]) -> None:
    assert coloured(line) == expected


def test_a_triple_quoted_string_is_coloured_to_its_end() -> None:
    first, state = pieces('"""one')
    assert first[0].kind == "string"
    assert state != NORMAL
    _, state = pieces("two # no comment", state)
    assert state != NORMAL
    last, state = pieces('three""" + 1', state)
    assert [piece.kind for piece in last] == ["string", "number"]
    assert state == NORMAL


def test_any_text_is_coloured_without_an_error() -> None:
    for line in (
        "'",
        '"',
        "f'{",
        "f'{{",
        "f'{a",
        "\\",
        "@",
        "0x",
        "1_000.e5",
        "🙂 = '🙂'",
        "'" * 7,
        "{}" * 50,
        "f'{'{'",
    ):
        for state in range(9):
            for start, length, _ in pieces(line, state)[0]:
                assert 0 <= start <= start + length <= len(line)


@pytest.fixture
def editor(window: MainWindow) -> ProgramEditor:
    window.set_text("")
    window.program.code.editor.setFocus()
    return window.program.code.editor


def test_a_new_line_keeps_the_indentation_and_goes_deeper_after_a_colon(editor: ProgramEditor, qtbot: QtBot) -> None:
    for line in ("for i in range(3):", "x = i", "if x:  # why", "return x", "y"):
        QTest.keyClicks(editor, line)
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert editor.toPlainText().splitlines()[:5] == [
        "for i in range(3):", "    x = i", "    if x:  # why", "        return x", "    y",
    ]  # fmt: skip


def test_tab_indents_backspace_in_the_indentation_takes_a_level(editor: ProgramEditor, qtbot: QtBot) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.toPlainText() == " " * 8
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert editor.toPlainText() == " " * 4
    QTest.keyClicks(editor, "x")
    QTest.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.toPlainText() == "x"


def test_lines_are_commented_out_and_in_as_one_undo_step(editor: ProgramEditor, qtbot: QtBot) -> None:
    text = "a = 1\n    b = 2\n\nc = 3"
    editor.setPlainText(text)
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert editor.toPlainText() == "# a = 1\n#     b = 2\n\n# c = 3"
    QTest.keyClick(editor, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert editor.toPlainText() == text
    editor.undo()
    editor.undo()
    assert editor.toPlainText() == text


def test_brackets_find_their_partners(qtbot: QtBot) -> None:
    document = QTextDocument("f(a[1], (b))")
    assert editing.matching_brackets(document, 2) == (1, 11)
    assert editing.matching_brackets(document, 12) == (11, 1)
    assert editing.matching_brackets(document, 4) == (3, 5)
    assert editing.matching_brackets(QTextDocument("(()"), 0) is None


def test_a_program_is_replaced_by_changing_only_what_differs(qtbot: QtBot) -> None:
    document = QTextDocument("a = 1\n🙂 = 2\nc = 3\n")
    document.clearUndoRedoStacks()
    editing.replace_text(document, "a = 1\n🙂 = 2\nnew\nc = 3\n")
    assert document.toPlainText() == "a = 1\n🙂 = 2\nnew\nc = 3\n"
    document.undo()
    assert document.toPlainText() == "a = 1\n🙂 = 2\nc = 3\n"
    assert not document.isUndoAvailable()


def test_a_span_covers_its_characters_whatever_the_script(qtbot: QtBot) -> None:
    document = QTextDocument("x = 1\ns = '🙂한' + y\n")
    assert editing.cursor_over(document, Span(2, 4, 2, 8)).selectedText() == "'🙂한'"
    assert editing.cursor_over(document, Span(2, 11, 2, 12)).selectedText() == "y"
    assert editing.cursor_over(document, Span(9, 0, 9, 5)).selectedText() == ""


def _underlined(editor: ProgramEditor) -> list[str]:
    wave = QTextCharFormat.UnderlineStyle.SpellCheckUnderline
    return [s.cursor.selectedText() for s in editor.extraSelections() if s.format.underlineStyle() == wave]


def test_a_syntax_error_is_underlined_while_typing_and_gone_when_mended(
    window: MainWindow, editor: ProgramEditor, qtbot: QtBot
) -> None:
    QTest.keyClicks(editor, "x = 1 +")
    qtbot.waitUntil(lambda: bool(_underlined(editor)))
    assert not window.program.code.message.isVisible(), "typing is not interrupted by messages"
    QTest.keyClicks(editor, " 2")
    qtbot.waitUntil(lambda: not _underlined(editor))


def test_a_typed_program_does_not_ask_for_much_to_mark_a_line(editor: ProgramEditor) -> None:
    editor.setPlainText("a = 1\n" * 3000)
    editor.go_to(2900)
    assert editor.textCursor().blockNumber() == 2899


def test_find_selects_each_place_in_turn_and_begins_again(window: MainWindow, qtbot: QtBot) -> None:
    window.set_text("ab\nx\nab\n")
    window.program.code.editor.setFocus()
    window.actions_by_name["findAction"].trigger()
    bar = window.program.code.find_bar
    assert bar.isVisible()
    QTest.keyClicks(bar.field, "AB")
    lines = []
    for _ in range(3):
        cursor = window.program.code.editor.textCursor()
        lines.append(cursor.blockNumber())
        assert cursor.selectedText() == "ab"
        QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert lines == [0, 2, 0]
    QTest.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()


def test_a_dropped_file_is_left_to_the_window(editor: ProgramEditor) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/tmp/program.py")])
    assert not editor.canInsertFromMimeData(data)
    text = QMimeData()
    text.setText("x = 1")
    assert editor.canInsertFromMimeData(text)


def test_undo_reaches_back_to_the_opened_text_and_no_further(window: MainWindow, qtbot: QtBot) -> None:
    window.set_text("x = 1\n")
    editor = window.program.code.editor
    editor.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(editor, "y = 2")
    for _ in range(10):
        window.actions_by_name["undoAction"].trigger()
    assert editor.toPlainText() == "x = 1\n"
    window.actions_by_name["redoAction"].trigger()
    assert editor.toPlainText() == "x = 1\ny = 2"


def test_a_click_on_a_line_number_visits_the_steps_of_that_line_in_turn(window: MainWindow) -> None:
    recording = lesson()
    window.set_text(recording.source)
    window.store.set(Aspect.RECORDING | Aspect.POSITION, recording=recording, position=0, stale=False)
    gutter = window.program.code.editor.gutter
    seen = []
    for _ in range(5):
        gutter.clicked.emit(5)
        seen.append(window.store.position)
    assert seen == [3, 4, 6, 7, 3], "two operations, then their parts in the backward sweep, then again"
    gutter.clicked.emit(1)
    assert window.store.position == 3, "a line that did nothing leads nowhere"
    window.store.go(0)
    QTest.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=QPoint(5, 60))
    assert window.store.position in (1, 2), "lines 3 and 4 stand there"


def test_a_lesson_that_is_pasted_becomes_a_program_in_one_step(editor: ProgramEditor) -> None:
    editor.setPlainText("")
    pasted = QMimeData()
    pasted.setText("# Sum\n\n```python\nx = torch.ones(2)\nx.sum()\n```\n\n    tensor(2.)\n")
    editor.insertFromMimeData(pasted)
    assert editor.toPlainText() == "# %%\n# # Sum\nx = torch.ones(2)\nx.sum()\n"
    editor.undo()
    assert editor.toPlainText() == ""
    pasted.setText("x = 1\n")
    editor.insertFromMimeData(pasted)
    assert editor.toPlainText() == "x = 1\n"
