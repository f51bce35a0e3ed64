"""Finding one's way in the graph: what is lit, where to go from the selected node, and the menu of a card.

Brings together the find bar, the trails and the problems; the panel asks it to light each display.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtWidgets import QMenu

from ui.find.bar import GraphFind
from ui.find.history import History
from ui.find.problems import ProblemCounter
from ui.graph.folding import Folding
from ui.graph.lights import lit, marked, nodes_of
from ui.graph.trails import ABOVE, BELOW, BETWEEN, Trail, Trails
from ui.graph.view import GraphView
from ui.i18n import tr
from ui.store import Store
from visgrad.picture.display import Display
from visgrad.picture.draw import Picture


class Guide(QObject):
    """`changed`: other nodes are lit.  `said(words)`: why nothing came of what was asked.

    `node_of`: the node that stands for an operation in the picture shown.
    """

    changed = Signal()
    said = Signal(str)

    def __init__(
        self,
        store: Store,
        view: GraphView,
        finder: GraphFind,
        folding: Folding,
        problems: ProblemCounter,
        node_of: Callable[[int | None], int | None],
    ) -> None:
        super().__init__(view)
        self._store, self._view, self._finder, self._folding = store, view, finder, folding
        self._problems = problems
        self._node_of = node_of
        self._picture: Picture | None = None
        self.trails = Trails(node_of, self)
        self.history = History(store, self)
        self.history.wanted.connect(self.visit)
        self.trails.changed.connect(self.changed)
        finder.changed.connect(self._looked_for)
        finder.closed.connect(self.changed)
        finder.closed.connect(view.setFocus)
        finder.wanted.connect(self.visit)
        problems.changed.connect(self.changed)
        problems.wanted.connect(self.visit)
        view.pathWanted.connect(self.reach)
        view.turned.connect(self.history.go)
        view.backgroundClicked.connect(partial(self.trails.light, None))
        view.escaped.connect(finder.hide)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def follow(self, picture: Picture | None) -> None:
        """Another picture is shown."""
        self._picture = picture
        self.trails.follow(picture)

    def lighted(self, picture: Picture, display: Display) -> Display:
        """A display of the picture with the trail lit, or what is looked for; problems are marked."""
        if self._problems.found:
            display = marked(display, nodes_of(picture, self._problems.found))
        if self.trails.nodes is not None:
            return lit(display, self.trails.nodes, trail=True)
        if self._finder.found is not None:
            return lit(display, nodes_of(picture, self._finder.found))
        return display

    def lit_operations(self) -> frozenset[int] | None:
        """The operations that are lit, those inside of groups too; None while nothing is looked for."""
        nodes = self.trails.nodes
        if nodes is None or self._picture is None:
            found = self._finder.found
            return frozenset(found) if found is not None else None
        rows = np.flatnonzero(np.isin(self._picture.graph.nodes, nodes))
        return frozenset(np.flatnonzero(np.isin(self._picture.folding.member, rows)).tolist())

    def find_alike(self) -> None:
        """Find all operations of the selected one's kind."""
        selected = self._store.selection
        if selected is not None and selected >= 0:
            self._finder.open(f"op:{self._store.recording.operations[selected].op}")

    def join(self) -> None:
        """Light the path between what is selected and what was selected before."""
        before, selected = self.history.before, self._selected()
        if before is not None and selected is not None and not self.trails.light(Trail(BETWEEN, before, selected)):
            self.said.emit(tr("graph.no_path"))

    def visit(self, node: int) -> None:
        """Select an operation or a group, and bring it into view."""
        self._store.select(node)
        shown = self._node_of(node)
        if shown is not None:
            self._view.ensure_visible(shown)

    def trail(self, kind: str) -> None:
        """Light what the selected node depends on, or what depends on it."""
        selected = self._store.selection
        if selected is not None:
            self.trails.light(Trail(kind, selected))

    def reach(self, node: int) -> None:
        """Light the path between the selected node and this one; without a selection, select it."""
        selected = self._store.selection
        if selected is None or self._node_of(selected) == node:
            self._store.select(node)
        elif not self.trails.light(Trail(BETWEEN, selected, node)):
            self.said.emit(tr("graph.no_path"))

    def go(self, ahead: bool) -> None:
        """Go along an edge to the selected node's first user, or its first input."""
        node = self._selected()
        self._go_to(self.trails.step(node, ahead) if node is not None else None)

    def go_beside(self, step: int) -> None:
        """Go to where the last step along an edge could have led instead."""
        node = self._selected()
        self._go_to(self.trails.beside(node, step) if node is not None else None)

    def _looked_for(self) -> None:
        """A new query takes the place of a trail."""
        if self.trails.trail is not None and self._finder.found is not None:
            self.trails.light(None)
        else:
            self.changed.emit()

    def _go_to(self, node: int | None) -> None:
        if node is not None:
            self.visit(node)

    def _selected(self) -> int | None:
        """The node that stands for the selection, None while there is no picture of it."""
        return self._node_of(self._store.selection) if self._picture is not None else None

    def fill_menu(self, menu: QMenu, point: QPoint) -> bool:
        """Fill a menu for the card at a point of the view; whether there is one."""
        node = self._view.node_at(QPointF(point))
        if node is None or self._picture is None:
            return False
        selected = self._selected()
        menu.setObjectName("cardMenu")
        self._add(menu, "graph.above", partial(self.trails.light, Trail(ABOVE, node)))
        self._add(menu, "graph.below", partial(self.trails.light, Trail(BELOW, node)))
        if selected is not None and selected != node:
            self._add(menu, "graph.path", partial(self.reach, node), name=self._view.title(selected))
        if node >= 0:
            kind = self._picture.recording.operations[node].op
            self._add(menu, "graph.alike", partial(self._finder.open, f"op:{kind}"), kind=kind)
        menu.addSeparator()
        self._folding.fill_menu(menu, node)
        return True

    def _add(self, menu: QMenu, key: str, run: Callable[[], object], **words: str) -> None:
        action = menu.addAction(tr(key, **words))
        action.setObjectName(key)
        action.triggered.connect(lambda _checked=False: run())
