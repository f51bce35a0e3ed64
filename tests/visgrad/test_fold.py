"""Loops, passes, functions and modules of a program are groups that fold, less and less with more detail."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from visgrad.picture.fold import Folds, loops
from visgrad.recording.recording import Recording
from visgrad.worker.client import run_program

PROGRAM = """\
import torch
def f(x, w):
    return (x @ w).tanh()
x = torch.randn(4, 3)
w = torch.randn(3, 3, requires_grad=True)
for epoch in range(3):
    h = x
    for i in range(2):
        h = f(h, w)
    h.sum().backward()
n = 0
while n < 2:
    n += 1
    y = w * n
z = y + 1
"""

MODULE = """\
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.rest = nn.Sequential(nn.ReLU(), nn.Linear(4, 1))
    def forward(self, x):
        return self.rest(self.first(x))
net = Net()
net(torch.ones(2, 3))
"""


@cache
def recording(program: str = PROGRAM) -> Recording:
    result = run_program(program)
    assert result.error is None, result.error
    return result


def tree(folds: Folds) -> list[str]:
    return [f"{'  ' * group.depth}{group.kind} {group.title} ({group.operations})" for group in folds.groups]


def test_nested_loops_and_calls_become_a_tree() -> None:
    assert tree(Folds(recording()).grow())[:7] == [
        "loop for epoch in range(3) (15)",
        "  pass pass 1 (5)",
        "    loop for i in range(2) (4)",
        "      pass pass 1 (2)",
        "        function f (2)",
        "      pass pass 2 (2)",
        "        function f (2)",
    ]


def test_what_comes_after_a_loop_is_outside_of_it() -> None:
    folds = Folds(recording()).grow()
    last = recording().operations[-1]
    assert last.call == "y + 1"
    assert folds.path(last.id) == []
    assert [folds.groups[g].title for g in folds.path(last.id - 1)] == ["while n < 2", "pass 2"]


def test_modules_are_groups_by_their_paths() -> None:
    lines = tree(Folds(recording(MODULE)).grow())
    assert [line.strip().partition(" (")[0] for line in lines] == [
        "module net",
        "module net.first",
        "module net.rest",
        "module net.rest.0",
        "module net.rest.1",
    ]


def test_growing_step_by_step_gives_the_tree_of_the_whole() -> None:
    whole = recording()
    growing = Recording(whole.source)
    folds = Folds(growing)
    for step in whole.steps:
        growing.extend([step])
        folds.grow()
    assert tree(folds) == tree(Folds(whole).grow())
    assert folds.of == Folds(whole).grow().of


def cards(folds: Folds, detail: float | None) -> int:
    shown = folds.representatives(folds.closed(detail))
    return sum(group < 0 for group in shown) + len({group for group in shown if group >= 0})


def test_the_least_detail_is_a_handful_and_the_most_is_everything() -> None:
    folds = Folds(recording()).grow()
    assert cards(folds, 0.0) <= 6
    assert cards(folds, 1.0) == len(recording().operations)
    assert cards(folds, None) == len(recording().operations)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_detail_never_closes_a_group(one: float, other: float) -> None:
    folds = Folds(recording()).grow()
    assert folds.closed(max(one, other)) <= folds.closed(min(one, other))


def test_a_group_is_unfolded_and_folded_by_itself() -> None:
    folds = Folds(recording()).grow()
    assert 0 in folds.closed(0.0)
    assert 0 not in folds.closed(0.0, unfolded=[0])
    assert 0 in folds.closed(1.0, folded=[0])
    assert set(folds.representatives({0})) == {-1, 0}


def test_loops_are_read_from_the_text_and_bad_text_has_none() -> None:
    assert [loop.header for loop in loops(PROGRAM)] == ["for epoch in range(3)", "for i in range(2)", "while n < 2"]
    assert loops("for x in [1]: print(x)\n") == []
    assert loops("for x in\n") == []
