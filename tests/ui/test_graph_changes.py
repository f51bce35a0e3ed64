"""From afar only what a step changes is painted anew, and the picture is as if all of it had been."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.visgrad.programs import scalars
from ui.graph.view import GraphView
from ui.theme import appearance
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions


def pixels(view: GraphView) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


def far_view(qtbot: QtBot) -> tuple[GraphView, Picture]:
    """A view of two thousand cards, at a standstill."""
    picture = Picture(scalars(2, 25), ViewOptions(detail=1.0))
    view = GraphView()
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.reduced_motion = True
    view.set_theme(appearance().theme)
    view.set_display(picture.display(0))
    view.show()
    qtbot.waitExposed(view)
    return view, picture


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_mended_picture_is_the_picture_painted_anew(qtbot: QtBot, share: float) -> None:
    view, picture = far_view(qtbot)
    start = int(len(picture.recording.stops) * share)
    view.set_display(picture.display(start))
    view.fit(animate=False)
    pixels(view)
    kept = view._far._pixmap
    for position in (*range(start + 1, start + 9), *range(start + 8, start + 4, -1)):
        view.set_display(picture.display(position))
        pixels(view)
    mended = pixels(view)
    assert view._far._pixmap is kept, "the picture was mended, not made anew"
    view._far.forget()
    anew = pixels(view)
    unlike = (np.abs(mended.astype(int) - anew).max(axis=2) > 40).mean()
    assert unlike < 0.0005


def test_what_a_step_changes_is_seen_from_afar(qtbot: QtBot) -> None:
    view, picture = far_view(qtbot)
    start = int(len(picture.recording.stops) * 0.5)
    view.set_display(picture.display(start))
    view.fit(animate=False)
    before = pixels(view)
    view.set_display(picture.display(start + 40))
    assert (pixels(view) != before).any()
