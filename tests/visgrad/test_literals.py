"""The numbers of a program's text: where they stand, how far they are turned, how others are written there."""

from __future__ import annotations

import pytest

import visgrad
from visgrad.program.literals import Number, given, number_at, reach, unit, written
from visgrad.recording.model import Operation


def numbers(line: str) -> list[str]:
    """The numbers of the tensor that a program's first operation makes."""
    source = f"import torch\n# 자동 미분\n{line}\n"
    recording = visgrad.record(source)
    operation = next(step for step in recording.steps if isinstance(step, Operation))
    found = given(source, operation.where[0].span)
    assert all(source[number.start : number.end] == number.text for number in found)
    return [number.text for number in found]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("w = torch.tensor(2.0, requires_grad=True)", ["2.0"]),
        ("한글 = torch.tensor([2., -3.]); y = torch.tensor(4)", ["2.", "-3."]),
        ("w = torch.full((2, 3), 0.5)", ["0.5"]),
        ("w = torch.nn.Parameter(torch.tensor(1e-3))", ["1e-3"]),
        ("w = torch.tensor([[1., 2.],\n    [3., 4.]])", ["1.", "2.", "3.", "4."]),
        ("w = torch.tensor([1., 2., 3., 4., 5.])", []),
        ("w = torch.randn(2, 3)", []),
        ("w = torch.tensor(True)", []),
    ],
)
def test_the_numbers_a_tensor_is_made_of_are_found_in_the_text(line: str, found: list[str]) -> None:
    assert numbers(line) == found


@pytest.mark.parametrize(
    ("line", "column", "found"),
    [
        ("lr = 0.1", 5, "0.1"),
        ("lr = 0.1", 8, "0.1"),
        ("y = x - 3", 9, "3"),
        ("y = x * -3", 10, "-3"),
        ("f(-2.5, 1)", 4, "-2.5"),
        ("x1 = y", 2, None),
        ("x = y", 1, None),
        ("return -1", 9, "-1"),
    ],
)
def test_the_number_at_a_place_has_its_sign_where_it_is_one(line: str, column: int, found: str | None) -> None:
    number = number_at("a\n" + line, 2 + column)
    assert (number.text if number else None) == found


def test_a_number_reaches_to_the_next_round_one_above_twice_its_size() -> None:
    texts = ("2.0", "-0.1", "0.0", "3", "1e-3", "10.")
    assert [reach(Number(0, 0, text)) for text in texts] == pytest.approx([5, 0.2, 1, 10, 0.002, 20])


def test_another_number_is_written_in_the_style_of_the_one_before() -> None:
    assert written(1.5, Number(0, 0, "2."), 0.05) == "1.5"
    assert written(3.0, Number(0, 0, "2."), 0.05) == "3."
    assert written(3.0, Number(0, 0, "2.0"), 0.05) == "3.0"
    assert written(-0.001, Number(0, 0, "2.0"), 0.05) == "0.0"
    assert written(3.4, Number(0, 0, "2"), 1) == "3"
    assert [unit(Number(0, 0, text)) for text in ("2.0", "2.", "7", "0.025", "1e-3")] == pytest.approx(
        [0.1, 0.1, 1, 0.001, 0.0001]
    )
