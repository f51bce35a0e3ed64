"""Sets a described node in type: a heading, then sections of pairs, formulas, arrays, ledger rows and source lines.

One column with a steady left edge; names of properties are dim, values are in the monospace font and can be selected.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui.colours import colour, mix
from ui.fonts import editor_font, with_code
from ui.i18n import tr
from ui.inspector.array_view import ArrayView, Histogram
from ui.inspector.facts import Item, Matrix, Pair, Posting, Section, Source, Subject, Unfold, Words
from ui.inspector.label import Label, breakable
from visgrad.picture.roles import Theme
from visgrad.recording.summary import figures, values

MARGIN = 16
SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
LINKS = Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
FOLLOWABLE = SELECTABLE | LINKS
BADGE = 136
"""So many pixels wide may the words of a badge be: it stands in one line however narrow the panel is."""
WIDEST = 20
"""So many characters of a formula stand on a line together however narrow the panel is."""
SENDER = 8
"""So many characters of an expression stand on a line however narrow its column is."""


class Page(QWidget):
    """One description.  `line_clicked(line)`, `node_clicked(operation)`, `fetch_wanted(value, kind)`,
    `unfold_wanted(group)`."""

    line_clicked = Signal(int)
    node_clicked = Signal(int)
    fetch_wanted = Signal(int, str)
    unfold_wanted = Signal(int)

    def __init__(self, subject: Subject | None, theme: Theme, fetchable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._fetchable = theme, fetchable
        self._plain: list[str] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(MARGIN, 14, MARGIN, MARGIN)
        self._column.setSpacing(0)
        if subject is None:
            self._column.addWidget(self._label(tr("inspector.empty"), "dim"))
        else:
            self._head(subject)
            for section in subject.sections:
                self._section(section)
        self._column.addStretch(1)

    def plain_text(self) -> str:
        """All that is shown, a line a row."""
        return "\n".join(self._plain)

    # --- parts -----------------------------------------------------------------------------------------------

    def _head(self, subject: Subject) -> None:
        title = self._label(subject.title, "")
        title.setFont(editor_font(15))
        title.setObjectName("inspectorTitle")
        kind = self._label(subject.kind, "")
        kind.setObjectName("inspectorKind")
        tone = colour(self._theme, subject.role)
        ground = mix(colour(self._theme, "panel"), tone, 0.13)
        kind.setStyleSheet(
            f"color: {_css(tone)}; background: {_css(ground)}; border-radius: 9px; padding: 2px 9px; font-weight: 600;"
        )
        kind.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        kind.setWordWrap(False)
        bold = kind.font()
        bold.setBold(True)
        kind.setText(QFontMetrics(bold).elidedText(subject.kind, Qt.TextElideMode.ElideMiddle, BADGE))
        kind.setToolTip(subject.kind if kind.text() != subject.kind else "")
        self._column.addWidget(title)
        self._column.addSpacing(6)
        row = QHBoxLayout()
        row.addWidget(kind)
        row.addStretch(1)
        self._column.addLayout(row)
        if subject.call:
            written = self._label(subject.call, "dim")
            written.setFont(editor_font(10))
            self._column.addSpacing(8)
            self._column.addWidget(written)
        if subject.brief:
            brief = self._label(subject.brief, "dim")
            brief.setFont(editor_font(9))
            self._column.addSpacing(4)
            self._column.addWidget(brief)

    def _section(self, section: Section) -> None:
        self._column.addSpacing(16)
        if section.title:
            heading = self._label(section.title, "")
            heading.setObjectName("sectionTitle")
            self._column.addWidget(heading)
            self._column.addSpacing(5)
        pairs = [item for item in section.items if isinstance(item, Pair)]
        postings = [item for item in section.items if isinstance(item, Posting)]
        for item in section.items:
            if not isinstance(item, Pair | Posting):
                self._item(item)
        if pairs:
            self._pairs(pairs)
        if postings:
            self._ledger(postings)

    def _item(self, item: Item) -> None:
        match item:
            case Words():
                self._words(item)
            case Matrix():
                self._matrix(item)
            case Source(line=line, text=text):
                faint = _css(colour(self._theme, "text_faint"))
                number = f'<span style="color:{faint}">{line}</span>'
                label = self._link(f"{number}&nbsp;&nbsp;{_escape(text)}", tr("inspector.go_to_line", line=line))
                label.setFont(editor_font(10))
                label.linkActivated.connect(lambda _link: self.line_clicked.emit(line))
                self._plain.append(f"{line} {text}")
                self._column.addWidget(label)
            case Unfold(group=group, text=text):
                self._button("unfoldButton", text).clicked.connect(lambda: self.unfold_wanted.emit(group))

    def _words(self, item: Words) -> None:
        label = self._label(item.text, item.style)
        if item.style == "formula":
            label.setText(breakable(together(item.text)))
            label.setFont(editor_font(11))
            self._column.addSpacing(1)
        self._column.addWidget(label)
        self._column.addSpacing(3)
        if item.link:
            link = self._link(f"→ {_escape(item.link)}", "")
            link.setFont(editor_font(10))
            link.linkActivated.connect(lambda _link: self.node_clicked.emit(item.node))
            self._column.addWidget(link)

    def _pairs(self, pairs: list[Pair]) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for row, pair in enumerate(pairs):
            self._plain.append(f"{pair.name} {pair.value}")
            name = _plain_label(pair.name)
            name.setProperty("dim", True)
            value = _plain_label(pair.value)
            if pair.mono:
                value.setFont(editor_font(10))
            value.setWordWrap(True)
            long = len(pair.value) > 20
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop if long else Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(value, row, 1)
        self._column.addLayout(grid)

    def _ledger(self, postings: list[Posting]) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        stacked = not all(_short(posting) for posting in postings)
        for posting in postings:
            self._plain.append(f"{posting.sender} {posting.amount} {posting.total}".rstrip())
            if posting.node >= 0:
                sender = self._link(_escape(posting.sender), "")
                sender.linkActivated.connect(lambda _link, node=posting.node: self.node_clicked.emit(node))
            else:
                sender = _plain_label(posting.sender)
                sender.setProperty("dim", True)
            sender.setFont(editor_font(10))
            total = f"= {posting.total}" if posting.total else ""
            if stacked:  # one below the other
                lines = [line for line in (posting.amount, total) if line]
                grid.addWidget(sender, grid.rowCount(), 0, 1, 3)
                for line in lines:
                    grid.addWidget(_number(line, wrapped=True), grid.rowCount(), 0, 1, 3)
                continue
            row = grid.rowCount()
            grid.addWidget(sender, row, 0)
            grid.addWidget(_number(posting.amount), row, 1)
            grid.addWidget(_number(total), row, 2)
        self._column.addLayout(grid)

    def _matrix(self, item: Matrix) -> None:
        gradient = item.kind == "gradient"
        summary = item.summary
        view = ArrayView(summary, self._theme, gradient)
        self._plain.append(view.accessibleName())
        self._column.addWidget(view)
        self._column.addSpacing(3)
        if values(summary) is not None:
            return
        rows = [Pair("min … max", f"{figures(summary.minimum)} … {figures(summary.maximum)}", True)]
        rows.append(Pair("mean ± std", f"{figures(summary.mean)} ± {figures(summary.std)}", True))
        rows += [Pair("nan", str(summary.nans), True)] if summary.nans else []
        rows += [Pair("inf", str(summary.infs), True)] if summary.infs else []
        self._column.addSpacing(6)
        if summary.histogram:
            self._column.addWidget(Histogram(summary, self._theme, gradient))
            self._column.addSpacing(6)
        self._pairs(rows)
        if self._fetchable:
            self._column.addSpacing(8)
            button = self._button("fetchButton", tr("inspector.fetch"))
            button.clicked.connect(lambda: self.fetch_wanted.emit(item.value, item.kind))

    def _button(self, name: str, text: str) -> QPushButton:
        """A button as wide as its words."""
        button = QPushButton(text)
        button.setObjectName(name)
        row = QHBoxLayout()
        row.addWidget(button)
        row.addStretch(1)
        self._column.addLayout(row)
        return button

    # --- labels ----------------------------------------------------------------------------------------------

    def _label(self, text: str, style: str) -> QLabel:
        self._plain.append(text)
        label = _plain_label(text)
        label.setWordWrap(True)
        if style == "dim":
            label.setProperty("dim", True)
        if style == "problem":
            label.setProperty("error", True)
        if "`" in text:
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setText(with_code(_escape(text)))
        return label

    def _link(self, html: str, tip: str) -> QLabel:
        tone = _css(colour(self._theme, "link"))
        label = Label(f'<a href="#" style="color:{tone}; text-decoration:none">{html}</a>')
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setTextInteractionFlags(FOLLOWABLE)
        label.setWordWrap(True)
        label.setToolTip(tip)
        return label


def rule(theme: Theme) -> QFrame:
    """A thin line."""
    line = QFrame()
    line.setFixedHeight(1)
    line.setStyleSheet(f"background: {_css(colour(theme, 'border'))};")
    return line


def _plain_label(text: str) -> QLabel:
    label = Label(breakable(text))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(SELECTABLE)
    label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return label


def _short(posting: Posting) -> bool:
    """Whether a row of the ledger fits on a line of the narrowest panel."""
    return min(len(posting.sender), SENDER) + len(posting.amount) + len(posting.total) + 2 <= WIDEST


def _number(text: str, wrapped: bool = False) -> QLabel:
    """An amount of the ledger, at the right."""
    label = _plain_label(text)
    label.setFont(editor_font(10))
    label.setWordWrap(wrapped)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def together(formula: str) -> str:
    """A formula that breaks its lines at `=` and `+` rather than inside a product, if its products are short."""
    joined = formula.replace(" · ", "\u00a0·\u00a0")
    return joined if max(map(len, joined.split(" "))) <= WIDEST else formula


def _escape(text: str) -> str:
    return breakable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")


def _css(tone: QColor) -> str:
    return tone.name()
