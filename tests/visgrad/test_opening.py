"""What a picture shows first: the way to the loss, in some forty cards."""

from __future__ import annotations

from functools import cache

import pytest

from tests.benchmarks.gallery import scalars
from visgrad.picture.draw import Picture
from visgrad.picture.fold import AUTOMATIC, Folds
from visgrad.picture.options import ViewOptions
from visgrad.recording.recording import Recording
from visgrad.worker.client import run_program

CLASSIFIER = """\
import torch
from torch import nn
torch.manual_seed(0)
def make_points(n):
    points = []
    for i in range(n):
        t = torch.tensor(i / n)
        points.append(torch.stack([t * torch.sin(6 * t), t * torch.cos(6 * t)]))
    return torch.stack(points)
X, Y = make_points(20), torch.rand(20, 1)
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, Y), batch_size=5)
model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(4):
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(xb), yb)
        loss.backward()
        optimizer.step()
"""

SUMMED = """\
import torch
torch.manual_seed(0)
w1 = torch.randn(3, 3, requires_grad=True)
w2 = torch.randn(3, requires_grad=True)
for epoch in range(4):
    h = torch.zeros(3)
    total = 0
    for x in torch.randn(8, 3):
        h = torch.tanh(x @ w1 + h)
        total = total + (h * w2).sum()
    total.backward()
    with torch.no_grad():
        for p in [w1, w2]:
            p -= 0.1 * p.grad
            p.grad = None
"""

BLOCKS = """\
import torch
from torch import nn
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(4)
        self.inner = nn.Linear(4, 4)
    def forward(self, x):
        h = torch.relu(self.inner(self.norm(x)))
        return x + h * 2 - h / 3 + h.exp() - h.sin()
net = nn.Sequential(*[Block() for _ in range(6)])
optimizer = torch.optim.Adam(net.parameters())
loss = net(torch.ones(2, 4)).mean()
loss.backward()
optimizer.step()
"""

BATCHED = """\
import torch
q = torch.randn(2, 2, 3, 4, requires_grad=True)
scores = q @ q.transpose(-2, -1)
scores.sum().backward()
"""


@cache
def recorded(program: str) -> Recording:
    recording = run_program(program)
    assert recording.error is None, recording.error
    return recording


def first_look(program: str) -> list[str]:
    picture = Picture(recorded(program))
    return list(picture.display(len(picture.recording.stops)).cards.title)


@pytest.mark.parametrize("program", [CLASSIFIER, SUMMED, BLOCKS, scalars(2)])
def test_the_first_look_is_some_forty_cards(program: str) -> None:
    assert 5 < len(first_look(program)) <= AUTOMATIC + 5


def test_the_first_training_pass_is_open_and_the_making_of_data_is_not() -> None:
    shown = first_look(CLASSIFIER)
    assert {"model.0.weight", "linear", "tanh", "loss"} <= set(shown)
    assert shown.count("loss") == 1
    assert "optimizer.step()" in shown
    assert "passes 2 … 4" in shown
    assert not any("sin" in title for title in shown)


def test_what_a_loader_does_between_two_passes_belongs_to_the_next() -> None:
    folds = Folds(recorded(CLASSIFIER)).grow()
    loops = [group for group in folds.groups if group.title == "for xb, yb in loader"]
    assert len(loops) == 4
    assert all([folds.groups[child].title for child in loop.children if folds.groups[child].kind == "pass"]
               == ["pass 1", "pass 2", "pass 3", "pass 4"] for loop in loops)  # fmt: skip


def test_a_loss_that_is_summed_up_in_a_loop_is_told_by_its_first_pass() -> None:
    shown = first_look(SUMMED)
    assert shown.count("total") == 1
    assert "passes 2 … 8" in shown
    assert "passes 2 … 4" in shown


def test_a_parameter_keeps_its_own_name_in_a_loop_over_all() -> None:
    assert {"w1", "w2"} <= set(first_look(SUMMED))


def test_of_many_blocks_alike_the_first_is_open() -> None:
    shown = first_look(BLOCKS)
    assert "net.0" not in shown
    assert {"net.1", "net.5"} <= set(shown)


def test_a_layers_parameters_lie_in_it() -> None:
    folds = Folds(recorded(BLOCKS)).grow()
    weight = next(one.id for one in recorded(BLOCKS).operations if one.outputs[0].role == "parameter")
    assert [folds.groups[group].title for group in folds.path(weight)] == ["net", "net.0", "net.0.norm"]


def test_layers_and_comprehensions_do_not_repeat_the_loop_around_them() -> None:
    program = CLASSIFIER.replace("model(xb)", "torch.stack([model(x) for x in xb])")
    kinds = [group.title for group in Folds(recorded(program)).grow().groups if group.kind == "loop"]
    assert kinds.count("for epoch in range(4)") == 1


def test_a_product_of_batches_is_one_card_unless_everything_is_asked_for() -> None:
    (row,) = [title for title in first_look(BATCHED) if "@" in title]
    assert row == "scores = q @ q.transpose(-2, -1)"
    everything = Picture(recorded(BATCHED), ViewOptions(detail=1.0))
    assert everything.graph.size == len(recorded(BATCHED).operations)


def test_what_an_optimizer_did_has_no_value_of_its_own() -> None:
    picture = Picture(recorded(BLOCKS))
    display = picture.display(len(picture.recording.stops))
    card = display.cards.title.index("optimizer.step()")
    assert not display.content(card).images


def test_a_parameter_tells_the_gradient_that_its_step_was_made_with() -> None:
    picture = Picture(recorded(SUMMED))
    display = picture.display(len(picture.recording.stops))
    texts = [text.text for text in display.content(display.cards.title.index("w1")).texts]
    assert "cleared" in texts
    assert any(image.gradient for image in display.content(display.cards.title.index("w1")).images)


def test_a_line_from_a_group_counts_the_tensors_that_it_carries() -> None:
    program = """\
import torch
def make():
    return torch.ones(2) * 2, torch.ones(2) * 3
def use(a, b):
    return a * a + a * b + b
a, b = make()
c = use(a, b)
"""
    folds = Folds(recorded(program)).grow()
    picture = Picture(recorded(program), ViewOptions(folded=tuple(range(len(folds.groups)))))
    assert picture.folding.count.tolist() == [2]
