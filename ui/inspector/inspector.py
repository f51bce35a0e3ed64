"""The inspector: everything about the selected node, or about the node of the current step when none is selected.

Owns which node is described and when; what is said is `facts`', how it is set in type `page`'s.  A new page is made
on each change, which is cheap: a node has a few dozen labels, and nothing is made while the panel is hidden.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from ui.i18n import tr
from ui.inspector.facts import Subject, describe
from ui.inspector.group_facts import describe_group
from ui.inspector.page import Page
from ui.inspector.what_if import WhatIf
from ui.naming import name
from ui.store import Aspect, Store
from visgrad.picture.draw import Picture
from visgrad.picture.roles import Theme
from visgrad.recording.model import BackwardBegin, Clearing, Contribution, Error, Operation


class Inspector(QScrollArea):
    """`line_clicked(line)` and `fetch_wanted(value, kind)`: what the learner asked for.

    `fetchable`: says whether full arrays of the recording shown can still be had.  `picture`: the picture of the
    store's recording that is shown, for what is folded in it.  `unfold_wanted(group)`.
    """

    line_clicked = Signal(int)
    fetch_wanted = Signal(int, str)
    unfold_wanted = Signal(int)

    def __init__(
        self,
        store: Store,
        fetchable: Callable[[], bool],
        picture: Callable[[], Picture | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._fetchable = fetchable
        self._picture = picture
        name(self, "inspector", tr("panel.inspector"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._store = store
        self.what_if = WhatIf(store, self)
        self.what_if.grown.connect(self._place_what_if)
        self._shown: tuple[Subject | None, Theme] | None = None
        self._node: int | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.refresh)
        store.changed.connect(self._on_changed)
        self.refresh()

    def _on_changed(self, aspects: Aspect) -> None:
        interesting = Aspect.POSITION | Aspect.SELECTION | Aspect.RECORDING | Aspect.THEME
        if aspects & interesting:
            self.refresh_soon()

    def refresh_soon(self) -> None:
        """Describe again once everything has followed, if anybody sees it."""
        if self.isVisible():
            self._later.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_what_if()

    def _place_what_if(self) -> None:
        """Keep the sliders at the bottom, out of the page that scrolls and is made anew."""
        height = self.what_if.sizeHint().height() if not self.what_if.isHidden() else 0
        if self.viewportMargins().bottom() != height:
            self.setViewportMargins(0, 0, 0, height)
        self.what_if.setGeometry(0, self.height() - height, self.width(), height)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    # --- what is shown ---------------------------------------------------------------------------------------

    def subject(self) -> int | None:
        """The node that is described: the selected one, else the current step's, None for neither."""
        store = self._store
        if store.selection is not None and 0 <= store.selection < len(store.recording.operations):
            return store.selection
        frame = store.frame
        match frame.step:
            case Operation(id=node):
                return node
            case Contribution(value=value):
                return store.recording.producer[value]
            case BackwardBegin(roots=roots) if roots:
                return store.recording.producer[roots[0]]
            case Clearing(values=(value, *_)):
                return store.recording.producer[value]
            case Error(operation=node) if node >= 0:
                return node
            case _:
                return None if not frame.operation_count else self._node_still_known(frame.operation_count)

    def _node_still_known(self, count: int) -> int | None:
        return self._node if self._node is not None and self._node < count else count - 1

    def _group(self) -> Subject | None:
        """The selected folded group described, None while none is selected."""
        selected, picture = self._store.selection, self._picture()
        if selected is None or selected >= 0 or picture is None:
            return None
        return describe_group(self._store.frame, picture, selected)

    def refresh(self) -> None:
        """Describe again, if there is something else to say."""
        self._node = self.subject()
        self.what_if.follow(self._node if self._group() is None else None)
        self._place_what_if()
        theme = self._store.theme
        subject = self._group()
        if subject is None and self._node is not None:
            subject = describe(self._store.frame, self._node)
        if self._shown == (subject, theme):
            return
        before = self._shown[0] if self._shown else None
        same = before is not None and subject is not None and before.title == subject.title
        at = self.verticalScrollBar().value() if same else 0
        self._shown = (subject, theme)
        page = Page(subject, theme, self._fetchable())
        page.line_clicked.connect(self.line_clicked)
        page.node_clicked.connect(self._store.select)
        page.fetch_wanted.connect(self.fetch_wanted)
        page.unfold_wanted.connect(self.unfold_wanted)
        self.setWidget(page)
        self.verticalScrollBar().setValue(at)

    def plain_text(self) -> str:
        """All that is shown, as text."""
        page = self.widget()
        return page.plain_text() if isinstance(page, Page) else ""
