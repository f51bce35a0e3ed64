"""Steps in columns are the same steps, wherever one looks; columns that no recorder makes are refused."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest

from tests.visgrad.recorded import Run
from visgrad.recording.check import check
from visgrad.recording.forms import Forms
from visgrad.recording.model import Bind, Contribution, Operation, Step
from visgrad.recording.recording import Recording
from visgrad.recording.stretch import MOST_FORMS, Columns, Packer, Stretch, Unpacker, stretch_of

PROGRAM = """
x = torch.ones(2, 2, requires_grad=True)
big = torch.arange(200.0)
for i in range(3):
    y = (x * 2).sum() + big[i]
    y.backward()
v = x.detach().view(4)
v[1:].add_(1)
a, b = torch.ones(4).split(2)
x.grad = None
"""


def told(program: str) -> list[Stretch]:
    """What a recorder tells of a program, a statement at a time."""
    lines = program.strip().split("\n")
    flushed = [line if line.endswith(":") else f"{line}; recorder.flush()" for line in lines]
    return Heard("\n".join(flushed)).stretches


class Heard(Run):
    """A run whose stretches are kept."""

    def __init__(self, source: str) -> None:
        self.stretches: list[Stretch] = []
        super().__init__(source)

    def _emit(self, steps: Stretch) -> None:
        self.stretches.append(steps)
        super()._emit(steps)


def test_steps_in_columns_are_the_same_steps() -> None:
    steps = list(Run(PROGRAM).recording.steps)
    again = stretch_of(steps, Forms())
    assert list(again) == steps
    assert [again[i] for i in range(len(steps))] == steps
    assert again[-1] == steps[-1]
    with pytest.raises(IndexError):
        again[len(steps)]


@pytest.mark.parametrize("start", range(0, 30, 7))
def test_a_part_has_the_steps_of_its_part(start: int) -> None:
    steps = list(Run(PROGRAM).recording.steps)
    for stop in range(len(steps) + 1):
        assert list(stretch_of(steps, Forms())[start:stop]) == steps[start:stop]
    assert list(stretch_of(steps, Forms())[::3]) == steps[::3]


def test_what_is_sent_is_what_arrives() -> None:
    packer, unpacker = Packer(), Unpacker()
    for stretch in told(PROGRAM):
        message = msgspec.msgpack.decode(msgspec.msgpack.encode(packer.pack(stretch)), type=Columns)
        assert list(unpacker.unpack(message)) == list(stretch)


def test_a_loop_tells_what_its_steps_are_like_once() -> None:
    def forms(passes: int) -> int:
        source = f"x = torch.ones(3, requires_grad=True)\nfor i in range({passes}):\n    y = (x * 2).exp().sum()"
        return len(Heard(source + "\n    y.backward()").stretches[-1].forms)

    assert forms(5) == forms(50)


def test_a_program_that_makes_ever_new_steps_does_not_fill_the_memory_with_what_they_are_like() -> None:
    loop = f"for i in range({3 * MOST_FORMS}):\n    y = x * (i + 0.5)\n    if i % 100 == 0: recorder.flush()"
    heard = Heard(f"x = torch.ones(2)\n{loop}")
    assert max(len(stretch.forms) for stretch in heard.stretches) < 1.1 * MOST_FORMS
    packer, unpacker = Packer(), Unpacker()
    again = Recording()
    for stretch in heard.stretches:
        again.extend(unpacker.unpack(packer.pack(stretch)))
    assert list(again.steps) == list(heard.recording.steps)
    last = again.operations[-1]
    assert last.arguments[-1].text == str(3 * MOST_FORMS - 0.5)


def test_a_step_that_is_broken_off_leaves_nothing_behind() -> None:
    run = Run("x = torch.ones(3, requires_grad=True)\ny = x * 2")
    writer = run.recorder._decoder.writer
    writer.bind("w", 0)
    writer.integers += (1, 2, 3)
    writer.data.append(b"half")
    writer.values += 1
    writer.rewind()
    assert list(writer.take()) == [Bind("w", 0)]
    assert writer.values == len(run.recording.values)


NUMBERS = (-(2**62), -2, -1, 0, 1, 3, 70, 2**31 - 1, 2**62)


def changed(document: Any, chance: random.Random) -> Any:
    """Columns of which one thing is another."""
    forms, first, codes, integers, data, others = document
    match chance.randrange(7):
        case 0:
            codes, integers = (_with_number(column, size, chance) for column, size in ((codes, 4), (integers, 8)))
        case 1:
            integers = _with_number(integers, 8, chance)
        case 2:
            codes = _with_number(codes, 4, chance)
        case 3:
            data = data[: chance.randrange(len(data) + 1)]
        case 4:
            integers = integers[: chance.randrange(len(integers) + 1)]
        case 5:
            first = chance.choice(NUMBERS)
        case _:
            _change_form(chance.choice(forms), chance)
    return [forms, first, codes, integers, data, others]


def _with_number(column: bytes, size: int, chance: random.Random) -> bytes:
    at = chance.randrange(len(column) // size) * size
    number: int = max(-(2 ** (8 * size - 1)), min(chance.choice(NUMBERS), 2 ** (8 * size - 1) - 1))
    return column[:at] + number.to_bytes(size, "little", signed=True) + column[at + size :]


def _change_form(node: list[Any], chance: random.Random) -> None:
    at = chance.randrange(len(node))
    if isinstance(node[at], list) and node[at] and chance.random() < 0.8:
        _change_form(node[at], chance)
    else:
        node[at] = chance.choice((*NUMBERS, "float64", "x", [], [2**40, 2**40]))


@pytest.mark.parametrize("seed", range(10))
def test_changed_columns_are_refused_or_can_be_shown(seed: int) -> None:
    chance = random.Random(seed)
    whole = msgspec.msgpack.encode(Packer().pack(stretch_of(Run(PROGRAM).recording.steps, Forms())))
    refused = 0
    for _ in range(150):
        document = changed(msgspec.msgpack.decode(whole), chance)
        recording = Recording()
        try:
            steps = Unpacker().unpack(msgspec.msgpack.decode(msgspec.msgpack.encode(document), type=Columns))
            recording.extend(steps)
        except ValueError:  # msgspec's own is one
            refused += 1
            continue
        for step in recording.steps:
            check(step)
        assert recording.to_svg()
    assert 30 < refused < 150


@pytest.mark.parametrize("step", [Operation(0, "neg", (), ()), Bind("x", 0)])
def test_a_step_that_has_a_form_is_not_told_without_it(step: Step) -> None:
    columns = Columns((), 0, (-1).to_bytes(4, "little", signed=True), b"", b"", (step,))
    with pytest.raises(ValueError, match="told without it"):
        Unpacker().unpack(columns)


def test_a_first_contribution_is_its_own_total() -> None:
    run = Run("x = torch.ones(3, requires_grad=True)\n(x * 2).sum().backward()")
    first = next(step for step in run.recording.steps if isinstance(step, Contribution))
    assert first.total is first.gradient
