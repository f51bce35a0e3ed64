"""The canvas's menu: what of a picture is shown, and the picture onto the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from ui.i18n import tr
from ui.store import Aspect, Store

TOGGLES = ("values", "gradients", "backward", "constants", "ghosts", "same_scale")
"""Fields of `ViewOptions` that are on or off, in the menu's order."""


FORMS = ("image", "mermaid", "dot")
"""In which the picture is copied."""


def graph_menu(store: Store, parent: QWidget, fit: Callable[[], None], copy: Callable[[str], None]) -> QMenu:
    """A menu over the store's view options; it goes away with `parent`, or when it is closed.  `copy`: the picture, in
    one of `FORMS`."""
    menu = QMenu(parent)
    menu.setObjectName("graphMenu")
    menu.aboutToHide.connect(menu.deleteLater)
    for name in TOGGLES:
        action = menu.addAction(tr(f"graph.show_{name}"))
        action.setObjectName(f"graph.show_{name}")
        action.setCheckable(True)
        action.setChecked(bool(getattr(store.options, name)))
        action.toggled.connect(lambda on, name=name: set_option(store, name, on))
    menu.addSeparator()
    menu.addAction(tr("graph.fit")).triggered.connect(lambda _checked=False: fit())
    for form in FORMS:
        action = menu.addAction(tr(f"graph.copy_{form}"))
        action.setObjectName(f"graph.copy_{form}")
        action.setEnabled(bool(store.recording.operations))
        action.triggered.connect(lambda _checked=False, form=form: copy(form))
    return menu


def set_option(store: Store, name: str, value: Any) -> None:
    """Change one view option."""
    store.set(Aspect.VIEW, options=replace(store.options, **{name: value}))
