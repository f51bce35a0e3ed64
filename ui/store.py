"""The one state that the window shows.  Widgets read it, call its setters (intents), and redraw on `changed`.

Owns: the program text, the recording and the position in it, the selection, the view options.  Knows no widget.
Positions count *stops* (`Recording.stops`): position 0 is before the first step, position k is after stop k.
"""

from __future__ import annotations

from enum import Flag, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import Theme, theme
from visgrad.recording.frame import Frame
from visgrad.recording.model import Outcome
from visgrad.recording.recording import Recording

if TYPE_CHECKING:
    from ui.find.bookmarks import Bookmark


class Aspect(Flag):
    """What has changed."""

    PROGRAM = auto()  # the text
    FILE = auto()  # path or saved state
    RECORDING = auto()  # more steps, or another recording
    POSITION = auto()
    SELECTION = auto()
    HOVER = auto()
    VIEW = auto()  # view options
    RUN = auto()  # idle, running, outcome
    THEME = auto()
    PLAY = auto()  # playing, live
    BOOKMARKS = auto()


class Store(QObject):
    """See the module.  `changed(aspects)` is emitted once per setter call that changed something."""

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.name = "program.py"  # what the program is called in titles and tracebacks
        self.lesson = ""  # the name of the lesson that was opened, "" for other programs
        self.text = ""
        self.saved_text = ""
        self.recording = Recording()
        self.position = 0
        self.live = True
        self.playing = False
        self.predicting = False  # gradients are asked for before they are shown
        self.selection: int | None = None
        self.hover: int | None = None
        self.options = ViewOptions()
        self.bookmarks: tuple[Bookmark, ...] = ()
        self.theme: Theme = theme("light")
        self.running = False
        self.retrying = False  # the program runs again without a word: what is shown is still the run before
        self.outcome: Outcome | None = None
        self.stale = False  # the text has been edited since the recording was made

    @property
    def frame(self) -> Frame:
        """The recording at the current position."""
        return self.recording.frame(self.position)

    def set(self, aspects: Aspect, **values: Any) -> None:
        """Set attributes and tell; nothing is told when nothing changed (recordings grow in place: always told)."""
        different = [name for name, value in values.items() if getattr(self, name) != value]
        for name in different:
            setattr(self, name, values[name])
        if different or Aspect.RECORDING in aspects:
            self.changed.emit(aspects)

    @property
    def awaiting(self) -> bool:
        """Whether a run has begun of which no step has arrived: the recording shown is the previous run's."""
        return self.running and self.recording.outcome is not None

    def edit(self, text: str) -> None:
        """The program's text is now this."""
        stale = bool(self.recording.steps or self.recording.source) and text != self.recording.source
        self.set(Aspect.PROGRAM, text=text, stale=stale)

    def go(self, position: int) -> None:
        """Move to a position, clamped to the recording."""
        self.set(Aspect.POSITION, position=max(0, min(position, len(self.recording.stops))))

    def select(self, node: int | None) -> None:
        """Select a node everywhere (an operation id, or -1 - g for folded group g), or nothing."""
        self.set(Aspect.SELECTION, selection=node)
