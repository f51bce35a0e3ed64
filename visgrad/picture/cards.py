"""What stands on a card, and how large the card is.

A card's size is fixed for the whole recording: what may come later (a name, a gradient) has its room from the start,
so nothing jumps while a program is played.  Everything is set on a grid of 4 units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from math import ceil
from typing import TYPE_CHECKING

from visgrad.explain.spoken import said
from visgrad.explain.texts import sentence
from visgrad.picture.areas import LONGEST, SMALL, Area, Form, area, paint, reach
from visgrad.picture.display import ADVANCE, Align, Bar, Content, Image, Text
from visgrad.picture.faces import Face
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import role
from visgrad.picture.text import columns, elide, elide_middle, one_line, width
from visgrad.recording.model import Operation, Output, Summary
from visgrad.recording.recording import Recording

if TYPE_CHECKING:
    from visgrad.picture.group_cards import Inside

PAD = 12.0
TITLE = 13.0
LEAST, MOST = 116.0, 216.0
TITLE_LINE, SMALL_LINE, VALUE_TOP = 22.0, 38.0, 48.0
BAND_PAD = 8.0
"""The gradient's band keeps this distance from the card's sides."""

MOST_BARS = 2
"""As many as there is room for beside the text."""

ONE_LINE = (Form.FIGURE, Form.NOTHING)
LABEL = "grad"
LABEL_GAP, GRADIENT = 8.0, 13.0
"""What stands between the label and a gradient in figures, and their size."""
PORTAL_HEIGHT = 28.0


@dataclass(frozen=True)
class Card:
    """What is known of a card before anything is painted.  `numbers`: room for the value, None if it is not shown.
    `band`: top of the gradient's band, 0 if none is reserved.  `inside`: what a folded group's card stands for.
    `language`: of its words.  `same_scale`: as in `ViewOptions`."""

    operation: Operation
    face: Face
    name: str
    width: float
    height: float
    numbers: Area | None
    band: float
    inside: Inside | None = None
    language: str = "en"
    same_scale: bool = False


class Band(Enum):
    """The room that is kept for a gradient."""

    NONE = auto()
    LINE = auto()  # to say that there is none
    WHOLE = auto()


def band_of(recording: Recording, outputs: Sequence[Output]) -> Band:
    """The room for the gradient of some results: while a program runs, one may come yet."""
    if any(output.value in recording.gradients for output in outputs):
        return Band.WHOLE
    if not any(output.requires_grad for output in outputs):
        return Band.NONE
    if recording.outcome is None:
        return Band.WHOLE
    return Band.LINE if recording.sweeps else Band.NONE


def brief(name: str) -> str:
    """Names joined by commas, where they are one and the same, once, and how often."""
    names = name.split(", ")
    return f"{names[0]} × {len(names)}" if len(names) > 2 and len(set(names)) == 1 else name


def card(operation: Operation, face: Face, name: str, gradient: Band, options: ViewOptions) -> Card:
    """The card of an operation.  `name`: the last its result is given; `gradient`: the room for one."""
    shape = operation.outputs[0].summary.shape if operation.outputs else ()
    numbers = area(shape) if operation.outputs and options.values else None
    left, right = kind_of(operation, face, options.language)
    gradient = gradient if options.gradients else Band.NONE
    needs = [
        (columns(brief(name)) + columns(beside(name, operation, face, options.language))) * ADVANCE * TITLE,
        width(left, SMALL) + width(right, SMALL) + 12,
        numbers_width(numbers),
        gradient_width(numbers or area(shape), gradient),
    ]
    across = min(max(4 * ceil((max(needs) + 2 * PAD) / 4), LEAST), MOST)
    height = VALUE_TOP - 4 if numbers is None else VALUE_TOP + numbers.height + 8
    height, band = height_with_band(height, numbers or area(shape), gradient)
    return Card(
        operation, face, name, across, height, numbers, band, language=options.language, same_scale=options.same_scale
    )


def height_with_band(height: float, numbers: Area, gradient: Band) -> tuple[float, float]:
    """The height of a card, with room for a gradient where one may come, and the top of that room."""
    height = 4.0 * ceil(height / 4)
    if gradient is Band.NONE:
        return height, 0.0
    below = 24.0 if numbers.form in ONE_LINE or gradient is Band.LINE else 26.0 + numbers.height
    return 4.0 * ceil((height + below + BAND_PAD) / 4), height


def gradient_width(numbers: Area, gradient: Band) -> float:
    """The width that a gradient in figures needs, with its label."""
    if gradient is not Band.WHOLE or numbers.form not in ONE_LINE:
        return 0.0
    return width(LABEL, SMALL) + LABEL_GAP + LONGEST * ADVANCE * GRADIENT


def portal_size(name: str) -> tuple[float, float]:
    """Width and height of a stand-in for a leaf."""
    return 4 * ceil((width(elide(name, 14), 11) + 2 * PAD) / 4), PORTAL_HEIGHT


def numbers_width(numbers: Area | None) -> float:
    """The width that numbers need, with what is written beside them."""
    return numbers.width + (36.0 if numbers.form is Form.HEAT else 0.0) if numbers else 0.0


def call_of(operation: Operation, face: Face, language: str = "en") -> str:
    """The call as the learner wrote it, or what the operation is called; a leaf with a name needs none."""
    call = one_line(operation.call) or said(operation.op, language)
    return "" if not operation.inputs and face.kind and face.kind != "no grad" else call


def beside(name: str, operation: Operation, face: Face, language: str = "en") -> str:
    """What follows a name on the card: ` = w**2`, or ` -= rate * w.grad` where the call says the name itself."""
    call = call_of(operation, face, language)
    if not name or not call or call == name:
        return "" if name else call
    rest = call.removeprefix(name)
    says_it = operation.in_place and rest != call and not rest[:1].isidentifier()
    return rest if says_it else f" = {call}"


def kind_of(operation: Operation, face: Face, language: str = "en") -> tuple[str, str]:
    """What stands small under the title: the backward name or what kind of tensor it is, and shape and dtype."""
    kind = sentence(language, f"card.{face.kind}") if face.kind else said(operation.op, language)
    what = operation.backward or kind
    if operation.in_place and (operation.backward or face.kind != "in place"):
        what = sentence(language, "card.also_in_place", what=what)
    if operation.order:
        what = f"{what} ∂{operation.order}" if operation.order > 1 else f"{what} ∂"
    return what, shape_of(operation)


def shape_of(operation: Operation) -> str:
    """The shape and dtype of what an operation gives, "" where it gives nothing."""
    if not operation.outputs:
        return ""
    summary = operation.outputs[0].summary
    return f"{list(summary.shape)} {summary.dtype}" if summary.shape else summary.dtype


def content(card: Card, name: str, gradient: Summary | None, known: bool, cleared: bool = False) -> Content:
    """What stands on a card.  `name`: its name by now; `known`: it has run; `cleared`: the program has taken the
    gradient away."""
    texts, images, bars = _title(card, name, known), list[Image](), _order_bars(card)
    left, right = kind_of(card.operation, card.face, card.language)
    room = card.width - 2 * PAD
    while right and width(left, SMALL) + width(right, SMALL) + 6 > room:
        right = right[: right.find("] ") + 1]  # the dtype goes first, then the shape
    left = elide_middle(left, int((room - width(right, SMALL)) / (ADVANCE * SMALL)))
    texts.append(Text(PAD, SMALL_LINE, SMALL, role("text_dim"), left))
    texts.append(Text(card.width - PAD, SMALL_LINE, SMALL, role("text_dim"), right, align=Align.RIGHT))
    if known and card.numbers:
        value = card.operation.outputs[0].summary
        shared = shared_scale(card, value, gradient)
        more_texts, more_images = paint(card.numbers, value, PAD, VALUE_TOP, room, shared=shared)
        texts += more_texts
        images += more_images
    if known and card.band:
        shared = shared_scale(card, card.operation.outputs[0].summary, gradient) if card.numbers else 0.0
        add_gradient(card, gradient, texts, images, bars, cleared, shared)
    return assembled(texts, images, bars)


def shared_scale(card: Card, value: Summary, gradient: Summary | None) -> float:
    """The magnitude that gets the full colour in a value and in its gradient, 0 where each has its own."""
    return max(reach(value), reach(gradient)) if card.same_scale and gradient is not None else 0.0


def _order_bars(card: Card) -> list[Bar]:
    """What a backward pass has made has an upright bar at its left for each time that derivatives were taken."""
    order = card.operation.order
    ink = role("order1" if order == 1 else "order2")
    return [Bar(3.0 + 4.0 * at, 12.0, 2.0, card.height - 24.0, ink) for at in range(min(order, MOST_BARS))]


def assembled(texts: list[Text], images: list[Image], bars: list[Bar]) -> Content:
    """The content, with its key."""
    key = (
        tuple(texts),
        tuple(bars),
        tuple((i.x, i.y, i.width, i.height, i.scale, i.gradient, i.figures, i.values.tobytes()) for i in images),
    )
    return Content(key, tuple(texts), tuple(images), tuple(bars))


def _title(card: Card, name: str, known: bool) -> list[Text]:
    room = int((card.width - 2 * PAD) / (ADVANCE * TITLE))
    if not name:
        call = one_line(card.operation.call) or said(card.operation.op, card.language)
        written = call_of(card.operation, card.face, card.language) or call
        return [Text(PAD, TITLE_LINE, TITLE, role("text"), elide_middle(written, room))]
    written = beside(name, card.operation, card.face, card.language)
    name = brief(name)
    short = elide(name, max(room - columns(written), min(16, room)))
    texts = [Text(PAD, TITLE_LINE, TITLE, role("text"), short, bold=True)]
    rest = room - columns(short)
    if written and rest >= 7:
        start = PAD + width(short, TITLE)
        texts.append(Text(start, TITLE_LINE, TITLE, role("text_dim"), elide_middle(written, rest)))
    return texts


def add_gradient(
    card: Card,
    gradient: Summary | None,
    texts: list[Text],
    images: list[Image],
    bars: list[Bar],
    cleared: bool = False,
    shared: float = 0.0,
) -> None:
    """Set the gradient, or that there is none yet, under the value; one that was taken away is told to be gone."""
    top = card.band
    if gradient is None:
        texts.append(Text(PAD, top + 15, SMALL, role("text_faint"), f"{LABEL} –"))
        return
    bars.append(Bar(BAND_PAD, top, card.width - 2 * BAND_PAD, card.height - top - BAND_PAD, role("gradient_fill")))
    texts.append(Text(PAD, top + 15, SMALL, role("text_dim" if cleared else "gradient"), LABEL))
    numbers = area(gradient.shape)
    room = card.width - 2 * PAD
    if numbers.form in ONE_LINE:
        start = PAD + width(LABEL, SMALL) + LABEL_GAP
        more_texts, more_images = paint(numbers, gradient, start, top + 2, room - start + PAD, True, GRADIENT, shared)
    else:
        more_texts, more_images = paint(numbers, gradient, PAD, top + 20, room, True, shared=shared)
    texts += more_texts
    images += more_images
    gone = sentence(card.language, "card.cleared") if cleared else ""
    taken = max((text.x + width(text.text, text.size) for text in texts if text.y == top + 15 + 2), default=0.0)
    if gone and taken + 6 <= card.width - PAD - width(gone, SMALL):
        texts.append(Text(card.width - PAD, top + 15, SMALL, role("text_dim"), gone, align=Align.RIGHT))


def portal_content(card: Card, name: str) -> Content:
    """What stands on a stand-in: the leaf's name."""
    written = elide(name or said(card.operation.op, card.language), 14)
    text = Text(PAD, 18.0, 11.0, role("text"), written, bold=True)
    return Content((text,), (text,))
