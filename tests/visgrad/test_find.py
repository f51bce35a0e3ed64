"""Queries over the operations of a recording: what they mean, and what they find."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from visgrad.picture.facts import facts_of
from visgrad.picture.find import Exact, Range, Shaped, Trouble, Word, find, parse
from visgrad.picture.problems import Problems
from visgrad.recording.frame import Frame
from visgrad.recording.model import Contribution
from visgrad.recording.recording import Recording
from visgrad.worker.client import run_program

PROGRAM = """\
import torch
w = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, -6.0]], requires_grad=True)
x = torch.ones(3)
h = w @ x
big = h * 2000
small = h * 1e-9
loss = big.sum() + small.relu().sum()
loss.backward()
bad = (w - 10).log()
far = torch.ones(()) / 0
w.grad.zero_()
"""


@cache
def recording(program: str = PROGRAM) -> Recording:
    result = run_program(program)
    assert result.error is None, result.error
    return result


def end() -> Frame:
    return recording().frame(len(recording().stops))


def calls(query: str, frame: Frame | None = None) -> list[str]:
    return [recording().operations[found].call for found in find(frame or end(), parse(query))]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("  Relu ", (Word("relu"),)),
        ("x @ w", (Word("x"), Word("@"), Word("w"))),
        ('"value < 0"', (Word("value < 0"),)),
        ('"nan', (Word("nan"),)),
        ("op:mul name:W", (Exact("op", "mul"), Exact("name", "w"))),
        ("(2, 3)", (Shaped((2, 3)),)),
        ("[2,3] ()", (Shaped((2, 3)), Shaped(()))),
        ("2x3 4×*x1", (Shaped((2, 3)), Shaped((4, None, 1)))),
        ("(3,)", (Shaped((3,)),)),
        ("f(2)", (Word("f(2)"),)),
        ("(2)*x", (Word("(2)*x"),)),
        ("value < 0", (Range(False, False, "<", 0.0),)),
        ("grad>=1e-3 w", (Range(True, False, ">=", 1e-3), Word("w"))),
        ("|gradient| > -2.5e+1", (Range(True, True, ">", -25.0),)),
        ("value > w", (Word("value"), Word(">"), Word("w"))),
        ("NaN inf exploded", (Trouble("nan"), Trouble("inf"), Trouble("exploded"))),
    ],
)
def test_a_query_is_words_shapes_comparisons_and_problems(text: str, terms: tuple[object, ...]) -> None:
    assert parse(text) == terms


def test_words_are_found_in_names_operations_and_calls() -> None:
    assert "small.relu()" in calls("relu")
    assert calls("h * 2000") == ["h * 2000"]
    assert calls("MulBackward0") == calls("op:mul") == ["h * 2000", "h * 1e-9"]
    assert calls("name:big") == ["h * 2000"]
    assert calls("") == []
    assert calls("nothing like it") == []


def test_shapes_are_found_and_a_star_is_any_length() -> None:
    assert calls("(3,)") == ["torch.ones(3)"]
    assert set(calls("2x3")) == set(calls("*x3"))
    assert "w - 10" in calls("2x3")
    assert calls("2x3 log") == ["(w - 10).log()"]


def test_values_and_gradients_are_compared_element_by_element() -> None:
    assert "w @ x" not in calls("value < 0 matmul")
    assert "w - 10" in calls("value < -15")
    assert "w - 10" not in calls("value < -16")
    assert calls("|value| > 9000 op:mul") == ["h * 2000"]
    assert "w @ x" in calls("grad > 1999")
    assert "w @ x" not in calls("grad > 2001")
    assert "h * 1e-9" not in calls("grad > 1.5")


def test_what_is_not_finite_is_found_by_its_name() -> None:
    assert calls("nan") == calls("value = nan") == ["(w - 10).log()"]
    assert calls("inf") == calls("value = inf") == ["torch.ones(()) / 0"]


def test_only_what_has_run_and_only_gradients_that_have_come_are_found() -> None:
    begin = recording().position_of(find(end(), parse("op:sum"))[-1])
    early = recording().frame(begin)
    assert calls("nan", early) == []
    assert calls("grad > 1999", early) == []
    assert calls("name:w", early)


def test_gradients_that_vanish_or_explode_are_problems_and_zeroing_is_not() -> None:
    assert "w @ x" in calls("exploded")
    assert calls("vanished") == []
    shrunk = run_program(
        "import torch\nw = torch.ones(2, requires_grad=True)\nh = w * 1.0\n"
        "(h * 1e-9).sum().backward()\nw.grad.zero_()\n"
    )
    frame = shrunk.frame(len(shrunk.stops))
    found = [shrunk.operations[one].call for one in find(frame, parse("vanished"))]
    assert "w * 1.0" in found
    flat = run_program("import torch\nw = torch.tensor(0.0, requires_grad=True)\n(w * w).backward()\n")
    assert find(flat.frame(len(flat.stops)), parse("problem")) == []


def test_problems_read_in_pieces_are_those_that_a_query_finds() -> None:
    problems = Problems(recording())
    while problems.grow(3):
        pass
    for position in range(0, len(recording().stops) + 1, 3):
        frame = recording().frame(position)
        assert problems.at(frame) == find(frame, parse("problem"))


def test_an_infinity_is_a_problem_where_it_arises_and_none_where_the_program_put_it() -> None:
    result = run_program("""\
import torch
scores = torch.zeros(3, 3)
mask = torch.tensor([0.0, float("-inf"), 0.0])
weights = (scores + mask).softmax(-1)
filled = scores.masked_fill(scores == 0, float("-inf")) * 2
high = torch.tensor([100.0]).exp()
higher = high + 1
""")
    frame = result.frame(len(result.stops))
    assert [result.operations[node].call for node in find(frame, parse("problem"))] == ["torch.tensor([100.0]).exp()"]
    problems = Problems(result)
    while problems.grow(100):
        pass
    assert problems.at(frame) == find(frame, parse("problem"))
    marked = np.flatnonzero(facts_of(result).problem < len(result.steps)).tolist()
    assert marked == problems.at(frame)


def saturated(lines: str) -> list[str]:
    recording = run_program("import torch\nw = torch.ones(8, requires_grad=True)\n" + lines)
    frame = recording.frame(len(recording.stops))
    return [recording.operations[one].call for one in find(frame, parse("saturated"))]


def test_a_layer_whose_units_are_nearly_all_flat_is_saturated() -> None:
    assert saturated("torch.tanh(w * 9)\ntorch.tanh(w)\ntorch.sigmoid(w * -9)\n(w * -1).relu()\n(w * 2).relu()") == [
        "torch.tanh(w * 9)",
        "torch.sigmoid(w * -9)",
        "(w * -1).relu()",
    ]


def test_one_number_behind_a_relu_and_activations_without_gradients_are_no_problem() -> None:
    assert saturated("(w[0] * -1).relu()\ntorch.tanh(w.detach() * 9)") == []


def test_problems_are_found_by_their_korean_names() -> None:
    assert parse("문제 폭발") == parse("problem exploded")
    assert parse('"문제"') != parse("problem")


CONVERGED = """\
import torch
torch.manual_seed(0)
x = torch.linspace(-1, 1, 20)
w = torch.tensor(0.0, requires_grad=True, dtype=torch.float64)
b = torch.tensor(0.0, requires_grad=True, dtype=torch.float64)
for epoch in range(200):
    loss = ((w * x + b - (3 * x + 1)) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.4 * w.grad
        b -= 0.4 * b.grad
    w.grad = b.grad = None
"""

DEEP = """\
import torch
torch.manual_seed(0)
h = x = torch.ones(3, requires_grad=True)
for layer in range(40):
    h = torch.sigmoid(h * 0.5)
h.sum().backward()
"""


def test_small_gradients_at_the_end_of_a_fit_have_not_vanished() -> None:
    result = run_program(CONVERGED)
    frame = result.frame(len(result.stops))
    last = [step.total.maximum for step in result.steps if isinstance(step, Contribution)][-2:]
    assert max(map(abs, last)) < 1e-7
    assert find(frame, parse("problem")) == []


def test_gradients_that_shrink_from_layer_to_layer_have_vanished_in_the_first() -> None:
    result = run_program(DEEP)
    frame = result.frame(len(result.stops))
    found = find(frame, parse("vanished"))
    assert 0 in found
    assert max(found) < len(result.operations) // 2
    problems = Problems(result)
    while problems.grow(7):
        pass
    assert problems.at(frame) == found


def test_large_gradients_that_are_all_alike_have_not_exploded_until_they_are_beyond_reason() -> None:
    alike = "import torch\nw = torch.ones(3, requires_grad=True)\n(w * 1.0 + 1.0).backward(torch.full((3,), {0}))\n"
    for size, count in ((5e3, 0), (5e6, 2)):
        result = run_program(alike.format(size))
        assert len(find(result.frame(len(result.stops)), parse("exploded"))) == count
