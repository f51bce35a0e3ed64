"""The few tools that lie over the canvas: detail, zoom, fit, direction of flow, gradient edges, colours, and more."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QToolButton, QWidget

from ui.i18n import tr
from ui.icons import SIZE, icon
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import Theme

BUTTONS = ("zoom_out", "zoom_in", "fit", "direction", "backward", "colour", "options")
CHECKABLE = frozenset({"backward"})
SLIDER, SHORT_SLIDER = 112, 64


class GraphTools(QFrame):
    """`buttons[name]`: a QToolButton each, named `graph.<name>`; `detail`: a slider; `problems`: a counter.
    What they do is the panel's to connect."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("graphTools")
        self.buttons: dict[str, QToolButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 3, 3, 3)
        layout.setSpacing(1)
        self.problems = QToolButton(self)
        self.problems.setObjectName("graph.problems")
        self.problems.setAutoRaise(True)
        self.problems.setIconSize(QSize(SIZE, SIZE))
        self.problems.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        layout.addWidget(self.problems)
        self.detail = QSlider(Qt.Orientation.Horizontal, self)
        self.detail.setObjectName("graph.detail")
        self.detail.setPageStep(10)
        self.detail.setFixedWidth(SLIDER)
        self.detail.setToolTip(tr("graph.detail"))
        self.detail.setAccessibleName(tr("graph.detail"))
        self.detail.hide()
        layout.addWidget(self.detail)
        for name in BUTTONS:
            button = QToolButton(self)
            button.setObjectName(f"graph.{name}")
            button.setAutoRaise(True)
            button.setIconSize(QSize(SIZE, SIZE))
            button.setCheckable(name in CHECKABLE)
            button.setToolTip(tr(f"graph.{name}"))
            button.setAccessibleName(tr(f"graph.{name}"))
            layout.addWidget(button)
            self.buttons[name] = button

    def fit(self, width: int) -> None:
        """Take no more than this width: the slider gets shorter, then zooming is left to wheel and keys."""
        self.detail.setFixedWidth(SLIDER)
        zooms = [self.buttons[name] for name in ("zoom_out", "zoom_in")]
        for button in zooms:
            button.show()
        if self.sizeHint().width() > width:
            self.detail.setFixedWidth(SHORT_SLIDER)
        if self.sizeHint().width() > width:
            for button in zooms:
                button.hide()
        self.adjustSize()

    def refresh(self, options: ViewOptions, theme: Theme) -> None:
        """Show what is on, in a theme."""
        drawings = {name: name for name in BUTTONS}
        drawings["direction"] = "direction_down" if options.direction == "down" else "direction_right"
        drawings["backward"] = "gradient"
        drawings["colour"], drawings["options"] = "palette", "eye"
        for name, button in self.buttons.items():
            tinted = "accent" if name == "colour" and options.colour != "role" else "text_dim"
            button.setIcon(icon(drawings[name], theme, tinted))
        self.problems.setIcon(icon("warning", theme, "warning"))
        self.buttons["backward"].setChecked(options.backward)
