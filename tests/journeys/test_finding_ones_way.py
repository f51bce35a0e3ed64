"""What someone does who looks for something in a larger graph: colours, problems, bookmarks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.journeys.test_first_light import User
from ui.main_window import MainWindow
from visgrad.picture.display import State
from visgrad.picture.roles import ROLES

TRAINING = """\
import torch
torch.manual_seed(0)
w = torch.randn(4, requires_grad=True)
x = torch.randn(4)
for i in range(3):
    h = torch.tanh(w * x * 100)
    loss = (h * 5e7).sum()
    loss.backward()
    w.data -= 1e-12 * w.grad
    w.grad = None
"""


@pytest.fixture
def user(window: MainWindow, qtbot: QtBot) -> User:
    window.resize(1280, 800)
    window.graph.view.reduced_motion = True
    user = User(window, qtbot)
    user.type_program(TRAINING)
    user.run()
    user.to_end()
    return user


def choose(menu: QMenu, name: str) -> None:
    """Open a menu and choose an entry by its object name or its text."""
    menu.aboutToShow.emit()
    found = [one for one in menu.actions() if name in (one.objectName(), one.text().replace("&", ""))]
    assert found, (name, [one.text() for one in menu.actions()])
    found[0].trigger()


def menu_of(user: User, name: str) -> QMenu:
    menu = user.window.findChild(QMenu, name)
    assert isinstance(menu, QMenu), name
    return menu


def accents(user: User) -> set[str]:
    display = user.graph.display
    assert display is not None
    return {ROLES[role] for role in display.cards.accent.tolist()}


def test_colouring_by_gradient_shows_a_legend_and_moves_nothing(user: User) -> None:
    assert user.graph.display is not None
    before = user.graph.display.cards.rect.tolist()
    legend = user.find(QWidget, "colourLegend")
    assert legend.isHidden()
    choose(menu_of(user, "colourMenu"), "colour.gradient")
    assert user.graph.display.cards.rect.tolist() == before
    assert any(name.startswith("shade") for name in accents(user))
    assert legend.isVisible()
    assert "Gradient" in legend.accessibleName()
    user.press("toStartAction")
    user.press("stepForwardAction")
    assert not any(name.startswith("shade") for name in accents(user)), "no gradient has come yet"
    choose(menu_of(user, "colourMenu"), "colour.role")
    assert legend.isHidden()


def test_saturated_units_and_exploded_gradients_are_marked_and_listed(user: User, qtbot: QtBot) -> None:
    menu = menu_of(user, "problemMenu")
    menu.aboutToShow.emit()
    entries = [one.text() for one in menu.actions()]
    assert any(entry == "Exploded gradient: h  × 3\tline 6" for entry in entries)
    user.press("toStartAction")
    while not user.store.frame.operation_count > 5:
        user.press("stepForwardAction")
    menu.aboutToShow.emit()
    (entry,) = menu.actions()
    assert entry.text() == "Saturated units: h\tline 6", "no gradient has come yet"
    entry.trigger()
    assert user.store.selection is not None
    assert user.store.recording.operations[user.store.selection].op == "tanh"
    display = user.graph.display
    assert display is not None
    assert ((display.cards.state & State.MARKED) > 0).any()


def test_a_bookmark_leads_back_and_outlives_the_window(
    user: User, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_window: Callable[..., MainWindow]
) -> None:
    slider = user.find(QWidget, "graph.detail")
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Home)
    user.graph.zoom(2.0)
    user.window.playback.go(7)
    there, camera, position = user.store.options, user.graph.camera, user.store.position
    name_the_view(user, "first pass")

    QTest.keyClick(slider, Qt.Key.Key_End)
    user.graph.fit()
    user.to_end()
    assert user.store.options != there
    choose(menu_of(user, "bookmarkMenu"), "1 first pass")
    assert (user.store.options, user.store.position, user.graph.camera) == (there, position, camera)

    path = tmp_path / "kept.visgrad"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    user.action("saveAsAction").trigger()
    other = User(open_window(path), qtbot)
    other.window.graph.view.reduced_motion = True
    assert [one.name for one in other.store.bookmarks] == ["first pass"]
    assert other.store.position == position, "a recording opens as it was looked at"
    other.to_end()
    choose(menu_of(other, "bookmarkMenu"), "1 first pass")
    qtbot.waitUntil(lambda: (other.store.position, other.graph.camera) == (position, camera))
    choose(menu_of(other, "bookmarkRemoveMenu"), "first pass")
    assert other.store.bookmarks == ()


def name_the_view(user: User, name: str) -> None:
    action = user.action("bookmarkAction")
    assert isinstance(action, QAction)
    action.trigger()
    field = user.find(QLineEdit, "bookmarkName")
    QTest.keyClicks(field, name)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_the_counter_of_problems_is_a_button_with_a_list(user: User) -> None:
    button = user.find(QToolButton, "graph.problems")
    assert isinstance(button, QToolButton)
    assert button.isVisible()
    assert button.menu() is menu_of(user, "problemMenu")


def test_all_of_it_can_be_done_with_the_keyboard_and_is_told_by_the_outline(user: User, qtbot: QtBot) -> None:
    model = user.window.outline.model()
    kinds = [operation.op for operation in user.store.recording.operations]

    def heard() -> list[str]:
        return [str(model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(model.rowCount())]

    tanh = kinds.index("tanh")
    assert "Exploded gradient" in heard()[tanh]
    assert not any(sentence.endswith("lit") for sentence in heard())

    user.store.select(tanh)
    user.action("alikeAction").trigger()
    assert [kinds[row] for row, sentence in enumerate(heard()) if sentence.endswith("lit")] == ["tanh"] * 3
    user.window.graph.finder.hide()

    user.store.select(kinds.index("randn"))
    user.store.select(tanh)
    user.action("pathAction").trigger()
    lit = [row for row, sentence in enumerate(heard()) if sentence.endswith("lit")]
    assert [kinds[row] for row in lit][:1] == ["randn"]
    assert lit[-1] == tanh

    user.action("toLineAction").trigger()
    assert user.editor.textCursor().block().text().strip() == "h = torch.tanh(w * x * 100)"
    user.store.select(None)
    user.action("fromLineAction").trigger()
    assert user.store.selection is not None
    assert user.store.recording.operations[user.store.selection].where[0].span.line == 6


def test_constants_can_be_hidden_from_the_menu(user: User) -> None:
    assert user.graph.display is not None
    before = len(user.graph.display.cards.node)
    action = user.action("constantsAction")
    assert action.isChecked()
    action.trigger()
    assert not action.isChecked()
    assert user.graph.display is not None
    assert len(user.graph.display.cards.node) < before


def test_the_legend_covers_no_card_even_in_a_small_window(user: User) -> None:
    user.window.resize(900, 600)
    user.action("fitAction").trigger()
    choose(menu_of(user, "colourMenu"), "colour.dtype")
    legend = user.find(QWidget, "colourLegend").geometry()
    display = user.graph.display
    assert display is not None
    lowest = max(user.graph.to_widget(x, y + height).y() for x, y, _, height in display.cards.rect.tolist())
    assert lowest <= legend.top()
