"""What happens at this step, in a sentence or two below the graph."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from ui.fonts import with_code
from ui.i18n import tr

LONGEST = 240
"""Characters that are shown."""
WIDEST = 760


class Narration(QLabel):
    """`say(words)`; what stands in `backticks` is set as code."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = ""
        self.setObjectName("narration")
        self.setAccessibleName(tr("graph.narration"))
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def say(self, words: str) -> bool:
        """Show these words, or nothing for ""; whether they are others than before."""
        words = shortened(words, LONGEST)
        different = words != self.words
        if different:
            self.words = words
            self.setText(with_code(escape(words)))
            self.setAccessibleDescription(words)
        self.setVisible(bool(words))
        return different

    def settle(self, width: int, bottom: int, gap: int) -> None:
        """Stand in the middle of so wide an area, `gap` above its bottom, in as few lines as fit."""
        room = max(min(width - 2 * gap, WIDEST), 80)
        self.setMaximumWidth(room)
        self.setWordWrap(False)
        across = min(self.sizeHint().width(), room)
        self.setWordWrap(True)
        height = self.heightForWidth(across)
        self.setGeometry((width - across) // 2, bottom - height - gap, across, height)


def shortened(words: str, longest: int) -> str:
    """The sentences of `words` that fit, at least a part of the first, and an ellipsis for the rest."""
    if len(words) <= longest:
        return words
    end = words.rfind(". ", 0, longest)
    return f"{words[: end + 1] if end > 0 else words[:longest]} …"
