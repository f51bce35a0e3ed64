"""The legend in the corner of the graph: what the colours of the cards stand for, while they are coloured by something.

A click on it, or the button in the graph's tools, opens the choice of what to colour by.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QActionGroup, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu, QWidget

from ui.colours import colour, colours, faded
from ui.graph.menu import set_option
from ui.i18n import tr
from ui.store import Store
from visgrad.picture.display import Legend
from visgrad.picture.options import COLOURS
from visgrad.picture.roles import Theme

PAD, GAP = 10.0, 12.0
SWATCH, STEP, BAR = 10.0, 18.0, 10.0
TEXT = 0.9
"""Of the usual size of text."""


class ColourLegend(QWidget):
    """Shows a legend; `refresh` after another display is shown.  Where it stands is the panel's."""

    def __init__(self, store: Store, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("colourLegend")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(tr("colour.tip"))
        self._store = store
        self._legend: Legend | None = None
        self._theme: Theme | None = None
        self.hide()

    def refresh(self, legend: Legend | None, theme: Theme) -> bool:
        """Show this legend in a theme; whether its size is another now."""
        changed = legend != self._legend
        self._legend, self._theme = legend, theme
        self.setVisible(legend is not None and bool(legend.entries))
        if legend is not None and changed:
            self.setAccessibleName(f"{tr('colour.title')} {tr(f'colour.{legend.by}')}")
            self.setAccessibleDescription(", ".join(entry.text for entry in legend.entries if entry.text))
            self.resize(self.sizeHint())
        self.update()
        return changed

    def sizeHint(self) -> QSize:
        """As large as the words make it."""
        if self._legend is None:
            return QSize(0, 0)
        metrics = QFontMetricsF(self._font())
        return QSize(round(max(self._right(metrics), metrics.horizontalAdvance(self._title()) + 2 * PAD)), 54)

    def paintEvent(self, event: QPaintEvent) -> None:
        legend, theme = self._legend, self._theme
        if legend is None or theme is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour(theme, "border"), 1))
            painter.setBrush(faded(colour(theme, "raised"), 0.94))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
            painter.setFont(self._font())
            painter.setPen(colour(theme, "text_dim"))
            painter.drawText(QRectF(PAD, 4, self.width(), 16), Qt.AlignmentFlag.AlignVCenter, self._title())
            for rect, role, text, place in self._parts(QFontMetricsF(painter.font())):
                painter.fillRect(rect, colours(theme)[role])
                painter.setPen(colour(theme, "text"))
                painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)

    def _parts(self, metrics: QFontMetricsF) -> list[tuple[QRectF, int, str, QRectF]]:
        """For each entry its rectangle, its role, its text and where that stands."""
        if self._legend is None:
            return []
        parts, entries = [], self._legend.entries
        if self._legend.scale:
            x = max(PAD, PAD + metrics.horizontalAdvance(entries[0].text) / 2 - STEP / 2)
            for entry in entries:
                rect = QRectF(x, 22, STEP + 0.5, BAR)
                parts.append((rect, entry.role, entry.text, QRectF(x - 60 + STEP / 2, 34, 120, 16)))
                x += STEP
            return parts
        x = PAD
        for entry in entries:
            across = metrics.horizontalAdvance(entry.text) + 2
            parts.append(
                (QRectF(x, 29, SWATCH, SWATCH), entry.role, entry.text, QRectF(x + SWATCH + 5, 26, across, 16))
            )
            x += SWATCH + 5 + across + GAP
        return parts

    def _right(self, metrics: QFontMetricsF) -> float:
        """Where the last of it ends, with room beside it."""
        parts = self._parts(metrics)
        if self._legend is None or not parts:
            return 0.0
        rect, _, text, place = parts[-1]
        if not self._legend.scale:
            return place.right() + PAD
        return max(rect.right(), place.center().x() + metrics.horizontalAdvance(text) / 2) + PAD

    def _title(self) -> str:
        return tr(f"colour.{self._legend.by}") if self._legend is not None else ""

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * TEXT)
        return font

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            menu = colour_menu(self._store, self)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.mapToGlobal(QPoint(0, -menu.sizeHint().height())))


def colour_menu(store: Store, parent: QWidget) -> QMenu:
    """A menu of what cards may be coloured by; what they are is checked whenever it is opened."""
    menu = QMenu(tr("colour.title"), parent)
    menu.setObjectName("colourMenu")
    group = QActionGroup(menu)
    for by in COLOURS:
        action = menu.addAction(tr(f"colour.{by}"))
        action.setObjectName(f"colour.{by}")
        action.setCheckable(True)
        action.setData(by)
        group.addAction(action)

    def check() -> None:
        for action in group.actions():
            action.setChecked(action.data() == store.options.colour)

    check()
    menu.aboutToShow.connect(check)
    group.triggered.connect(lambda action: set_option(store, "colour", str(action.data())))
    return menu
