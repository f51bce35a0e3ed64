"""Every code block of the notes that visgrad grew from runs word for word and prints what they show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.visgrad.worker_runs import Runner, last_line, printed
from visgrad.program.handed_in import to_program

NOTES = Path(__file__).parent / "data" / "week2-day1.md"
FENCED = re.compile(r"^```python\n(.*?)^```\n((?:[ ]{4}[^\n]*\n|[ ]*\n)*)", re.MULTILINE | re.DOTALL)

NEEDS: dict[int, list[int]] = {1: [0], 2: [1], 3: [0, 1, 2], 4: [1, 2], 5: [1], 6: [1, 2], 7: [1], 8: [1, 7]}
NEEDS |= {9: [1, 7], 10: [0, 1], 11: [0, 1, 10], 12: [1], 13: [1], 14: [1]}
"""The blocks whose names each block uses; 1 imports torch and 0 NumPy."""

RANDOM = {7, 8, 12}
"""Blocks that print random values: their digits differ, their layout does not."""


class Block(NamedTuple):
    """A block of code, what it printed, and the last line of its traceback."""

    code: str
    shown: str
    error: str


def _blocks() -> list[Block]:
    blocks = []
    for code, output in FENCED.findall(NOTES.read_text("utf-8")):
        lines = [line[4:].rstrip() for line in output.splitlines()]
        text = "\n".join(lines).strip("\n")
        shown, dashes, trace = text.partition("-" * 75)
        blocks.append(Block(code, shown.strip("\n"), trace.strip().splitlines()[-1] if dashes else ""))
    return blocks


BLOCKS = _blocks()


def _program(number: int) -> tuple[str, int]:
    """A block with the blocks it needs before it, each of these a cell, and the line it begins at."""
    needed = sorted({n for m in NEEDS.get(number, []) for n in [m, *NEEDS.get(m, [])]})
    before = "".join(f"# %%\n{_import_of(n)}{BLOCKS[n].code}" for n in needed)
    before += "import torch\ntorch.manual_seed(0)\n" if number in RANDOM else ""
    return f"{before}# %%\n{BLOCKS[number].code}", before.count("\n") + 2


def _import_of(number: int) -> str:
    """Block 1 uses an array that block 0 makes; alone it stands for `import torch`."""
    return "import numpy as np\nn_arr = np.arange(10).reshape(2,5)\n" if number == 1 else ""


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def _layout(text: str) -> str:
    return re.sub(r"\d", "0", _plain(text))


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_block_prints_what_the_notes_show(number: int, runner: Runner) -> None:
    source, line = _program(number)
    block = BLOCKS[number]
    recording = runner.run(source)
    form = _layout if number in RANDOM else _plain
    assert form(printed(recording, line)) == form(block.shown)
    assert last_line(recording) == block.error


def test_the_notes_have_as_many_blocks_as_are_tested() -> None:
    assert len(BLOCKS) == NOTES.read_text("utf-8").count("```python") == 15


def test_the_whole_lesson_runs_as_one_program_past_the_errors_that_it_shows(runner: Runner) -> None:
    seeded = "import torch\ntorch.manual_seed(0);\n"  # some random numbers would be printed in scientific notation
    recording = runner.run(seeded + to_program(NOTES.read_text("utf-8"), NOTES.name))
    told = [f"{error.type}: {error.message}" for _, error in recording.errors]
    assert told == [block.error for block in BLOCKS if block.error]
    assert len(told) == 3
    expected = "\n".join(block.shown for block in BLOCKS if block.shown)
    assert _layout(printed(recording)) == _layout(expected)
