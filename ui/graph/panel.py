"""The graph panel: the canvas with its tools, what happens at this step in words, and the pictures behind it.

Owns when a picture is made and where: small recordings at once, large ones on the layout job's thread.  Going to
another position only asks the picture for another display.
"""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from ui.export_image import TooLarge
from ui.find.bar import GraphFind
from ui.find.bookmarks import Bookmark
from ui.find.problems import ProblemCounter
from ui.graph.camera import Insets
from ui.graph.folding import Folding
from ui.graph.guide import Guide
from ui.graph.layout_job import LayoutJob
from ui.graph.legend import ColourLegend, colour_menu
from ui.graph.menu import graph_menu, set_option
from ui.graph.minimap import Minimap
from ui.graph.narration import Narration
from ui.graph.overlay import Overlay
from ui.graph.tools import GraphTools
from ui.graph.tween import Opening
from ui.graph.view import ZOOM_STEP, GraphView
from ui.i18n import language, tr
from ui.picture_data import copy_picture, copy_words
from ui.store import Aspect, Store
from visgrad.explain.narrate import narrate
from visgrad.picture.display import Display
from visgrad.picture.draw import Picture

AT_ONCE = 300
"""Recordings of fewer operations may be laid out at once."""

FEW = 60
QUICK = 0.04
"""Recordings of no more than `FEW` operations always are, others if the last one took no more than `QUICK` seconds."""

LATE_MS = 400
"""So long the last run's picture may stand in for this run's."""

PAUSE_MS = 40
"""A growing recording is pictured anew at most this often."""

ROOM = Insets(top=44, bottom=56)
"""What fitting leaves free for the tools and the words."""


class GraphPanel(QWidget):
    """`view` is the canvas, `picture` the picture it shows, None while there is nothing to show; `pictured`: there is
    another picture."""

    pictured = Signal()

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("graphPanel")
        self._store = store
        self.picture: Picture | None = None
        self.view = GraphView(self)
        self.view.insets = ROOM
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.tools = GraphTools(self)
        self.finder = GraphFind(store, self)
        self.view.groupActivated.connect(self._mark_opening)  # before folding opens the group
        self._folding = Folding(store, self.view, self.tools.detail)
        self.problems = ProblemCounter(store, self.tools.problems)
        self.guide = Guide(store, self.view, self.finder, self._folding, self.problems, self._node_of)
        self.narration = Narration(self)
        self.minimap = Minimap(self.view, self)
        self.legend = ColourLegend(store, self)
        self.overlay = Overlay(self, self.tools, self.finder, self.narration, self.legend, self.minimap)
        self._job = LayoutJob(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(LATE_MS)
        self._dirty = False
        self._whole = False  # the picture was laid out afresh when its run was over
        self._pictured = store.recording  # what `picture` is a picture of
        self._awaited: Bookmark | None = None  # to be looked at once its picture is there
        self._seconds = 0.0  # how long the last picture took
        self._connect()
        self._changed(~Aspect(0))

    def _connect(self) -> None:
        store, view = self._store, self.view
        store.changed.connect(self._changed)
        view.nodeClicked.connect(store.select)
        view.backgroundClicked.connect(lambda: store.select(None))
        view.nodeHovered.connect(lambda node: store.set(Aspect.HOVER, hover=node))
        view.looked.connect(self.overlay.place_minimap, Qt.ConnectionType.QueuedConnection)
        view.customContextMenuRequested.connect(self._open_card_menu)
        self.guide.changed.connect(self._light)
        self.guide.said.connect(self._say)
        self.problems.changed.connect(self.overlay.arrange)
        self._job.done.connect(lambda _number, picture: self._take(picture))
        self._job.failed.connect(self._failed)
        self._pause.timeout.connect(self._pause_over)
        self._late.timeout.connect(self._clear)
        actions = {
            "zoom_in": lambda: view.zoom(ZOOM_STEP),
            "zoom_out": lambda: view.zoom(1 / ZOOM_STEP),
            "fit": view.fit,
            "direction": self._turn,
            "backward": self._toggle_backward,
            "colour": self._open_colours,
            "options": self._open_menu,
        }
        for name, action in actions.items():
            self.tools.buttons[name].clicked.connect(lambda _checked=False, action=action: action())

    # what the store says -----------------------------------------------------------------------------------------

    def _changed(self, aspects: Aspect) -> None:
        store = self._store
        if Aspect.THEME in aspects:
            self.view.set_theme(store.theme)
            self.finder.tint(store.theme)
            self.minimap.set_theme(store.theme)
            self._show_legend()
        if aspects & (Aspect.RECORDING | Aspect.POSITION):
            self.finder.refresh()
        if aspects & (Aspect.VIEW | Aspect.THEME):
            self.tools.refresh(store.options, store.theme)
        if aspects & (Aspect.RECORDING | Aspect.VIEW):
            self._renew(at_once=Aspect.VIEW in aspects)
        else:
            if Aspect.RUN in aspects and not store.running and self.picture is not None and not self._whole:
                self._make()
            if Aspect.POSITION in aspects:
                self._show()
        if Aspect.SELECTION in aspects:
            self.view.set_selection(self._node_of(store.selection))
            self.finder.tell()
        if Aspect.HOVER in aspects:
            self.view.set_hover(self._node_of(store.hover))
        if aspects & (Aspect.RUN | Aspect.RECORDING) and not store.recording.operations:
            self.view.set_hint("" if store.running else tr("graph.empty"))

    def _renew(self, at_once: bool) -> None:
        """Make a new picture, now or when the pause since the last one is over."""
        self._dirty = True
        if at_once or not self._pause.isActive() or not self._store.recording.operations:
            self._make()

    def _pause_over(self) -> None:
        if self._dirty:
            self._make()

    def _make(self) -> None:
        self._dirty = False
        self._whole = self._store.recording.outcome is not None
        recording = self._store.recording
        count = len(recording.operations)
        if self._recoloured():
            return
        if count < AT_ONCE and (count < FEW or self._seconds < QUICK):
            self._job.cancel()
            began = time.perf_counter()
            self._take(Picture(recording, self._store.options, self._before()) if count else None)
            self._seconds = time.perf_counter() - began
        else:
            self._job.request(recording, self._store.options, self._before())
            if self._pictured is not recording:
                self._late.start()
            self._narrate()
        if self._store.running:
            self._pause.start()

    def _recoloured(self) -> bool:
        """Where only the colours are to be others, show the picture that is there in them."""
        picture, options = self.picture_shown, self._store.options
        if picture is None or self._store.running or picture.options == options:
            return False
        grown = len(picture.folding.member) != len(self._store.recording.operations)
        if grown or replace(picture.options, colour=options.colour) != options:
            return False
        self._job.cancel()
        self._take(picture.coloured(options.colour))
        return True

    def _before(self) -> Picture | None:
        """While a program runs its picture only grows: nobody moves.  When it has ended, all is laid out afresh."""
        growing = self._store.running and self._pictured is self._store.recording
        return self.picture if growing else None

    def _node_of(self, operation: int | None) -> int | None:
        """The node that stands for an operation: itself, or the group it is folded into."""
        if operation is None or self.picture is None or self._pictured is not self._store.recording:
            return operation
        member = self.picture.folding.member
        row = int(member[operation]) if 0 <= operation < len(member) else -1
        return int(self.picture.graph.nodes[row]) if row >= 0 else operation

    def _mark_opening(self, number: int) -> None:
        """What is in a group that is being opened comes out of where the group was."""
        if self.picture is not None:
            group = self.picture.folds.groups[number]
            self.view.open_next(Opening(-1 - number, group.first, group.last))

    def _take(self, picture: Picture | None) -> None:
        """Show a picture that has just been made of the store's recording."""
        self._late.stop()
        self.picture, self._pictured = picture, self._store.recording
        self._folding.follow(picture)
        self.guide.follow(picture)
        self._enter_group()
        self.overlay.arrange()
        self.view.set_selection(self._node_of(self._store.selection))
        self._show()
        if self._awaited is not None:
            self.view.look(self._awaited.camera)
            self._awaited = None
        self.pictured.emit()

    def _enter_group(self) -> None:
        """Where a selected group has been unfolded, or folded into another, its first operation is selected."""
        selected, picture = self._store.selection, self.picture
        if selected is None or selected >= 0 or (picture is not None and selected in picture.graph.nodes):
            return
        there = picture is not None and -1 - selected < len(picture.folds.groups)
        self._store.select(picture.folds.groups[-1 - selected].first if picture is not None and there else None)

    def _clear(self) -> None:
        """Another run's picture has stood there for long enough: say what is awaited."""
        self.view.set_hint(tr("graph.laying_out", count=len(self._store.recording.operations)))
        self.view.set_display(None)

    @property
    def picture_shown(self) -> Picture | None:
        """The picture that is shown, if it is one of the store's recording."""
        return self.picture if self._pictured is self._store.recording else None

    @property
    def current_picture(self) -> Picture | None:
        """The picture of the store's recording as it is now, None if that is not laid out yet."""
        picture, store = self.picture, self._store
        if picture is None or self._pictured is not store.recording or picture.options != store.options:
            return None
        return picture if len(picture.recording.steps) == len(store.recording.steps) else None

    def _failed(self, _number: int, words: str) -> None:
        self._say(tr("graph.failed", problem=words))

    def _show(self) -> None:
        """Show the picture at the store's position; until there is one of this recording, what is there stays."""
        if self._pictured is self._store.recording:
            self.view.set_display(self._display(self.picture) if self.picture else None)
        self._show_legend()
        self._narrate()

    def _show_legend(self) -> None:
        display = self.view.display
        if self.legend.refresh(display.legend if display is not None else None, self._store.theme):
            self.overlay.arrange()
            self._make_room()

    def _make_room(self) -> None:
        """Keep what is over the canvas free of cards, as far as all of the graph is shown."""
        below = self.height() - self.legend.y() if not self.legend.isHidden() else 0
        insets = replace(ROOM, bottom=max(ROOM.bottom, float(below)))
        if insets != self.view.insets:
            self.view.insets = insets
            if self.view.camera is None:
                self.view.fit()

    def _display(self, picture: Picture) -> Display:
        """The picture at the store's position, with what people look for lit."""
        return self.guide.lighted(picture, picture.display(self._store.position))

    def _light(self) -> None:
        """Other nodes are lit now; nothing moves."""
        if self.picture is not None and self._pictured is self._store.recording:
            self.view.set_lights(self._display(self.picture))

    def _narrate(self) -> None:
        store = self._store
        words = narrate(store.frame, language()) if store.recording.stops else ""
        self._say(words)

    def _say(self, words: str) -> None:
        if self.narration.say(words):
            self.overlay.arrange()

    def visit(self, bookmark: Bookmark) -> None:
        """Show a bookmarked view: its moment, what is unfolded in it, and where it looks."""
        store = self._store
        self._awaited = bookmark
        position = max(0, min(bookmark.position, len(store.recording.stops)))
        store.set(Aspect.VIEW | Aspect.POSITION, options=bookmark.options(store.options), position=position)
        if self._awaited is not None and self.current_picture is not None:
            self.view.look(bookmark.camera)
            self._awaited = None

    # what people ask for -----------------------------------------------------------------------------------------

    def _turn(self) -> None:
        set_option(self._store, "direction", "right" if self._store.options.direction == "down" else "down")
        self.view.fit()

    def _toggle_backward(self) -> None:
        set_option(self._store, "backward", not self._store.options.backward)

    def _open_menu(self) -> None:
        button = self.tools.buttons["options"]
        self.menu().popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _open_colours(self) -> None:
        button = self.tools.buttons["colour"]
        menu = colour_menu(self._store, self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def menu(self) -> QMenu:
        """A new menu of what may be shown."""
        return graph_menu(self._store, self, self.view.fit, self._copy)

    def _open_card_menu(self, point: QPoint) -> None:
        """The menu of the card at a point of the view, or of the whole picture beside the cards."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        if not self.guide.fill_menu(menu, point):
            menu.deleteLater()
            menu = self.menu()
        menu.popup(self.view.mapToGlobal(point))

    def _copy(self, form: str) -> None:
        """Put the picture on the clipboard: as an image, or as text of a form."""
        store, picture = self._store, self.picture_shown
        if picture is None:
            return
        if form != "image":
            copy_words(form, store.recording, store.position, store.options, store.theme)
            return
        try:
            copy_picture(picture.still(store.position), store.theme, name=store.name)
        except TooLarge:
            self._say(tr("export.too_large"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.overlay.arrange()
        self._make_room()

    def close_job(self) -> None:
        """Drop whatever is being laid out; nothing new is shown afterwards."""
        self._pause.stop()
        self._late.stop()
        self.problems.close()
        self._job.close()
