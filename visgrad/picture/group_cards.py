"""The card of a folded group: what it is called, what is in it, and the value that it comes to.

A module or a function shows its last result as an operation's card would.  A loop shows the last number that its
passes give a name to (the loss, as a rule), and where it began.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from visgrad.explain.texts import sentence
from visgrad.picture.areas import SMALL, area, paint
from visgrad.picture.cards import (
    LEAST,
    MOST,
    PAD,
    SMALL_LINE,
    TITLE,
    TITLE_LINE,
    VALUE_TOP,
    Band,
    Card,
    add_gradient,
    assembled,
    gradient_width,
    height_with_band,
    numbers_width,
)
from visgrad.picture.display import ADVANCE, Align, Bar, Content, Image, Text
from visgrad.picture.faces import GROUP
from visgrad.picture.groups import LOOP, LOOPS, PASS, REPEAT, Group
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import role
from visgrad.picture.text import columns, elide, elide_middle, width
from visgrad.recording.model import Operation, Summary
from visgrad.recording.summary import figures
from visgrad.recording.summary import values as values_of

BARE_HEIGHT = 52.0


@dataclass(frozen=True)
class Inside:
    """What a card stands for: a group, or `passes` of one loop that follow each other, from `group` on.

    `results`: the operations whose values the card shows, one after the other; `name`: what the program calls them,
    "" for a group that shows what it returns.
    """

    group: Group
    operations: int
    passes: int
    results: tuple[int, ...]
    name: str = ""


def group_card(inside: Inside, result: Operation, gradient: Band, options: ViewOptions) -> Card:
    """The card; `result`: the operation whose value it shows in the end.  `gradient`: the room for one."""
    title, left, right = words(inside, options.language)
    # What only makes tensors has no result of its own.
    shown = bool(result.outputs) and inside.group.computes > 0
    numbers = area(result.outputs[0].summary.shape) if options.values and shown else None
    gradient = gradient if options.gradients and shown and not inside.name else Band.NONE
    needs = [
        columns(title) * ADVANCE * TITLE,
        width(left, SMALL) + width(right, SMALL) + 12,
        numbers_width(numbers),
        width(f"{inside.name} {'-0.00000 → -0.00000' if len(inside.results) > 1 else '-0.00000'}", TITLE)
        if inside.name
        else 0,
        gradient_width(numbers or area(()), gradient),
    ]
    across = min(max(4 * ceil((max(needs) + 2 * PAD) / 4), LEAST), MOST)
    bare = BARE_HEIGHT if numbers is None else VALUE_TOP + numbers.height + 8
    height, band = height_with_band(bare, numbers or area(()), gradient)
    return Card(result, GROUP, title, across, height, numbers, band, inside, options.language)


def group_content(card: Card, inside: Inside, values: list[Summary], gradient: Summary | None) -> Content:
    """What stands on it.  `values`: the first and the last it shows, of those that are known by now."""
    title, left, right = words(inside, card.language)
    room = card.width - 2 * PAD
    texts = [
        Text(PAD, TITLE_LINE, TITLE, role("text"), elide_middle(title, int(room / (ADVANCE * TITLE))), bold=True),
        Text(PAD, SMALL_LINE, SMALL, role("text_dim"), left),
        Text(card.width - PAD, SMALL_LINE, SMALL, role("text_dim"), right, align=Align.RIGHT),
    ]
    images, bars = list[Image](), list[Bar]()
    if card.numbers and values and inside.name:
        texts += _course(inside.name, values, card.width - PAD)
    elif card.numbers and values:
        more_texts, more_images = paint(card.numbers, values[-1], PAD, VALUE_TOP, room)
        texts += more_texts
        images += more_images
    if card.band:
        add_gradient(card, gradient, texts, images, bars)
    return assembled(texts, images, bars)


def _course(name: str, values: list[Summary], right: float) -> list[Text]:
    """How a number has come along: its name, where it began, where it is."""
    x, y = PAD, VALUE_TOP + 15
    texts = []
    pieces = [(name, "text_dim"), *((_figure(value), "text") for value in values)]
    if values[0] is values[-1]:
        pieces.pop()
    for number, (text, ink) in enumerate(pieces):
        if number == 2:
            texts.append(Text(x, y, TITLE, role("text_faint"), "→"))
            x += 2 * ADVANCE * TITLE
        written = elide(text, int((right - x) / (ADVANCE * TITLE)))
        texts.append(Text(x, y, TITLE, role(ink), written, bold=number == len(pieces) - 1))
        x += width(written, TITLE) + ADVANCE * TITLE
    return texts


def _figure(summary: Summary) -> str:
    array = values_of(summary)
    return figures(array.reshape(-1)[0].item()) if array is not None and array.size else "?"


def shows_figure(operation: Operation) -> bool:
    """Whether an operation's result is one real number that was computed, as a loss is."""
    if not operation.outputs or not operation.inputs or operation.in_place:
        return False
    summary = operation.outputs[0].summary
    return summary.shape == () and summary.dtype.startswith(("float", "bfloat"))


def words(inside: Inside, language: str = "en") -> tuple[str, str, str]:
    """The title, and what stands small below it on the left and on the right."""
    group = inside.group
    count = sentence(language, "card.op" if inside.operations == 1 else "card.ops", count=f"{inside.operations:,}")
    loop = sentence(language, f"card.{REPEAT if group.kind == REPEAT else LOOP}_times", count=inside.passes)
    if group.kind == PASS:
        begin = int(group.title.rpartition(" ")[2])
        if inside.passes > 1:
            return sentence(language, "card.passes", first=begin, last=begin + inside.passes - 1), loop, count
        return sentence(language, "card.pass_number", number=begin), sentence(language, "card.pass"), count
    if group.kind in LOOPS and inside.passes:
        return group.title, loop, count
    return group.title, sentence(language, f"card.{group.kind}"), count
