"""Loops, passes, functions and modules of a program are groups that fold, less and less with more detail."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visgrad.picture.draw import Picture
from visgrad.picture.fold import Folds, folds_of
from visgrad.picture.loops import loops
from visgrad.picture.options import ViewOptions
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
        "function Net.__init__",
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
    shown: list[int] = folds.representatives(folds.closed(detail)).tolist()
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


def picture(program: str, options: ViewOptions) -> Picture:
    return Picture(recording(program), options)


def titles(shown: Picture) -> list[str]:
    return list(shown.display(len(shown.recording.stops)).cards.title)


def test_a_folded_model_is_a_few_boxes_with_its_parameters_inside() -> None:
    folds = Folds(recording(MODULE)).grow()
    net = [group.title for group in folds.groups].index("net")
    assert titles(picture(MODULE, ViewOptions(detail=1.0, folded=(net,)))) == ["ones", "net"]
    inside = tuple(folds.groups[net].children)
    assert titles(picture(MODULE, ViewOptions(detail=1.0, folded=inside))) == ["ones", "net.first", "net.rest"]


def test_edges_between_folded_groups_carry_counts_and_gradients_flow_along_them() -> None:
    shown = picture(PROGRAM, ViewOptions(detail=0.3))
    display = shown.display(len(shown.recording.stops))
    assert any(label.startswith("×") for label in display.edges.label)
    assert display.edges.dashed.any()


@pytest.mark.parametrize("detail", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
@pytest.mark.parametrize("program", [PROGRAM, MODULE])
def test_every_operation_is_on_one_card_and_edges_lead_forward(program: str, detail: float) -> None:
    shown = picture(program, ViewOptions(detail=detail))
    assert (shown.folding.member >= 0).all()
    place = np.empty(shown.graph.size, int)
    place[shown.graph.order()] = np.arange(shown.graph.size)
    assert (place[shown.graph.source] < place[shown.graph.target]).all()
    assert len(shown.folding.count) == len(shown.graph.source)
    for position in range(len(shown.recording.stops) + 1):
        shown.display(position)


def test_interleaved_calls_are_told_apart_so_that_no_circle_arises() -> None:
    program = """\
import torch
def f(x): return x * 2
def g(x): return x + 1
h = torch.ones(2)
out = [h := g(f(h)) for _ in range(3)]
"""
    folds = Folds(recording(program)).grow()
    assert [group.title for group in folds.groups].count("f") == 3
    shown = picture(program, ViewOptions(folded=tuple(range(len(folds.groups)))))
    assert (shown.graph.source < shown.graph.target).all()


TRAINING = """\
import torch
w = torch.tensor(1.0, requires_grad=True)
for epoch in range(6):
    error = w * 2 - 3
    loss = error**2
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
"""


def group_texts(shown: Picture) -> list[list[str]]:
    display = shown.display(len(shown.recording.stops))
    contents = [display.content(card) for card in np.flatnonzero(display.cards.node < 0).tolist()]
    return [[text.text for text in content.texts] for content in contents]


def test_of_many_passes_the_first_stands_alone_and_the_others_share_a_card() -> None:
    folds = Folds(recording(TRAINING)).grow()
    loop = next(number for number, group in enumerate(folds.groups) if group.kind == "loop")
    passes = tuple(folds.groups[loop].children)
    shown = picture(TRAINING, ViewOptions(unfolded=(loop,), folded=passes))
    assert titles(shown) == ["w", "pass 1", "passes 2 … 6"]
    opened = picture(TRAINING, ViewOptions(unfolded=(loop, passes[1]), folded=(passes[0], *passes[2:])))
    assert [title for title in titles(opened) if title.startswith("pass")] == ["pass 1", "passes 3 … 6"]


def test_a_folded_loop_shows_the_course_of_its_loss() -> None:
    folds = Folds(recording(TRAINING)).grow()
    shown = picture(TRAINING, ViewOptions(folded=(0,)))
    assert folds.groups[0].title == "for epoch in range(6)"
    (texts,) = group_texts(shown)
    assert texts[:3] == ["for epoch in range(6)", "loop × 6", "36 ops"]
    assert texts[3:6] == ["loss", "1", "→"]
    assert 0 < float(texts[6]) < 1


def test_a_folded_module_shows_what_it_returned() -> None:
    folds = Folds(recording(MODULE)).grow()
    net = [group.title for group in folds.groups].index("net")
    display = picture(MODULE, ViewOptions(detail=1.0, folded=(net,))).display(10**6)
    card = display.cards.title.index("net")
    assert display.content(card).images[0].values.shape == (2, 1)


def test_a_folded_group_that_is_used_all_over_the_graph_stays_one_card() -> None:
    """It is no leaf that stand-ins could be drawn for, though nothing leads into it."""
    deep = "".join(f"x = x * 2{' + offset' if place % 8 == 0 else ''}\n" for place in range(40))
    program = f"import torch\ndef start():\n    return torch.zeros(2) + 1\noffset = start()\nx = torch.ones(2)\n{deep}"
    folds = folds_of(recording(program))
    (group,) = [number for number, one in enumerate(folds.groups) if one.title.startswith("start")]
    shown = picture(program, ViewOptions(detail=1.0, folded=(group,)))
    assert (shown.graph.nodes == -1 - group).sum() == 1
    row = int(np.flatnonzero(shown.graph.nodes == -1 - group)[0])
    assert (shown.graph.source == row).sum() == 5
