"""Folding by hand: the detail slider, a double click on a group, and what a card's menu offers.

Owns how these change the view options; what a group is, is `visgrad.picture.fold`'s.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QSlider

from ui.graph.view import GraphView
from ui.i18n import tr
from ui.store import Aspect, Store
from visgrad.picture.draw import Picture

FULL = 100
"""The slider's end: every operation."""


class Folding(QObject):
    """Connects `view` and `slider` to the store's options; `follow` tells it of each new picture."""

    def __init__(self, store: Store, view: GraphView, slider: QSlider) -> None:
        super().__init__(view)
        self._store, self._view, self._slider = store, view, slider
        self._picture: Picture | None = None
        slider.setRange(0, FULL)
        slider.valueChanged.connect(self._set_detail)
        view.groupActivated.connect(partial(self._fold, close=False))

    def follow(self, picture: Picture | None) -> None:
        """Put the slider where the picture's detail is; hide it where there is nothing to fold."""
        self._picture = picture
        foldable = picture is not None and bool(picture.folds.groups)
        self._slider.setVisible(foldable)
        if picture is not None and foldable and not self._slider.isSliderDown():
            self._slider.blockSignals(True)
            self._slider.setValue(round(picture.detail * FULL))
            self._slider.blockSignals(False)

    def _set_detail(self, value: int) -> None:
        options = replace(self._store.options, detail=value / FULL, unfolded=(), folded=())
        self._store.set(Aspect.VIEW, options=options)

    def _fold(self, group: int, close: bool) -> None:
        options = self._store.options
        folded = {*options.folded, group} if close else {*options.folded} - {group}
        unfolded = {*options.unfolded} - {group} if close else {*options.unfolded, group}
        changed = replace(options, folded=tuple(sorted(folded)), unfolded=tuple(sorted(unfolded)))
        self._store.set(Aspect.VIEW, options=changed)

    def fill_menu(self, menu: QMenu, node: int) -> None:
        """Add to a node's menu how it may be folded and unfolded."""
        if self._picture is None:
            return
        folds = self._picture.folds
        if node < 0:
            inside = -1 - node
            menu.addAction(
                tr("graph.unfold", group=folds.groups[inside].title), partial(self._fold, inside, close=False)
            )
        for group in folds.above(-1 - node) if node < 0 else folds.path(node)[::-1]:
            menu.addAction(tr("graph.fold", group=folds.groups[group].title), partial(self._fold, group, close=True))
