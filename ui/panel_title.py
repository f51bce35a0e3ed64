"""The title bar of a dock: its tabs or its name, and buttons.  Dragging its empty part moves the dock."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QWidget,
)

from ui.i18n import tr
from ui.icons import icon
from visgrad.picture.roles import Theme

HEIGHT = 32


class PanelTitle(QWidget):
    """A title for `dock`; with `pages`, tabs that switch between them, else the dock's own title."""

    def __init__(self, dock: QDockWidget, pages: QStackedWidget | None = None) -> None:
        super().__init__(dock)
        self.setObjectName("panelTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._dock = dock
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(4 if pages else 12, 0, 6, 0)
        self._layout.setSpacing(2)
        self.tabs: QTabBar | None = None
        if pages is None:
            label = QLabel(dock.windowTitle())
            label.setObjectName("panelName")
            self._layout.addWidget(label)
        else:
            self.tabs = self._make_tabs(pages)
            self._layout.addWidget(self.tabs)
        self._layout.addStretch(1)
        self._icons: list[tuple[QToolButton, str]] = []
        self._close = self.add_button("close", tr("dialog.close"))
        self._close.clicked.connect(dock.close)

    def add_button(self, name: str, text: str) -> QToolButton:
        """A small button at the right, with the icon of that name."""
        button = QToolButton()
        button.setObjectName(f"{self._dock.objectName()}.{name}")
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.setAutoRaise(True)
        button.setIconSize(QSize(14, 14))
        at = self._layout.count() - (1 if self._icons else 0)  # before the button that closes
        self._layout.insertWidget(at, button)
        self._icons.append((button, name))
        return button

    def tint(self, theme: Theme) -> None:
        """Draw the icons in a theme."""
        for button, name in self._icons:
            button.setIcon(icon(name, theme, "text_faint"))

    def _make_tabs(self, pages: QStackedWidget) -> QTabBar:
        tabs = QTabBar()
        tabs.setObjectName(f"{self._dock.objectName()}.tabs")
        tabs.setDrawBase(False)
        tabs.setExpanding(False)
        tabs.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for index in range(pages.count()):
            page = pages.widget(index)
            tabs.addTab(page.windowTitle() if page else "")
        tabs.setCurrentIndex(pages.currentIndex())
        tabs.currentChanged.connect(pages.setCurrentIndex)
        pages.currentChanged.connect(tabs.setCurrentIndex)
        return tabs

    def minimumSizeHint(self) -> QSize:
        return QSize(80, HEIGHT)
