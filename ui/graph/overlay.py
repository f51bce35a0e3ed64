"""Where the things that lie over the canvas stand, so that none covers another: tools, find bar, words, legend, map."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from ui.graph.legend import ColourLegend
from ui.graph.minimap import Minimap
from ui.graph.narration import Narration
from ui.graph.tools import GraphTools

GAP = 12
FIND_LEAST, FIND_WIDTH = 320, 440


@dataclass
class Overlay:
    """`panel`: what they all lie in."""

    panel: QWidget
    tools: GraphTools
    finder: QWidget
    narration: Narration
    legend: ColourLegend
    minimap: Minimap

    def arrange(self) -> None:
        """The tools into the top right corner, the find bar into the left one, the words below, the legend beside."""
        width, height = self.panel.width(), self.panel.height()
        self.tools.fit(width - 2 * GAP)
        self.tools.move(width - self.tools.width() - GAP, GAP)
        beside = width - self.tools.width() - 3 * GAP
        room = beside if beside >= FIND_LEAST else width - 2 * GAP
        top = GAP if beside >= FIND_LEAST else self.tools.geometry().bottom() + GAP // 2
        self.finder.setGeometry(GAP, top, min(room, FIND_WIDTH), self.finder.sizeHint().height())
        self.narration.settle(width, height, GAP)
        top = height - self.legend.height() - GAP
        if self.narration.words and self.narration.x() < GAP + self.legend.width() + GAP:
            top = self.narration.y() - self.legend.height() - GAP
        self.legend.move(GAP, top)

    def place_minimap(self) -> None:
        """The map, if it is wanted, into the bottom right corner: beside the words, or above them."""
        if self.minimap.refresh():
            size = self.minimap.sizeHint()
            left, top = self.panel.width() - size.width() - GAP, self.panel.height() - size.height() - GAP
            words = self.narration.geometry()
            if self.narration.isVisible() and words.right() + GAP > left:
                top = words.top() - GAP - size.height()
            self.minimap.setGeometry(left, top, size.width(), size.height())
