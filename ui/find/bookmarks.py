"""Bookmarks: named views of a recording, each a moment, what is unfolded and coloured, and where one looks.

Owns what a bookmark is, how it is kept in the `view.json` of a `.visgrad` file, and the menu.  A file comes from
anywhere: what is not a bookmark there is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from math import isfinite
from typing import Any, Literal

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QMenu, QVBoxLayout, QWidget

from ui.dialogs.buttons import accept_buttons
from ui.graph.camera import CLOSEST, FARTHEST, Camera
from ui.i18n import tr
from ui.naming import name
from ui.store import Aspect, Store
from visgrad.picture.options import COLOURS, ViewOptions

MOST = 100
LONGEST = 80
"""Characters of a name."""


class Look(msgspec.Struct, frozen=True):
    """Where the camera is; see `Camera`."""

    x: float
    y: float
    scale: float


class Bookmark(msgspec.Struct, frozen=True):
    """`look`: None for the whole graph.  The rest is of `ViewOptions`."""

    name: str
    position: int
    look: Look | None = None
    detail: float | None = None
    unfolded: tuple[int, ...] = ()
    folded: tuple[int, ...] = ()
    direction: Literal["right", "down"] = "right"
    colour: str = "role"

    @property
    def camera(self) -> Camera | None:
        """The camera, within the limits; None for the whole graph."""
        if self.look is None or not all(map(isfinite, msgspec.structs.astuple(self.look))):
            return None
        return Camera(self.look.x, self.look.y, min(max(self.look.scale, FARTHEST), CLOSEST))

    def options(self, now: ViewOptions) -> ViewOptions:
        """The view options now, with what the bookmark says."""
        detail = None if self.detail is None or not isfinite(self.detail) else min(max(self.detail, 0.0), 1.0)
        return replace(
            now,
            detail=detail,
            unfolded=self.unfolded,
            folded=self.folded,
            direction=self.direction,
            colour=self.colour if self.colour in COLOURS else "role",
        )


Bookmarks = tuple[Bookmark, ...]


def taken(store: Store, camera: Camera | None, name: str) -> Bookmark:
    """A bookmark of what is shown now."""
    options = store.options
    return Bookmark(
        name[:LONGEST],
        store.position,
        Look(camera.x, camera.y, camera.scale) if camera is not None else None,
        options.detail,
        options.unfolded,
        options.folded,
        "down" if options.direction == "down" else "right",
        options.colour,
    )


def to_view(bookmarks: Bookmarks, now: Bookmark) -> dict[str, Any]:
    """What a file keeps of the views; `now`: the one it is saved in."""
    return {"bookmarks": [msgspec.to_builtins(one) for one in bookmarks], "now": msgspec.to_builtins(now)}


def from_view(view: Mapping[str, Any]) -> tuple[Bookmarks, Bookmark | None]:
    """The bookmarks that a file holds, and the view it was saved in."""
    listed = view.get("bookmarks")
    found = [_read(one) for one in listed[:MOST]] if isinstance(listed, list) else []
    return tuple(one for one in found if one is not None and one.name.strip()), _read(view.get("now"))


def _read(one: object) -> Bookmark | None:
    try:
        found = msgspec.convert(one, Bookmark)
    except msgspec.ValidationError:
        return None
    return msgspec.structs.replace(found, name=" ".join(found.name.split())[:LONGEST])


def ask_name(store: Store, parent: QWidget, then: Callable[[str], None]) -> None:
    """Ask what a new bookmark is to be called; `then` gets the name."""
    dialog = QDialog(parent)
    dialog.setObjectName("bookmarkDialog")
    dialog.setWindowTitle(tr("bookmark.title"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    field = QLineEdit(tr("bookmark.usual", position=store.position))
    name(field, "bookmarkName", tr("bookmark.name"))
    field.setMaxLength(LONGEST)
    field.setMinimumWidth(300)
    field.selectAll()
    buttons = accept_buttons(dialog, tr("bookmark.add"))
    add_button = buttons.button(QDialogButtonBox.StandardButton.Ok)
    field.textChanged.connect(lambda text: add_button.setEnabled(bool(text.strip())))
    column = QVBoxLayout(dialog)
    column.setContentsMargins(20, 18, 20, 16)
    column.setSpacing(8)
    column.addWidget(QLabel(tr("bookmark.name")))
    column.addWidget(field)
    column.addSpacing(8)
    column.addWidget(buttons)
    dialog.accepted.connect(lambda: then(" ".join(field.text().split())))
    dialog.open()


def bookmark_menu(store: Store, parent: QWidget, go: Callable[[Bookmark], None]) -> QMenu:
    """A menu of the store's bookmarks, filled whenever it is opened; the last entry of it removes one."""
    menu = QMenu(tr("bookmark.menu"), parent)
    menu.setObjectName("bookmarkMenu")

    def fill() -> None:
        menu.clear()
        for number, one in enumerate(store.bookmarks, 1):
            keys = f"&{number} " if number < 10 else ""
            action = menu.addAction(keys + one.name.replace("&", "&&"), partial(go, one))
            action.setObjectName(f"bookmark.{number}")
        if not store.bookmarks:
            menu.addAction(tr("bookmark.none")).setEnabled(False)
            return
        menu.addSeparator()
        away = menu.addMenu(tr("bookmark.remove"))
        away.setObjectName("bookmarkRemoveMenu")
        for one in store.bookmarks:
            away.addAction(one.name.replace("&", "&&"), partial(remove, store, one))

    menu.aboutToShow.connect(fill)
    return menu


def add(store: Store, bookmark: Bookmark) -> None:
    """Keep a bookmark; one of the same name is replaced."""
    others = tuple(one for one in store.bookmarks if one.name != bookmark.name)
    store.set(Aspect.BOOKMARKS, bookmarks=(*others, bookmark)[-MOST:])


def remove(store: Store, bookmark: Bookmark) -> None:
    """Drop a bookmark."""
    store.set(Aspect.BOOKMARKS, bookmarks=tuple(one for one in store.bookmarks if one != bookmark))
