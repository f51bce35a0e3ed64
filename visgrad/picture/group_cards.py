"""The card of a folded group: what it is called, what is in it, and the value that it comes to.

A module, a function or a call shows its last result as an operation's card would.  A loop shows the last number that
its passes give a name to (the loss, as a rule), and where it began.  What only writes in place, as an optimizer does,
or makes a module, has no result of its own.
"""

from __future__ import annotations

import re
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
    shared_scale,
)
from visgrad.picture.display import ADVANCE, Align, Bar, Content, Image, Text
from visgrad.picture.faces import GROUP
from visgrad.picture.groups import FUNCTION, LOOP, LOOPS, MODULE, PASS, REPEAT, Group
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import role
from visgrad.picture.text import columns, elide, elide_middle, width
from visgrad.recording.model import Operation, Summary
from visgrad.recording.summary import figures
from visgrad.recording.summary import values as values_of

BARE_HEIGHT = 52.0

SIMPLE = re.compile(r"(?:\w|\.(?!__))+")
"""The name of a function that is called by it, unlike `Layer.__call__`."""


@dataclass(frozen=True)
class Inside:
    """What a card stands for: a group, or `passes` of one loop that follow each other, from `group` on.

    `operations`: how many are in it, of which `computes` have inputs.  `results`: the operations whose values the card
    shows, one after the other; `name`: what the program calls them, "" for a group that shows what it returns.
    `called`: what the program calls what it returns.  `loop`: the header of the loop that a pass is of.
    `shape`: of what a layer returns.
    """

    group: Group
    operations: int
    computes: int
    passes: int
    results: tuple[int, ...]
    name: str = ""
    called: str = ""
    loop: str = ""
    shape: str = ""


def group_card(inside: Inside, result: Operation, gradient: Band, options: ViewOptions) -> Card:
    """The card; `result`: the operation whose value it shows in the end.  `gradient`: the room for one."""
    title, left, right = words(inside, options.language)
    shown = has_result(inside, result)
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
    return Card(result, GROUP, title, across, height, numbers, band, inside, options.language, options.same_scale)


def group_content(
    card: Card, inside: Inside, values: list[Summary], gradient: Summary | None, cleared: bool = False
) -> Content:
    """What stands on it.  `values`: the first and the last it shows, of those that are known by now; `cleared`: as in
    `cards.content`."""
    title, left, right = words(inside, card.language)
    room = card.width - 2 * PAD
    spare = int((room - width(right, SMALL)) / (ADVANCE * SMALL)) - 1
    texts = [
        Text(PAD, TITLE_LINE, TITLE, role("text"), elide_middle(title, int(room / (ADVANCE * TITLE))), bold=True),
        Text(PAD, SMALL_LINE, SMALL, role("text_dim"), elide_middle(left, spare)),
        Text(card.width - PAD, SMALL_LINE, SMALL, role("text_dim"), right, align=Align.RIGHT),
    ]
    images, bars, shared = list[Image](), list[Bar](), 0.0
    if card.numbers and values and inside.name:
        texts += _course(inside.name, values, card.width - PAD)
    elif card.numbers and values:
        shared = shared_scale(card, values[-1], gradient)
        more_texts, more_images = paint(card.numbers, values[-1], PAD, VALUE_TOP, room, shared=shared)
        texts += more_texts
        images += more_images
    if card.band:
        add_gradient(card, gradient, texts, images, bars, cleared, shared)
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


def has_result(inside: Inside, result: Operation) -> bool:
    """Whether what came last in a group is what the group is for."""
    group = inside.group
    if inside.name:
        return True
    if not result.outputs or not group.computes or result.in_place:
        return False
    return not group.title.endswith(".__init__")


def words(inside: Inside, language: str = "en") -> tuple[str, str, str]:
    """The title, and what stands small below it on the left and on the right."""
    group = inside.group
    count = inside.shape or _counted(inside, language)
    title = f"{group.title}(…)" if group.kind == FUNCTION and SIMPLE.fullmatch(group.title) else group.title
    title = f"{inside.called} = {title}" if inside.called else title
    if group.kind == PASS:
        begin = int(group.title.rpartition(" ")[2])
        head = head_of(inside.loop) or sentence(language, "card.repeat")
        if inside.passes > 1:
            last = begin + inside.passes - 1
            return sentence(language, "card.passes", first=begin, last=last), f"{head} × {inside.passes}", count
        return inside.called or sentence(language, "card.pass_number", number=begin), head, count
    if group.kind in LOOPS and inside.passes:
        kind = REPEAT if group.kind == REPEAT else LOOP
        return title, sentence(language, f"card.{kind}_times", count=inside.passes), count
    return title, group.callee or sentence(language, f"card.{group.kind}"), count


def _counted(inside: Inside, language: str) -> str:
    """How many operations there are, or tensors where they are made rather than computed with."""
    made = inside.group.kind != MODULE and 2 * inside.computes < inside.operations
    count = inside.operations if made or not inside.computes else inside.computes
    one = "tensor" if made else "op"
    return sentence(language, f"card.{one}" if count == 1 else f"card.{one}s", count=f"{count:,}")


def head_of(header: str) -> str:
    """What a loop runs over, of its header: `for epoch` of `for epoch in range(50)`."""
    return "while" if header.startswith("while") else header.partition(" in ")[0]
